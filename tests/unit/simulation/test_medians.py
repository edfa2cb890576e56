"""Medians from a stream of blocks against NumPy's."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from nto1.simulation.medians import BLOCK, Bracket, collect, medians, quantile_range


@njit
def feed(samples, bracket):
    for start in range(0, samples.shape[0], BLOCK):
        block = samples[start : start + BLOCK]
        collect(block, block.shape[0], samples.shape[1], bracket)


def random_walks(seed, n, width=8):
    steps = np.random.default_rng(seed).normal(size=(n, width))
    return np.cumsum(steps, axis=0) / np.sqrt(n)


@given(st.integers(0, 10**6), st.integers(1, 5000))
def test_all_samples_inside(seed, n):
    samples = random_walks(seed, n)
    bracket = Bracket.everything(8, 8, n + BLOCK)
    feed(samples, bracket)
    np.testing.assert_array_equal(medians(bracket, n), np.median(samples, axis=0))


@given(st.integers(0, 10**6), st.integers(200, 5000), st.floats(0, 0.2))
def test_samples_inside_a_bracket(seed, n, margin):
    samples = random_walks(seed, n)
    low, high = np.quantile(samples, [0.5 - margin, 0.5 + margin], axis=0, method="nearest")
    bracket = Bracket.around(low, high, n + BLOCK)
    feed(samples, bracket)
    found, expected = medians(bracket, n), np.median(samples, axis=0)
    missed = np.isnan(found)
    np.testing.assert_array_equal(found[~missed], expected[~missed])
    assert margin < 0.01 or not missed.any()


@given(st.integers(1, 300), st.lists(st.sampled_from([-1.0, 0.0, 0.5, 2.0]), min_size=1))
def test_many_equal_samples(repeats, values):
    samples = np.tile(np.repeat(values, repeats)[:, None], 8)
    bracket = Bracket.everything(8, 8, len(samples) + BLOCK)
    feed(samples, bracket)
    np.testing.assert_array_equal(medians(bracket, len(samples)), np.median(samples, axis=0))


def test_a_median_outside_the_bracket_is_not_made_up():
    samples = random_walks(1, 1000)
    for low, high in ((5.0, 6.0), (-6.0, -5.0)):
        bracket = Bracket.around(np.full(8, low), np.full(8, high), 2000)
        feed(samples, bracket)
        assert np.isnan(medians(bracket, 1000)).all()


def test_too_many_samples_inside_are_not_half_counted():
    samples = random_walks(1, 1000)
    bracket = Bracket.everything(8, 8, 500)
    feed(samples, bracket)
    assert (bracket.n_inside == -1).all()
    assert np.isnan(medians(bracket, 1000)).all()


def test_quantiles_are_near():
    samples = random_walks(2, 6000)
    bracket = Bracket.everything(8, 8, 6000 + BLOCK)
    feed(samples, bracket)
    low, high = quantile_range(bracket, np.full(8, 0.44), np.full(8, 0.56))
    for lane in range(8):
        below = (samples[:, lane] < low[lane]).mean(), (samples[:, lane] < high[lane]).mean()
        np.testing.assert_allclose(below, [0.44, 0.56], atol=0.01)
