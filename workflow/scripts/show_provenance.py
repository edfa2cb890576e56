"""The record of the latest run as a page for the report."""

import json
from pathlib import Path

import pandas as pd

from job import job
from pages import write_page


def main(record, page):
    run = json.loads(Path(record).read_text("utf-8"))
    source, machine, software = run["source"], run["machine"], run["software"]
    changes = source.get("uncommitted_changes", ["unknown"])
    facts = {
        "who": run["who"],
        "started": run["started"],
        "ended": run["ended"],
        "command line": run["command_line"],
        "commit": source["commit"] or f"unknown: {source['why_unknown']}",
        "uncommitted changes": ", ".join(changes) or "none",
        "machine": f"{machine['cpu']} ({machine['cpu_kind']}), {machine['platform']}",
        "Python": software["python"],
    } | software["direct"]
    rules = pd.DataFrame(run["rules"]).T.rename_axis("rule").reset_index()
    outputs = pd.DataFrame(run["outputs"]).T.rename_axis("file").reset_index()
    write_page(
        page,
        "Provenance",
        run["published_numbers"] or "Published numbers: not compared.",
        pd.DataFrame(facts.items(), columns=["", "value"]),
        "All that is installed, and the configuration, are in results/provenance.md.",
        rules,
        outputs[["file", "rule", "made", "bytes", "sha256"]],
    )


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.input.record, snakemake.output[0])
