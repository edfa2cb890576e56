"""The record for people: ``results/provenance.md``, and the report's page."""

import yaml


def headline(record: dict) -> str:
    outcome = "succeeded" if record["succeeded"] else "failed"
    return (
        f"This run {outcome}. {record['published_numbers'] or 'Published numbers: not compared.'}"
    )


def sections(record: dict) -> dict[str, list[dict[str, str]]]:
    """Tables by title, as rows of readable cells."""
    run = record | record["source"] | record["snakemake"]
    return {
        "Run": [{"": key, "value": value} for key, value in _readable(run).items()],
        "Rules": _rows(record["rules"]),
        "Environments": _rows(record["environments"]),
        "Files": _rows(record["outputs"], "rule", "made", "environment", "sha256"),
        "Inputs": _rows(record["inputs"]),
    } | {
        f"Packages of environment {name}": [
            {"": package} | _readable(told if isinstance(told, dict) else {"version": told})
            for package, told in known["packages"].items()
        ]
        for name, known in record["environments"].items()
    }


def page(record: dict) -> str:
    config = yaml.safe_dump(record["config"], sort_keys=False, allow_unicode=True)
    parts = ["# Provenance", headline(record)]
    for title, rows in sections(record).items():
        cells = [[*rows[0]], ["---"] * len(rows[0])] if rows else [["none"]]
        cells += [[cell.replace("|", "\\|") for cell in row.values()] for row in rows]
        parts += [f"## {title}", "\n".join(f"| {' | '.join(row)} |" for row in cells)]
    return "\n\n".join([*parts, "## Configuration, as resolved", f"```yaml\n{config}```\n"])


def _rows(by_name: dict[str, dict], *columns: str) -> list[dict[str, str]]:
    """Of the given columns, or of all."""
    return [
        {"": name} | _readable({key: row[key] for key in columns or row})
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
