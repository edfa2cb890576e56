"""Sizes of connections come in kinds: none, excitatory, inhibitory (empirical Bayes).

Thousands of sizes are many for some minutes of voltage, and by least squares alone each loses
precision to all others. Here, each is given a prior, the mixture Σ_c π_c N(μ_c, s_c²) of three
kinds, which is fitted to all of them; the posterior is found by expectation propagation (Minka
2001). What is tested is each size's cavity: what the voltage says about it, given all others, and
nothing that its own prior says.
"""

from typing import NamedTuple

import numpy as np
import scipy

from nto1.regression.design import Design, Solution, conjugate_gradients, weighted_norm

# An exact solution of each pass is not needed: the next one begins with it.
TOLERANCE = 0.05
PASSES, DAMPING = 8, 0.7

# Passes end when z moves by less than this, as root mean square.
CONVERGED = 0.1

EM_STEPS = 50

# Of a kind's SD, beside its mean: one that is wider would take in the trains of no connection.
NARROWEST, WIDEST = 0.05, 0.5


class Mixture(NamedTuple):
    """Of sizes (V): none, excitatory, inhibitory."""

    π: np.ndarray  # [3] shares
    μ: np.ndarray  # [3] V, the first is 0
    s: np.ndarray  # [3] V, the first is 0


class Posterior(NamedTuple):
    mean: np.ndarray  # [n_columns] V
    spread: np.ndarray  # [n_columns] V², their variance
    cavity: np.ndarray  # [n_columns] V, sizes without their own prior
    variance: np.ndarray  # [n_columns] V², of the cavity
    mixture: Mixture
    iterations: int  # of conjugate gradients, in all


def expectation_propagation(
    design: Design,
    correlation: np.ndarray,
    sizes: np.ndarray,
    n_tested: int,
    seed: int,
    passes: int = PASSES,
) -> Posterior | None:
    """Posterior of sizes, from near ones and the design's correlation with what they leave;
    surrogates come after the tested ones, and scale the noise. None if no train stands out from
    which a kind could be known."""
    g = design.diagonal
    λ = np.zeros_like(g)  # precisions of the approximate priors, times the noise's variance
    h = np.zeros_like(g)  # and these times their means
    probe = np.random.default_rng(seed).choice([-1.0, 1.0], g.size)
    mixture, z, iterations = None, np.zeros_like(g), 0
    rest, x, rest_of_probe = correlation, np.zeros_like(g), probe

    for _ in range(passes):
        precision = g + λ

        def product(w: np.ndarray, λ: np.ndarray = λ) -> np.ndarray:
            return design.normal(w) + λ * w

        def solve(
            start: np.ndarray, rest: np.ndarray, precision: np.ndarray = precision
        ) -> Solution:
            whole = weighted_norm(precision * start + rest, precision)
            return conjugate_gradients(product, start, rest, precision, TOLERANCE * whole)

        sizes, rest, n = solve(sizes, rest)
        x, rest_of_probe, n_probe = solve(x, rest_of_probe)
        iterations += n + n_probe
        α = _own_share(g, λ, (probe * x).sum())
        r = sizes + (rest + λ * sizes - h) / (α * g)
        noise = α * (g * r**2)[n_tested:].mean()
        τ = noise / (α * g)

        previous, z = z, r / np.sqrt(τ)
        mixture = fit_mixture(r[:n_tested], τ[:n_tested], mixture)
        if mixture is None:
            return None
        if np.sqrt(((z - previous) ** 2).mean()) < CONVERGED:
            break
        mean, variance = moments(r, τ, mixture)
        λ_new = noise * np.clip(1 / variance - 1 / τ, 0, 1e4 / τ)
        h_new = mean * (λ_new + noise / τ) - noise * r / τ
        more_λ, more_h = DAMPING * (λ_new - λ), DAMPING * (h_new - h)
        rest += more_h - more_λ * sizes
        rest_of_probe -= more_λ * x
        λ += more_λ
        h += more_h
    assert mixture is not None  # there is at least one pass
    return Posterior(sizes, moments(r, τ, mixture)[1], r, τ, mixture, iterations)


def fit_mixture(r: np.ndarray, τ: np.ndarray, start: Mixture | None = None) -> Mixture | None:
    """The mixture that sizes r, known with variances τ, come from (expectation maximisation).

    It begins with what stands out; None if nothing does.
    """
    mixture = start or _first_guess(r, r / np.sqrt(τ))
    if mixture is None:
        return None
    for _ in range(EM_STEPS):
        share, mean, variance = _by_kind(r, τ, mixture)
        total = share.sum(axis=1).clip(min=1e-9)
        μ = (share * mean).sum(axis=1) / total
        s = np.sqrt((share * (variance + (mean - μ[:, np.newaxis]) ** 2)).sum(axis=1) / total)
        s = s.clip(NARROWEST * np.abs(μ), WIDEST * np.abs(μ))
        μ[0] = s[0] = 0
        mixture = Mixture((share.sum(axis=1) + 1) / (r.size + 3), μ, s)
    return mixture


def moments(r: np.ndarray, τ: np.ndarray, mixture: Mixture) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of sizes that were seen as r with variances τ."""
    share, means, variances = _by_kind(r, τ, mixture)
    mean = (share * means).sum(axis=0)
    variance = (share * (variances + (means - mean) ** 2)).sum(axis=0)
    return mean, variance.clip(min=1e-6 * τ)


def _by_kind(
    r: np.ndarray, τ: np.ndarray, mixture: Mixture
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probability of each kind, and mean and variance if it is that, each [3, n]."""
    π, μ, s2 = (x[:, np.newaxis] for x in (mixture.π, mixture.μ, mixture.s**2))
    log_share = np.log(π) - 0.5 * (np.log(s2 + τ) + (r - μ) ** 2 / (s2 + τ))
    share = np.exp(log_share - log_share.max(axis=0))
    gain = s2 / (s2 + τ)
    return share / share.sum(axis=0), μ + gain * (r - μ), gain * τ


def _first_guess(r: np.ndarray, z: np.ndarray) -> Mixture | None:
    """From sizes beyond two standard errors, if these are twice as many as by chance."""
    up, down = r[z > 2], r[z < -2]
    if (z > 2).sum() + (z < -2).sum() < 2 * 0.0455 * z.size:
        return None
    middle = np.median(np.abs(r[np.abs(z) > 2]))
    μ = np.array(
        [0, np.median(up) if up.size else middle, np.median(down) if down.size else -middle]
    )
    return Mixture(np.array([0.6, 0.2, 0.2]), μ, np.abs(μ) / 4)


def _own_share(g: np.ndarray, λ: np.ndarray, trace: float) -> float:
    """α, the share of each size's information g that is not lost to the others: the trace of the
    inverse normal matrix is Σ 1 / (α g + λ)."""

    def excess(α: float) -> float:
        return (1 / (α * g + λ)).sum() - trace

    if excess(1) > 0:
        return 1.0
    return scipy.optimize.brentq(excess, 1e-3, 1.0) if excess(1e-3) > 0 else 1e-3
