"""The page of interactive charts of a run's tables."""

from nto1_workflow.charts import about, spike_triggered, voltages, write
from nto1_workflow.io import run


def main(tables, traces, averages, trains, template, neuron, changed, page):
    """``changed``: the parameters that are not the thesis's."""
    write(
        tables,
        about("The thesis's parameters" + (", but for" if changed else ""), changed),
        (template, neuron),
        page,
        traces=[trace for path in traces for trace in voltages(path)],
        averages=spike_triggered(averages[0], trains[0]) if averages else None,
    )


if "snakemake" in globals():
    run(main, snakemake)
