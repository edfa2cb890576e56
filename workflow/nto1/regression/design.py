"""Spike trains as a linear model's design: products with it, and least squares.

    prediction = h * Σ_k w_k s_k        s_k: spikes of train k per bin, h: the kernel

A product with the design is one look-up of a weight per spike and one filter; with its transpose,
one filter and one look-up of a bin's value per spike. Spikes are kept in both orders, of bins and
of trains, so that sums are formed in registers. Threads share blocks of bins or trains, never a
sum: results have the same bits on any number of them.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import scipy

from nto1.jit import jit
from nto1.regression.gaps import Gaps
from nto1.threads import map_ahead

# Bins of a block, which stays in the cache: 256 kB of doubles.
BLOCK = 2**15

# Trains that a thread looks up at a time.
TRAINS_AT_ONCE = 256

# Trains, and bins, of which filtered spikes are looked up at a time: 256 kB of doubles.
FILTERED_AT_ONCE, BINS_AT_ONCE = 128, 256

# Bins of all covariates that are multiplied at a time.
ROWS_AT_ONCE = 2**12

MAX_ITERATIONS = 200


class Spikes(NamedTuple):
    """Trains as bins."""

    bins: np.ndarray  # [n_spikes] int32, ascending within a train, train after train
    edges: np.ndarray  # [n_blocks + 1, n_trains] int64, where blocks begin in each train's spikes
    n_bins: int

    @classmethod
    def of(cls, bins: np.ndarray, n_spikes: np.ndarray, n_bins: int) -> "Spikes":
        n_blocks = -(-n_bins // BLOCK)
        ends = np.cumsum(n_spikes, dtype=np.int64)
        edges = np.empty((n_blocks + 1, n_spikes.size), np.int64)
        _find_edges(bins, ends - n_spikes, ends, BLOCK, edges)
        return cls(bins, edges, n_bins)

    @property
    def n_spikes(self) -> np.ndarray:
        """Of each train [n_trains]."""
        return self.edges[-1] - self.edges[0]

    def train(self, k: int) -> np.ndarray:
        """Bins of one train's spikes."""
        return self.bins[self.edges[0, k] : self.edges[-1, k]]

    def look_up(self, values: np.ndarray, threads: int = 1) -> np.ndarray:
        """Σ of the values [≥ n_bins] at each train's spikes [n_trains]."""
        sums = np.zeros(self.edges.shape[1])

        def add(first: int) -> None:
            last = min(first + TRAINS_AT_ONCE, sums.size)
            _look_up(self.bins, self.edges, first, last, values, sums)

        _run(add, range(0, sums.size, TRAINS_AT_ONCE), threads)
        return sums

    def lags(self, n_lags: int) -> np.ndarray:
        """How often a train's spikes are that many bins apart, before or after, themselves
        included [n_trains, n_lags], int32."""
        counts = np.zeros((self.edges.shape[1], n_lags), np.int32)
        _count_lags(self.bins, self.edges[0], self.edges[-1], counts)
        return counts


class SpikesByBin(NamedTuple):
    """The same, bin after bin."""

    trains: np.ndarray  # [n_spikes] uint16 or uint32, which train it is
    begin: np.ndarray  # [n_bins + 1] int64, where bins begin in ``trains``

    @classmethod
    def of(cls, spikes: Spikes) -> "SpikesByBin":
        n_trains = spikes.edges.shape[1]
        begin = np.zeros(spikes.n_bins + 1, np.int64)
        _count(spikes.bins, begin[1:])
        np.cumsum(begin, out=begin)
        trains = np.empty(spikes.bins.size, np.uint16 if n_trains <= 2**16 else np.uint32)
        _sort_by_bin(spikes.bins, spikes.edges, begin.copy(), trains)
        return cls(trains, begin)

    def sum(self, weights: np.ndarray, out: np.ndarray, threads: int = 1) -> np.ndarray:
        """Σ_k w_k s_k, written to ``out`` [≥ n_bins], which is zero beyond the last bin."""
        n_bins = self.begin.size - 1
        out[n_bins:] = 0

        def add(first: int) -> None:
            _sum_per_bin(self.trains, self.begin[first : first + BLOCK + 1], weights, out[first:])

        _run(add, range(0, n_bins, BLOCK), threads)
        return out


