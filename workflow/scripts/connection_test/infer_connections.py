"""Simulate the N-to-1 experiment, and infer which of its trains are connected, at several levels of
imaging noise."""

import numpy as np

from nto1.inference.sta import p_value
from nto1.studies.connection_tests import simulated_tests
from nto1.units import ms, mV
from nto1_workflow.io import log, run, write_parquet
from nto1_workflow.tables import stacked


def train_row(train, times, connectivity, test, published) -> dict:
    p, is_bound = p_value(test.height, test.shuffled_heights, published)
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


def main(tests, neuron, threads, trains, stas, shuffled_heights, output_spikes, summary):
    drawn, simulated, tested = simulated_tests(tests, neuron, threads)
    duration, dt = tests[0]["duration_s"], tests[0]["timestep_ms"] * ms
    spike_times, median_V = simulated.spike_steps * dt, np.median(simulated.v)
    log(f"{spike_times.size} output spikes, median {median_V / mV:g} mV")
    t_ms = np.arange(round(tests[0]["window_ms"] * ms / dt)) * dt / ms
    results = [([], [], []) for _ in tests]
    for train, (times, of_train) in enumerate(zip(drawn.times, tested, strict=True)):
        for test, result, (rows, averages, heights) in zip(tests, of_train, results, strict=True):
            published = test["p_value"] == "published"
            rows.append(train_row(train, times, drawn.connectivity, result, published))
            averages.append(sta_columns(train, result, t_ms))
            heights.append(height_columns(train, result))
    response = {
        "n_output_spikes": spike_times.size,
        "output_rate_Hz": spike_times.size / duration,
        "median_Vm_mV": median_V / mV,
    }
    for i, (rows, averages, heights) in enumerate(results):
        write_parquet(rows, trains[i])
        write_parquet(stacked(averages), stas[i])
        write_parquet(stacked(heights), shuffled_heights[i])
        write_parquet({"t_ms": spike_times / ms}, output_spikes[i])
        write_parquet([response], summary[i])


if "snakemake" in globals():
    run(main, snakemake)
