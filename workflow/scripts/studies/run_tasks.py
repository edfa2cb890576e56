"""What is measured in some pieces of a study's work, or of a result set's."""

from nto1.measures.measure import measures
from nto1_workflow.io import log, progress, read_parquet, run, write_parquet
from nto1_workflow.tables import stacked


def main(measure, tasks, weights, sweep, threads, output):
    tables = {"weights": weights, "sweep": read_parquet(sweep) if sweep else None}
    report = progress(len(tasks), "tasks", every_s=0)
    parts = []
    for part in measures()[measure].run(tasks, tables, threads, report):
        log(", ".join(f"{name} {column[0]}" for name, column in part.items() if len(column)))
        parts.append(part)
    write_parquet(stacked(parts), output[0])


if "snakemake" in globals():
    run(main, snakemake)
