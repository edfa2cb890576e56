"""Search for the weight that makes the neuron fire at a given rate.

Source: the notebook of 2023-08-05, section "Seeds for search".
"""

from collections.abc import Callable, Sequence
from math import inf, sqrt
from typing import NamedTuple

import numpy as np

from nto1 import checks
from nto1.errors import DivergenceError
from nto1.neurons import Neuron
from nto1.neurons.adex import AdEx
from nto1.simulation.runs import InputBatch, check_divergence, simulate_batch
from nto1.units import pS

MAX_WIDENINGS = 3

# Halvings of the gap, in its logarithm, between weights that do not diverge and those that do.
MAX_NARROWINGS = 20


class Evaluation(NamedTuple):
    w_exc: float  # S
    rate: float  # Hz


class WeightSearch(NamedTuple):
    """The weight that was found, and how."""

    w_exc: float  # S
    rate: float  # Hz, at w_exc
    guess: float  # S
    guess_rate: float  # Hz, at the guess
    iterations: int
    function_calls: int  # by the root finder
    evaluations: list[Evaluation]  # distinct ones, in order: the guess first


class NotBracketed(ValueError):
    """No weights with rates on both sides of the target were found."""


def mean_rate(w_exc: float, inputs: InputBatch, neuron: Neuron = AdEx(), threads=1) -> float:
    """Firing rate of the neuron (Hz), averaged over realisations of its inputs.

    Parameters
    ----------
    w_exc, inputs, neuron, threads
        As for ``rates``.

    Returns
    -------
    float
        In Hz.

    Raises
    ------
    ValueError, TypeError, DivergenceError
        As ``simulate``.

    Examples
    --------
    >>> round(mean_rate(14 * pS, draw_inputs(N=6500, seeds=[1, 2])), 6)
    3.6
    """
    return mean(rates(w_exc, inputs, neuron, threads))


def rates(
    w_exc: float, inputs: InputBatch, neuron: Neuron = AdEx(), threads: int = 1
) -> np.ndarray:
    """Firing rate of the neuron with each realisation of its inputs [n_inputs] (Hz).

    Parameters
    ----------
    w_exc
        Weight of excitatory inputs (S).
    inputs
        Realisations of the inputs, from ``draw_inputs``.
    neuron
        Parameters of the neuron and its synapses.
    threads
        Number of groups of runs that are simulated at a time.

    Raises
    ------
    ValueError, TypeError, DivergenceError
        As ``simulate``.
    """
    w_exc = checks.weight(w_exc)
    batch = simulate_batch([w_exc], inputs, neuron, False, threads)
    check_divergence(batch, [w_exc], inputs)
    return batch.rates[:, 0]


def mean(rates: Sequence[float] | np.ndarray) -> float:
    """Added one after the other, as in the notebook: the rounding error decides on which side of
    the target a mean of exactly 4 Hz falls, and hence where the search continues. (From Python 3.12
    on, ``sum`` rounds differently.)"""
    total = 0.0
    for rate in rates:
        total += float(rate)
    return total / len(rates)


def nearest_to_target(
    weights: Sequence[float], mean_rates: Sequence[float], target_rate: float
) -> float:
    """The weight, in its own unit, whose mean rate (Hz) is nearest to the target: the first guess.

    The smallest of them if there are several; never zero, from which no bracket can be made.
    Raises ``ValueError`` if no weight is positive.
    """
    distances = [
        (abs(rate - target_rate), weight)
        for weight, rate in zip(weights, mean_rates, strict=True)
        if weight > 0
    ]
    if not distances:
        raise ValueError("there is no weight above 0 to begin a search with")
    return min(distances)[1]


