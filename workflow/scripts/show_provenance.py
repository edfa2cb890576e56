"""The record of the latest run as a page for the report."""

import json
from pathlib import Path

import pandas as pd

from script_io import run, write_page


def main(record, output):
    of_run = json.loads(Path(record).read_text("utf-8"))
    source, machine, software = of_run["source"], of_run["machine"], of_run["software"]
    changes = source.get("uncommitted_changes", ["unknown"])
    facts = {
        "who": of_run["who"],
        "started": of_run["started"],
        "ended": of_run["ended"],
        "command line": of_run["command_line"],
        "commit": source["commit"] or f"unknown: {source['why_unknown']}",
        "uncommitted changes": ", ".join(changes) or "none",
        "machine": f"{machine['cpu']} ({machine['cpu_kind']}), {machine['platform']}",
        "Python": software["python"],
    } | software["direct"]
    rules = pd.DataFrame(of_run["rules"]).T.rename_axis("rule").reset_index()
    outputs = pd.DataFrame(of_run["outputs"]).T.rename_axis("file").reset_index()
    write_page(
        output[0],
        "Provenance",
        of_run["published_numbers"] or "Published numbers: not compared.",
        pd.DataFrame(facts.items(), columns=["", "value"]),
        "All that is installed, and the configuration, are in results/provenance.md.",
        rules,
        outputs[["file", "rule", "made", "bytes", "sha256"]],
    )


if "snakemake" in globals():
    run(main, snakemake)
