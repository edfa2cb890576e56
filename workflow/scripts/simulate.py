"""Median voltage and firing rate for some weights, at every seed: of the sweep, or of a study."""

import pandas as pd

from script_io import log, progress, run, write_parquet
from nto1.studies.measures import responses


def main(tasks, threads, output):
    n_runs = sum(len(task["weights_pS"]) * len(task["experiment"]["seeds"]) for task in tasks)
    tables = []
    for table in responses(tasks, threads, progress(n_runs, "runs")):
        means = table.groupby("we_pS")[["output_rate_Hz", "median_Vm_mV"]].mean()
        for weight_pS, rate, median in means.itertuples():
            log(f"{weight_pS:g} pS: {rate:g} Hz, {median:g} mV on average")
        tables.append(table)
    write_parquet(pd.concat(tables, ignore_index=True), output[0])


if "snakemake" in globals():
    run(main, snakemake)
