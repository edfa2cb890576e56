"""The benchmark's table as a page for the report."""

import pandas as pd

from job import job
from pages import write_page


def main(table, page):
    write_page(page, "Beside others", pd.read_csv(table).round(4))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.input.table, snakemake.output[0])
