"""Simulate the N-to-1 experiment, and test which of its trains are connected."""

import numpy as np

from job import job, note
from nto1.connections.sta import shuffle_test, digitise, p_value
from nto1.units import ms, mV, to_SI
from nto1.simulation.voltage_imaging import image, realise, respond
from records import experiment_of
from tables import columns_of, write_parquet


def row_of(train, times, wiring, test, published) -> dict:
    p, is_bound = p_value(test.height, test.shuffled_heights, published)
    mean_shuffled = test.shuffled_heights.mean()
    note(f"train {train}: p {'<' if is_bound else '='} {p:g}" if p == p else untested(train, times))
    return {
        "train": train,
        "kind": "inhibitory" if wiring.inhibitory[train] else "excitatory",
        "connected": bool(wiring.connected[train]),
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


def stas_of(train, test, t_ms) -> dict:
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


def heights_of(train, test) -> dict:
    heights = test.shuffled_heights / mV
    shuffles = np.arange(heights.size)
    return {"train": np.full(heights.size, train), "shuffle": shuffles, "height_mV": heights}


def stacked(parts: list[dict]) -> dict:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def main(test, neuron, threads, trains, stas, shuffled_heights, output_spikes, run):
    experiment, values = experiment_of(test, neuron), to_SI(test)
    dt = experiment.timestep
    realisation = realise(experiment, test["seed"])
    response = respond(realisation, experiment)
    spike_times, median_V = response.spike_steps * dt, np.median(response.v)
    note(f"{spike_times.size} output spikes, median {median_V / mV:g} mV")
    imaged = image(response.v, test["imaging_spike_SNR"], experiment.neuron, realisation.rng)
    digitised = digitise(imaged)
    del response, imaged

    window = round(values["window"] / dt)
    t_ms, published = np.arange(window) * dt / ms, test["p_value"] == "published"
    rows, all_stas, all_heights = [], [], []
    tests = shuffle_test(
        realisation.times, digitised, dt, window, test["n_shuffles"], realisation.rng, threads
    )
    for train, (times, tested) in enumerate(zip(realisation.times, tests, strict=True)):
        rows.append(row_of(train, times, realisation.wiring, tested, published))
        all_stas.append(stas_of(train, tested, t_ms))
        all_heights.append(heights_of(train, tested))
    write_parquet(columns_of(rows), trains)
    write_parquet(stacked(all_stas), stas)
    write_parquet(stacked(all_heights), shuffled_heights)
    write_parquet({"t_ms": spike_times / ms}, output_spikes)
    summary = {
        "n_output_spikes": spike_times.size,
        "output_rate_Hz": spike_times.size / experiment.duration,
        "median_Vm_mV": median_V / mV,
    }
    write_parquet(columns_of([summary]), run)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            **dict(snakemake.params.items()),
            threads=snakemake.threads,
            **dict(snakemake.output.items()),
        )
