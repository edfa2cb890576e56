"""t of a part of the trains of one simulation, by their averages' correlation with a template."""

import numpy as np
import pandas as pd
from nto1.connections.template import correlation_test, make_template

from script_io import log, read_parquet, run, write_parquet
from inference_case import columns, record_case, signal_of
from nto1.connections.sta import STATest
from nto1.units import ms


def main(case, inputs, neuron, weights, first_pass, norms, threads, tests):
    recording, trains = record_case(case, inputs, neuron, weights)
    (signal,) = case["signals"]
    V, dt = signal_of(recording, case, signal), recording.time_grid.timestep
    found = pd.concat([read_parquet(file)[["train", "t"]] for file in first_pass])
    found = found.sort_values("train")
    template, threshold, selected = make_template(
        V,
        dt,
        trains.times,
        found["t"].to_numpy(),
        case["window_ms"] * ms,
        case["template_quantile"],
        case["template_window_ms"] * ms,
    )
    log(f"threshold {threshold:g}, {selected.size} trains selected for the template")
    kept = read_parquet(norms)
    indices = kept["train"].to_numpy()
    of_part = STATest(
        kept["t"].to_numpy(),
        kept["n_windows"].to_numpy(),
        np.stack(kept["norms"]),
        kept["norm_error"].iloc[0],
    )
    times = trains.subset(indices).times
    t = correlation_test(
        V, dt, times, template, of_part, case["n_shuffles"], case["shuffle_seed"], threads
    )
    window_ms = case["window_ms"]
    rows = columns(case, recording, trains, indices, signal, "template", window_ms, t)
    write_parquet(rows, tests)


if "snakemake" in globals():
    run(main, snakemake)
