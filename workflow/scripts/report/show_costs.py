"""The benchmark's table as a page for the report."""

import pandas as pd

from nto1_workflow.io import run, write_page


def main(measured, output):
    write_page(output[0], "Beside others", pd.read_csv(measured).round(4))


if "snakemake" in globals():
    run(main, snakemake)
