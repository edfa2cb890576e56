"""A study's table; of each case, the means over seeds with their intervals; and their figure."""

import pandas as pd

from nto1.studies.summary import in_order, summarise_runs, summarise_weights
from nto1_workflow.io import read_parquet, run, write_table
from nto1_workflow.plot_study import plot


def main(runs, scores, found, evaluations, study, table, summary, figure):
    rows = in_order([read_parquet(path) for path in [*runs, *scores, *found]], study)
    write_table(rows, *table)
    if runs or scores:
        means = summarise_runs(rows, study)
    else:
        steps = pd.concat([read_parquet(path) for path in evaluations], ignore_index=True)
        means = summarise_weights(rows, steps, study)
    write_table(means, *summary)
    plot(means, study, figure)


if "snakemake" in globals():
    run(main, snakemake)
