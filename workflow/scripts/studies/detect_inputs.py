"""How well connections are found in the recordings of a study: the areas under ROC curves."""

from nto1.studies.connection_tests import connection_test_areas
from nto1.studies.detection import detection_scores
from nto1_workflow.io import log, progress, run, write_parquet


def main(tasks, weights, threads, output):
    report = progress(len(tasks), "recordings", 0)
    measured = (
        connection_test_areas(tasks, threads, report)
        if "test" in tasks[0]
        else detection_scores(tasks, weights, threads, report)
    )
    rows = []
    for row in measured:
        log(", ".join(f"{name} {value}" for name, value in row.items()))
        rows.append(row)
    write_parquet(rows, output[0])


if "snakemake" in globals():
    run(main, snakemake)
