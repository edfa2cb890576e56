"""The passive membrane is what its situations say, and p-values mean what they say."""

import numpy as np
import pytest

from nto1.config.model import ConnectionInference
from nto1.inference.kinds import EXCITATORY, INHIBITORY, UNCONNECTED
from nto1.inference.method import methods
from nto1.inference.regression import regression_test
from nto1.simulation.passive_membrane import (
    DT,
    MEAN_RATE,
    NOISE,
    OBSERVED,
    OUTPUT_RATE,
    POTENTIAL,
    REST,
    SITUATIONS,
    SIZE,
    Situation,
    record_passive,
)
from nto1.studies.calibration import Calls, calibration
from nto1.units import ms

DURATION = 60.0


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_situation_has_the_same_trains_and_rates(name):
    recording = record_passive(SITUATIONS[name], DURATION, seed=1)
    kinds = recording.kinds.tolist()
    assert kinds == [EXCITATORY] * 16 + [INHIBITORY] * 4 + [UNCONNECTED] * 200
    assert recording.V.size == round(DURATION / DT)
    for times in (*recording.trains, recording.output_times):
        assert (np.diff(times) > 0).all()
        assert 0 <= times[0] <= times[-1] < DURATION
    n = np.array([times.size for times in recording.trains])
    expected = MEAN_RATE * (2 if name == "doubled" else 1)
    assert n[n > 3].mean() / DURATION == pytest.approx(expected, rel=0.15)
    assert np.count_nonzero(n == 3) == pytest.approx(100 * (name == "three_spikes"), abs=20)
    assert recording.output_times.size / DURATION == pytest.approx(OUTPUT_RATE, rel=0.3)


def test_the_voltage_is_the_sum_of_potentials_and_noise():
    """Campbell's theorem."""
    V = record_passive(Situation("plain"), 60.0, seed=2).sampled(1 * ms).V
    h = POTENTIAL.samples(DT)
    assert V.mean() - REST == pytest.approx(120 * MEAN_RATE * SIZE * h.sum() * DT, rel=0.1)
    variance = 200 * MEAN_RATE * SIZE**2 * (h @ h) * DT + NOISE**2
    assert V.var() == pytest.approx(variance, rel=0.15)
    assert np.diff(V).var() / 2 == pytest.approx(NOISE**2, rel=0.05)


def test_trains_share_what_situations_say():
    def trains(name):
        return record_passive(SITUATIONS[name], DURATION, seed=1).trains

    shared, doubled, triplets = map(trains, ("shared", "doubled", "triplets"))
    of_inputs = np.concatenate(shared[: OBSERVED.size])
    n_shared = np.array([np.isin(times, of_inputs).sum() for times in shared[OBSERVED.size :]])
    n = np.array([times.size for times in shared[OBSERVED.size :]])
    assert 0.15 < n_shared.sum() / n.sum() < 0.31
    assert all(
        np.isin(np.round(t + 0.5 * ms, 9), np.round(t, 9)).sum() > 0.45 * t.size for t in doubled
    )
    assert np.mean([(np.diff(t) < 5 * ms).mean() for t in triplets]) == pytest.approx(
        2 / 3, abs=0.05
    )

    t = np.concatenate(trains("40_Hz")[OBSERVED.size :])  # coherent for a while
    coherence = [
        np.abs(np.exp(80j * np.pi * t[np.abs(t - at) < 0.01]).mean()) for at in range(1, 19)
    ]
    assert np.mean(coherence) > 0.3


def test_longer_steps_are_means():
    recording = record_passive(SITUATIONS["gap"], 1.0, seed=1)
    V = recording.sampled(2.5 * ms).V
    np.testing.assert_allclose(V, [part.mean() for part in np.split(recording.V, 400)])
    with pytest.raises(ValueError, match=r"0.25 ms are no multiple of 0.1 ms"):
        recording.sampled(0.25 * ms)


def test_what_is_counted():
    kinds = np.array([EXCITATORY, EXCITATORY, INHIBITORY, UNCONNECTED, UNCONNECTED, UNCONNECTED])
    t = np.array([5, -5, -2, 5, 0.1, np.nan])
    p = np.array([1e-6, 1e-6, 0.04, 1e-6, 0.9, np.nan])
    assert Calls.of(t, p, kinds) == Calls(2, 1, 2, called=4, called_wrongly=2, found=2)


def test_nominal_p_values_of_every_method():
    """Shuffles count in hundredths; a method without calibration is included by itself."""
    recording = record_passive(SITUATIONS["poisson"], 10.0, seed=1).sampled(1 * ms)
    section = dict(ConnectionInference())
    rows = list(calibration(recording, [method.test(section) for method in methods().values()]))
    assert {row["method"] for row in rows} == set(methods())
    by_name = {(row["method"], row["null"]): row for row in rows}
    assert by_name["sta", ""]["called"] == 0  # with 100 shuffles
    assert by_name["regression", "empirical"]["n_unconnected"] == 200
    assert methods()["sta"].p_of_t(np.array([0.95, -0.94])).tolist() == [0.05, 0.06]
    assert methods()["line_fit"].p_of_t(np.array([-1.96]))[0] == pytest.approx(0.05, abs=1e-4)


@pytest.mark.parametrize("name", ["poisson", "40_Hz", "bursts", "bursts_own"])
def test_the_empirical_null_holds_for_other_seeds(name):
    """Than those of the study."""
    p, hits = [], []
    for seed in (1001, 1002):
        recording = record_passive(SITUATIONS[name], 120.0, seed).sampled(1 * ms)
        test = regression_test(
            recording.V,
            recording.dt,
            recording.trains,
            own_spikes=recording.output_times,
            null="empirical",
        )
        calls = Calls.of(test.z, test.p, recording.kinds)
        p.append(calls.false_positives / calls.n_unconnected)
        hits.append(calls.found)
        assert bool(test.warnings) == (name != "poisson")
    assert 0.01 <= np.mean(p) <= 0.07
    assert np.mean(hits) >= 19
