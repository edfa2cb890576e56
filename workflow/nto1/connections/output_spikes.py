"""Connection test without the voltage: does the neuron fire more, or less, after a train's spikes?

The output spikes in a window after each input spike are counted, and their mean number compared
with that of the train's shuffles. Counting is one look-up per input spike, in the number of output
spikes that each step has in the window ahead of it.

The cross-correlogram of the notebook of 2024-04-12 asks the same, but was shifted the wrong way:
to output spikes before input spikes. ``correlogram`` does both.
"""

from collections.abc import Sequence

import numpy as np

from nto1.connections.shuffles import orders_from
from nto1.connections.sta import signed_t
from nto1.connections.windows import (
    batches,
    check_times,
    check_trains,
    check_window,
    shuffled_windows,
    sum_looked_up,
)
from nto1.threads import map_ahead
from nto1.units import ms


def output_spike_test(
    output_times: np.ndarray,
    duration: float,
    trains: Sequence[np.ndarray],
    window: float = 20 * ms,
    n_shuffles: int = 100,
    seed: int = 1,
    threads: int = 1,
    dt: float = 0.1 * ms,
) -> np.ndarray:
    """Test which trains are connected, by the output spikes that follow theirs.

    Parameters
    ----------
    output_times
        Ascending times (s) of the neuron's spikes.
    duration
        Of the recording (s).
    trains, window, n_shuffles, seed, threads
        As for ``sta_test``.
    dt
        Time step (s), to which windows and output spikes are rounded down.

    Returns
    -------
    ndarray
        t = s (1 - p) [n_trains], where s is 1 if more output spikes follow a train than its
        shuffles on average, -1 if less; and p is the share of shuffles that are followed by as
        many or more (for s = -1, less), or 1 / n_shuffles if there is none. 0 without output.

    Raises
    ------
    ValueError
        What ``sta_test`` raises; for output spikes that are not ascending or not within the
        recording.
    """
    if n_shuffles < 1:
        raise ValueError(f"{n_shuffles} shuffles can't tell anything: take at least 1")
    n_steps = round(duration / dt)
    n_window = check_window(window, dt, n_steps)
    trains = check_trains(trains, n_steps * dt, n_window * dt)
    output_times = np.asarray(output_times, float)
    check_times("the output spikes", output_times, n_steps * dt)
    steps = np.minimum((output_times / dt + 1e-6).astype(np.int64), n_steps - 1)
    n_before = np.concatenate([[0], np.cumsum(np.bincount(steps, minlength=n_steps))])
    n_ahead = (n_before[n_window:] - n_before[: n_steps + 1 - n_window]).astype(float)

    def test(batch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        orders = orders_from(seed, n_shuffles)
        windows = shuffled_windows([trains[i] for i in batch], orders, dt, n_steps - n_window)
        means = sum_looked_up(n_ahead, *windows) / windows.n
        means = means.reshape(batch.size, 1 + n_shuffles)
        real, shuffled = means[:, :1], means[:, 1:]
        sign = np.sign(real - shuffled.mean(axis=1, keepdims=True))
        return sign[:, 0], np.count_nonzero(sign * shuffled >= sign * real, axis=1)

    todo = list(batches([times.size for times in trains], 1 + n_shuffles, 1))
    done = list(map_ahead(test, todo, threads))
    back = np.argsort(np.concatenate(todo))
    sign, n_as_extreme = (np.concatenate(parts)[back] for parts in zip(*done, strict=True))
    return signed_t(sign, n_as_extreme, n_shuffles)


def binned(times: np.ndarray, duration: float, bin: float = 1 * ms) -> np.ndarray:
    """Number of spikes in each bin [duration / bin]."""
    n = round(duration / bin)
    return np.bincount(np.minimum((times / bin).astype(np.int64), n - 1), minlength=n)


def correlogram(
    x: np.ndarray, y: np.ndarray, max_lag: int, as_published: bool = False
) -> np.ndarray:
    """C(τ) = Σ_t x(t) y(t + τ) / √(n_x n_y) of two binned trains, for τ = 0 … max_lag bins.

    As published, the shift goes the other way: Σ_t x(t + τ) y(t).
    """
    if as_published:
        x, y = y, x
    n = x.size
    products = [x[: n - lag] @ y[lag:] for lag in range(max_lag + 1)]
    return np.array(products) / np.sqrt(float(x.sum()) * y.sum())
