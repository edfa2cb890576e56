"""Simulate the N-to-1 experiment, and infer which of its trains are connected; of other levels of
imaging noise, by p-values alone."""

import numpy as np

from nto1.studies.connection_tests import RecordingTest, simulated_tests
from nto1.units import ms, mV
from nto1_workflow.io import log, run, write_parquet
from nto1_workflow.tables import p_columns, response_of, stacked


def train_row(train, times, connectivity, result) -> dict:
    (p, is_bound), test = result.p[0], result.first
    mean_shuffled = test.shuffled_heights.mean()
    log(f"train {train}: p {'<' if is_bound else '='} {p:g}" if p == p else untested(train, times))
    return {
        "train": train,
        "kind": "inhibitory" if connectivity.inhibitory[train] else "excitatory",
        "connected": bool(connectivity.connected[train]),
        "n_spikes": times.size,
        "n_windows": test.n_windows,
        "sta_height_mV": test.height / mV,
        "mean_shuffled_height_mV": mean_shuffled / mV,
        "relative_height": test.height / mean_shuffled,
        "p_value": p,
        "p_is_bound": is_bound,
    }


def untested(train, times) -> str:
    why = "has no windows within the recording" if times.size else "has no spikes"
    return f"train {train} {why}, and so no p-value"


def sta_columns(train, test, t_ms) -> dict:
    """The average, and what those of the shuffled trains are like at each time."""
    low, high = np.quantile(test.shuffled_stas, [0.05, 0.95], axis=0)
    return {
        "train": np.full(t_ms.size, train),
        "t_ms": t_ms,
        "sta_mV": test.sta / mV,
        "shuffled_mean_mV": test.shuffled_stas.mean(axis=0) / mV,
        "shuffled_5_percent_mV": low / mV,
        "shuffled_95_percent_mV": high / mV,
    }


def height_columns(train, test) -> dict:
    heights = test.shuffled_heights / mV
    shuffles = np.arange(heights.size)
    return {"train": np.full(heights.size, train), "shuffle": shuffles, "height_mV": heights}


def main(tests, threads, trains, stas, shuffled_heights, output_spikes, summary, p_values):
    drawn, response, tested = simulated_tests(tests, threads, keep_first=True)
    recording = tests[0].recording
    dt = recording.experiment.timestep
    t_ms = np.arange(round(recording.window / dt)) * dt / ms
    rows, averages, heights, p = [], [], [], []
    for train, (times, result) in enumerate(zip(drawn.times, tested, strict=True)):
        rows.append(train_row(train, times, drawn.connectivity, result))
        averages.append(sta_columns(train, result.first, t_ms))
        heights.append(height_columns(train, result.first))
        p.append([each.p for each in result.p])
    write_parquet(rows, trains)
    write_parquet(stacked(averages), stas)
    write_parquet(stacked(heights), shuffled_heights)
    write_parquet({"t_ms": response.spike_steps * dt / ms}, output_spikes)
    of_tests = [
        RecordingTest(test, drawn, response, p_of_test)
        for test, p_of_test in zip(tests, np.array(p).T, strict=True)
    ]
    write_parquet([response_of(of_tests[0])], summary)
    write_parquet(stacked([p_columns(test) for test in of_tests]), p_values)


if "snakemake" in globals():
    run(main, snakemake)
