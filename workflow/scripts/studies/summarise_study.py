"""A study's table; of each case, the means over seeds with their intervals; their figure and their
charts."""

import pandas as pd

from nto1.measures.measure import measures
from nto1.studies.summary import in_order
from nto1_workflow import charts
from nto1_workflow.io import read_parquet, run, write_parquet, write_table
from nto1_workflow.plot_study import plot


def main(jobs, study, template, neuron, table, summary, figure, page, details):
    measure = measures()[study.measure]
    made = pd.concat([read_parquet(path) for path in jobs], ignore_index=True)
    rows = in_order(measure.rows(made), study)
    write_table(rows, *table)
    means = measure.summarise(made, rows, study)
    write_table(means, *summary)
    plot(means, study, figure)
    tables = [path for path in (*summary, *table) if path.endswith(".parquet")]
    given = {key: value for key, value in study.model_dump().items() if value}
    charts.write(tables, charts.about("Study with", given), (template, neuron), page)
    if details:
        write_parquet(made, details)


if "snakemake" in globals():
    run(main, snakemake)
