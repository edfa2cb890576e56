"""From t-values to calls: surrogate trains, the empirical null, false-discovery rates."""

import numpy as np
import scipy


def jitter(bins: np.ndarray, interval: int, n_bins: int, rng: np.random.Generator) -> np.ndarray:
    """A train's bins, each moved at random within its own interval of so many bins; ascending."""
    begin = bins // interval * interval
    length = np.minimum(interval, n_bins - begin)
    return np.sort(begin + (rng.random(bins.size) * length).astype(np.int32)).astype(np.int32)


def p_values(z: np.ndarray) -> np.ndarray:
    """Two-sided, of standard normal values."""
    return 2 * scipy.special.ndtr(-np.abs(z))


def false_discovery_rates(p: np.ndarray) -> np.ndarray:
    """q: the least false-discovery rate at which a train is called (Benjamini & Hochberg 1995).
    NaN stays NaN and counts for nothing."""
    q = np.full(p.shape, np.nan)
    order = np.argsort(p)[: np.count_nonzero(~np.isnan(p))]
    ranked = p[order] * order.size / np.arange(1, order.size + 1)
    q[order] = np.minimum.accumulate(ranked[::-1])[::-1].clip(max=1)
    return q


def bulk(z: np.ndarray) -> tuple[float, float]:
    """Where most values are: median, and SD as by the median absolute deviation."""
    median = float(np.nanmedian(z))
    return median, float(1.4826 * np.nanmedian(np.abs(z - median)))
