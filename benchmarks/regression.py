"""What does the regression on all trains cost? Seconds and scores, beside other ways to solve it.

    PYTHONPATH=workflow python benchmarks/regression.py table.csv python

Everything runs on one core, on the same recording: N = 6500, ten minutes, imaging noise of a
spike-SNR of 40, all inputs and as many other trains. ``python`` is that of an environment with
scikit-learn.
"""

import cProfile
import json
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse.linalg

from nto1 import line_fit_test, regression_test, sta_test
from nto1.inference.kinds import UNCONNECTED
from nto1.inference.n_to_1 import Signal, choose_trains, imaged, record
from nto1.inference.scores import score
from nto1.regression.design import Covariates, Spikes, SpikesByBin
from nto1.regression.kernel import precision
from nto1.regression.signal import OWN_SPIKE, afterpotentials, around, binned, bins_of
from nto1.units import ms, mV, pS

W_EXC = 15.036 * pS  # N = 6500, about 4 Hz
N_DENSE = 300  # trains that a dense design has room for
BIN = 1 * ms
# Of the profile: looking up spikes, and filters.
LOOK_UPS, FILTERS = ("_look_up", "_sum_per_bin"), ("r2c", "c2r")


def least_squares_by_LSMR(test, V, dt, trains, own) -> np.ndarray:
    """Sizes by a sparse design, with the kernel and spectrum that the regression ended with."""
    missing = around(own, dt, V.size, OWN_SPIKE, OWN_SPIKE)
    signal = binned(missing, dt, BIN).of(V)
    n_fft, n = signal.gaps.n_fft, signal.n_bins
    n_spikes = np.array([times.size for times in trains])
    indptr = np.append(0, np.cumsum(n_spikes))
    counts = scipy.sparse.csr_array(
        (np.ones(indptr[-1]), bins_of(trains, BIN, n), indptr), (len(trains), n)
    )
    spectrum = precision(test.spectrum / (2 * BIN), n_fft)
    H = scipy.fft.rfft(test.kernel.samples(BIN), n_fft) * np.sqrt(spectrum)

    def filtered(x, response):
        return scipy.fft.irfft(scipy.fft.rfft(x) * response, n_fft)

    # The mean and what the neuron's own spikes leave behind are taken out before.
    others = np.array([signal.gaps.bridge(np.ones(n_fft)), *afterpotentials(own, signal)])
    y = Covariates.of(others, lambda x: filtered(x, spectrum)).take_out(signal.y)
    scale = 1 / np.sqrt(n_spikes)  # its only preconditioner

    def predict(w):
        return filtered(np.append(counts.T @ (w * scale), np.zeros(n_fft - n)), H)

    def correlate(r):
        return counts @ filtered(r, H.conj())[:n] * scale

    shape = (n_fft, len(trains))
    design = scipy.sparse.linalg.LinearOperator(shape, matvec=predict, rmatvec=correlate)
    target = filtered(y, np.sqrt(spectrum))
    # Times √n, as t is but for a factor.
    return scipy.sparse.linalg.lsmr(design, target, atol=1e-4, btol=1e-4, maxiter=100)[0]


def dense_ridge(python: str, V, dt, trains, kernel) -> dict:
    """Sizes and seconds of scikit-learn's ridge regression."""
    with tempfile.TemporaryDirectory() as folder:
        y = V.reshape(-1, round(BIN / dt)).mean(axis=1)
        bins, n_spikes = bins_of(trains, BIN, y.size), [times.size for times in trains]
        h = kernel.samples(BIN)
        np.savez(f"{folder}/data.npz", y=y / mV, bins=bins, n_spikes=n_spikes, h=h)
        script = Path(__file__).parent / "peers/ridge_run.py"
        command = [python, str(script), f"{folder}/data.npz"]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def many_trains(n: int, duration: float = 600.0, rate: float = 4.0):
    """Poisson trains, of which a fifth adds potentials of 0.03 mV to a noisy voltage."""
    rng = np.random.default_rng(1)
    n_bins = round(duration / BIN)
    trains, drive = [], np.zeros(n_bins)
    for k in range(n):
        trains.append(np.sort(rng.uniform(0, duration, rng.poisson(rate * duration))))
        if k % 5 == 0:
            drive += np.bincount((trains[-1] / BIN).astype(int), minlength=n_bins)[:n_bins]
    t = np.arange(100)
    shape = np.exp(-t / 15) - np.exp(-t / 5)
    V = np.convolve(drive, 0.03 * mV * shape / shape.max())[:n_bins]
    return V + rng.normal(0, 1 * mV, n_bins), trains


class Timed:
    def __init__(self, function):
        begin = time.process_time()
        self.value = function()
        self.seconds = time.process_time() - begin


