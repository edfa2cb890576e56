"""The record of the latest run as a page for the report."""

import json
from pathlib import Path

import pandas as pd

from job import job
from pages import write_page
from provenance.page import headline, sections


def main(record, page):
    run = json.loads(Path(record).read_text("utf-8"))
    parts = [
        part
        for title, rows in sections(run).items()
        for part in (title, pd.DataFrame(rows).fillna(""))
    ]
    write_page(page, "Provenance", headline(run), *parts)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.input.record, snakemake.output[0])
