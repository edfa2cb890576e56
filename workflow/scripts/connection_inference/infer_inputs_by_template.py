"""t of some trains of some simulations, by their averages' correlation with a template."""

import numpy as np
import pandas as pd

from nto1.inference.n_to_1 import Outcome
from nto1.inference.sta import STATest
from nto1.inference.template import correlation_test, make_template
from nto1.studies.detection import record_case, shuffle_seeds, signal_of
from nto1.units import ms
from nto1_workflow.io import log, progress, read_parquet, run, write_parquet
from nto1_workflow.tables import columns, stacked


def test(task, found, inputs, neuron, weights, threads) -> dict:
    """``found``: the first pass over all trains of the simulation."""
    recording, trains = record_case(task, inputs, neuron, weights)
    (signal,) = task["signals"]
    V = signal_of(recording, task, signal, in_place=True)
    dt = recording.time_grid.timestep
    template, threshold, selected = make_template(
        V,
        dt,
        trains.times,
        found["t"].to_numpy(),
        task["window_ms"] * ms,
        task["template_quantile"],
        task["template_window_ms"] * ms,
    )
    log(f"threshold {threshold:g}, {selected.size} trains selected for the template")
    indices = np.sort(trains.parts(task["n_parts"])[task["part"] - 1])
    of_part = found.iloc[indices]
    first_pass = STATest(
        of_part["t"].to_numpy(),
        of_part["n_windows"].to_numpy(),
        np.stack(of_part["norms"]),
        found["norm_error"].max(),
    )
    times = trains.subset(indices).times
    shuffling = (task["n_shuffles"], shuffle_seeds(task, indices), threads)
    t = correlation_test(V, dt, times, template, first_pass, *shuffling)
    outcome = Outcome("template", task["window_ms"] * ms, t, None)
    return columns(task, recording, trains, indices, signal, outcome)


def main(tasks, inputs, neuron, weights, first_passes, threads, tests):
    report = progress(len(tasks), "simulations", every_s=0)
    found = pd.concat([read_parquet(file) for file in first_passes], ignore_index=True)
    tables = []
    for task in tasks:
        of_case = found[found["case"] == task["case"]].sort_values("train", ignore_index=True)
        tables.append(test(task, of_case, inputs, neuron, weights, threads))
        report(1)
    write_parquet(stacked(tables), tests)


if "snakemake" in globals():
    run(main, snakemake)
