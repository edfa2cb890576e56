"""t of some trains of some simulations, in each of their signals."""

import numpy as np
from nto1.connections.line_fit import line_fit_test
from nto1.connections.output_spikes import output_spike_test

from script_io import log, progress, run, write_parquet
from inference_case import columns, record_case, signal_of, stacked
from nto1.connections.sta import sta_tests
from nto1.units import ms


def test(task, inputs, neuron, weights, threads) -> tuple[list[dict], list[dict]]:
    """Tables of t for each signal and method, and what a second pass needs to know."""
    recording, trains = record_case(task, inputs, neuron, weights)
    indices = np.sort(trains.parts(task["n_parts"])[task["part"] - 1])
    times = trains.subset(indices).times
    log(f"{indices.size} of {len(trains.times)} trains, {sum(map(len, times))} spikes")
    signals = [signal_of(recording, task, signal) for signal in task["signals"]]
    dt, window_ms, methods = recording.time_grid.timestep, task["window_ms"], task["methods"]
    shuffling = {"n_shuffles": task["n_shuffles"], "seed": task["shuffle_seed"], "threads": threads}
    tables, first_passes = [], []

    def add(signal, method, window_ms, t):
        rows = columns(task, recording, trains, indices, signal, method, window_ms, t)
        tables.append(rows)

    if {"sta", "template"} & set(methods):
        stas = sta_tests(signals, dt, times, window_ms * ms, **shuffling)
        if "sta" in methods:
            for signal, sta in zip(task["signals"], stas, strict=True):
                add(signal, "sta", window_ms, sta.t)
        if "template" in methods:
            (sta,) = stas
            kept = {"case": np.full(indices.size, task["case"]), "train": indices, "t": sta.t}
            kept |= {"n_windows": sta.n_windows, "norms": list(sta.norms)}
            first_passes.append(kept | {"norm_error": np.full(indices.size, sta.norm_error)})
    if "line_fit" in methods:
        line_window_ms = task["line_fit_window_ms"]
        for signal, V in zip(task["signals"], signals, strict=True):
            t = line_fit_test(V, dt, times, line_window_ms * ms, threads)
            add(signal, "line_fit", line_window_ms, t)
    if "spikes" in methods:
        spike_times, duration = recording.spike_times, trains.duration
        t = output_spike_test(spike_times, duration, times, window_ms * ms, dt=dt, **shuffling)
        add(task["signals"][0], "spikes", window_ms, t)
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
