"""Median voltage and firing rate for some weights of the sweep, at every seed."""

import numpy as np

from nto1.measures.response import responses
from nto1_workflow.io import log, progress, run, write_parquet
from nto1_workflow.tables import stacked


def main(tasks, threads, output):
    n_runs = sum(len(task.weights_pS) * len(task.seeds) for task in tasks)
    parts = []
    for columns in responses(tasks, threads, progress(n_runs, "runs")):
        for weight_pS in np.unique(columns["we_pS"]):
            of_weight = columns["we_pS"] == weight_pS
            rate, median = (
                columns[n][of_weight].mean() for n in ("output_rate_Hz", "median_Vm_mV")
            )
            log(f"{weight_pS:g} pS: {rate:g} Hz, {median:g} mV on average")
        parts.append(columns)
    write_parquet(stacked(parts), output[0])


if "snakemake" in globals():
    run(main, snakemake)
