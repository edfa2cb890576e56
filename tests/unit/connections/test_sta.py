"""Spike-triggered averages, shuffles, p-values and ROC curves against slow and obvious versions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nto1.connections.sta import (
    BLOCK,
    INT24_MAX,
    detection_rates,
    digitise,
    p_value,
    roc,
    shuffle_test,
)
from nto1.units import mV

DT = 1e-4


def oracle(times, v, window, n_shuffles, rng):
    """The published procedure: averages of the train and its shuffles, and number of windows."""
    intervals = np.diff(times, prepend=0)
    series = [times] + [np.cumsum(rng.permutation(intervals)) for _ in range(n_shuffles)]
    stas, n_windows = [], []
    for spikes in series:
        starts = np.round(spikes / DT).astype(int)
        windows = [v[s : s + window] for s in starts if s + window < v.size]
        stas.append(np.mean(windows, axis=0))
        n_windows.append(len(windows))
    return np.array(stas), n_windows[0]


def train(rng, n_spikes, duration):
    return np.sort(rng.uniform(0, duration, n_spikes))


@settings(max_examples=30)
@given(
    n_steps=st.integers(200, 3000),
    window=st.integers(1, 150),
    n_spikes=st.integers(1, 400),
    seed=st.integers(0, 1000),
)
def test_like_the_published_procedure(n_steps, window, n_spikes, seed):
    rng = np.random.default_rng(seed)
    v = rng.normal(-55, 5, n_steps) * mV
    times = train(rng, n_spikes, n_steps * DT)
    starts = np.round(times / DT)
    if not (starts + window < n_steps).any():
        return
    ((test,),) = shuffle_test([times], [digitise(v)], DT, window, 3, np.random.RandomState(seed))
    stas, n_windows = oracle(times, v, window, 3, np.random.RandomState(seed))
    assert test.n_windows == n_windows
    np.testing.assert_allclose(test.sta, stas[0], atol=1e-8 * mV + 2e-8 * np.ptp(v))
    np.testing.assert_allclose(test.shuffled_stas, stas[1:], atol=2e-8 * np.ptp(v))
    assert test.height == np.ptp(test.sta)
    np.testing.assert_array_equal(test.shuffled_heights, np.ptp(test.shuffled_stas, axis=1))


def test_across_blocks_and_with_hundreds_of_spikes_in_each():
    rng = np.random.default_rng(0)
    v = rng.normal(-55, 5, 3 * BLOCK + 100) * mV
    times = train(rng, 5000, v.size * DT)
    options = ([digitise(v)], DT, 300, 2)
    ((test,),) = shuffle_test([times], *options, np.random.RandomState(1))
    stas, n_windows = oracle(times, v, 300, 2, np.random.RandomState(1))
    assert test.n_windows == n_windows > 3 * 248
    np.testing.assert_allclose([test.sta, *test.shuffled_stas], stas, atol=1e-8 * mV)


def test_sums_of_extremes_do_not_overflow():
    v = np.where(np.arange(2000) < 1000, 1.0, -1.0)
    times = np.linspace(0.5, 99, 5000) * DT * 10
    ((test,),) = shuffle_test([times], [digitise(v)], DT, 9, 1, np.random.RandomState(0))
    stas, _ = oracle(times, v, 9, 1, np.random.RandomState(0))
    np.testing.assert_allclose(test.sta, stas[0], atol=1e-6)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=50))
def test_digitised_to_24_bits(v):
    v = np.array(v)
    digitised = digitise(v)
    assert np.abs(digitised.samples).max() <= INT24_MAX
    back = digitised.centre + digitised.step * digitised.samples
    np.testing.assert_allclose(back, v, atol=np.ptp(v) / 2**24 + 1e-16)


def test_threads_do_not_change_results():
    rng = np.random.default_rng(0)
    v = digitise(rng.normal(-55, 5, 50_000) * mV)
    trains = [train(rng, 100, 5) for _ in range(7)]
    one, three = (
        list(shuffle_test(trains, [v], DT, 200, 10, np.random.RandomState(0), threads))
        for threads in (1, 3)
    )
    for (a,), (b,) in zip(one, three, strict=True):
        np.testing.assert_array_equal(a.sta, b.sta)
        np.testing.assert_array_equal(a.shuffled_heights, b.shuffled_heights)


def test_a_train_without_windows_has_no_p_value():
    v = digitise(np.random.default_rng(0).normal(size=1000))
    trains = [np.empty(0), np.array([0.0995])]
    for (test,) in shuffle_test(trains, [v], DT, 100, 5, np.random.RandomState(0)):
        assert test.n_windows == 0
        assert np.isnan(test.height)
        p, is_bound = p_value(test.height, test.shuffled_heights)
        assert np.isnan(p)
        assert not is_bound


@pytest.mark.parametrize(
    ("window", "n_shuffles", "message"),
    [
        (1000, 5, "windows of 1000 steps don't fit into a recording of 1000"),
        (0, 5, "windows of 0 steps don't fit"),
        (100, 0, "0 shuffles can't tell anything: take at least 1"),
    ],
)
def test_bad_parameters(window, n_shuffles, message):
    v = digitise(np.zeros(1000))
    with pytest.raises(ValueError, match=message):
        list(shuffle_test([], [v], DT, window, n_shuffles, np.random.RandomState(0)))


@pytest.mark.parametrize(
    ("height", "published", "p", "is_bound"),
    [
        (2.5, True, 0.5, False),
        (3.0, True, 0.25, False),  # one as high doesn't count as published
        (5.0, True, 0.25, True),
        (0.0, True, 1.0, False),
        (2.5, False, 3 / 5, False),
        (3.0, False, 3 / 5, False),  # but does here
        (5.0, False, 1 / 5, False),
    ],
)
def test_p_values(height, published, p, is_bound):
    assert p_value(height, np.array([1.0, 2.0, 3.0, 4.0]), published) == (p, is_bound)


def test_p_values_of_unconnected_trains_are_uniform_and_of_connected_ones_small():
    rng = np.random.RandomState(0)
    times = [train(np.random.default_rng(i), 300, 20) for i in range(60)]
    v = rng.randn(200_000)
    for spike in np.round(times[0] / DT).astype(int):
        v[spike : spike + 50] += 2
    tests = shuffle_test(times, [digitise(v)], DT, 100, 40, rng)
    p = np.array(
        [p_value(test.height, test.shuffled_heights, published=False).p for (test,) in tests]
    )
    assert p[0] == 1 / 41
    assert 0.35 < p[1:].mean() < 0.65
    assert np.mean(p[1:] < 0.25) == pytest.approx(0.25, abs=0.17)


TRUTH = np.array([True] * 3 + [False] * 3), np.array([False, False, True, False, False, True])


def test_perfect_detection():
    curve = roc(np.array([0.01, 0.01, 0.02, 0.5, 0.6, 1]), *TRUTH)
    assert curve.threshold.tolist() == [0, 0.01, 0.02, 0.5, 0.6, 1]
    assert curve.auc() == (1, 1, 1)
    rates = detection_rates(np.array([0.01, 0.01, 0.02, 0.5, 0.6, 1]), *TRUTH, [0.015])
    assert [float(rate[0]) for rate in rates] == pytest.approx([0.015, 2 / 3, 1, 0, 0])


def test_areas_are_left_sums():
    """A tie between a connected and an unconnected train counts for neither, not half."""
    connected, inhibitory = np.array([True, False]), np.array([False, False])
    assert roc(np.array([0.3, 0.3]), connected, inhibitory).auc()[0] == 0
    assert roc(np.array([0.2, 0.3]), connected, inhibitory).auc()[0] == 1


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans(), st.booleans()), min_size=2))
def test_area_is_the_chance_that_a_connected_train_has_the_smaller_p(trains):
    p, connected, inhibitory = (np.array(column) for column in zip(*trains, strict=True))
    p = (p + 1) / 21
    if connected.all() or not connected.any():
        assert np.isnan(roc(p, connected, inhibitory).auc()[0])
        return
    pairs = [(a, b) for a in p[connected] for b in p[~connected]]
    expected = sum(a < b for a, b in pairs) / len(pairs)
    assert roc(p, connected, inhibitory).auc()[0] == pytest.approx(expected)


def test_trains_without_p_are_left_out():
    p = np.array([0.01, np.nan, 0.5, np.nan])
    connected, inhibitory = np.array([True, True, False, False]), np.zeros(4, bool)
    rates = detection_rates(p, connected, inhibitory, [0.05])
    assert (rates.TPR[0], rates.FPR[0]) == (1, 0)
    assert np.isnan(rates.TPR_inh[0])
