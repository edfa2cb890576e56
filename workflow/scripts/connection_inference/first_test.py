"""The first test in the thesis, whose unconnected trains have seeds of their own: what trains of
each kind are called where the false-positive rate is nearest to 5 %."""

import numpy as np
import pandas as pd

from nto1.inference.kinds import EXCITATORY, INHIBITORY, UNCONNECTED
from nto1.inference.n_to_1 import choose_trains, imaged
from nto1.inference.scores import score
from nto1.inference.sta import exact_stas, sta_test
from nto1.units import ms, mV
from nto1_workflow.io import run, write_parquet

TRAINS_SEED = 9  # their rates are drawn with the seed of the simulation
FALSE_POSITIVES = 0.05
STA_MS = 100
KINDS = {"exc": EXCITATORY, "inh": INHIBITORY, "unc": UNCONNECTED}


def called(t: np.ndarray, kinds: np.ndarray) -> dict[str, float]:
    """Areas, and the number of trains of each kind that are called each."""
    scores = score(t, kinds)
    θ = scores.curve.threshold[np.argmin(np.abs(scores.curve.FPR - FALSE_POSITIVES))]
    calls = np.select([t > θ, t < -θ], ["exc", "inh"], "unc")
    numbers = {
        f"n_{kind}_called_{call}": int(((kinds == name) & (calls == call)).sum())
        for kind, name in KINDS.items()
        for call in KINDS
    }
    return {name: getattr(scores, name) for name in ("AUC", "AUC_exc", "AUC_inh")} | numbers


def main(example, window_ms, n_shuffles, shuffle_seed, weights, output):
    recording, _ = example.recording.record(weights)
    n, dt = example.recording.n_tested, recording.time_grid.timestep
    n = min(n, recording.n_exc, recording.N - recording.n_exc)
    trains = choose_trains(recording, n, recording.seed, TRAINS_SEED)
    trains = trains.subset(np.flatnonzero(trains.n_spikes))
    shuffling = {"n_shuffles": n_shuffles, "seed": shuffle_seed}
    shared = {"N": recording.N, "seed": recording.seed, "spike_SNR": np.inf}
    shared |= {"duration_s": recording.time_grid.duration, "window_ms": window_ms}
    shared |= {"first_spike_ms": next(iter(recording.spike_times / ms), np.nan)}
    rows = []
    for item in example.items:
        if item.signal.clip_percentile is None:
            V = imaged(recording, item.signal)
            t = sta_test(V, dt, trains.times, window_ms * ms, **shuffling).t
            (sta,) = exact_stas(V, dt, trains.times[:1], round(STA_MS * ms / dt)) / mV
            row = {"signal": item.columns["case"], "STA_rise_mV": sta.max() - sta[0]}
            rows.append(shared | row | called(t, trains.kinds))
    write_parquet(pd.DataFrame(rows), output[0])


if "snakemake" in globals():
    run(main, snakemake)
