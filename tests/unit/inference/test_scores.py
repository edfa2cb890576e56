"""Scores of t-values against a slow version, and against published numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import plain_connection_tests as plain
from nto1 import score
from nto1.inference.chance import chance_level
from nto1.inference.scores import F_score, area

KINDS = ("excitatory", "inhibitory", "unconnected")


@given(
    st.lists(st.tuples(st.integers(-9, 9), st.sampled_from(KINDS)), min_size=2, max_size=30),
)
def test_scores(trains):
    t, kinds = (np.array(column) for column in zip(*trains, strict=True))
    t = t / 10
    if (kinds == "unconnected").all() or "unconnected" not in kinds:
        with pytest.raises(ValueError, match="needs connected trains and unconnected ones"):
            score(t, kinds)
        return
    scores = score(t, kinds)
    np.testing.assert_allclose(scores[:4], plain.scores(t, kinds), rtol=1e-12, atol=1e-15)
    curve = scores.curve
    assert curve.threshold[-1] == 0
    assert (np.diff(curve.threshold) < 0).all()
    for rate in curve[1:5]:
        known = rate[~np.isnan(rate)]
        assert (np.diff(known) >= 0).all()
    np.testing.assert_array_equal(curve.F1, F_score(curve.precision, curve.TPR, 1))


def test_three_classes():
    t = [0.9, -0.8, -0.95, 0.1, 0.3, -0.2]
    kinds = ["excitatory", "excitatory", "inhibitory", *["unconnected"] * 3]
    AUC, AUC_exc, AUC_inh, F1max, curve = score(t, kinds)
    assert (AUC_exc, AUC_inh) == (0.5, 1)  # one excitatory train is taken for an inhibitory one
    assert pytest.approx(2 / 3) == AUC
    assert F1max == 0.8  # both right ones of three, and nothing else
    i = curve.threshold.tolist().index(0.3)
    assert (curve.precision_exc[i], curve.precision_inh[i], curve.FPR[i]) == (1, 0.5, 0)


def test_F_scores_weigh_recall():
    assert F_score(0.5, 1, 0.5) == pytest.approx(1.25 * 0.5 / 1.125)
    assert F_score(0.5, 1, 2) == pytest.approx(5 * 0.5 / 3)
    assert np.isnan(F_score(np.float64(0), np.float64(0), 1))


def test_areas():
    x, y = np.array([0, 0.5, 1]), np.array([0, 1, 1])
    assert area(x, y) == 0.75
    assert area(x, y, "left") == 0.5


def test_chance_level_as_published():
    chance = chance_level()
    assert chance.AUC.size == 300
    assert chance.AUC[0] == pytest.approx(0.33525, abs=5e-6)
    assert chance.AUC.mean() == pytest.approx(0.25181, abs=5e-6)
    assert np.median(chance.AUC) == pytest.approx(0.25273, abs=5.1e-6)
    assert chance.F1max.mean() == pytest.approx(0.40283, abs=5e-6)
    assert np.median(chance.F1max) == pytest.approx(0.40440, abs=5e-6)


@pytest.mark.parametrize(
    ("t", "kinds", "message"),
    [
        ([0.1], ["excitatory", "unconnected"], "1 values of t for 2 kinds"),
        ([0.1, 0.2], ["exc", "unconnected"], "a train is excitatory, inhibitory or unconnected"),
        ([0.1, np.nan], ["excitatory", "unconnected"], "1 values of t are NaN"),
    ],
)
def test_bad_input(t, kinds, message):
    with pytest.raises(ValueError, match=message):
        score(t, kinds)
