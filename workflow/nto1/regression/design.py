"""Spike trains as a linear model's design: products with it, and least squares.

    prediction = h * Σ_k w_k s_k        s_k: spikes of train k per bin, h: the kernel

A product with the design is one scatter of weights to bins and one filter; with its transpose, one
filter and one look-up per spike. Both go block after block of the bins, which stays in the cache.
Threads share blocks or trains, never a sum: results have the same bits on any number of them.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import scipy

from nto1.jit import jit
from nto1.regression.gaps import Gaps
from nto1.threads import map_ahead

# Bins of a block: 256 kB of doubles.
BLOCK = 2**15

# Trains that a thread looks up at a time.
TRAINS_AT_ONCE = 256

# Bins of all covariates that are combined at a time.
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

    def scatter(self, weights: np.ndarray, out: np.ndarray, threads: int = 1) -> np.ndarray:
        """Σ_k w_k s_k, written to ``out`` [≥ n_bins], which is zero beyond the last bin."""
        out[:] = 0

        def add(block: int) -> None:
            _scatter(self.bins, self.edges[block], self.edges[block + 1], weights, out)

        _run(add, range(len(self.edges) - 1), threads)
        return out

    def look_up(self, values: np.ndarray, threads: int = 1) -> np.ndarray:
        """Σ of the values [≥ n_bins] at each train's spikes [n_trains]."""
        sums = np.zeros(self.edges.shape[1])

        def add(first: int) -> None:
            last = min(first + TRAINS_AT_ONCE, sums.size)
            _look_up(self.bins, self.edges, first, last, values, sums)

        _run(add, range(0, sums.size, TRAINS_AT_ONCE), threads)
        return sums

    def squared_norms(self, autocovariance: np.ndarray) -> np.ndarray:
        """``|filter * s_k|²`` of each train [n_trains], from the filter's autocovariance."""
        return _squared_norms(self.bins, self.edges[0], self.edges[-1], autocovariance)

    def products(self, autocovariance: np.ndarray) -> np.ndarray:
        """(filter * s_j) · (filter * s_k) of all trains [n_trains, n_trains]."""
        order = np.argsort(self.bins, kind="stable")
        train = np.repeat(np.arange(self.n_spikes.size, dtype=np.int32), self.n_spikes)
        upper = np.zeros((self.n_spikes.size,) * 2)
        _add_pairs(self.bins[order], train[order], autocovariance, upper)
        return upper + upper.T


class Design:
    """The whitened least-squares problem: missing bins, covariates and the time scale of trains
    taken into account.

    With residual r = signal - prediction - covariates, ``Σ_f |r(f)|² / S(f)`` is minimised, where r
    is bridged by a straight line over missing bins. Covariates are solved for in passing. The
    diagonal and the whole normal matrix are sums over pairs of spikes that are near to each other.
    """

    def __init__(
        self,
        spikes: Spikes,
        gaps: Gaps,
        window: int = 0,  # bins: of each, the drive's mean is taken away; 0: it is kept
        threads: int = 1,
        negligible: float = 0.02,  # the least autocovariance of a kernel that is whitened, of 1
    ):
        self.spikes, self.gaps, self.window, self.threads = spikes, gaps, window, threads
        self.negligible = negligible
        self.n_fft = gaps.n_fft
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
        self.diagonal = self.spikes.squared_norms(self.autocovariance)
        self.covariates = _orthonormal(covariates, self.whiten)

    def whiten(self, x: np.ndarray) -> np.ndarray:
        """x filtered by 1 / S."""
        return scipy.fft.irfft(scipy.fft.rfft(x) * self.precision, self.n_fft)

    def predict(self, weights: np.ndarray) -> np.ndarray:
        """h * Σ_k w_k s_k [n_fft]."""
        return self.filter(self.drive(weights))

    def drive(self, weights: np.ndarray) -> np.ndarray:
        """Σ_k w_k s_k [n_fft], centred; valid until the next one is asked for."""
        drive = self.spikes.scatter(weights, self._drive, self.threads)
        return _centre(drive, self.spikes.n_bins, self.window)

    def filter(self, drive: np.ndarray) -> np.ndarray:
        return scipy.fft.irfft(scipy.fft.rfft(drive) * self.H, self.n_fft)

    def without_covariates(self, x: np.ndarray) -> np.ndarray:
        """What covariates don't explain of x, which has been bridged; in place."""
        if self.covariates is not None:
            _project_out(*self.covariates, x)
        return x

    def orthogonal(self, rows: np.ndarray, to: np.ndarray) -> np.ndarray:
        """Some signals [n, n_fft] without what others [m, n_fft] explain of them; in place."""
        basis = _orthonormal(to, self.whiten)
        if basis is not None:
            for x in rows:
                _project_out(*basis, x)
        return rows

    def correlate(self, residual: np.ndarray) -> np.ndarray:
        """Transpose of ``predict``, after whitening and bridging: [n_trains]."""
        return self._look_up_whitened(self.gaps.transpose(self.whiten(residual)))

    def _look_up_whitened(self, whitened: np.ndarray) -> np.ndarray:
        back = scipy.fft.irfft(scipy.fft.rfft(whitened) * self.H.conj(), self.n_fft)
        return self.spikes.look_up(_centre(back, self.spikes.n_bins, self.window), self.threads)

    def normal(self, weights: np.ndarray) -> np.ndarray:
        """The normal matrix times some weights [n_trains]."""
        return self.correlate(self.without_covariates(self.gaps.bridge(self.predict(weights))))

    def normal_matrix(self) -> np.ndarray:
        """[n_trains, n_trains], by pairs of spikes; as if there were no gaps in the recording."""
        matrix = self.spikes.products(self.autocovariance)
        if self.covariates is None:
            return matrix
        shared = np.array([self._look_up_whitened(x) for x in self.covariates[1]]).T
        return matrix - shared @ shared.T


