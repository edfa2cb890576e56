"""Scores of tests for connections, in the recordings of a study."""

from script_io import log, progress, run, write_parquet
from nto1.studies.detection import detection_scores


def main(tasks, weights, threads, output):
    rows = []
    for row in detection_scores(tasks, weights, threads, progress(len(tasks), "recordings", 0)):
        log(f"N = {row['N']}, seed {row['seed']}: AUC {row['AUC']:.3f}")
        rows.append(row)
    write_parquet(rows, output[0])


if "snakemake" in globals():
    run(main, snakemake)
