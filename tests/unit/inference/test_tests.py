"""Connection tests against plain versions; bad input."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import plain_connection_tests as plain
from nto1 import line_fit_test, output_spike_test, sta_test, template_test
from nto1.inference.n_to_1 import choose_trains, record
from nto1.inference.sta import (
    HeightTest,
    NoiseLevel,
    one_by_one,
    p_value,
)
from nto1.inference.template import correlation_test
from nto1.inference.windows import batches, digitise, in_batches, sum_windows
from nto1.jit import jit
from nto1.random.stream import next_word, seeded
from nto1.units import ms, nS, s

DT = 1e-4
N_SHUFFLES = 12


def voltage(rng, n_steps, kind):
    smooth = np.cumsum(rng.normal(0, 1e-4, n_steps))
    if kind == "smooth":
        return smooth
    if kind == "spikes":  # far above everything else
        return np.where(rng.random(n_steps) < 0.01, 0.04, smooth - 0.06)
    if kind == "levels":  # many equal heights
        return rng.integers(0, 3, n_steps) * 0.25
    return rng.normal(-0.05, 0.01, n_steps)


def train(rng, n, duration):
    return np.sort(rng.uniform(0, duration, n))


def with_shuffles(times, seed=1):
    return [times, *plain.draw_shuffles(times, N_SHUFFLES, seed)]


cases = given(
    kind=st.sampled_from(["smooth", "spikes", "noise", "levels"]),
    n_steps=st.integers(300, 4000),
    window=st.integers(2, 150),
    sizes=st.lists(st.integers(1, 60), min_size=1, max_size=6),
    seed=st.integers(0, 1000),
)


def some(kind, n_steps, window, sizes, seed):
    """Voltage, and trains whose first spike has a window."""
    rng = np.random.default_rng(seed)
    V = voltage(rng, n_steps, kind)
    trains = [train(rng, n, n_steps * DT) for n in sizes]
    for times in trains:
        times[0] = min(times[0], (n_steps - window - 1) * DT)
    return V, trains


def test_shuffles_are_as_defined():
    times = train(np.random.default_rng(0), 21, 5)
    next_word = partial(next, iter(_words(5000, seeded(1)).tolist()))
    np.testing.assert_array_equal(
        with_shuffles(times), plain.shuffles(times, N_SHUFFLES, next_word)
    )


@jit
def _words(n, state):
    words = np.empty(n, np.uint64)
    for i in range(n):
        words[i], state = next_word(state)
    return words


@settings(max_examples=60, deadline=None)
@cases
def test_sta_test(kind, n_steps, window, sizes, seed):
    V, trains = some(kind, n_steps, window, sizes, seed)
    test = sta_test(V, DT, trains, window * DT, N_SHUFFLES)
    expected = [plain.sta_t(V, DT, with_shuffles(times), window) for times in trains]
    assert test.t.tolist() == expected
    assert test.n_windows.tolist() == [len(plain.windows(V, DT, t, window)) for t in trains]
    for norms, times in zip(test.norms, trains, strict=True):
        for norm, series in zip(norms, with_shuffles(times), strict=True):
            if len(plain.windows(V, DT, series, window)):
                sta = plain.mean_window(V, DT, series, window)
                assert abs(norm - np.linalg.norm(sta - sta.mean())) <= 1.001 * test.norm_error


@settings(max_examples=60, deadline=None)
@cases
def test_second_pass_of_the_template(kind, n_steps, window, sizes, seed):
    if kind == "levels":
        return  # correlations that are equal but for rounding
    V, trains = some(kind, n_steps, window, sizes, seed)
    template = np.random.default_rng(seed).normal(0, 1e-3, window)
    first_pass = sta_test(V, DT, trains, window * DT, N_SHUFFLES)
    t = correlation_test(V, DT, trains, template, first_pass, N_SHUFFLES)
    with np.errstate(invalid="ignore"):
        expected = [plain.template_t(V, DT, with_shuffles(times), template) for times in trains]
    if window > 2:  # with 2 samples, every correlation is ± 1
        assert t.tolist() == expected


@settings(max_examples=60, deadline=None)
@cases
def test_line_fit(kind, n_steps, window, sizes, seed):
    V, trains = some(kind, n_steps, window, sizes, seed)
    if window < 3:
        return  # a line through two points
    t = line_fit_test(V, DT, trains, window * DT)
    expected = [plain.line_fit_t(V, DT, times, window) for times in trains]
    np.testing.assert_allclose(t, expected, rtol=1e-7, atol=1e-7)


@settings(max_examples=60, deadline=None)
@cases
def test_output_spikes(kind, n_steps, window, sizes, seed):
    _, trains = some(kind, n_steps, window, sizes, seed)
    steps = np.flatnonzero(np.random.default_rng(seed).random(n_steps) < 0.02)
    t = output_spike_test((steps + 0.5) * DT, n_steps * DT, trains, window * DT, N_SHUFFLES, dt=DT)
    expected = [
        plain.output_spikes_t(steps, n_steps, DT, with_shuffles(times), window) for times in trains
    ]
    assert t.tolist() == pytest.approx(expected)


@settings(max_examples=40, deadline=None)
@cases
def test_trains_may_have_seeds_of_their_own(kind, n_steps, window, sizes, seed):
    """Trains of equal size, too, which otherwise share their shuffles."""
    V, trains = some(kind, n_steps, window, 3 * sizes[:3], seed)
    seeds = np.random.default_rng(seed).integers(0, 4, len(trains))
    shuffled = [with_shuffles(t, s) for t, s in zip(trains, seeds.tolist(), strict=True)]
    test = sta_test(V, DT, trains, window * DT, N_SHUFFLES, seeds)
    assert test.t.tolist() == [plain.sta_t(V, DT, series, window) for series in shuffled]
    steps = np.flatnonzero(np.random.default_rng(seed).random(n_steps) < 0.02)
    options = {"n_shuffles": N_SHUFFLES, "seed": seeds, "dt": DT}
    t = output_spike_test((steps + 0.5) * DT, n_steps * DT, trains, window * DT, **options)
    expected = [plain.output_spikes_t(steps, n_steps, DT, x, window) for x in shuffled]
    assert t.tolist() == pytest.approx(expected)
    if kind != "levels" and window > 2:
        template = np.random.default_rng(seed).normal(0, 1e-3, window)
        t = correlation_test(V, DT, trains, template, test, N_SHUFFLES, seeds)
        with np.errstate(invalid="ignore"):
            assert t.tolist() == [plain.template_t(V, DT, series, template) for series in shuffled]


@settings(max_examples=60, deadline=None)
@cases
def test_noise_levels_are_those_of_each_noisy_voltage(kind, n_steps, window, sizes, seed):
    """Windows at the nearest step; as published and not; some trains have no windows."""
    v, trains = some(kind, n_steps, window, sizes, seed)
    z = voltage(np.random.default_rng(seed + 1), n_steps, kind)
    levels = [NoiseLevel(v + σ * z, σ, way) for σ in (0.5, 0.0, -0.25) for way in (True, False)]
    of_v, of_z = digitise(v, 15), digitise(z, 15)

    def test(windows):
        sums = [(x, sum_windows(x.samples, windows, window)) for x in (of_v, of_z)]
        return [level.p_value(windows, *sums[0], *sums[1]) for level in levels]

    rngs = [np.random.RandomState(seed) for _ in range(2)]
    found = one_by_one(trains, test, n_steps, DT, window, N_SHUFFLES, rngs[0])
    for times, of_train in zip(trains, found, strict=True):
        intervals = np.diff(times, prepend=0)
        orders = [rngs[1].permutation(times.size) for _ in range(N_SHUFFLES)]
        series = [np.cumsum(x) for x in (intervals, *(intervals[order] for order in orders))]
        for (V, _, published), p in zip(levels, of_train, strict=True):
            heights = np.array([plain_height(V, each, window) for each in series])
            assert p == p_value(heights[0], heights[1:], published)


def plain_height(V, times, window):
    starts = np.rint(times / DT).astype(int)
    starts = starts[starts < V.size - window]
    total = sum((V[start : start + window] for start in starts), np.zeros(window))
    return np.ptp(total / starts.size) if starts.size else np.nan


def connected_case():
    """Twelve trains; the first two raise the voltage, the third lowers it."""
    rng = np.random.default_rng(3)
    V = rng.normal(0, 1e-3, 200_000)
    trains = [train(rng, 150, 20) for _ in range(12)]
    kernel = np.exp(-np.arange(300) / 80) - np.exp(-np.arange(300) / 20)
    for times, sign in zip(trains[:3], (1, 1, -1), strict=True):
        for start in (times / DT).astype(int):
            V[start : start + 300] += sign * 2e-3 * kernel[: V.size - start]
    return V, trains


def test_orders_need_not_be_kept(monkeypatch):
    V, trains = connected_case()
    kept = sta_test(V, DT, trains)
    monkeypatch.setattr("nto1.inference.shuffles.MAX_KEPT", 0)
    np.testing.assert_array_equal(kept.norms, sta_test(V, DT, trains).norms)


def test_template_is_the_mean_of_the_clearest_averages():
    V, trains = connected_case()
    test = template_test(V, DT, trains, quantile=0.8)
    assert test.threshold == np.quantile(test.first_pass.t, 0.8)
    assert test.selected.tolist() == np.flatnonzero(test.first_pass.t >= test.threshold).tolist()
    assert {0, 1} <= set(test.selected)
    long = [plain.mean_window(V, DT, trains[i], 1000) for i in test.selected]
    np.testing.assert_allclose(test.template, np.mean(long, axis=0)[:200], rtol=1e-12, atol=1e-15)


def test_connected_trains_are_found_by_every_test():
    V, trains = connected_case()
    for t in (
        sta_test(V, DT, trains).t,
        template_test(V, DT, trains, quantile=0.8).t,
        line_fit_test(V, DT, trains),
    ):
        assert np.sign(t[:3]).tolist() == [1, 1, -1]
        assert np.abs(t[:3]).min() > 0.95


def test_threads_parts_and_company_change_nothing():
    V, trains = connected_case()
    alone = sta_test(V, DT, trains)
    test = HeightTest([V, V[::-1]], DT, [0.1, 0.02], 100)
    (found,) = in_batches(trains, DT, V.size, test.windows, [test], 100, 1, threads=3)
    (long, threaded), (_, other) = test.results(found)
    assert long.t.tolist() == sta_test(V, DT, trains, 0.1).t.tolist()
    for part in (np.array([5, 1, 7]), np.arange(12)):
        of_part = sta_test(V, DT, [trains[i] for i in part]) if len(part) < 12 else threaded
        for a, b in zip(alone[:3], of_part[:3], strict=True):
            np.testing.assert_array_equal(a[part], b)
    assert not np.array_equal(other.t, alone.t)
    for method in (template_test, line_fit_test):
        one, three = (method(V, DT, trains, threads=n) for n in (1, 3))
        if method is template_test:
            one, three = one.t, three.t
        np.testing.assert_array_equal(one, three)


@given(sizes=st.lists(st.integers(1, 10**6), min_size=1), window=st.integers(1, 10**5))
def test_batches_are_of_all_trains_by_size(sizes, window):
    order = np.concatenate(list(batches(sizes, 101, window)))
    assert sorted(order) == list(range(len(sizes)))
    assert (np.diff(np.array(sizes)[order]) >= 0).all()


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=50), st.sampled_from([15, 24]))
def test_digitised_between_extremes(v, n_bits):
    v = np.array(v)
    samples, centre, step = digitise(v, n_bits)
    assert samples.dtype == (np.int16 if n_bits == 15 else np.int32)
    assert np.abs(samples).max() < 2 ** (n_bits - 1)
    np.testing.assert_allclose(centre + step * samples, v, atol=0.5001 * step)


def test_correlogram_in_both_directions():
    x, y = np.zeros(20, int), np.zeros(20, int)
    x[[2, 10]], y[[5, 13, 17]] = 1, 1
    right = plain.correlogram(x, y, 8)
    assert right.argmax() == 3
    assert right[3] == 2 / np.sqrt(6)
    assert plain.correlogram(x, y, 8, as_published=True)[5] == 1 / np.sqrt(6)  # output 5, input 10
    assert plain.binned(np.array([0, 0.0015, 0.0016]), 0.003).tolist() == [1, 2, 0]
    # Of 6 pairs, 2 are 3 bins apart; 2 lags of independent trains would have 2 · 6 / 20.
    assert plain.excess_coincidences(x, y, range(2, 4)) == pytest.approx((2 - 0.6) / 0.6**0.5)
    assert plain.excess_coincidences(x, y, range(4, 6), True) == pytest.approx((1 - 0.6) / 0.6**0.5)


def test_published_correlograms():
    """Ten minutes at 4 Hz, the most active inputs of either kind: of a published figure."""
    recording = record(10, 1, 2.838843 * nS, 600 * s)
    exc, inh = (plain.binned(t, 600) for t in choose_trains(recording, 1).times[:2])
    output = plain.binned(recording.spike_times, 600)
    assert [x.sum() for x in (exc, inh, output)] == [4073, 5995, 1433]
    published, corrected = (plain.correlogram(exc, output, 50, way) for way in (True, False))
    assert published[[0, 6]].round(4).tolist() == [0.0054, 0.0017]
    for C, lag, peak in ((published, 38, 0.0091), (corrected, 4, 0.0277)):
        assert [C.argmax(), C.max().round(4)] == [lag, peak]
    assert plain.correlogram(inh, output, 50, True).argmax() == 37
    assert plain.correlogram(inh, output, 50)[1] == 0
    excess = [
        plain.excess_coincidences(x, output, as_published=w)
        for w in (True, False)
        for x in (exc, inh)
    ]
    assert np.round(excess, 1).tolist() == [-0.5, 0.9, 50.8, -14.5]


def test_published_correlation_of_an_input_with_the_output():
    """The first input that is drawn, in bins of 10 ms; .00702 was printed."""
    recording = record(6500, 1, 0.015036 * nS, 600 * s)
    times = recording.inputs[0]
    x, y = (plain.binned(t, 600, 10 * ms) for t in (times, recording.spike_times))
    assert [x.sum(), y.sum()] == [1860, 2817]
    assert np.corrcoef(x, y)[0, 1] == pytest.approx(0.007024350664, abs=5e-13)


V, TIMES = np.zeros(1000), np.array([0.01, 0.02])


@pytest.mark.parametrize(
    ("V", "trains", "options", "message"),
    [
        (V, [TIMES, [0.02, 0.01]], {}, r"spikes of trains\[1\] are not in ascending order: sort"),
        (V, [[0.01, 10]], {}, "from 0.01 to 10 s, go beyond the recording, 0 to 0.1 s"),
        (V, [[-0.01, 0.02]], {}, r"trains\[0\], from -0.01 to 0.02 s, go beyond the recording"),
        (V, [[np.nan]], {}, r"1 of 1 values of trains\[0\] are NaN or infinite"),
        (V, [TIMES, []], {}, r"trains\[1\] has no spikes: leave it out"),
        (V, [], {}, "there are no trains to test"),
        (V, [[0.095]], {}, r"no spike of trains\[0\] is early enough for a window of 0.02 s"),
        (np.append(V, np.nan), [TIMES], {}, "1 of 1001 values of V are NaN or infinite"),
        (V, [TIMES], {"window": 0.2}, r"window of 0.2 s \(2000 steps\) must .* fit into the rec"),
        (V, [TIMES], {"window": 1e-5}, "must have at least 2 steps"),
        (
            V[:, np.newaxis],
            [TIMES],
            {},
            r"V has to be a list of numbers, .*, not an array of shape \(1000,",
        ),
    ],
)
@pytest.mark.parametrize("test", [sta_test, template_test, line_fit_test])
def test_bad_input(test, V, trains, options, message):
    with pytest.raises(ValueError, match=message):
        test(V, DT, trains, **({"window": 0.02} | options))


def test_more_bad_input():
    with pytest.raises(ValueError, match="dt has to be a finite number, above 0, not 0"):
        sta_test(V, 0, [TIMES])
    with pytest.raises(ValueError, match="n_shuffles has to be 1 or more, not 0"):
        sta_test(V, DT, [TIMES], n_shuffles=0)
    with pytest.raises(ValueError, match="give one seed, or one for each of 1 trains, not"):
        sta_test(V, DT, [TIMES], seed=[1, 2])
    with pytest.raises(ValueError, match="must have the same length"):
        HeightTest([V, V[1:]], DT, [0.02], N_SHUFFLES)
    with pytest.raises(ValueError, match="spikes of output_times are not in ascending order"):
        output_spike_test(np.array([0.02, 0.01]), 0.1, [TIMES])
    with pytest.raises(ValueError, match=r"output_times, from 0.01 to 0.2 s, go beyond"):
        output_spike_test(np.array([0.01, 0.2]), 0.1, [TIMES])


def test_without_output_spikes_there_is_nothing_to_say():
    assert output_spike_test(np.array([]), 0.1, [TIMES], 0.02).tolist() == [0]
