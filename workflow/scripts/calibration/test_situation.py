"""Every method on recordings of a passive membrane in one situation."""

from nto1.simulation.passive_membrane import SITUATIONS, record_passive
from nto1.studies.calibration import calibration
from nto1.units import ms
from nto1_workflow.io import progress, run, write_parquet


def main(situation, seeds, duration_s, sampling_ms, tests, threads, output):
    report, rows = progress(len(seeds), "recordings"), []
    for seed in seeds:
        recording = record_passive(SITUATIONS[situation], duration_s, seed)
        for step_ms in sampling_ms:
            case = {"situation": situation, "sampling_ms": step_ms, "seed": seed}
            sampled = recording.sampled(step_ms * ms)
            rows += [case | row for row in calibration(sampled, tests, threads)]
        report(1)
    write_parquet(rows, output[0])


if "snakemake" in globals():
    run(main, snakemake)
