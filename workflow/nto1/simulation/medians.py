"""Exact medians of long voltage traces that are never stored.

Given a guess of where the median lies, it is enough to count the samples below that bracket and
to keep those within. Blocks of consecutive samples that lie wholly on one side, as most do since
voltage is continuous, are counted at once.
"""

from typing import NamedTuple

import numpy as np

from nto1.jit import carray, jit, jit_inline, local_doubles

BLOCK = 32  # samples of every lane that are looked at together


class Bracket(NamedTuple):
    """The samples of every lane so far, seen from a bracket around its median."""

    low: np.ndarray  # [width] V
    high: np.ndarray  # [width] V
    n_below: np.ndarray  # [width] int64
    n_inside: np.ndarray  # [width] int64; -1: there was no room for them
    inside: np.ndarray  # [width, capacity] V

    @classmethod
    def around(cls, low, high, capacity: int) -> "Bracket":
        width = len(low)
        n_below, n_inside = np.zeros((2, width), np.int64)
        return cls(low, high, n_below, n_inside, np.empty((width, capacity)))

    @classmethod
    def everything(cls, width: int, n_lanes: int, capacity: int) -> "Bracket":
        """A bracket around any voltage, in the lanes that are in use; the others keep nothing."""
        low, high = np.full(width, np.inf), np.full(width, np.inf)
        low[:n_lanes], high[:n_lanes] = -1e3, 1e3
        return cls.around(low, high, capacity)


@jit_inline
def collect(block, n_rows, width, bracket):
    """Take in ``block[:n_rows]``, n_rows consecutive samples of every lane [rows, width]."""
    lowest = carray(local_doubles(64), (64,))
    highest = carray(local_doubles(64), (64,))
    for lane in range(width):
        lowest[lane] = highest[lane] = block[0, lane]
    for row in range(1, n_rows):
        for lane in range(width):
            lowest[lane] = min(lowest[lane], block[row, lane])
            highest[lane] = max(highest[lane], block[row, lane])

    for lane in range(width):
        low, high = bracket.low[lane], bracket.high[lane]
        if highest[lane] < low:
            bracket.n_below[lane] += n_rows
        elif lowest[lane] <= high:
            n = bracket.n_inside[lane]
            if n < 0 or n + n_rows > bracket.inside.shape[1]:
                bracket.n_inside[lane] = -1
                continue
            inside = bracket.inside[lane]
            n_below = 0
            for row in range(n_rows):
                V = block[row, lane]
                inside[n] = V
                n += (low <= V) & (V <= high)
                n_below += V < low
            bracket.n_inside[lane] = n
            bracket.n_below[lane] += n_below


@jit
def quantile_range(bracket, below, above):
    """Two quantiles (each [width]) of each lane's samples inside, from every fourth.

    Returns two arrays [width], NaN in lanes that have no samples.
    """
    low, high = np.full(bracket.low.size, np.nan), np.full(bracket.low.size, np.nan)
    for lane in range(low.size):
        samples = bracket.inside[lane, : max(bracket.n_inside[lane], 0) : 4].copy()
        if samples.size:
            low[lane], _ = _two_of_rank(samples, int(max(0, below[lane]) * (samples.size - 1)))
            high[lane], _ = _two_of_rank(samples, int(max(0, above[lane]) * (samples.size - 1)))
    return low, high


@jit
def medians(bracket, n_samples):
    """The median of each lane [width], NaN where it is not within the bracket."""
    result = np.full(bracket.low.size, np.nan)
    for lane in range(result.size):
        lower = (n_samples - 1) // 2 - bracket.n_below[lane]
        upper = n_samples // 2 - bracket.n_below[lane]
        samples = bracket.inside[lane, : max(bracket.n_inside[lane], 0)]
        if 0 <= lower and upper < samples.size:
            V, V_next = _two_of_rank(samples, lower)
            result[lane] = (V + (V if upper == lower else V_next)) / 2
    return result


@jit_inline
def _two_of_rank(samples, rank):
    """The samples with this rank (0: the smallest) and the next (infinite if there is none).

    A histogram tells which few samples to sort.
    """
    n_bins = 256
    next_bin = np.inf  # the smallest sample above those looked at
    while samples.size > 64:
        low, high = np.inf, -np.inf
        for V in samples:
            low, high = min(low, V), max(high, V)
        if low == high:
            return low, low if rank + 1 < samples.size else next_bin
        scale = (n_bins - 1) / (high - low)
        histogram = np.zeros(n_bins, np.int64)
        for V in samples:
            histogram[int((V - low) * scale)] += 1
        bin = 0
        while rank >= histogram[bin]:
            rank -= histogram[bin]
            bin += 1
        if rank + 1 == histogram[bin]:  # the next one lies in another bin
            for V in samples:
                if int((V - low) * scale) > bin:
                    next_bin = min(next_bin, V)
        within = np.empty(samples.size)
        n = 0
        for V in samples:
            within[n] = V
            n += int((V - low) * scale) == bin
        samples = within[:n]
    samples = np.sort(samples)
    return samples[rank], samples[rank + 1] if rank + 1 < samples.size else next_bin
