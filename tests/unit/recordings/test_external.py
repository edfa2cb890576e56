"""Data that were made elsewhere: what is read of them, and what they are compared by."""

import numpy as np
import pytest

from nto1 import Recording
from nto1.recordings.external import read_culture, two_class_AUC, with_random_trains


def test_a_culture(tmp_path):
    """Neuron 7 is silent; of pair 3 -> 5, nothing is known, and of 5 -> 3 there is no row."""
    edges = [[9, 3, 0.2], [9, 5, 0], [3, 9, 0], [3, 5, np.nan], [5, 9, -1], [7, 3, 1], [3, 3, 0]]
    times = [0.5, 0.1, 7.2, 0.3, 0.1]
    np.savez(
        tmp_path / "a.npz", times=times, ids=[9, 3, 5, 9, 3], nodes=[9, 3, 5, 7], marked_edges=edges
    )
    culture = read_culture(tmp_path / "a.npz")
    assert culture.duration == 8
    assert [train.tolist() for train in culture.trains] == [[0.1], [7.2], [0.3, 0.5]]
    nan = np.nan  # from 3, 5, 9
    np.testing.assert_array_equal(culture.connected, [[nan, nan, 0], [nan, nan, 1], [1, 0, nan]])


def test_two_class_AUC_is_the_share_of_pairs_in_the_right_order():
    rng = np.random.default_rng(0)
    t, connected = rng.normal(size=(9, 9)).round(1), rng.choice([0, 1, np.nan], (9, 9))
    t[0, :3] = np.nan
    size = np.where(np.isnan(t), 0, np.abs(t))
    one, other = size[connected == 1][:, np.newaxis], size[connected == 0]
    expected = ((one > other) + 0.5 * (one == other)).mean()
    assert two_class_AUC(t, connected) == pytest.approx(expected)


def test_random_trains_lie_within_the_recording():
    V = np.random.default_rng(1).normal(-65, 1, 20_000)
    cell = Recording.of([V, V], {"a": [6.0]}, sampling_rate=1000, unit="mV", starts=[5, 30])
    trains = with_random_trains(cell, 40, 10, seed=2).trains
    assert len(trains) == 40
    assert 5 <= min(t[0] for t in trains) < max(t[-1] for t in trains) <= 50
    assert np.mean([t.size for t in trains]) == pytest.approx(450, rel=0.05)
    other = with_random_trains(cell, 40, 10, seed=3).trains
    assert trains[0].tolist() != other[0].tolist()
