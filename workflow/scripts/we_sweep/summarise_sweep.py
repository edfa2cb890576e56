"""One table of all runs, and one of their means over seeds."""

import pandas as pd

from nto1_workflow.io import read_parquet, run, write_table


def main(input, runs, means):
    table = pd.concat([read_parquet(path) for path in input], ignore_index=True)
    table = table.sort_values(["we_pS", "seed"], ignore_index=True)
    write_table(table, *runs)

    by_weight = table.groupby("we_pS")
    values = ["median_Vm_mV", "output_rate_Hz"]
    errors = by_weight[values].sem().add_suffix("_sem")
    table = by_weight[values].mean().join(errors).assign(n_seeds=by_weight.size())
    write_table(table.reset_index(), *means)


if "snakemake" in globals():
    run(main, snakemake)
