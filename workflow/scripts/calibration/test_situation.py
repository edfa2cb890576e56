"""Every method on recordings of a passive membrane in one situation."""

from nto1.simulation.passive_membrane import SITUATIONS, record_passive
from nto1.studies.calibration import calibration
from nto1.units import ms
from nto1_workflow.io import progress, run, write_parquet


def main(situation, settings, section, threads, output):
    report, rows = progress(len(settings["seeds"]), "recordings"), []
    for seed in settings["seeds"]:
        recording = record_passive(SITUATIONS[situation], settings["duration_s"], seed)
        for sampling_ms in settings["sampling_ms"]:
            case = {"situation": situation, "sampling_ms": sampling_ms, "seed": seed}
            sampled = recording.sampled(sampling_ms * ms)
            rows += [case | row for row in calibration(sampled, section, threads)]
        report(1)
    write_parquet(rows, output[0])


if "snakemake" in globals():
    run(main, snakemake)
