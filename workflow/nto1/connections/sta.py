"""Is a spike train connected to a neuron? Spike-triggered averages against shuffled trains.

A train's spike-triggered average (STA) is the mean of the voltage in a window after each of its
spikes. If its height (max - min) is larger than nearly all of those found when the train's
inter-spike intervals are shuffled, the train is taken to be connected.

The work is in the sums: 30 trains, 100 shuffles, 12 000 spikes and 1000 samples make 36 thousand
million additions. So the voltage is rounded to 24 bits, as a good digitiser would do: sums are
then of whole numbers, exact in whatever order and on however many threads, and twice as many
samples fit into a vector register. For a trace 0.15 V wide that means steps of 9 nV; in an
average of 12 000 windows it amounts to less than 0.1 nV.

Source: ``simulate_and_test_connections`` in the notebook of 2021-11-18, and the code it calls.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from nto1.jit import jit, jit_inline
from nto1.threads import map_ahead

# A sample lies within ± 2^23 - 1: so many can be summed up in 32 bits.
INT24_MAX = 2**23 - 1
MAX_SUMMANDS = 248

# Samples of a block, which stays in the cache while windows from all shuffled trains are added up.
BLOCK = 2**16


class Digitised(NamedTuple):
    """A voltage as whole numbers: v = centre + step · samples."""

    samples: np.ndarray  # [n_steps] int32
    centre: float  # V
    step: float  # V


class TrainTest(NamedTuple):
    """One train's spike-triggered average beside those of its shuffled versions."""

    n_windows: int  # spikes whose window lies within the recording
    sta: np.ndarray  # [window] V
    shuffled_stas: np.ndarray  # [n_shuffles, window] V
    height: float  # V
    shuffled_heights: np.ndarray  # [n_shuffles] V


class PValue(NamedTuple):
    p: float  # NaN if there is nothing to test
    is_bound: bool  # whether p is only known to be smaller


class DetectionRates(NamedTuple):
    """Detection rates when trains with p at or below a threshold are called connected."""

    threshold: np.ndarray  # [n_thresholds]
    TPR: np.ndarray  # true-positive rate, of all connected trains
    TPR_exc: np.ndarray  # of the excitatory ones
    TPR_inh: np.ndarray  # of the inhibitory ones
    FPR: np.ndarray  # false-positive rate, of all unconnected trains

    def auc(self) -> tuple[float, float, float]:
        """Under TPR, TPR_exc and TPR_inh against FPR, as left sums."""
        return tuple(float(np.diff(self.FPR) @ TPR[:-1]) for TPR in self[1:4])


def digitise(v: np.ndarray) -> Digitised:
    """A voltage (V) in 24 bits between its extremes."""
    low, high = v.min(), v.max()
    centre, step = (low + high) / 2, (high - low) / 2 / INT24_MAX or 1.0
    return Digitised(_round(v, centre, step), centre, step)


def shuffle_test(
    trains: Iterable[np.ndarray],
    voltages: Sequence[Digitised],
    timestep: float,
    window: int,
    n_shuffles: int,
    rng: np.random.RandomState,
    threads: int = 1,
) -> Iterator[list[TrainTest]]:
    """Test trains of ascending spike times (s) one after the other, in each of some voltages.

    Shuffles are drawn in one thread, in the order of the trains; so results do not depend on the
    number of threads. Windows (of so many steps) begin at the step nearest to a spike; those that
    reach the end of the recording are left out, and so is the last that just fits, as published.
    Raises ``ValueError`` for a window that is longer than the recording or less than one shuffle.
    """
    n_steps = voltages[0].samples.size
    if not 0 < window < n_steps:
        raise ValueError(
            f"windows of {window} steps don't fit into a recording of {n_steps}: take shorter ones"
        )
    if n_shuffles < 1:
        raise ValueError(f"{n_shuffles} shuffles can't tell anything: take at least 1")

    def test(intervals: np.ndarray) -> list[TrainTest]:
        steps, n_windows = _window_starts(intervals, timestep, n_steps - window)
        return [in_voltage(v, steps, n_windows) for v in voltages]

    def in_voltage(v: Digitised, steps: np.ndarray, n_windows: np.ndarray) -> TrainTest:
        sums = np.zeros((len(steps), window), np.int64)
        _add_windows(v.samples, steps, n_windows, sums)
        with np.errstate(invalid="ignore"):
            stas = v.centre + v.step * (sums / n_windows[:, np.newaxis])
        heights = np.ptp(stas, axis=1)
        return TrainTest(int(n_windows[0]), stas[0], stas[1:], float(heights[0]), heights[1:])

    yield from map_ahead(test, (_shuffled(times, n_shuffles, rng) for times in trains), threads)


