"""The record for people: ``results/provenance.md``, the report's page, the last lines of a run."""

import json
import sys
from collections import Counter
from pathlib import Path

import yaml

KINDS = {".csv": "table", ".parquet": "table", ".pdf": "figure", ".svg": "figure"}


def headline(record: dict) -> str:
    outcome = "succeeded" if record["succeeded"] else "failed"
    return (
        f"This run {outcome}. {record['published_numbers'] or 'Published numbers: not compared.'}"
    )


def sections(record: dict) -> dict[str, list[dict[str, str]]]:
    """Tables by title, as rows of readable cells."""
    run = record | record["source"] | record["snakemake"] | record["seeds"]
    environments = record["environments"].items()
    return {
        "Run": [{"": key, "value": value} for key, value in _readable(run).items()],
        "Rules": _rows(record["rules"]),
        "Environments": _rows(record["environments"]),
        "Files": _rows(record["outputs"], "rule", "made", "environment", "sha256"),
        "Inputs": _rows(record["inputs"]),
    } | {
        f"Packages of environment {name}": _rows(known["packages"]) for name, known in environments
    }


def page(record: dict) -> str:
    config = yaml.safe_dump(record["config"], sort_keys=False, allow_unicode=True)
    parts = ["# Provenance", headline(record)]
    for title, rows in sections(record).items():
        cells = [[*rows[0]], ["---"] * len(rows[0])] if rows else [["none"]]
        cells += [[cell.replace("|", "\\|") for cell in row.values()] for row in rows]
        parts += [f"## {title}", "\n".join(f"| {' | '.join(row)} |" for row in cells)]
    return "\n\n".join([*parts, "## Configuration, as resolved", f"```yaml\n{config}```\n"])


def summary(record: dict) -> str:
    """What this run made or found up to date, where, and how the published numbers compare."""
    made = Counter(
        (KINDS[Path(path).suffix], Path(path).parts[0])
        for path, file in record["outputs"].items()
        if file["final"] and file["up_to_date_at"] == record["ended"] and Path(path).suffix in KINDS
    )
    lines = [f"{n} {kind}s in {folder}/" for (kind, folder), n in sorted(made.items())]
    lines += [record["published_numbers"]] if record["published_numbers"] else []
    lines += ["Who, when, where, from what, and all hashes: results/provenance.md"]
    if record["complete"] and record["succeeded"]:
        lines += ["To archive or hand on, with the sources: results/run-crate/"]
    return "\n".join(lines)


def _rows(by_name: dict[str, dict], *columns: str) -> list[dict[str, str]]:
    """Rows with the same columns: those given, or all that there are."""
    columns = columns or tuple(dict.fromkeys(key for row in by_name.values() for key in row))
    return [
        {"": name} | _readable({column: row.get(column) for column in columns})
        for name, row in by_name.items()
    ]


def _readable(values: dict) -> dict[str, str]:
    """All that is not nested, with numbers rounded."""
    cells = {}
    for key, value in values.items():
        if isinstance(value, float):
            value = f"{value:.1f}"
        elif isinstance(value, list):
            value = ", ".join(map(str, value)) or "none"
        if not isinstance(value, dict):
            cells[key.replace("_", " ")] = "" if value is None else str(value)
    return cells


if __name__ == "__main__":
    file = Path(sys.argv[1])
    if file.exists():
        print(summary(json.loads(file.read_text("utf-8"))))
    else:
        print(f"{file} is not there yet; the next run that makes something writes it.")