def find_weight(
    rate_of: Callable[[float], float],
    target_rate: float,
    guess: float,
    bracket_factor: float = 4,
    relative_tolerance: float = 0.001,
    report: Callable[[Evaluation], None] = lambda evaluation: None,
) -> WeightSearch:
    """Find the weight at which the neuron fires at a target rate, by Brent's method.

    As a run has an integer number of spikes, the rate is a step function of the weight: the search
    ends when the weight is known to within the tolerance, whatever the rate there.

    Parameters
    ----------
    rate_of
        Function from a weight (S) to a firing rate (Hz). Where it raises ``DivergenceError``, the
        weight is taken to be too large.
    target_rate
        Firing rate to be reached (Hz).
    guess
        Initial guess of the weight (S).
    bracket_factor
        The search begins between guess / bracket_factor and guess · bracket_factor. An end on the
        wrong side of the target is moved outwards by the same factor, up to three times.
    relative_tolerance
        Tolerance of the weight, relative to the guess.
    report
        Is called after each new evaluation.

    Returns
    -------
    WeightSearch
        ``w_exc`` (S), the ``rate`` (Hz) at it, and how it was found.

    Raises
    ------
    NotBracketed
        No weights were found with rates on either side of the target.
    DivergenceError
        The voltage diverges at the guess.
    ValueError, TypeError
        A target rate or guess that is not positive, a factor that is not above 1, a tolerance that
        is not positive; a rate that is no number.

    Examples
    --------
    >>> search = find_weight(lambda w_exc: 4 * w_exc / (15 * pS), target_rate=4, guess=10 * pS)
    >>> round(search.w_exc / pS, 2)
    15.0
    """
    if not callable(rate_of):
        raise TypeError(f"rate_of has to be a function from weights to rates, not {rate_of!r}")
    target_rate = checks.number(target_rate, "target_rate", above=0)
    guess = checks.number(guess, "guess", above=0)
    bracket_factor = checks.number(bracket_factor, "bracket_factor", above=1)
    relative_tolerance = checks.number(relative_tolerance, "relative_tolerance", above=0)
    from scipy.optimize import root_scalar  # takes a while, and only searches need it

    evaluations: dict[float, float] = {}
    diverged: dict[float, DivergenceError] = {}

    def excess_rate(w_exc: float) -> float:
        """Above the target (Hz); infinite where the voltage diverges."""
        w_exc = float(w_exc)
        if w_exc not in evaluations and w_exc not in diverged:
            try:
                rate = checks.number(rate_of(w_exc), f"rate_of({w_exc:g})")
            except DivergenceError as error:
                diverged[w_exc] = error
            else:
                evaluations[w_exc] = rate
                report(Evaluation(w_exc, rate))
        return evaluations.get(w_exc, inf) - target_rate

    excess_rate(guess)
    if guess in diverged:
        raise diverged[guess]
    low, high = guess / bracket_factor, guess * bracket_factor
    for _ in range(MAX_WIDENINGS):
        if excess_rate(low) > 0:
            low /= bracket_factor
        if excess_rate(high) < 0:
            high *= bracket_factor
    excess_rate(low), excess_rate(high)
    for _ in range(MAX_NARROWINGS if high in diverged else 0):
        # The largest weight that is known to be below, the smallest that is above or diverges.
        low = max((w for w, rate in evaluations.items() if rate < target_rate), default=low)
        above = [w for w, rate in evaluations.items() if rate >= target_rate]
        high = min([*above, *diverged])
        if high not in diverged:
            break
        excess_rate(sqrt(low * high))
    if high in diverged or not excess_rate(low) <= 0 <= excess_rate(high):
        seen = ", ".join(f"{r:g} Hz at {w / pS:g} pS" for w, r in sorted(evaluations.items()))
        reason = next(iter(diverged.values()), "the bracket was widened as often as allowed")
        raise NotBracketed(
            f"no weights were found between which the rate passes {target_rate:g} Hz. Rates seen: "
            f"{seen} ({reason}). Choose another guess or target rate."
        )

    solution = root_scalar(
        excess_rate, bracket=(low, high), xtol=guess * relative_tolerance, method="brentq"
    )
    excess_rate(solution.root)
    return WeightSearch(
        w_exc=solution.root,
        rate=evaluations[solution.root],
        guess=guess,
        guess_rate=evaluations[guess],
        iterations=solution.iterations,
        function_calls=solution.function_calls,
        evaluations=[Evaluation(*item) for item in evaluations.items()],
    )