class Solution(NamedTuple):
    x: np.ndarray
    iterations: int
    residual: np.ndarray


def conjugate_gradients(
    product: Callable[[np.ndarray], np.ndarray],
    b: np.ndarray,
    diagonal: np.ndarray,
    tolerance: float,
    max_iterations: int = MAX_ITERATIONS,
    start: np.ndarray | None = None,
) -> Solution:
    """Solve A x = b for a positive definite A, given as a product, preconditioned by a diagonal."""
    x = np.zeros_like(b) if start is None else start.copy()
    r = b.copy() if start is None else b - product(x)
    target = tolerance**2 * _dot(b, b / diagonal)
    y = r / diagonal
    direction, ρ = y, _dot(r, y)
    iterations = 0
    while ρ > target and iterations < max_iterations:
        A_direction = product(direction)
        step = ρ / _dot(direction, A_direction)
        x += step * direction
        r -= step * A_direction
        y = r / diagonal
        ρ, previous = _dot(r, y), ρ
        direction = y + ρ / previous * direction
        iterations += 1
    return Solution(x, iterations, r)


def _dot(x: np.ndarray, y: np.ndarray) -> float:
    """Not by BLAS, whose order of summation depends on the number of processors."""
    return (x * y).sum()


def _run(function: Callable[[int], None], items: Sequence[int], threads: int) -> None:
    for _ in map_ahead(function, items, threads):
        pass


def _orthonormal(
    covariates: np.ndarray | None, whiten: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray] | None:
    """Combinations of covariates [n, n_fft] that are orthonormal in the sum of squares, and these
    whitened. What depends on others is left out."""
    if covariates is None or not len(covariates):
        return None
    whitened = np.array([whiten(x) for x in covariates])
    gram = _products(covariates, whitened)
    scale = np.sqrt(np.diag(gram))
    used = scale > 1e-9 * scale.max()
    if not used.any():
        return None
    scale = scale[used]
    values, vectors = np.linalg.eigh(gram[np.ix_(used, used)] / np.outer(scale, scale))
    keep = values > 1e-9
    combine = (vectors[:, keep] / np.sqrt(values[keep])).T / scale
    return _combine(combine, covariates[used]), _combine(combine, whitened[used])


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
def _scatter(bins, begins, ends, weights, out):
    for k in range(weights.size):
        w = weights[k]
        for i in range(begins[k], ends[k]):
            out[bins[i]] += w


@jit
def _look_up(bins, edges, first, last, values, sums):
    for b in range(edges.shape[0] - 1):
        for k in range(first, last):
            i, end = edges[b, k], edges[b + 1, k]
            s0 = s1 = s2 = s3 = 0.0
            while i + 4 <= end:
                s0 += values[bins[i]]
                s1 += values[bins[i + 1]]
                s2 += values[bins[i + 2]]
                s3 += values[bins[i + 3]]
                i += 4
            while i < end:
                s0 += values[bins[i]]
                i += 1
            sums[k] += (s0 + s1) + (s2 + s3)


@jit
def _squared_norms(bins, begins, ends, autocovariance):
    norms = np.zeros(begins.size)
    for k in range(begins.size):
        first = begins[k]
        pairs = 0.0
        for i in range(begins[k], ends[k]):
            while bins[i] - bins[first] >= autocovariance.size:
                first += 1
            for j in range(first, i):
                pairs += autocovariance[bins[i] - bins[j]]
        norms[k] = (ends[k] - begins[k]) * autocovariance[0] + 2 * pairs
    return norms


@jit
def _add_pairs(bins, train, autocovariance, products):
    """Each pair of spikes once, [later train, earlier train]; of a spike with itself, a half."""
    first = 0
    for i in range(bins.size):
        row = products[train[i]]
        while bins[i] - bins[first] >= autocovariance.size:
            first += 1
        for j in range(first, i):
            row[train[j]] += autocovariance[bins[i] - bins[j]]
        row[train[i]] += autocovariance[0] / 2


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
def _combine(matrix, rows):
    """matrix @ rows, block after block."""
    combined = np.zeros((matrix.shape[0], rows.shape[1]))
    for begin in range(0, rows.shape[1], ROWS_AT_ONCE):
        end = min(begin + ROWS_AT_ONCE, rows.shape[1])
        for i in range(matrix.shape[0]):
            for j in range(rows.shape[0]):
                for b in range(begin, end):
                    combined[i, b] += matrix[i, j] * rows[j, b]
    return combined


@jit
def _project_out(rows, whitened, x):
    """x -= rows' (whitened x), one after the other: rows are orthonormal."""
    for i in range(rows.shape[0]):
        coefficient = _inner(whitened[i], x)
        for b in range(x.size):
            x[b] -= coefficient * rows[i, b]