def shares(function) -> dict[str, float]:
    """Of the time, what look-ups and filters take."""
    profile = cProfile.Profile(time.process_time)
    profile.runcall(function)
    stats = pstats.Stats(profile).stats
    own = {name: sum(v[2] for k, v in stats.items() if name in k[2]) for name in LOOK_UPS + FILTERS}
    total = sum(v[2] for v in stats.values())
    return {
        "look_ups_share": sum(own[name] for name in LOOK_UPS) / total,
        "filters_share": sum(own[name] for name in FILTERS) / total,
    }


def passes_over_spikes(trains, duration: float) -> dict[str, float]:
    """Seconds of one pass over all spikes, either way, and of reading them from memory."""
    n_bins = round(duration / BIN)
    spikes = Spikes.of(
        bins_of(trains, BIN, n_bins), np.array([times.size for times in trains]), n_bins
    )
    by_bin, drive = SpikesByBin.of(spikes), np.zeros(n_bins)
    weights = np.ones(len(trains))

    def best(function) -> float:
        return min(Timed(function).seconds for _ in range(5))

    return {
        "one pass: a bin's value per spike": best(lambda: spikes.look_up(drive)),
        "one pass: a train's weight per spike": best(lambda: by_bin.sum(weights, drive)),
        "one pass: reading spikes": best(spikes.bins.sum),
    }


def main(file: str, python: str) -> None:
    dt, rows = 0.1 * ms, []
    recording = record(6500, 1, W_EXC)
    V = imaged(recording, Signal("before_reset", 40, 1, 99.9))
    every = choose_trains(recording)
    every = every.subset(np.flatnonzero(every.n_spikes))
    own = recording.spike_times
    del recording

    def row(name, seconds, kinds, t, **more) -> None:
        known = (kinds != UNCONNECTED).any()
        rows.append(
            {
                "test": name,
                "trains": len(t),
                "million_spikes": more.pop("n_spikes", every.n_spikes.sum()) / 1e6,
                "CPU_s": seconds,
                "AUC": score(t, kinds).AUC if known else np.nan,
                **more,
            }
        )
        print(rows[-1], flush=True)

    def regression(V, dt, trains, own_spikes, **options):
        return regression_test(V, dt, trains, own_spikes=own_spikes, **options)

    regression(V[:600_000], dt, [t[t < 60] for t in every.times[:500]], own[own < 60])  # compiled
    for share in (0.25, 0.5, 1):
        some = every.subset(np.arange(0, len(every.times), round(1 / share)))
        for weights in ("joint", "mixture"):
            done = Timed(lambda: regression(V, dt, some.times, own, weights=weights))  # noqa: B023
            name = {"joint": "least squares, 3 rounds", "mixture": "and distribution of sizes"}
            row(name[weights], done.seconds, some.kinds, done.value.z, n_spikes=some.n_spikes.sum())
    parts = shares(lambda: regression(V, dt, every.times, own, weights="joint"))
    peak_GB = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    rows[-2] |= parts | {"peak_GB": peak_GB}

    joint = regression(V, dt, every.times, own, weights="joint")
    LSMR = Timed(lambda: least_squares_by_LSMR(joint, V, dt, every.times, own))
    row("LSMR, once, kernel and spectrum given", LSMR.seconds, every.kinds, LSMR.value)
    for name, function in (("sta", sta_test), ("line_fit", line_fit_test)):
        done = Timed(lambda: function(V, dt, every.times))  # noqa: B023
        row(name, done.seconds, every.kinds, np.asarray(getattr(done.value, "t", done.value)))

    by_kind = [np.flatnonzero(every.kinds == kind)[: N_DENSE // 3] for kind in set(every.kinds)]
    some = every.subset(np.sort(np.concatenate(by_kind)))
    done = Timed(lambda: regression(V, dt, some.times, own))
    n_spikes = some.n_spikes.sum()
    row("least squares, 300 trains", done.seconds, some.kinds, done.value.z, n_spikes=n_spikes)
    ridge = dense_ridge(python, V, dt, some.times, done.value.kernel)
    sizes = np.array(ridge["sizes"]) * np.sqrt(some.n_spikes)
    row("ridge, dense design, 300 trains", ridge["CPU_s"], some.kinds, sizes, n_spikes=n_spikes)

    for name, seconds in passes_over_spikes(every.times, every.duration).items():
        rows.append({"test": name, "trains": len(every.times), "CPU_s": seconds})
    V, trains = many_trains(100_000)
    kinds = np.where(np.arange(len(trains)) % 5, UNCONNECTED, "excitatory")
    done = Timed(lambda: regression(V, BIN, trains, None, weights="joint"))
    row(
        "least squares, 3 rounds",
        done.seconds,
        kinds,
        done.value.z,
        n_spikes=sum(t.size for t in trains),
    )

    table = pd.DataFrame(rows)
    of_all = (table["test"] == "least squares, 3 rounds") & (table["trains"] == len(every.times))
    table["ratio"] = table["CPU_s"] / table["CPU_s"][of_all].iloc[0]
    table.to_csv(file, index=False, float_format="%.4g")


if __name__ == "__main__":
    main(*sys.argv[1:])
