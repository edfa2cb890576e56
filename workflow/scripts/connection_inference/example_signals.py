"""Percentiles of the voltage, the first seconds of it, and averages of some inputs' trains."""

import numpy as np
import pandas as pd

from nto1.inference.n_to_1 import imaged
from nto1.inference.sta import exact_stas
from nto1.units import ms, mV
from nto1_workflow.io import run, write_csv, write_parquet
from nto1_workflow.tables import stacked

PERCENTILES = [0, 0.1, 1, 2, 5, 10, 25, 50, 75, 90, 95, 98, 99, 99.9, 99.95, 99.99, 100]
SHOWN_S = 2
SHOWN_SNR = 10  # of the noise that is shown
WINDOW_MS = 100


def chosen_trains(trains) -> dict[str, int]:
    """Of the inputs, fastest first within a kind: the fastest, other fast ones, the median, the
    slowest."""
    n_exc, n_inh = (int((trains.kinds == kind).sum()) for kind in ("excitatory", "inhibitory"))
    return {
        "fastest": 0,
        "fast exc": min(99, n_exc - 1),
        "fast inh": n_exc,
        "slower inh": n_exc + min(99, n_inh - 1),
        "median": max(n_exc // 2 - 1, 0),  # as published, where the first is no. 1
        "slowest": n_exc - 1,
    }


def main(example, noise_SNRs, weights, percentiles, voltages, averages):
    """``example``: a recording with its signals."""
    recording, trains = example.recording._replace(n_tested=None).record(weights)
    settings = {item.columns["case"]: item.signal for item in example.items}
    signals = {name: imaged(recording, signal) for name, signal in settings.items()}
    rows = []
    for spike_SNR in map(float, noise_SNRs):
        V = imaged(recording, settings["ceiled"]._replace(spike_SNR=spike_SNR))
        rows += [
            {"spike_SNR": spike_SNR, "percentile": p, "V_mV": value / mV}
            for p, value in zip(PERCENTILES, np.percentile(V, PERCENTILES), strict=True)
        ]
    write_csv(pd.DataFrame(rows), percentiles)

    dt = recording.time_grid.timestep
    n_shown = round(min(SHOWN_S, recording.time_grid.duration) / dt)
    noisy = imaged(recording, settings["ceiled"]._replace(spike_SNR=SHOWN_SNR))
    of_piece = signals | {"noisy": noisy}
    shown = {f"{name}_mV": V[:n_shown] / mV for name, V in of_piece.items()}
    write_parquet({"t_ms": np.arange(n_shown) * dt / ms} | shown, voltages)

    window = round(WINDOW_MS * ms / dt)
    chosen = chosen_trains(trains)
    times = [trains.times[train] for train in chosen.values()]
    stas = {name: exact_stas(V, dt, times, window) / mV for name, V in signals.items()}
    tables = [
        {
            "which": np.full(window, which),
            "kind": np.full(window, trains.kinds[train]),
            "n_spikes": np.full(window, trains.n_spikes[train]),
            "rate_Hz": np.full(window, trains.rates[train]),
            "t_ms": np.arange(window) * dt / ms,
            **{f"{name}_mV": of_signal[i] for name, of_signal in stas.items()},
        }
        for i, (which, train) in enumerate(chosen.items())
    ]
    write_parquet(stacked(tables), averages)


if "snakemake" in globals():
    run(main, snakemake)
