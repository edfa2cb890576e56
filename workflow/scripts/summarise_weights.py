"""The weights of all N, and every evaluation of every search."""

import pandas as pd

from job import job
from tables import read_parquet, write_table


def main(found, evaluations, found_files, evaluations_files):
    for inputs, outputs in ((found, found_files), (evaluations, evaluations_files)):
        table = pd.concat([read_parquet(path) for path in inputs], ignore_index=True)
        write_table(table.sort_values("N", kind="stable", ignore_index=True), *outputs)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.found,
            snakemake.input.evaluations,
            snakemake.output.found,
            snakemake.output.evaluations,
        )
