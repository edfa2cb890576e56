"""Recordings from the objects of many packages; segments, gaps and clocks."""

import neo
import numpy as np
import pandas as pd
import pynapple as nap
import pytest
import quantities as pq
from hypothesis import given
from hypothesis import strategies as st

from nto1.recordings.recording import SEAM, Joined, Recording
from nto1.recordings.time_stamps import fit_clock
from nto1.regression.calibration import jitter
from nto1.regression.gaps import Gaps
from nto1.regression.kernel import Kernel

RNG = np.random.default_rng(0)
V_MV = RNG.normal(-65, 1, 5000)
T = np.arange(V_MV.size) / 1000
TRAINS = {name: np.sort(RNG.uniform(0, 5, 20).round(4)) for name in "ab"}
KNOWN = {"sampling_rate": 1000, "unit": "mV"}
TABLE = pd.DataFrame(
    {"train": ["a"] * 20 + ["b"] * 20, "time_s": np.concatenate([*TRAINS.values()])}
)
IRREGULAR = neo.IrregularlySampledSignal(T * 1000, V_MV[:, None], units="mV", time_units="ms")


@pytest.mark.parametrize(
    ("voltage", "options"),
    [
        (V_MV, KNOWN),
        (list(V_MV), KNOWN),
        (V_MV / 1000, {"sampling_rate": 1000}),
        (V_MV[:, None], KNOWN),
        (V_MV.astype("f4"), KNOWN),
        ([V_MV[:2000], V_MV[2000:]], KNOWN),
        (V_MV, {"times": T, "unit": "mV"}),
        (V_MV / 2, {"sampling_rate": 1000, "unit": 2.0}),  # mV for each 1
        (V_MV * pq.mV, {"sampling_rate": 1000}),
        (V_MV / 1000 * pq.V, {"sampling_rate": 1000}),
        (neo.AnalogSignal(V_MV, units="mV", sampling_rate=1 * pq.kHz), {}),
        (IRREGULAR, {}),
        (nap.Tsd(t=T, d=V_MV), {"unit": "mV"}),
        (pd.Series(V_MV), KNOWN),
        (pd.Series(V_MV, index=T), {"unit": "mV"}),
        (pd.Series(V_MV, index=pd.to_timedelta(T, unit="s")), {"unit": "mV"}),
    ],
)
def test_voltages(voltage, options):
    recording = Recording.of(voltage, TRAINS, **options)
    found = np.concatenate([segment.V for segment in recording.segments])
    np.testing.assert_allclose(found, V_MV / 1000, rtol=1e-6)
    assert recording.dt == pytest.approx(1e-3, rel=1e-9)
    assert recording.duration == pytest.approx(5)


@pytest.mark.parametrize(
    ("trains", "options"),
    [
        (TRAINS, {}),
        ({name: list(times * 1000) for name, times in TRAINS.items()}, {"time_unit": "ms"}),
        (TABLE, {}),
        (TABLE.sample(frac=1, random_state=1).sort_values("time_s", kind="stable"), {}),
        (TABLE.assign(time_ms=TABLE["time_s"] * 1000).drop(columns="time_s"), {}),
        ({name: pd.Series(times) for name, times in TRAINS.items()}, {}),
        ({name: times * 1000 * pq.ms for name, times in TRAINS.items()}, {}),
        (
            [
                neo.SpikeTrain(times * 1000, units="ms", t_stop=6000, name=name)
                for name, times in TRAINS.items()
            ],
            {},
        ),
    ],
)
def test_trains(trains, options):
    recording = Recording.of(V_MV, trains, **KNOWN, **options)
    assert recording.names == ("a", "b")
    for found, times in zip(recording.trains, TRAINS.values(), strict=True):
        np.testing.assert_allclose(found, times)


def test_trains_with_numbers_and_an_offset():
    group = nap.TsGroup({3: nap.Ts(TRAINS["a"]), 7: nap.Ts(TRAINS["b"])})
    assert Recording.of(V_MV, group, **KNOWN).names == ("3", "7")
    moved = Recording.of(V_MV, [*TRAINS.values()], **KNOWN, clock_offset=-1, drop=True)
    assert moved.names == ("0", "1")
    expected = TRAINS["a"][TRAINS["a"] >= 1] - 1
    np.testing.assert_allclose(moved.trains[0], expected)
    assert moved.dropped[0] == f"{20 - expected.size} beyond the recording"


def test_spikes_that_are_dropped():
    times = np.array([0.5, 0.1, 0.1, np.nan, 7.0])
    recording = Recording.of(V_MV, {"a": times, "b": [1.0]}, **KNOWN, drop=True)
    assert recording.trains[0].tolist() == [0.1, 0.5]
    assert recording.dropped == ("1 NaN, 1 beyond the recording, 1 twice there", "")


