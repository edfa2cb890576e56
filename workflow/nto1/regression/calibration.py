"""From t-values to calls: surrogate trains, the empirical null, false-discovery rates."""

from typing import NamedTuple

import numpy as np
import scipy

# Sizes that belong to the bulk: within so many standard deviations; and the variance of a standard
# normal number that lies there.
NEAR, NEAR_VARIANCE = 3.0, 0.9733
BULK_STEPS = 10


def jitter(
    bins: np.ndarray, interval: int, edges: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """A train's bins, each moved at random within its own interval of so many bins; ascending.

    None is moved beyond an edge: the recording's first bin and its end, and those of long gaps.
    """
    piece = np.searchsorted(edges, bins, "right")
    own = bins // interval * interval
    begin = np.maximum(own, edges[piece - 1])
    length = np.minimum(own + interval, edges[piece]) - begin
    return np.sort(begin + (rng.random(bins.size) * length).astype(np.int32)).astype(np.int32)


def p_values(z: np.ndarray) -> np.ndarray:
    """Two-sided, of standard normal values."""
    return 2 * scipy.special.ndtr(-np.abs(z))


def as_normal(z: np.ndarray, kurtosis: np.ndarray) -> np.ndarray:
    """The standard normal values that are as unlikely as values with a variance of 1 and an excess
    kurtosis: of Student's t with 4 + 6 / kurtosis degrees of freedom. Below 0, nothing changes."""
    heavy = kurtosis > 0
    ν = 4 + 6 / np.where(heavy, kurtosis, 1)
    p = scipy.special.stdtr(ν, -np.abs(z) * np.sqrt(ν / (ν - 2)))
    return np.where(heavy & (p > 0), -np.sign(z) * scipy.special.ndtri(p), z)


def false_discovery_rates(p: np.ndarray) -> np.ndarray:
    """q: the least false-discovery rate at which a train is called (Benjamini & Hochberg 1995).
    NaN stays NaN and counts for nothing."""
    q = np.full(p.shape, np.nan)
    order = np.argsort(p)[: np.count_nonzero(~np.isnan(p))]
    ranked = p[order] * order.size / np.arange(1, order.size + 1)
    q[order] = np.minimum.accumulate(ranked[::-1])[::-1].clip(max=1)
    return q


class Bulk(NamedTuple):
    """What sizes of trains that are not connected look like: normal, with a mean that they share
    and the variance (factor · standard error)² + excess²."""

    mean: float  # V
    factor: float  # of standard errors
    excess: float  # V

    def z(self, sizes: np.ndarray, errors: np.ndarray) -> np.ndarray:
        """Standard normal for trains that are not connected."""
        return (sizes - self.mean) / self.errors(errors)

    def typical(self, errors: np.ndarray) -> tuple[float, float]:
        """Mean and SD of the bulk's sizes over the median standard error."""
        median = float(np.median(errors))
        return self.mean / median, float(self.errors(np.array(median))) / median

    def errors(self, errors: np.ndarray) -> np.ndarray:
        return np.sqrt((self.factor * errors) ** 2 + self.excess**2)


def bulk(sizes: np.ndarray, errors: np.ndarray) -> Bulk:
    """The bulk of some trains' sizes, most of which are not connected (empirical null, Efron 2004).

    It begins with medians. Then least squares, of sizes and of their squared distances from the
    mean, takes those within three standard deviations, as often as it takes to come to rest.
    """
    order = np.argsort(sizes)
    weights = np.cumsum(1 / errors[order])
    mean = sizes[order][np.searchsorted(weights, weights[-1] / 2)]
    squared = errors**2 / np.mean(errors**2)
    variance = (1.4826 * np.median(np.abs(sizes - mean) / errors) * errors) ** 2
    for _ in range(BULK_STEPS):
        near = (sizes - mean) ** 2 <= NEAR**2 * variance
        v, terms = variance[near], np.column_stack([squared[near], np.ones(near.sum())])
        mean = (sizes[near] / v).sum() / (1 / v).sum()
        distances = (sizes[near] - mean) ** 2 / NEAR_VARIANCE
        parts, _ = scipy.optimize.nnls(terms / v[:, np.newaxis], distances / v)
        variance = parts[0] * squared + parts[1]
    factor, excess = np.sqrt([parts[0] / np.mean(errors**2), parts[1]])
    return Bulk(float(mean), float(factor), float(excess))
