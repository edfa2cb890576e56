"""Search for the weight that makes the neuron fire at a given rate.

Source: the notebook of 2023-08-05, section "Seeds for search".
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from nto1.errors import DivergenceError
from nto1.neurons.adex import AdEx
from nto1.simulation.runs import InputBatch, check_divergence, simulate_batch
from nto1.units import pS

MAX_WIDENINGS = 3


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


def mean_rate(w_exc: float, inputs: InputBatch, neuron: AdEx = AdEx(), threads=1) -> float:
    """Firing rate of the neuron (Hz), averaged over realisations of its inputs.

    Parameters and errors as those of ``rates``.
    """
    return mean(rates(w_exc, inputs, neuron, threads))


def rates(w_exc: float, inputs: InputBatch, neuron: AdEx = AdEx(), threads: int = 1) -> np.ndarray:
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
    DivergenceError
        The voltage diverged in a run.
    """
    batch = simulate_batch([w_exc], inputs, neuron, False, threads)
    check_divergence(batch, [w_exc], inputs)
    return batch.rates[:, 0]


def mean(rates: Sequence[float]) -> float:
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
        Function from a weight (S) to a firing rate (Hz).
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

    Raises
    ------
    NotBracketed
        The target is not between the rates at the ends of the bracket, or the voltage diverges at
        one of them.
    """
    from scipy.optimize import root_scalar  # takes a while, and only searches need it

    evaluations = {}

    def excess_rate(w_exc: float) -> float:
        w_exc = float(w_exc)
        if w_exc not in evaluations:
            evaluations[w_exc] = rate_of(w_exc)
            report(Evaluation(w_exc, evaluations[w_exc]))
        return evaluations[w_exc] - target_rate

    excess_rate(guess)
    low, high = guess / bracket_factor, guess * bracket_factor
    try:
        for _ in range(MAX_WIDENINGS):
            if excess_rate(low) > 0:
                low /= bracket_factor
            if excess_rate(high) < 0:
                high *= bracket_factor
        if excess_rate(low) > 0 or excess_rate(high) < 0:
            raise NotBracketed("the bracket was widened as often as allowed")
    except (NotBracketed, DivergenceError) as reason:
        seen = ", ".join(f"{r:g} Hz at {w / pS:g} pS" for w, r in sorted(evaluations.items()))
        raise NotBracketed(
            f"no weights were found between which the rate passes {target_rate:g} Hz. Rates seen: "
            f"{seen} ({reason}). Choose another guess or target rate."
        ) from None

    solution = root_scalar(
        excess_rate, bracket=[low, high], xtol=guess * relative_tolerance, method="brentq"
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
