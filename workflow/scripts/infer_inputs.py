"""t of a part of the trains of one simulation, in each of its signals."""

import numpy as np
import pyarrow as pa
from nto1.connections.line_fit import line_fit_test
from nto1.connections.output_spikes import output_spike_test

from script_io import log, run, write_parquet
from inference_case import columns, record_case, signal_of, stacked
from nto1.connections.sta import sta_tests
from nto1.units import ms


def main(case, inputs, neuron, weights, part, n_parts, threads, tests, first_pass):
    recording, trains = record_case(case, inputs, neuron, weights)
    indices = np.sort(trains.parts(int(n_parts))[int(part) - 1])
    times = trains.subset(indices).times
    log(f"{indices.size} of {len(trains.times)} trains, {sum(map(len, times))} spikes")
    signals = [signal_of(recording, case, signal) for signal in case["signals"]]
    dt, window_ms = recording.time_grid.timestep, case["window_ms"]
    shuffling = {"n_shuffles": case["n_shuffles"], "seed": case["shuffle_seed"], "threads": threads}

    needs_stas = {"sta", "template"} & set(case["methods"])
    stas = sta_tests(signals, dt, times, window_ms * ms, **shuffling) if needs_stas else []
    tables = []

    def add(signal, method, window_ms, t):
        rows = columns(case, recording, trains, indices, signal, method, window_ms, t)
        tables.append(rows)

    if "sta" in case["methods"]:
        for signal, sta in zip(case["signals"], stas, strict=True):
            add(signal, "sta", window_ms, sta.t)
    if "line_fit" in case["methods"]:
        line_window_ms = case["line_fit_window_ms"]
        for signal, V in zip(case["signals"], signals, strict=True):
            t = line_fit_test(V, dt, times, line_window_ms * ms, threads)
            add(signal, "line_fit", line_window_ms, t)
    if "spikes" in case["methods"]:
        spike_times, duration = recording.spike_times, trains.duration
        t = output_spike_test(spike_times, duration, times, window_ms * ms, dt=dt, **shuffling)
        add(case["signals"][0], "spikes", window_ms, t)
    write_parquet(stacked(tables) if tables else {}, tests)

    # For the second pass.
    kept = {"train": indices}
    if "template" in case["methods"]:
        (sta,) = stas
        kept |= {
            "t": sta.t,
            "n_windows": sta.n_windows,
            "norm_error": np.full(indices.size, sta.norm_error),
            "norms": pa.array(list(sta.norms)),
        }
    write_parquet(kept, first_pass)


if "snakemake" in globals():
    run(main, snakemake)
