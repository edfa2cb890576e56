"""t of some trains of some simulations, in each of their signals."""

import numpy as np

from nto1.inference.n_to_1 import run_tests
from nto1.studies.detection import record_case, shuffle_seeds, signal_of
from nto1.units import ms
from nto1_workflow.io import log, progress, run, write_parquet
from nto1_workflow.tables import columns, stacked


def test(task, inputs, neuron, weights, threads) -> tuple[list[dict], list[dict]]:
    """Tables of t for each signal and method, and what a second pass needs to know."""
    recording, trains = record_case(task, inputs, neuron, weights)
    log(f"{recording.spike_steps.size} output spikes, {recording.output_rate:g} Hz")
    indices = np.sort(trains.parts(task["n_parts"])[task["part"] - 1])
    part = trains.subset(indices)
    log(f"{indices.size} of {len(trains.times)} trains, {part.n_spikes.sum()} spikes")
    last = len(task["signals"]) - 1
    signals = {
        str(i): signal_of(recording, task, signal, in_place=i == last)
        for i, signal in enumerate(task["signals"])
    }
    two_pass = "template" in task["methods"]
    one_pass = [method for method in task["methods"] if method != "template"]
    if two_pass and "sta" not in one_pass:
        one_pass.append("sta")
    outcomes = run_tests(
        recording,
        part,
        signals,
        one_pass,
        task["window_ms"] * ms,
        task["line_fit_window_ms"] * ms,
        [window_ms * ms for window_ms in task["more_windows_ms"]],
        task["n_shuffles"],
        shuffle_seeds(task, indices),
        threads=threads,
    )
    tables, first_passes = [], []
    for signal, of_signal in zip(task["signals"], outcomes.values(), strict=True):
        for i, outcome in enumerate(of_signal):
            if i >= len(one_pass) or outcome.method in task["methods"]:
                tables.append(columns(task, recording, trains, indices, signal, outcome))
        if two_pass:
            sta = of_signal[one_pass.index("sta")].details
            kept = {"case": np.full(indices.size, task["case"]), "train": indices, "t": sta.t}
            kept |= {"n_windows": sta.n_windows, "norms": list(sta.norms)}
            first_passes.append(kept | {"norm_error": np.full(indices.size, sta.norm_error)})
    return tables, first_passes


def main(tasks, inputs, neuron, weights, threads, tests, first_pass):
    report = progress(len(tasks), "simulations", every_s=0)
    all_tables, all_first_passes = [], []
    for task in tasks:
        tables, first_passes = test(task, inputs, neuron, weights, threads)
        all_tables += tables
        all_first_passes += first_passes
        report(1)
    write_parquet(stacked(all_tables), tests)
    write_parquet(stacked(all_first_passes), first_pass)


if "snakemake" in globals():
    run(main, snakemake)
