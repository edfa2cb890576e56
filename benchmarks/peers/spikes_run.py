"""Connections of a network from its spikes by general tools.

    python spikes_run.py spikes.npz t.npz

``spikes.npz`` has a train for every neuron (s), ``duration`` and ``targets``. For each tool
``t.npz`` gets how clearly each neuron (row) drives each target (column). Prints the CPU seconds
that each tool took.
"""

import json
import os
import sys
import time
from collections.abc import Callable

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import neo  # noqa: E402
import numpy as np  # noqa: E402
import pynapple  # noqa: E402
import quantities as pq  # noqa: E402
from elephant.conversion import BinnedSpikeTrain  # noqa: E402
from elephant.spike_train_correlation import cross_correlation_histogram  # noqa: E402
from scipy.ndimage import convolve1d  # noqa: E402
from sklearn.linear_model import PoissonRegressor  # noqa: E402

BIN, REACH = 1e-3, 100  # s; bins
SD, HOLLOW, WINDOW = 20, 0.6, slice(1, 16)  # bins
PENALTY = 1e-4  # of the regression: couplings of pairs without any coincidence have no limit else

Trains = list[np.ndarray]


def beside_hollow_gaussian(counts: np.ndarray) -> np.ndarray:
    """z of correlograms [..., lags], of which the middle is lag 0: what is in the window from 1 to
    15 ms beyond the correlogram convolved with a hollow Gaussian (Stark & Abeles 2009)."""
    x = np.arange(-3 * SD, 3 * SD + 1)
    gaussian = np.exp(-0.5 * (x / SD) ** 2)
    gaussian[x == 0] *= 1 - HOLLOW
    expected = convolve1d(counts.astype(float), gaussian / gaussian.sum(), mode="reflect")
    after = counts[..., counts.shape[-1] // 2 :][..., WINDOW].sum(axis=-1)
    by_chance = expected[..., counts.shape[-1] // 2 :][..., WINDOW].sum(axis=-1)
    return (after - by_chance) / np.sqrt(np.maximum(by_chance, 0.1))


def with_elephant(trains: Trains, targets: list[int], duration: float) -> np.ndarray:
    binned = [
        BinnedSpikeTrain(
            neo.SpikeTrain(times, units=pq.s, t_stop=duration), bin_size=BIN * pq.s, tolerance=None
        )
        for times in trains
    ]
    z = np.zeros((len(trains), len(targets)))
    for i, reference in enumerate(binned):
        for j, target in enumerate(targets):
            pair = reference, binned[target]
            signal, _ = cross_correlation_histogram(*pair, window=[-REACH, REACH])
            z[i, j] = beside_hollow_gaussian(signal.magnitude.ravel())
    return z


def with_pynapple(trains: Trains, targets: list[int], duration: float) -> np.ndarray:
    whole = pynapple.IntervalSet(0, duration)
    every, some = (
        pynapple.TsGroup({i: pynapple.Ts(trains[i]) for i in which}, time_support=whole)
        for which in (range(len(trains)), targets)
    )
    rates = pynapple.compute_crosscorrelogram((every, some), BIN, REACH * BIN, norm=False)
    z = np.zeros((len(trains), len(targets)))
    for i, target in rates.columns:
        counts = np.rint(rates[i, target].to_numpy() * trains[i].size * BIN)
        z[i, targets.index(target)] = beside_hollow_gaussian(counts)
    return z


def with_scikit_learn(trains: Trains, targets: list[int], duration: float) -> np.ndarray:
    """Poisson regression of each target's spikes on all others' in the 15 ms before: coefficients
    of trains that are scaled to a variance of 1."""
    n = round(duration / BIN)
    counts = np.array([np.bincount((t / BIN).astype(int), minlength=n)[:n] for t in trains])
    before = convolve1d(counts.astype(float), [0.0] * 16 + [1.0] * 15, mode="constant")
    before -= before.mean(axis=1, keepdims=True)
    before /= before.std(axis=1, keepdims=True)
    z = np.zeros((len(trains), len(targets)))
    for j, target in enumerate(targets):
        others = np.delete(np.arange(len(trains)), target)
        model = PoissonRegressor(alpha=PENALTY, solver="newton-cholesky")
        z[others, j] = model.fit(before[others].T, counts[target]).coef_
    return z


TOOLS: dict[str, Callable[[Trains, list[int], float], np.ndarray]] = {
    "Elephant, correlogram beside a hollow Gaussian": with_elephant,
    "pynapple, correlogram beside a hollow Gaussian": with_pynapple,
    "scikit-learn, Poisson regression on all trains": with_scikit_learn,
}


def main(spikes: str, file: str) -> None:
    saved = dict(np.load(spikes))
    duration, targets = float(saved.pop("duration")), saved.pop("targets").tolist()
    trains = list(saved.values())
    found, seconds = {}, {}
    for name, tool in TOOLS.items():
        tool(trains, targets[:1], duration)  # compiled
        begin = time.process_time()
        found[name] = tool(trains, targets, duration)
        seconds[name] = time.process_time() - begin
    np.savez(file, **found)
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