class Columns:
    """Trains as a design has them; designs may share them."""

    def __init__(self, spikes: Spikes):
        self.spikes, self.by_bin = spikes, SpikesByBin.of(spikes)
        self._lags = np.empty((0, 0), np.int32)

    def lags(self, n_lags: int) -> np.ndarray:
        """At least so many [n_trains, ≥ n_lags]: those of the last kernel, if they do."""
        lags = self._lags
        if lags.shape[1] < n_lags:
            self._lags = lags = self.spikes.lags(n_lags + n_lags // 4)
        return lags

    def products(self, autocovariance: np.ndarray, threads: int = 1) -> np.ndarray:
        """(filter * s_j) · (filter * s_k) of all trains [n_trains, n_trains]."""
        causal = np.append(autocovariance[0] / 2, autocovariance[1:])
        half = np.zeros((self.spikes.n_spikes.size,) * 2)

        def add(first: int) -> None:
            columns = half[:, first : first + FILTERED_AT_ONCE]
            _add_products(*self.spikes[:2], *self.by_bin, causal, first, columns)

        _run(add, range(0, len(half), FILTERED_AT_ONCE), threads)
        return half + half.T


class Design:
    """The whitened least-squares problem: missing bins, covariates and the time scale of trains
    taken into account.

    With residual r = signal - prediction - covariates, ``Σ_f |r(f)|² / S(f)`` is minimised, where r
    is bridged by a straight line over missing bins. Covariates are solved for in passing. The
    diagonal and the whole normal matrix are sums over pairs of spikes that are near to each other.
    """

    def __init__(
        self,
        columns: Columns,
        gaps: Gaps,
        window: int = 0,  # bins: of each, the drive's mean is taken away; 0: it is kept
        threads: int = 1,
    ):
        self.columns, self.spikes = columns, columns.spikes
        self.gaps, self.window, self.threads = gaps, window, threads
        self.n_fft = gaps.n_fft
        self.covariates: Covariates | None = None
        self._drive = np.empty(self.n_fft)

    def set_filters(
        self, h: np.ndarray, precision: np.ndarray, covariates: np.ndarray | None = None
    ) -> None:
        """The kernel's samples [n_lags]; 1 / S [n_fft // 2 + 1]; covariates [n, n_fft], which have
        been bridged."""
        self.H = scipy.fft.rfft(h, self.n_fft)
        self.precision = precision
        spectrum = np.abs(self.H) ** 2 * precision
        self.autocovariance = scipy.fft.irfft(spectrum, self.n_fft)[: h.size]
        lags = self.columns.lags(self.autocovariance.size)
        self.diagonal = _weighted_sums(lags, self.autocovariance)
        self.covariates = None
        if covariates is not None and len(covariates):
            self.covariates = Covariates.of(covariates, self.whiten, self.threads)

    def whiten(self, x: np.ndarray) -> np.ndarray:
        """x filtered by 1 / S."""
        return scipy.fft.irfft(scipy.fft.rfft(x) * self.precision, self.n_fft)

    def predict(self, weights: np.ndarray) -> np.ndarray:
        """h * Σ_k w_k s_k [n_fft]."""
        return self.filter(self.drive(weights))

    def drive(self, weights: np.ndarray) -> np.ndarray:
        """Σ_k w_k s_k [n_fft], centred; valid until the next one is asked for."""
        drive = self.columns.by_bin.sum(weights, self._drive, self.threads)
        return _centre(drive, self.spikes.n_bins, self.window)

    def filter(self, drive: np.ndarray) -> np.ndarray:
        return scipy.fft.irfft(scipy.fft.rfft(drive) * self.H, self.n_fft)

    def without_covariates(self, x: np.ndarray) -> np.ndarray:
        """What covariates don't explain of x, which has been bridged; in place."""
        return self.covariates.take_out(x) if self.covariates else x

    def orthogonal(self, rows: np.ndarray, to: np.ndarray) -> np.ndarray:
        """Some signals [n, n_fft] without what others [m, n_fft] explain of them; in place."""
        others = Covariates.of(to, self.whiten, self.threads)
        for x in rows:
            others.take_out(x)
        return rows

    def correlate(self, residual: np.ndarray) -> np.ndarray:
        """Transpose of ``predict``, after whitening and bridging: [n_trains]."""
        return self._look_up_centred(self.at_spikes(residual))

    def correlate_late(self, residual: np.ndarray, delays: Sequence[int]) -> list[np.ndarray]:
        """The same of kernels that come later by some bins, each [n_trains]."""
        filtered = self.at_spikes(residual)
        return [self._look_up_centred(np.roll(filtered, -delay)) for delay in delays]

    def at_spikes(self, residual: np.ndarray) -> np.ndarray:
        """What each spike adds to ``correlate``, by its bin [n_fft]."""
        return self._filter_back(self.gaps.transpose(self.whiten(residual)))

    def _look_up_whitened(self, whitened: np.ndarray) -> np.ndarray:
        return self._look_up_centred(self._filter_back(whitened))

    def _filter_back(self, x: np.ndarray) -> np.ndarray:
        return scipy.fft.irfft(scipy.fft.rfft(x) * self.H.conj(), self.n_fft)

    def _look_up_centred(self, x: np.ndarray) -> np.ndarray:
        return self.spikes.look_up(_centre(x, self.spikes.n_bins, self.window), self.threads)

    def normal(self, weights: np.ndarray) -> np.ndarray:
        """The normal matrix times some weights [n_trains]."""
        return self.correlate(self.without_covariates(self.gaps.bridge(self.predict(weights))))

    def normal_matrix(self) -> np.ndarray:
        """[n_trains, n_trains], by pairs of spikes; as if there were no gaps in the recording."""
        matrix = self.columns.products(self.autocovariance, self.threads)
        if self.covariates is None:
            return matrix
        shared = np.array([self._look_up_whitened(x) for x in self.covariates.whitened])
        return matrix - shared.T @ self.covariates.inverse @ shared


class Covariates(NamedTuple):
    """Signals that are solved for in passing."""

    rows: np.ndarray  # [n, n_fft], bridged
    whitened: np.ndarray  # [n, n_fft]
    inverse: np.ndarray  # [n, n] of their products; what depends on others is left out
    rank: int

    @classmethod
    def of(
        cls, rows: np.ndarray, whiten: Callable[[np.ndarray], np.ndarray], threads: int = 1
    ) -> "Covariates":
        whitened = np.array(list(map_ahead(whiten, rows, threads)))
        products = _products(rows, whitened)
        scale = np.sqrt(np.diag(products))
        scale[scale <= 1e-9 * scale.max()] = np.inf
        values, vectors = np.linalg.eigh(products / np.outer(scale, scale))
        keep = values > 1e-9
        vectors = vectors[:, keep] / scale[:, np.newaxis]
        return cls(rows, whitened, vectors / values[keep] @ vectors.T, int(keep.sum()))

    def take_out(self, x: np.ndarray) -> np.ndarray:
        """What they don't explain of x [n_fft]; in place."""
        _subtract(self.inverse @ _inner_products(self.whitened, x), self.rows, x)
        return x


class Solution(NamedTuple):
    x: np.ndarray
    residual: np.ndarray
    iterations: int


def conjugate_gradients(
    product: Callable[[np.ndarray], np.ndarray],
    start: np.ndarray,
    residual: np.ndarray,
    diagonal: np.ndarray,
    target: float,
    max_iterations: int = MAX_ITERATIONS,
) -> Solution:
    """Solve A x = b for a positive definite A, given as a product, preconditioned by a diagonal.

    The residual is b - A x at the start. It ends where its weighted norm, r' r / diagonal, is at
    most the target's square.
    """
    x, r = start.copy(), residual.copy()
    y = r / diagonal
    direction, ρ = y, _dot(r, y)
    iterations = 0
    while ρ > target**2 and iterations < max_iterations:
        A_direction = product(direction)
        step = ρ / _dot(direction, A_direction)
        x += step * direction
        r -= step * A_direction
        y = r / diagonal
        ρ, previous = _dot(r, y), ρ
        direction = y + ρ / previous * direction
        iterations += 1
    return Solution(x, r, iterations)


@jit
def hash_of_intervals(bins):
    """Of a train's bins: Fowler, Noll and Vo's function 1a, word by word."""
    hash = np.uint64(0xCBF29CE484222325)
    for i in range(1, bins.size):
        hash = (hash ^ np.uint64(bins[i] - bins[i - 1])) * np.uint64(0x100000001B3)
    return hash


def weighted_norm(b: np.ndarray, diagonal: np.ndarray) -> float:
    return float(np.sqrt(_dot(b, b / diagonal)))


def _dot(x: np.ndarray, y: np.ndarray) -> float:
    """Not by BLAS, whose order of summation depends on the number of processors."""
    return (x * y).sum()


def _run(function: Callable[[int], None], items: Sequence[int], threads: int) -> None:
    for _ in map_ahead(function, items, threads):
        pass


def _centre(x: np.ndarray, n: int, window: int) -> np.ndarray:
    """Take away the mean of each interval of so many bins, in place, of the first n; and what is
    beyond."""
    x[n:] = 0
    if window:
        _subtract_means(x, n, window)
    return x


@jit
def _find_edges(bins, begins, ends, block, edges):
    for k in range(begins.size):
        i = begins[k]
        for b in range(edges.shape[0] - 1):
            edges[b, k] = i
            while i < ends[k] and bins[i] < (b + 1) * block:
                i += 1
        edges[-1, k] = i


@jit
def _count(bins, counts):
    for b in bins:
        counts[b] += 1


@jit
def _sort_by_bin(bins, edges, position, trains):
    for b in range(edges.shape[0] - 1):
        for k in range(edges.shape[1]):
            for i in range(edges[b, k], edges[b + 1, k]):
                trains[position[bins[i]]] = k
                position[bins[i]] += 1


@jit
def _sum_at(values, places, i, end):
    """Of the values at some places, in four sums that do not wait for each other."""
    s0 = s1 = s2 = s3 = 0.0
    while i + 4 <= end:
        s0 += values[places[i]]
        s1 += values[places[i + 1]]
        s2 += values[places[i + 2]]
        s3 += values[places[i + 3]]
        i += 4
    while i < end:
        s0 += values[places[i]]
        i += 1
    return (s0 + s1) + (s2 + s3)


@jit
def _sum_per_bin(trains, begin, weights, out):
    for b in range(begin.size - 1):
        out[b] = _sum_at(weights, trains, begin[b], begin[b + 1])


@jit
def _look_up(bins, edges, first, last, values, sums):
    for b in range(edges.shape[0] - 1):
        for k in range(first, last):
            sums[k] += _sum_at(values, bins, edges[b, k], edges[b + 1, k])


@jit
def _count_lags(bins, begins, ends, counts):
    for k in range(begins.size):
        first = begins[k]
        for i in range(begins[k], ends[k]):
            while bins[i] - bins[first] >= counts.shape[1]:
                first += 1
            counts[k, 0] += 1
            for j in range(first, i):
                counts[k, bins[i] - bins[j]] += 2


@jit
def _weighted_sums(counts, weights):
    """Of each row's first entries."""
    sums = np.zeros(counts.shape[0])
    for k in range(counts.shape[0]):
        for lag in range(weights.size):
            sums[k] += counts[k, lag] * weights[lag]
    return sums


@jit
def _add_products(bins, edges, trains, begin, causal, first, sums):
    """Σ over the spikes of a train (row) of another's filtered spikes at the same bin (column, from
    the first on). These are made for some bins at a time, and added as vectors."""
    n = sums.shape[1]
    next = edges[0, first : first + n].copy()
    filtered = np.empty((n, BINS_AT_ONCE))
    by_bin = np.empty((BINS_AT_ONCE, n))
    for start in range(0, begin.size - 1, BINS_AT_ONCE):
        end = min(start + BINS_AT_ONCE, begin.size - 1)
        for k in range(n):
            filtered[k, :] = 0
            last = edges[-1, first + k]
            while next[k] < last and bins[next[k]] + causal.size <= start:
                next[k] += 1
            i = next[k]
            while i < last and bins[i] < end:
                low, high = max(bins[i], start), min(bins[i] + causal.size, end)
                _add(
                    causal[low - bins[i] : high - bins[i]], filtered[k, low - start : high - start]
                )
                i += 1
        for k in range(0, n, 8):  # a row of the cache
            for b in range(end - start):
                for j in range(k, min(k + 8, n)):
                    by_bin[b, j] = filtered[j, b]
        for b in range(end - start):
            for i in range(begin[start + b], begin[start + b + 1]):
                _add(by_bin[b], sums[trains[i]])


@jit
def _add(x, to):
    for i in range(x.size):
        to[i] += x[i]


@jit
def _subtract_means(x, n, window):
    for begin in range(0, n, window):
        end = min(begin + window, n)
        mean = 0.0
        for i in range(begin, end):
            mean += x[i]
        mean /= end - begin
        for i in range(begin, end):
            x[i] -= mean


@jit
def _products(x, y):
    """x y' for rows, if this is symmetric; block after block, which stays in the cache."""
    n = x.shape[0]
    products = np.zeros((n, n))
    for begin in range(0, x.shape[1], ROWS_AT_ONCE):
        block = slice(begin, begin + ROWS_AT_ONCE)
        for i in range(n):
            for j in range(i + 1):
                products[i, j] += _inner(x[i, block], y[j, block])
    for i in range(n):
        for j in range(i):
            products[j, i] = products[i, j]
    return products


@jit
def _inner(x, y):
    s0 = s1 = s2 = s3 = 0.0
    i = 0
    while i + 4 <= x.size:
        s0 += x[i] * y[i]
        s1 += x[i + 1] * y[i + 1]
        s2 += x[i + 2] * y[i + 2]
        s3 += x[i + 3] * y[i + 3]
        i += 4
    while i < x.size:
        s0 += x[i] * y[i]
        i += 1
    return (s0 + s1) + (s2 + s3)


@jit
def _inner_products(rows, x):
    products = np.empty(rows.shape[0])
    for i in range(rows.shape[0]):
        products[i] = _inner(rows[i], x)
    return products


@jit
def _subtract(coefficients, rows, x):
    """x -= coefficients @ rows, in place."""
    for begin in range(0, x.size, ROWS_AT_ONCE):
        end = min(begin + ROWS_AT_ONCE, x.size)
        for i in range(rows.shape[0]):
            for b in range(begin, end):
                x[b] -= coefficients[i] * rows[i, b]
