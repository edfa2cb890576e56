"""Connections that are drawn: who is connected, against plain loops and what is to be expected."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nto1.simulation.network.wiring import connect_with_in_degree, connect_with_probability

some = st.lists(st.integers(0, 30), unique=True, max_size=20)


@given(some, some, st.floats(0, 1), st.integers(0, 1000), st.booleans())
def test_probability_like_a_plain_loop(sources, targets, p, seed, without_self):
    rng = np.random.RandomState(seed)
    drawn = [(i, j) for i in sources for j in targets if rng.random_sample() < p]
    expected = [(i, j) for i, j in drawn if i != j or not without_self]
    rng = np.random.RandomState(seed)
    pairs = connect_with_probability(sources, targets, p, rng, without_self)
    assert list(zip(*(each.tolist() for each in pairs), strict=True)) == expected


@given(some, some, st.integers(0, 5), st.integers(0, 1000), st.booleans())
def test_every_target_has_its_in_degree(sources, targets, n, seed, without_self):
    rng = np.random.RandomState(seed)
    possible = {j: set(sources) - ({j} if without_self else set()) for j in targets}
    if any(len(some) < n for some in possible.values()):
        with pytest.raises(ValueError, match=f"can't have {n} inputs"):
            connect_with_in_degree(sources, targets, n, rng, without_self)
        return
    source, target = connect_with_in_degree(sources, targets, n, rng, without_self)
    for j in targets:
        of_target = source[target == j].tolist()
        assert len(of_target) == len(set(of_target)) == n
        assert set(of_target) <= possible[j]
    assert set(target.tolist()) <= set(targets)


def test_all_sources_are_equally_likely():
    """Binomial numbers of connections, within five standard deviations."""
    rng, N, n = np.random.RandomState(0), 400, 40
    for draw in (
        lambda: connect_with_in_degree(range(N), range(N), n, rng),
        lambda: connect_with_probability(range(N), range(N), n / (N - 1), rng),
    ):
        source, _ = draw()
        numbers = np.bincount(source, minlength=N)
        assert abs(numbers.mean() - n) < 5 * sqrt(n / N)
        assert abs(numbers - n).max() < 5 * sqrt(n)
        assert numbers.std() == pytest.approx(sqrt(n * (1 - n / N)), rel=0.2)


@pytest.mark.parametrize("p", [-0.1, 1.1, np.nan])
def test_no_probability(p):
    with pytest.raises(ValueError, match="p has to be a finite number"):
        connect_with_probability([0], [1], p, np.random.RandomState(0))