def test_masked_NaN_and_excluded_samples_are_gaps():
    V = V_MV.copy()
    V[100:103] = np.nan
    V = np.ma.array(V, mask=(T >= 1) & (T < 1.2))
    recording = Recording.of(V, TRAINS, **KNOWN, excluded=[(2, 2.5), (4.9995, 9)])
    joined = Joined.of(recording, 1e-3)
    out = [*range(100, 103), *range(1000, 1200), *range(2000, 2500), 4999]
    assert np.flatnonzero(joined.missing).tolist() == out
    inside = [(begin + end) / 2 for begin, end in joined.excluded]
    np.testing.assert_allclose(inside, [0.1015, 1.1, 2.25, 4.9995])


@given(
    seed=st.integers(0, 100),
    dt=st.floats(1e-4, 1e-2),
    jitter=st.floats(0, 0.03),
    start=st.floats(-10, 1e4),
    n_dropped=st.integers(0, 5),
)
def test_a_clock_is_fitted_to_time_stamps(seed, dt, jitter, start, n_dropped):
    rng = np.random.default_rng(seed)
    kept = np.ones(3000, bool)
    kept[rng.choice(np.arange(1, 2999), n_dropped, replace=False)] = False
    times = start + dt * (np.arange(3000) + jitter * rng.standard_normal(3000))[kept]
    clock = fit_clock(times)
    assert clock.n_dropped == n_dropped
    assert abs(clock.dt / dt - 1) < max(5 * clock.relative_error, 1e-7)
    assert clock.jitter == pytest.approx(jitter * dt, rel=0.1, abs=1e-9)
    assert np.flatnonzero(kept).tolist() == clock.steps[0].tolist()


def test_a_pause_separates_segments():
    times = np.concatenate([T[:2000], T[:3000] + 7.77777])
    recording = Recording.of(V_MV, TRAINS, times=times, unit="mV")
    assert [segment.V.size for segment in recording.segments] == [2000, 3000]
    starts = [segment.start for segment in recording.segments]
    np.testing.assert_allclose(starts, [0, 7.77777], atol=1e-9)


STARTS, LENGTHS = (0.0, 2.0, 2.5, 9.0123), (1000, 480, 800, 1500)


def test_segments_are_joined_so_that_potentials_stay_what_they_are():
    """As in the whole voltage, of which segments are recorded: potentials that began before a
    segment reach into it, and none reaches from one segment into the next."""
    rng = np.random.default_rng(1)
    train = np.unique(rng.uniform(0, 10.5, 400).round(4))
    h = Kernel(2e-3, 10e-3).samples(1e-4)
    counts = np.bincount((train * 1e4 + 0.5).astype(int), minlength=120_000)
    whole = np.convolve(counts, h)[:120_000]
    firsts = [round(start * 1e4) for start in STARTS]
    pieces = [whole[first : first + 10 * n] for first, n in zip(firsts, LENGTHS, strict=True)]
    recording = Recording.of(
        [1e-3 * piece for piece in pieces],
        {"a": train},
        sampling_rate=1e4,
        starts=STARTS,
        own_spikes=None,
    )
    joined = Joined.of(recording, 1e-4)
    found = joined.times(train)
    counts = np.bincount((found / joined.bin + 0.5).astype(int), minlength=joined.V.size)
    expected = 1e-3 * np.convolve(counts, h)[: joined.V.size]
    place = 0
    for first, n in zip(joined.first, LENGTHS, strict=True):
        assert first == place
        part = slice(place, place + 10 * n)
        difference = joined.V[part] - expected[part]
        np.testing.assert_allclose(difference, difference.mean(), atol=1e-9)
        place += 10 * n + round(SEAM / 1e-4)
    there = np.count_nonzero(~joined.missing[(found / joined.bin + 0.5).astype(int)])
    assert there == sum(
        ((train >= start) & (train < start + n * 1e-3)).sum()
        for start, n in zip(STARTS, LENGTHS, strict=True)
    )


def test_surrogates_stay_within_segments():
    missing = np.zeros(5000, bool)
    missing[1020:1520] = missing[3000:3050] = True  # a seam, and a gap that is bridged
    edges = Gaps.of(missing, 6000).edges(5000)
    assert edges.tolist() == [0, 1020, 1520, 5000]
    bins = np.flatnonzero(~missing).astype(np.int32)
    moved = jitter(bins, 50, edges, np.random.default_rng(0))
    where = [np.histogram(each, edges)[0].tolist() for each in (moved, bins)]
    assert where == [[1020, 0, 3430]] * 2
