"""The weights of all N, and every evaluation of every search."""

import pandas as pd

from nto1_workflow.io import read_parquet, run, write_table


def main(found, evaluations, weights, steps):
    for inputs, outputs in ((found, weights), (evaluations, steps)):
        table = pd.concat([read_parquet(path) for path in inputs], ignore_index=True)
        write_table(table.sort_values("N", kind="stable", ignore_index=True), *outputs)


if "snakemake" in globals():
    run(main, snakemake)
