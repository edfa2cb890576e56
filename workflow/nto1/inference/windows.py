"""Windows after spikes: where they start, and their sums, for many series of spikes at once.

A series is a spike train or one of its shuffles. The windows of all series are added up block
after block of the recording, which stays in the cache meanwhile.

The voltage is rounded to whole numbers, as a digitiser would do: sums are then exact in whatever
order and on however many threads, and more samples fit into a vector register. With 15 bits, two
samples are even added in 16. Most comparisons are decided by these; what is closer than the
rounding, by ``exact_mean``, which adds up doubles spike after spike.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from nto1 import checks
from nto1.inference.shuffles import orders_from
from nto1.jit import jit, jit_inline
from nto1.threads import map_ahead

# So many samples of 24 bits can be summed up in 32.
MAX_SUMMANDS = 248

# Bytes of a block, which stays in the cache while windows from all series are added up.
BLOCK = 2**19

# Windows, and sums' samples, of the trains that are tested together: this bounds memory.
MAX_WINDOWS = 2**22
MAX_SUMS = 2**22


class Digitised(NamedTuple):
    """A voltage as whole numbers: v = centre + step · samples."""

    samples: np.ndarray  # [n_steps] int32, or int16 for at most 15 bits: two of them can be added
    centre: float  # V
    step: float  # V


class Windows(NamedTuple):
    """Where the windows of some series start, in steps; those that fit into the recording."""

    starts: np.ndarray  # [n_starts] int32, ascending within a series, series after series
    first: np.ndarray  # [n_series] int64, where a series begins among the starts
    n: np.ndarray  # [n_series] int64, windows of a series

    def of(self, series: int) -> np.ndarray:
        """Starts of one series."""
        return self.starts[self.first[series] :][: self.n[series]]

    def fitting(self, last_start: int) -> "Windows":
        """Those that start at a step or before."""
        return self._replace(n=_count_fitting(self.starts, self.first, self.n, last_start))

    def subset(self, series: np.ndarray) -> "Windows":
        return Windows(self.starts, self.first[series], self.n[series])


def digitise(v: ArrayLike, n_bits: int = 24) -> Digitised:
    """A voltage (V) in 24 bits, or another number of them, between its extremes.

    Parameters
    ----------
    v
        Voltage (V), one value per time step: [n_steps]. Of any type of numbers.
    n_bits
        How many bits: at most 24, so that many samples can be added in 32 bits; or 15, of which
        two can be added in 16.

    Returns
    -------
    Digitised
        Whole numbers, and what they mean: v = centre + step · samples, but for half a step.

    Raises
    ------
    ValueError, TypeError
        For a voltage that is no list of finite numbers, or empty; for bits that are too many.

    Examples
    --------
    >>> digitised = digitise([-0.07, -0.05, -0.06])
    >>> digitised.samples.tolist()
    [-8388607, 8388607, 0]
    """
    v = checks.vector(v, "v")
    if not v.size:
        raise ValueError("v has no values")
    if not 2 <= checks.whole(n_bits, "n_bits") <= 24:
        raise ValueError(f"n_bits must be from 2 to 24, not {n_bits}")
    low, high = float(v.min()), float(v.max())
    centre, step = (low + high) / 2, (high - low) / 2 / (2 ** (n_bits - 1) - 1) or 1.0
    samples = np.empty(v.size, np.int16 if n_bits <= 15 else np.int32)
    _round(v, centre, step, samples)
    return Digitised(samples, centre, step)


def batches(sizes: Sequence[int], n_series: int, window: int) -> Iterator[np.ndarray]:
    """Indices of trains that are to be tested together, given their numbers of spikes.

    Trains of the same size come together: they share their shuffles' permutations.
    """
    order = np.argsort(sizes, kind="stable")
    begin = n_windows = 0
    max_trains = max(1, MAX_SUMS // (n_series * window))
    for end, train in enumerate(order):
        more = int(sizes[train]) * n_series
        if end > begin and (n_windows + more > MAX_WINDOWS or end - begin == max_trains):
            yield order[begin:end]
            begin, n_windows = end, 0
        n_windows += more
    yield order[begin:]


def in_batches(
    trains: Sequence[np.ndarray],
    dt: float,
    n_steps: int,
    windows: Sequence[int],
    tests: Sequence[Callable],
    n_shuffles: int = 0,
    seed: int | Sequence[int] | np.ndarray = 0,
    threads: int = 1,
) -> list[list[np.ndarray]]:
    """What tests find out about trains (that have been checked), some trains at a time.

    ``test(indices, windows)`` is called with the indices of some trains and the windows of these
    and their shuffles, which are shared by all tests. They fit into the recording if they are as
    long as the shortest of ``windows`` (steps). It returns a tuple of arrays with an item per
    train; of each test, these arrays are returned with an item for every train.

    Raises ``ValueError`` for seeds of shuffles that are neither one nor one for each train.
    """
    n_series = 1 + n_shuffles
    seeds, threads = checks.seeds(seed, len(trains)), checks.whole(threads, "threads", 1)

    def test_batch(batch: np.ndarray) -> list[tuple]:
        starts = shuffled_windows(
            [trains[i] for i in batch],
            *(orders_from([seeds[i] for i in batch], n_shuffles), n_shuffles),
            *(dt, n_steps - min(windows)),
        )
        return [test(batch, starts) for test in tests]

    todo = list(batches([times.size for times in trains], n_series, max(windows)))
    done = list(map_ahead(test_batch, todo, threads))
    back = np.argsort(np.concatenate(todo))
    return [
        [np.concatenate(parts)[back] for parts in zip(*of_test, strict=True)]
        for of_test in zip(*done, strict=True)
    ]


def shuffled_windows(
    trains: Sequence[np.ndarray],
    orders: Callable[[int, int, np.ndarray], np.ndarray],
    n_shuffles: int,
    dt: float,
    last_start: int,
    nearest: bool = False,
) -> Windows:
    """Windows of every train and, after it, of each of its shuffles.

    ``orders(train, n, room)`` gives the orders [n_shuffles, n] of a train's n intervals, the first
    of which is counted from 0; they may be written to ``room``. A window starts at the step in
    which its spike lies, or (``nearest``, where the train's own times are added up from its
    intervals, too) at the one nearest to it. ``last_start`` is the last step at which a window may
    start.
    """
    n_series = 1 + n_shuffles
    sizes = np.repeat([times.size for times in trains], n_series)
    first = np.cumsum(sizes) - sizes
    starts, n = np.empty(sizes.sum(), np.int32), np.empty(sizes.size, np.int64)
    for train, times in enumerate(trains):
        begin = train * n_series
        its_starts = starts[first[begin] :][: n_series * times.size].reshape(n_series, times.size)
        _find_starts(
            *(times, orders(train, times.size, its_starts[1:]), dt, last_start, nearest),
            *(its_starts, n[begin : begin + n_series]),
        )
    return Windows(starts, first, n)


def sum_windows(samples: np.ndarray, windows: Windows, window: int) -> np.ndarray:
    """Sums [n_series, window] int64 of the digitised samples in each series' windows."""
    sums = np.zeros((windows.n.size, window), np.int64)
    _add_windows(samples, *windows, BLOCK // samples.itemsize, sums)
    return sums


@jit
def _round(v, centre, step, samples):
    for i in range(v.size):
        samples[i] = np.int32(np.rint((v[i] - centre) / step))


@jit_inline
def _floor_divide(t, dt, inverse_dt):
    """floor(t / dt); the slow division is only done where the rounding could matter."""
    steps = t * inverse_dt
    step = np.int64(steps)
    if abs(steps - step - 0.5) > 0.5 - 1e-6:
        step = np.int64(np.floor(t / dt))
    return step


@jit
def _count_fitting(starts, first, n_windows, last_start):
    n_fitting = n_windows.copy()
    for series in range(first.size):
        while n_fitting[series] and starts[first[series] + n_fitting[series] - 1] > last_start:
            n_fitting[series] -= 1
    return n_fitting


@jit
def _find_starts(times, orders, dt, last_start, nearest, starts, n_windows):
    """Fill starts [1 + n_shuffles, n] and n_windows [1 + n_shuffles] of one train. The orders
    [n_shuffles, n] may lie where the starts come to lie, in the same place."""
    n = times.size
    inverse_dt = 1 / dt
    intervals = np.empty(n)
    previous = 0.0
    for i in range(n):
        intervals[i] = times[i] - previous
        previous = times[i]
    for series in range(starts.shape[0]):
        t = 0.0
        n_fitting = 0
        for i in range(n):
            if series > 0:
                t += intervals[orders[series - 1, i]]
            elif nearest:
                t += intervals[i]
            else:
                t = times[i]
            start = np.int64(np.rint(t / dt)) if nearest else _floor_divide(t, dt, inverse_dt)
            starts[series, i] = start
            n_fitting += start <= last_start
        n_windows[series] = n_fitting


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
    short = v.dtype.type  # two samples need no more bits
    for j in range(window):
        total[j] += (np.int32(short(v0[j] + v1[j])) + np.int32(short(v2[j] + v3[j]))) + (
            np.int32(short(v4[j] + v5[j])) + np.int32(short(v6[j] + v7[j]))
        )


@jit_inline
def _add_one(v, start, window, total):
    v0 = v[start : start + window]
    for j in range(window):
        total[j] += v0[j]


@jit
def _add_windows(v, starts, first, n_windows, block, sums):
    """Add the windows that start at ``starts`` to ``sums`` [n_series, window].

    Block after block of v, for all series; within it, in 32 bits.
    """
    n_series, window = sums.shape
    next_start = first.copy()
    total = np.empty(window, np.int32)
    for block_end in range(block, v.size + block, block):
        for series in range(n_series):
            last = first[series] + n_windows[series]
            spike = next_start[series]
            while spike < last and starts[spike] < block_end:
                total[:] = 0
                end = min(spike + MAX_SUMMANDS, last)
                while spike + 8 <= end and starts[spike + 7] < block_end:
                    _add_eight(v, starts[spike : spike + 8], window, total)
                    spike += 8
                while spike < end and starts[spike] < block_end:
                    _add_one(v, starts[spike], window, total)
                    spike += 1
                for j in range(window):
                    sums[series, j] += total[j]
            next_start[series] = spike


@jit
def sum_looked_up(values, starts, first, n_windows):
    """Of each series [n_series], the sum of the values [n_steps] at its starts."""
    block = BLOCK // values.itemsize
    n_series = first.size
    sums = np.zeros(n_series)
    next_start = first.copy()
    for block_end in range(block, values.size + block, block):
        for series in range(n_series):
            last = first[series] + n_windows[series]
            spike = next_start[series]
            total = sums[series]
            while spike < last and starts[spike] < block_end:
                total += values[starts[spike]]
                spike += 1
            sums[series] = total
            next_start[series] = spike
    return sums


@jit
def exact_mean(v, starts, window):
    """Mean of the windows of v that start at ``starts`` [window]: doubles, added up one spike
    after the other."""
    total = np.zeros(window)
    spike = 0
    while spike + 8 <= starts.size:
        v0 = v[starts[spike] : starts[spike] + window]
        v1 = v[starts[spike + 1] : starts[spike + 1] + window]
        v2 = v[starts[spike + 2] : starts[spike + 2] + window]
        v3 = v[starts[spike + 3] : starts[spike + 3] + window]
        v4 = v[starts[spike + 4] : starts[spike + 4] + window]
        v5 = v[starts[spike + 5] : starts[spike + 5] + window]
        v6 = v[starts[spike + 6] : starts[spike + 6] + window]
        v7 = v[starts[spike + 7] : starts[spike + 7] + window]
        for j in range(window):
            four = (((total[j] + v0[j]) + v1[j]) + v2[j]) + v3[j]
            total[j] = (((four + v4[j]) + v5[j]) + v6[j]) + v7[j]
        spike += 8
    while spike < starts.size:
        _add_one(v, starts[spike], window, total)
        spike += 1
    for j in range(window):
        total[j] /= starts.size
    return total


@jit
def exact_mean_at(v, starts, lags):
    """Some of its samples, those at ``lags`` [n_lags], to the last bit."""
    total = np.zeros(lags.size)
    for start in starts:
        for i in range(lags.size):
            total[i] += v[start + lags[i]]
    return total / starts.size
