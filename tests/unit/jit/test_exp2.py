"""2^x against 60 digits."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import cos, lu_solve, matrix, mp, mpf, pi
from numba import njit

from nto1.jit.exp2 import COEFFICIENTS, exp2


@njit
def exp2_of_all(x):
    """As in the kernels: in a loop that is turned into vector instructions."""
    result = np.empty_like(x)
    for i in range(x.size):
        result[i] = exp2(x[i])
    return result


def ulps_off(x: float, found: float) -> float:
    with mp.workdps(60):
        return float(abs(mpf(found) - mpf(2) ** mpf(x)) / mpf(math.ulp(found)))


def test_within_one_ulp_over_the_range_the_neuron_uses():
    x = np.random.default_rng(0).uniform(-100, 200, 20_000)
    assert max(map(ulps_off, x, exp2_of_all(x))) <= 1


@given(st.floats(-1000, 1000))
def test_within_one_ulp_anywhere(x):
    assert ulps_off(x, exp2(x)) <= 1


@given(st.integers(-1000, 1000))
def test_exact_at_whole_numbers(k):
    assert exp2(float(k)) == 2.0**k


@pytest.mark.parametrize("x", [1000.5, 1e6, math.inf])
def test_clamped(x):
    assert exp2(x) == 2.0**1000
    assert exp2(-x) == 2.0**-1000


def test_same_bits_one_by_one_as_in_a_loop():
    x = np.random.default_rng(1).uniform(-60, 60, 1000)
    assert [exp2(value) for value in x] == exp2_of_all(x).tolist()


def test_coefficients_interpolate_at_chebyshev_nodes():
    with mp.workdps(60):
        n = len(COEFFICIENTS)
        nodes = [cos(pi * (2 * i + 1) / (2 * n)) / 2 for i in range(n)]
        powers = matrix(n, n)
        for i, r in enumerate(nodes):
            for j in range(n):
                powers[i, j] = r**j
        values = matrix([(mpf(2) ** r - 1) / r if abs(r) > 1e-30 else mp.log(2) for r in nodes])
        solution = lu_solve(powers, values)
    assert [float(c) for c in solution] == list(COEFFICIENTS)
