"""The record of the latest run as a page for the report."""

import json
from pathlib import Path

import pandas as pd

from nto1_workflow.io import run, write_page
from nto1_workflow.provenance.page import headline, sections


def main(record, output):
    of_run = json.loads(Path(record).read_text("utf-8"))
    parts = []
    for title, rows in sections(of_run).items():
        parts += [title, pd.DataFrame(rows)]
    write_page(output[0], "Provenance", headline(of_run), *parts)


if "snakemake" in globals():
    run(main, snakemake)
