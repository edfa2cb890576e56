"""The record of a run for people: ``results/provenance.md``, and the last lines of a run."""

import json
import sys
from collections import Counter
from pathlib import Path

import yaml

PAGE = """\
# Provenance

This run {outcome}. {published_numbers}

| | |
|---|---|
| who | {who} |
| started | {started} |
| ended | {ended} |
| where | {machine[host]}, `{folder}` |
| command line | `{command_line}` |
| commit | {commit} |
| uncommitted changes | {changes} |
| platform | {machine[platform]} |
| CPU | {machine[cpu]} ({machine[cpu_kind]}), {machine[logical_cpus]} logical |
| memory | {machine[memory_GB]} GB |
| cores given | {threads[cores]} |
| thread variables | {variables} |
| Snakemake | {software[snakemake]}, executor {software[executor]} |
| Python | {software[python]} |
| seeds | {seeds} |

## Tables and figures

{outputs}

Published numbers and other inputs:

{inputs}

## Rules

A job that was not run again counts with the time it took when it was. On a cluster, wall time
counts from submission. CPU time is that of the job's own process, all threads together.

{rules}

## Configuration, as resolved

```yaml
{config}```

## Packages

{direct}

<details><summary>All that is installed</summary>

{packages}

</details>
"""


def page(record: dict) -> str:
    software, source = record["software"], record["source"]
    return PAGE.format_map(
        record
        | {
            "outcome": "succeeded" if record["succeeded"] else "failed",
            "published_numbers": record["published_numbers"] or "Published numbers: not compared.",
            "commit": source["commit"] or f"unknown: {source['why_unknown']}",
            "changes": _listed(source.get("uncommitted_changes", ["unknown"])),
            "variables": _listed(f"{k}={v}" for k, v in record["threads"]["variables"].items()),
            "seeds": "; ".join(f"{key}: {value}" for key, value in record["seeds"].items()),
            "outputs": _table(record["outputs"], "rule", "made", "bytes", "sha256"),
            "inputs": _table(record["inputs"], "sha256"),
            "rules": _table(record["rules"], "jobs", "run_this_time", "threads", "wall_s", "CPU_s"),
            "config": yaml.safe_dump(record["config"], sort_keys=False, allow_unicode=True),
            "direct": _packages(software["direct"]),
            "packages": _packages(software["all"]),
        }
    )


def summary(record: dict) -> str:
    """What was made, where, and whether the published numbers were replayed."""
    places = Counter(
        (file["kind"], str(Path(path).parents[-2]))
        for path, file in record["outputs"].items()
        if file["final"] and file["up_to_date_at"] == record["ended"]
    )
    lines = [f"{n} {kind}s in {place}/" for (kind, place), n in sorted(places.items())]
    if record["published_numbers"]:
        lines.append(record["published_numbers"])
    lines.append("Who, when, where, from what, and all hashes: results/provenance.md")
    if record["complete"] and record["succeeded"]:
        lines.append("To archive or hand on, with the sources: results/run-crate/")
    return "\n".join(lines)


def _listed(items) -> str:
    return ", ".join(f"`{item}`" for item in items) or "none"


def _table(rows: dict[str, dict], *columns: str) -> str:
    lines = [["", *columns], ["---"] * (len(columns) + 1)]
    for name, row in rows.items():
        lines.append([f"`{name}`", *("" if row[c] is None else str(row[c]) for c in columns)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _packages(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items()) or "not known"


if __name__ == "__main__":
    file = Path(sys.argv[1])
    if file.exists():
        print(summary(json.loads(file.read_text("utf-8"))))
    else:
        print(f"{file} is not there yet; the next run that makes something writes it.")
