"""One table of all runs, and one of their means over seeds."""

import pandas as pd

from job import job
from tables import read_parquet, write_table


def main(batches, runs_files, means_files):
    runs = pd.concat([read_parquet(path) for path in batches], ignore_index=True)
    runs = runs.sort_values(["we_pS", "seed"], ignore_index=True)
    write_table(runs, *runs_files)

    by_weight = runs.groupby("we_pS")
    values = ["median_Vm_mV", "output_rate_Hz"]
    means = by_weight[values].mean()
    errors = by_weight[values].sem().add_suffix("_sem")
    write_table(means.join(errors).assign(n_seeds=by_weight.size()).reset_index(), *means_files)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.input, snakemake.output.runs, snakemake.output.means)
