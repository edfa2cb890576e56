"""Root-finding on staircases whose root is known."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import root_scalar

from nto1.errors import DivergenceError
from nto1.simulation.inputs import TimeGrid, count_spikes
from nto1.simulation.runs import InputBatch
from nto1.simulation.weight_search import NotBracketed, find_weight, mean_rate
from nto1.units import pS


def staircase(slope, step=0.01):
    """A rate that grows with the weight in whole steps."""
    return lambda w: math.floor(slope * w / pS / step) * step


@given(st.floats(0.05, 4), st.floats(1, 100))
def test_finds_the_root_to_the_tolerance(slope, guess_pS):
    target = slope * guess_pS  # the guess is right, give or take a step
    search = find_weight(staircase(slope), target, guess_pS * pS)
    assert search.w_exc == pytest.approx(guess_pS * pS, rel=2e-3, abs=0.02 * pS / slope)


def test_reports_how_it_got_there():
    rate, seen = staircase(0.3), []
    search = find_weight(rate, 4.0, 15 * pS, report=seen.append)
    reference = root_scalar(lambda w: rate(w) - 4.0, bracket=[15 * pS / 4, 60 * pS], xtol=15e-15)
    assert search.w_exc == reference.root
    assert (search.iterations, search.function_calls) == (
        reference.iterations,
        reference.function_calls,
    )
    assert search.rate == rate(search.w_exc)
    assert (search.guess, search.guess_rate) == (15 * pS, rate(15 * pS))
    assert search.evaluations[0] == (15 * pS, rate(15 * pS))
    assert seen == search.evaluations
    assert all(rate(w) == r for w, r in search.evaluations)
    assert len({w for w, _ in search.evaluations}) == len(search.evaluations)


@pytest.mark.parametrize("target", [0.5, 60.0])
def test_widens_the_bracket(target):
    search = find_weight(staircase(0.3), target, 15 * pS)
    assert search.w_exc / pS == pytest.approx(target / 0.3, rel=0.03)


def test_gives_up_saying_what_it_saw():
    with pytest.raises(NotBracketed, match=r"passes 10000 Hz\. Rates seen: 1\.\d+ Hz at 3\.75 pS"):
        find_weight(staircase(0.3), 10_000, 15 * pS)


def diverging_above(limit, rate):
    def rate_of(w):
        if w > limit:
            raise DivergenceError("it diverged")
        return rate(w)

    return rate_of


def test_no_rate_below_where_it_diverges_ends_the_search_with_what_it_saw():
    with pytest.raises(NotBracketed, match=r"0 Hz at 15 pS, 0 Hz at 30 pS \(it diverged\)"):
        find_weight(diverging_above(30 * pS, lambda w: 0.0), 4.0, 15 * pS)
    with pytest.raises(DivergenceError):
        find_weight(diverging_above(10 * pS, lambda w: 0.0), 4.0, 15 * pS)


@given(st.floats(0.05, 20), st.floats(1.01, 20))
def test_weights_that_diverge_are_too_large(root_by_guess, limit_by_root):
    """The guess may lie below the root or above it; the root is found if the guess is not too
    large itself."""
    root = root_by_guess * 15 * pS
    rate = diverging_above(max(root * limit_by_root, 15 * pS), lambda w: 4 * w / root)
    search = find_weight(rate, 4.0, 15 * pS)
    assert search.w_exc == pytest.approx(root, rel=2e-3, abs=15e-15)
    assert all(rate(w) == r for w, r in search.evaluations)


def test_a_rate_that_is_no_number_is_no_root():
    with pytest.raises(ValueError, match=r"rate_of\(1\.5e-11\) has to be a finite number, not nan"):
        find_weight(lambda w: math.nan, 4.0, 15 * pS)


def test_mean_rate_sums_in_order():
    inputs = InputBatch([count_spikes(6500, seed) for seed in range(10)])
    assert mean_rate(15 * pS, inputs) == 3.999999999999999  # as the published sum came out
    assert mean_rate(15 * pS, inputs, threads=3) == 3.999999999999999


def test_a_smaller_study():
    inputs = InputBatch([count_spikes(20, seed, TimeGrid(2.0, 1e-4)) for seed in range(4)])
    search = find_weight(lambda w: mean_rate(w, inputs), 4.0, 15 * pS * 6500 / 20)
    assert abs(search.rate - 4) <= 0.25