def p_value(height: float, shuffled_heights: np.ndarray, published: bool = True) -> PValue:
    """How probable it is that an unconnected train has an STA as high.

    As published, the share of shuffled trains with a higher one; where there is none, p is only
    known to be below 1 / n. Otherwise (k + 1) / (n + 1), where k of n are as high or higher: the
    real train counts as one of its own shuffles, and no p is ever zero (Phipson & Smyth 2010).
    """
    n = shuffled_heights.size
    if np.isnan(height):
        return PValue(np.nan, False)
    if not published:
        return PValue((np.sum(shuffled_heights >= height) + 1) / (n + 1), False)
    p = np.mean(shuffled_heights > height)
    return PValue(p or 1 / n, bool(p == 0))


def detection_rates(
    p: np.ndarray, connected: np.ndarray, inhibitory: np.ndarray, thresholds: Sequence[float]
) -> DetectionRates:
    """Detection rates of trains [n_trains] at thresholds. Trains without p are left out; a rate of
    no trains is NaN."""
    thresholds = np.asarray(thresholds, float)
    tested = ~np.isnan(p)
    called_connected = p[tested] <= thresholds[:, np.newaxis]

    def rate(of):
        of = of[tested]
        return (
            called_connected[:, of].mean(axis=1) if of.any() else np.full(len(thresholds), np.nan)
        )

    return DetectionRates(
        thresholds,
        rate(connected),
        rate(connected & ~inhibitory),
        rate(connected & inhibitory),
        rate(~connected),
    )


def roc(p: np.ndarray, connected: np.ndarray, inhibitory: np.ndarray) -> DetectionRates:
    """Detection rates at 0 and every p that occurs: the ROC curve."""
    distinct = np.unique(p[~np.isnan(p)])
    return detection_rates(p, connected, inhibitory, np.unique(np.append(0, distinct)))


def _shuffled(times: np.ndarray, n_shuffles: int, rng: np.random.RandomState) -> np.ndarray:
    """Intervals of a train, the first counted from 0, and of its shuffles [1 + n_shuffles, n]."""
    intervals = np.empty((1 + n_shuffles, times.size))
    intervals[0] = np.diff(times, prepend=0)
    for shuffle in intervals[1:]:
        shuffle[:] = rng.permutation(intervals[0])
    return intervals


@jit
def _round(v, centre, step):
    samples = np.empty(v.size, np.int32)
    for i in range(v.size):
        samples[i] = np.int32(np.rint((v[i] - centre) / step))
    return samples


@jit
def _window_starts(intervals, timestep, end):
    """Steps [n_series, n_spikes] int32 at which windows start, and how many of each series
    [n_series] are before ``end``."""
    steps = np.empty(intervals.shape, np.int32)
    n_windows = np.zeros(intervals.shape[0], np.int64)
    for series in range(intervals.shape[0]):
        t = 0.0
        for spike in range(intervals.shape[1]):
            t += intervals[series, spike]
            step = round(t / timestep)
            if step < end:
                steps[series, spike] = step
                n_windows[series] += 1
    return steps, n_windows


@jit_inline
def _add_eight(v, starts, window, total):
    """Add eight windows of v to total [window]: one load and store of the total for all."""
    v0 = v[starts[0] : starts[0] + window]
    v1 = v[starts[1] : starts[1] + window]
    v2 = v[starts[2] : starts[2] + window]
    v3 = v[starts[3] : starts[3] + window]
    v4 = v[starts[4] : starts[4] + window]
    v5 = v[starts[5] : starts[5] + window]
    v6 = v[starts[6] : starts[6] + window]
    v7 = v[starts[7] : starts[7] + window]
    for j in range(window):
        total[j] += ((v0[j] + v1[j]) + (v2[j] + v3[j])) + ((v4[j] + v5[j]) + (v6[j] + v7[j]))


@jit_inline
def _add_one(v, start, window, total):
    v0 = v[start : start + window]
    for j in range(window):
        total[j] += v0[j]


@jit
def _add_windows(v, steps, n_windows, sums):
    """Add the windows that start at ``steps`` to ``sums`` [n_series, window].

    Block after block of v, for all series; within it, in 32 bits.
    """
    n_series, window = sums.shape
    next_spike = np.zeros(n_series, np.int64)
    total = np.empty(window, np.int32)
    for block_end in range(BLOCK, v.size + BLOCK, BLOCK):
        for series in range(n_series):
            starts, spike = steps[series], next_spike[series]
            while spike < n_windows[series] and starts[spike] < block_end:
                total[:] = 0
                end = min(spike + MAX_SUMMANDS, n_windows[series])
                while spike + 8 <= end and starts[spike + 7] < block_end:
                    _add_eight(v, starts[spike : spike + 8], window, total)
                    spike += 8
                while spike < end and starts[spike] < block_end:
                    _add_one(v, starts[spike], window, total)
                    spike += 1
                for j in range(window):
                    sums[series, j] += total[j]
            next_spike[series] = spike
