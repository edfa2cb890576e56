"""GLMCC, written anew from the paper: a generalised linear model of a pair's cross-correlogram.

    c(t) = exp(a(t) + J f(t) + J' f(-t)),    f(t) = exp(-(t - d)/τ) for t > d

The number of spikes c in bins of 1 ms, within 50 ms of the other neuron's, is Poisson; a is the
slow baseline, whose prior is a random walk; J and J' are the couplings of either direction. They
maximise the posterior, at the delay d of 1 to 4 ms that makes it largest. z is J over its standard
error, from the curvature there.

Source: Kobayashi et al. 2019, Nature Communications 10, 4468.
"""

from typing import NamedTuple

import numpy as np
import scipy

HALF_WIDTH, BIN = 50, 1e-3  # bins; s
TAU, DELAYS = 4.0, (1, 2, 3, 4)  # ms
ROUGHNESS = 2e-4  # of the baseline, per ms
VAGUE = 1e-6  # precision of what is known of couplings before

N = 2 * HALF_WIDTH
LAGS = np.arange(-HALF_WIDTH, HALF_WIDTH) + 0.5  # ms


class Coupling(NamedTuple):
    """Of one pair, from the reference to the target."""

    log_posterior: float
    z: float
    delay: int  # ms


def correlogram(reference: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Number of the target's spikes in each bin from a reference spike on [N]."""
    reach = HALF_WIDTH * BIN
    first = np.searchsorted(target, reference - reach)
    last = np.searchsorted(target, reference + reach)
    lags = [target[i:j] - t for i, j, t in zip(first, last, reference, strict=True)]
    counts, _ = np.histogram(np.concatenate([np.empty(0), *lags]), N, (-reach, reach))
    return counts


def coupling(counts: np.ndarray) -> Coupling:
    """What a correlogram tells of a pair, at the delay that suits it best."""
    return max(_fit(counts, delay) for delay in DELAYS)


def z_of_trains(target: np.ndarray, trains: list[np.ndarray]) -> np.ndarray:
    """Of all trains [n_trains] to one target."""
    return np.array([coupling(correlogram(train, target)).z for train in trains])


def _fit(counts: np.ndarray, delay: int) -> Coupling:
    X, prior = _design(delay), _prior()
    θ = np.append(np.full(N, np.log(max(counts.mean(), 0.1))), [0, 0])

    def log_posterior(θ: np.ndarray) -> float:
        η = X @ θ
        return counts @ η - np.exp(η).sum() - θ @ prior @ θ / 2

    value = log_posterior(θ)
    for _ in range(50):  # Newton's steps
        rate = np.exp(X @ θ)
        curvature = X.T @ (rate[:, np.newaxis] * X) + prior
        step = scipy.linalg.solve(curvature, X.T @ (counts - rate) - prior @ θ, assume_a="pos")
        while (new := log_posterior(θ + step)) < value and np.abs(step).max() > 1e-9:
            step /= 2
        θ, gain, value = θ + step, new - value, new
        if gain < 1e-6:
            break
    error = np.sqrt(np.linalg.inv(curvature)[N, N])
    return Coupling(float(value), float(θ[N] / error), delay)


def _design(delay: int) -> np.ndarray:
    """[N, N + 2]: the baseline's bins, and the couplings of both directions."""
    after, before = (
        np.where(t > delay, np.exp(-np.maximum(t - delay, 0) / TAU), 0) for t in (LAGS, -LAGS)
    )
    return np.column_stack([np.eye(N), after, before])


def _prior() -> np.ndarray:
    """Precision [N + 2, N + 2]."""
    steps = np.diff(np.eye(N), axis=0)
    prior = VAGUE * np.eye(N + 2)
    prior[:N, :N] += steps.T @ steps / ROUGHNESS
    return prior
