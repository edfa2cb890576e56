"""The weight with which a search begins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nto1.simulation.weight_search import nearest_to_target


def test_the_published_guess():
    weights, rates = [0, 14, 15, 16], [0, 3.31, 4.00, 4.59]
    assert nearest_to_target(weights, rates, 4) == 15


@given(
    st.lists(st.tuples(st.floats(0, 30), st.floats(0, 20)), min_size=1),
    st.floats(0.1, 20),
)
def test_no_other_weight_is_nearer(runs, target):
    weights, rates = zip(*runs, strict=True)
    if not any(weights):
        with pytest.raises(ValueError, match="no weight above 0"):
            nearest_to_target(weights, rates, target)
        return
    guess = nearest_to_target(weights, rates, target)
    distance = min(abs(r - target) for w, r in runs if w == guess)
    assert guess > 0
    assert all(abs(r - target) >= distance for w, r in runs if w > 0)


def test_ties_go_to_the_smallest_and_none_to_zero():
    assert nearest_to_target([0, 5, 2, 9], [4, 3, 5, 5], 4) == 2
