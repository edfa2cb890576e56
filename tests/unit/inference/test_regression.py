"""The regression against dense least squares, and on simulations whose sizes are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, linalg, stats

from nto1 import regression_test
from nto1.inference.n_to_1 import Signal, imaged, record, tabled_weight
from nto1.inference.scores import EXCITATORY, INHIBITORY, UNCONNECTED, score
from nto1.published import WEIGHTS_FOR_4HZ
from nto1.regression.calibration import as_normal, bulk, false_discovery_rates, jitter
from nto1.regression.design import (
    BINS_AT_ONCE,
    BLOCK,
    FILTERED_AT_ONCE,
    Columns,
    Design,
    Spikes,
    SpikesByBin,
    conjugate_gradients,
    weighted_norm,
)
from nto1.regression.gaps import LONGEST, Gaps
from nto1.regression.kernel import Kernel, fit_kernel, spectral_density
from nto1.regression.mixture import Mixture, fit_mixture, moments
from nto1.regression.signal import around, detect_spikes
from nto1.units import ms, mV, nS

BIN = 1 * ms
KERNEL = Kernel(6 * ms, 16 * ms, 0.4 * ms)


def spikes_of(rng, n_trains, n_bins, mean=40) -> Spikes:
    trains = [np.sort(rng.integers(0, n_bins, rng.poisson(mean) + 1)) for _ in range(n_trains)]
    return Spikes.of(
        np.concatenate(trains).astype(np.int32), np.array([t.size for t in trains]), n_bins
    )


def counts_of(spikes: Spikes, n: int) -> np.ndarray:
    """[n, n_trains]"""
    trains = range(spikes.n_spikes.size)
    return np.array([np.bincount(spikes.train(k), minlength=n) for k in trains], float).T


def circulant(h, n) -> np.ndarray:
    return linalg.circulant(np.append(h, np.zeros(n - len(h))))


class Passive:
    """A membrane with coloured noise that adds up potentials: 10 + 10 inputs, 40 others."""

    def __init__(self, seed, duration=40.0, size=0.4 * mV, noise=1 * mV, kinds=(10, 10, 40)):
        rng = np.random.default_rng(seed)
        self.duration, n = duration, round(duration / BIN)
        self.sizes = size * np.repeat([1.0, -1.0, 0.0], kinds)
        rates = rng.uniform(3, 10, self.sizes.size)
        self.trains = [
            np.sort(rng.uniform(0, duration, rng.poisson(rate * duration))) for rate in rates
        ]
        counts = [np.histogram(t, n, (0, duration))[0] for t in self.trains]
        h = KERNEL.samples(BIN)
        self.V = -0.06 + np.convolve(self.sizes @ np.array(counts), h)[:n]
        white = rng.normal(0, noise, n)
        for i in range(1, n):
            white[i] = 0.9 * white[i - 1] + np.sqrt(1 - 0.9**2) * white[i]
        self.V += white

    def test(self, **options):
        options = {"own_spikes": None, "n_surrogates": 50, **options}
        return regression_test(self.V, BIN, self.trains, **options)


@pytest.fixture(scope="module")
def passive() -> Passive:
    return Passive(1)


@pytest.mark.parametrize("delay", [2.5 * ms, 5 * ms, 8 * ms, 12.5 * ms])
def test_inputs_with_a_delay_are_found(delay):
    """Those of a neuron that gets its inputs late are here trains that were recorded early."""
    recording = record(50, 1, tabled_weight(50, WEIGHTS_FOR_4HZ, 0.4 * nS), 60.0)
    V = imaged(recording, Signal("before_reset", spike_SNR=40))
    trains = [recording.inputs[k] - delay for k in range(50)]
    rng = np.random.default_rng(1)
    others = [np.sort(rng.uniform(0, 60, t.size)) for t in trains]
    inputs = [t[t >= 0] for t in trains]
    test = regression_test(
        V, 0.1 * ms, [*inputs, *others], own_spikes=recording.spike_times, n_surrogates=50
    )
    wanted = [EXCITATORY if k < recording.n_exc else INHIBITORY for k in range(50)]
    assert (test.call[:50] == wanted).mean() > 0.9
    assert (test.call[50:] != "none").sum() <= 6
    assert test.kernel.δ == pytest.approx(delay, abs=1 * ms)


@settings(max_examples=20)
@given(
    seed=st.integers(0, 1000),
    window=st.sampled_from([0, 7, 50]),
    n_covariates=st.integers(0, 3),
    n_gaps=st.integers(0, 6),
)
def test_least_squares_and_errors_are_those_of_dense_matrices(seed, window, n_covariates, n_gaps):
    rng = np.random.default_rng(seed)
    n, n_bins = 900, 700
    spikes = spikes_of(rng, 8, n_bins)
    missing = np.zeros(n_bins, bool)
    for begin in rng.integers(0, n_bins, n_gaps):
        missing[begin : begin + rng.integers(1, 2 * LONGEST)] = True
    gaps = Gaps.of(missing, n)
    covariates = [gaps.bridge(x) for x in rng.normal(size=(n_covariates, n))]
    h, precision = KERNEL.samples(BIN, 150), rng.uniform(0.5, 2, n // 2 + 1)
    y = gaps.bridge(rng.normal(size=n))

    design = Design(Columns(spikes), gaps, window)
    design.set_filters(h, precision, np.array(covariates))
    b = design.correlate(design.without_covariates(y.copy()))
    target = 1e-13 * weighted_norm(b, design.diagonal)
    found = conjugate_gradients(design.normal, 0 * b, b, design.diagonal, target, 500)

    counts = counts_of(spikes, n)
    for begin in range(0, n_bins if window else 0, window or 1):
        interval = slice(begin, min(begin + window, n_bins))
        counts[interval] -= counts[interval].mean(axis=0)
    X = np.array([gaps.bridge(x) for x in (circulant(h, n) @ counts).T]).T
    X = np.column_stack([X, *covariates])
    root = circulant(np.fft.irfft(np.sqrt(precision), n), n)
    expected, *_ = np.linalg.lstsq(root @ X, root @ y, rcond=None)
    np.testing.assert_allclose(found.x, expected[:8], rtol=1e-7, atol=1e-9)


@settings(max_examples=20)
@given(seed=st.integers(0, 1000), n_covariates=st.integers(0, 3))
def test_the_normal_matrix_has_all_pairs_of_spikes(seed, n_covariates):
    """Of potentials that do not reach the recording's end, which is a circle here."""
    rng = np.random.default_rng(seed)
    n = 600
    spikes = spikes_of(rng, 8, 300)
    covariates = rng.normal(size=(n_covariates, n))
    design = Design(Columns(spikes), Gaps(*np.zeros((2, 0), int), n))
    design.set_filters(KERNEL.samples(BIN, 300), np.ones(n // 2 + 1), covariates)
    X = circulant(KERNEL.samples(BIN, 300), n) @ counts_of(spikes, n)
    C = covariates.T
    expected = X.T @ X
    if n_covariates:
        expected -= X.T @ C @ np.linalg.solve(C.T @ C, C.T @ X)
    np.testing.assert_allclose(design.normal_matrix(), expected, rtol=1e-9, atol=1e-9)


@settings(max_examples=10)
@given(seed=st.integers(0, 1000))
def test_products_of_spikes_are_those_of_counts(seed):
    rng = np.random.default_rng(seed)
    n_bins = int(rng.integers(200, 3 * BLOCK))
    spikes = spikes_of(rng, 5, n_bins)
    weights, values = rng.normal(size=5), rng.normal(size=n_bins)
    counts = counts_of(spikes, n_bins)
    for threads in (1, 2):
        scattered = SpikesByBin.of(spikes).sum(weights, np.full(n_bins, 7.0), threads)
        np.testing.assert_allclose(scattered, counts @ weights, atol=1e-12)
        np.testing.assert_allclose(spikes.look_up(values, threads), values @ counts, atol=1e-10)
    a = np.exp(-np.arange(30.0))
    near = spikes_of(rng, 5, 200)
    counts = counts_of(near, 200)
    products = counts.T @ linalg.toeplitz(np.append(a, np.zeros(170))) @ counts
    np.testing.assert_allclose(near.lags(40)[:, :30] @ a, np.diag(products), atol=1e-9)


@settings(max_examples=10)
@given(seed=st.integers(0, 1000))
def test_products_of_filtered_trains_are_sums_over_pairs_of_spikes(seed):
    rng = np.random.default_rng(seed)
    n_bins = int(rng.integers(30, 3 * BINS_AT_ONCE))
    n_trains = int(rng.integers(1, 2 * FILTERED_AT_ONCE))
    columns = Columns(spikes_of(rng, n_trains, n_bins))
    a = rng.normal(size=30)
    between = np.append(a, np.zeros(n_bins))[:n_bins]
    counts = counts_of(columns.spikes, n_bins)
    products = columns.products(a)
    np.testing.assert_allclose(products, counts.T @ linalg.toeplitz(between) @ counts, atol=1e-9)
    assert (columns.products(a, 3) == products).all()


@given(missing=st.lists(st.booleans(), min_size=2, max_size=300), seed=st.integers(0, 100))
def test_bridging_is_linear_interpolation_and_has_its_transpose(missing, seed):
    missing = np.array(missing)
    missing[0] = False
    n = missing.size + 20
    gaps, rng = Gaps.of(missing, n), np.random.default_rng(seed)
    x, y = rng.normal(size=(2, n))
    there = np.flatnonzero(np.append(~missing, np.zeros(20, bool)))
    bridged = gaps.bridge(x.copy())
    if gaps.length.max() <= LONGEST:
        expected = np.interp(np.arange(n), there, x[there], period=n)  # a circle
        np.testing.assert_allclose(bridged, expected, atol=1e-12)
    else:
        np.testing.assert_array_equal(bridged[there], x[there])
    assert bridged @ y == pytest.approx(x @ gaps.transpose(y.copy()), abs=1e-10)


def test_kernel_has_a_peak_of_one_and_is_averaged_over_bins():
    def h(t):
        t = np.maximum(t - KERNEL.δ, 0)
        return (np.exp(-t / KERNEL.τ_d) - np.exp(-t / KERNEL.τ_r)) / KERNEL.peak

    assert h(np.linspace(0, 0.1, 100_000)).max() == pytest.approx(1, abs=1e-8)
    for m in (0, 1, 5, 40):  # spikes in bin 0, samples in bin m
        scaled, _ = integrate.dblquad(lambda s, t: h(BIN * (t - s)), m, m + 1, 0, 1, epsabs=1e-9)[
            :2
        ]
        assert KERNEL.samples(BIN)[m] == pytest.approx(scaled, abs=1e-6)


def test_kernel_is_found():
    rng = np.random.default_rng(1)
    n = 20_000
    drive = rng.poisson(0.05, n).astype(float)
    signal = np.convolve(drive, KERNEL.samples(BIN))[:n] + rng.normal(0, 0.2, n)
    found = fit_kernel(Kernel(), BIN, drive, signal, np.ones(n // 2 + 1))
    np.testing.assert_allclose(found, KERNEL, atol=1 * ms)


def test_spectrum_of_white_noise_is_its_variance():
    density = spectral_density(np.random.default_rng(1).normal(3, 2, 300_000))
    assert density[2:-1].mean() == pytest.approx(4, rel=0.02)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_false_discovery_rates_are_scipys(p):
    np.testing.assert_allclose(
        false_discovery_rates(np.array(p)), stats.false_discovery_control(p), atol=1e-12
    )


def test_surrogates_keep_their_intervals_and_nothing_else():
    rng = np.random.default_rng(1)
    bins = np.sort(rng.integers(0, 1030, 4000)).astype(np.int32)
    moved = jitter(bins, 50, np.array([0, 1030]), rng)
    np.testing.assert_array_equal(np.bincount(moved // 50), np.bincount(bins // 50))
    assert moved.max() < 1030
    assert (np.diff(moved) >= 0).all()
    assert abs(np.corrcoef(np.bincount(bins % 50), np.bincount(moved % 50))[0, 1]) < 0.4


def test_sizes_are_recovered_within_their_errors(passive):
    test = passive.test(n_surrogates=200)
    off = (test.size - passive.sizes) / test.standard_error
    assert 0.8 < off.std() < 1.2
    assert abs(off.mean()) < 0.3
    shape, expected = test.kernel.samples(BIN, 80), KERNEL.samples(BIN, 80)
    np.testing.assert_allclose(shape, expected, atol=0.1)
    connected = passive.sizes != 0
    assert (
        test.call[connected] == np.where(passive.sizes > 0, "excitatory", "inhibitory")[connected]
    ).all()
    assert np.count_nonzero(test.call[~connected] != "none") <= 4
    assert not test.warnings


def test_standard_errors_are_those_of_the_normal_matrix():
    """Two trains that share most of their spikes can hardly be told apart."""
    passive = Passive(2)
    passive.trains[1] = np.sort(np.append(passive.trains[0][10:], passive.trains[1][:10]))
    errors = passive.test().standard_error
    assert errors[:2].min() > 2 * np.median(errors)


def test_unconnected_trains_are_called_as_often_as_said():
    passives = [Passive(seed, duration=20, size=0) for seed in range(12)]
    for null in ("surrogates", "empirical"):
        p = np.concatenate([passive.test(null=null).p for passive in passives])
        assert 0.03 < (p < 0.05).mean() < 0.08
    one = passives[0].test()
    assert np.sqrt((one.surrogate_z**2).mean()) == pytest.approx(1)


def test_rare_events_make_no_calls():
    """Without connections, trains of few spikes that meet events far beyond the noise."""
    calls, share, fitted = [], [], []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        events = 10 * np.bincount(rng.integers(0, 40_000, 20), minlength=40_000)
        V = np.convolve(events, KERNEL.samples(BIN))[:40_000] + rng.normal(size=40_000)
        trains = [np.unique(rng.uniform(0, 40, 60)) for _ in range(60)]
        test = regression_test(V * mV, BIN, trains, own_spikes=None, n_surrogates=50)
        calls.append((test.call != "none").any())
        share.append((test.p < 0.05).mean())
        fitted.append(test.kernel != Kernel())
    assert sum(calls) <= 4  # 5 % are 2
    assert sum(fitted) <= 2
    assert 0.03 < np.mean(share) < 0.07


def test_values_of_heavy_tails_become_normal():
    z = stats.t.rvs(10, size=100_000, random_state=1) / np.sqrt(10 / 8)
    kurtosis = np.full(z.size, 6 / (10 - 4))
    assert stats.kstest(as_normal(z, kurtosis), "norm").pvalue > 0.05
    assert (as_normal(z, -kurtosis) == z).all()
    assert (as_normal(np.array([-50.0, 50]), np.array([1e-9, 1e-9])) == [-50, 50]).all()


@pytest.mark.parametrize(("factor", "excess"), [(1.3, 0.0), (1.0, 0.8)])
def test_the_bulk_is_found_beside_connected_trains(factor, excess):
    """Of errors that differ, with a mean that all share; 10 % lie far from it."""
    rng = np.random.default_rng(1)
    errors = np.exp(0.5 * rng.standard_normal(4000))
    sizes = 2 + rng.standard_normal(4000) * np.hypot(factor * errors, excess)
    sizes[:400] += 15 * errors[:400]
    found = bulk(sizes, errors)
    np.testing.assert_allclose(found, [2, factor, excess], atol=0.12)
    z = found.z(sizes, errors)[400:]
    few, many = np.array_split(z[np.argsort(errors[400:])], 2)
    for some in (few, many):
        assert some.std() == pytest.approx(1, abs=0.05)
        assert abs(some.mean()) < 0.06


def test_one_train_at_a_time_has_wider_errors(passive):
    joint, marginal = passive.test(), passive.test(weights="marginal")
    assert (marginal.size * passive.sizes)[:20].min() > 0
    assert np.abs(joint.z[:20]).mean() > 1.2 * np.abs(marginal.z[:20]).mean()


def test_result_does_not_depend_on_threads(passive):
    one, two = passive.test(), passive.test(threads=2)
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a, b)


def test_result_does_not_depend_on_the_order_of_trains(passive):
    order = np.random.default_rng(0).permutation(60)
    turned = regression_test(
        passive.V, BIN, [passive.trains[k] for k in order], own_spikes=None, n_surrogates=50
    )
    np.testing.assert_allclose(turned.z, passive.test().z[order], rtol=1e-6, atol=1e-6)


def test_result_does_not_depend_on_units(passive):
    in_mV = regression_test(passive.V / mV, BIN, passive.trains, own_spikes=None, n_surrogates=50)
    np.testing.assert_allclose(in_mV.z, passive.test().z, rtol=1e-4, atol=1e-4)


def test_result_does_not_depend_on_when_it_was(passive):
    """All by so many bins later, in a recording of which only a part is there."""
    shift, length = 2048, passive.V.size + 3 * 2048
    results = []
    for begin in (2048, 2048 + shift):
        V = np.full(length, np.nan)
        V[begin : begin + passive.V.size] = passive.V
        excluded = [(0, begin * BIN), ((begin + passive.V.size) * BIN, length * BIN)]
        trains = [times + begin * BIN for times in passive.trains]
        options = {
            "own_spikes": None,
            "n_surrogates": 50,
            "excluded": excluded,
            "surrogate_interval": 64 * ms,
        }
        results.append(regression_test(V, BIN, trains, **options))
    np.testing.assert_allclose(results[0].z, results[1].z, rtol=1e-6, atol=1e-6)


def test_gaps_and_own_spikes_are_not_looked_at(passive):
    """Whatever the voltage is there."""
    own = np.arange(1.0, 39.0, 0.5)
    V = passive.V.copy()
    V[around(own, BIN, V.size, 0, 1 * ms)] += 0.1
    found = regression_test(V, BIN, passive.trains, n_surrogates=50, own_spikes=own)
    same = regression_test(passive.V, BIN, passive.trains, own_spikes=own, n_surrogates=50)
    np.testing.assert_allclose(found.z, same.z, rtol=1e-9)
    np.testing.assert_allclose(detect_spikes(V, BIN), own, atol=1.01 * BIN)


def test_own_spikes_are_detected_beside_what_is_excluded(passive):
    own = np.arange(3.0, 39.0, 0.5) + BIN / 2
    V = passive.V.copy()
    V[(own / BIN).astype(int)] += 0.1
    V[:2000] = np.nan
    options = {"excluded": [(0, 2)], "n_surrogates": 50}
    given, detected, none = (
        regression_test(V, BIN, passive.trains, own_spikes=spikes, **options)
        for spikes in (own, "detect", None)
    )
    np.testing.assert_allclose(detected.z, given.z, atol=0.5)
    assert np.abs(none.z - given.z).max() > 1


def test_covariates_explain_what_they_are(passive):
    """A field potential that is large and as fast as the potentials."""
    rng = np.random.default_rng(4)
    field = np.convolve(rng.normal(size=passive.V.size), np.exp(-np.arange(50) / 10))[:-49]
    V, options = passive.V + 1 * mV * field, {"own_spikes": None, "n_surrogates": 50}
    known = regression_test(V, BIN, passive.trains, covariates=[field], **options)
    unknown = regression_test(V, BIN, passive.trains, **options)
    np.testing.assert_allclose(known.z, passive.test().z, atol=1)
    assert np.abs(unknown.z[:20]).mean() < 0.8 * np.abs(known.z[:20]).mean()


def test_a_mixture_is_found():
    rng = np.random.default_rng(1)
    kind = rng.choice(3, 3000, p=[0.6, 0.25, 0.15])
    size = np.array([0, 2.0, -3.0])[kind] + rng.normal(size=3000) * np.array([0, 0.3, 0.5])[kind]
    τ = rng.uniform(0.3, 1, 3000)
    found = fit_mixture(size + rng.normal(size=3000) * np.sqrt(τ), τ)
    np.testing.assert_allclose(found.π, [0.6, 0.25, 0.15], atol=0.03)
    np.testing.assert_allclose(found.μ, [0, 2, -3], atol=0.1)
    np.testing.assert_allclose(found.s, [0, 0.3, 0.5], atol=0.2)
    assert fit_mixture(rng.normal(size=3000), np.ones(3000)) is None


def test_moments_are_integrals():
    mixture = Mixture(np.array([0.5, 0.3, 0.2]), np.array([0, 1.0, -2.0]), np.array([0, 0.2, 0.7]))
    w = np.linspace(-8, 8, 200_001)
    prior = sum(π * stats.norm.pdf(w, μ, max(s, 1e-3)) for π, μ, s in zip(*mixture, strict=True))
    for r, τ in ((0.5, 0.3), (-3, 2.0), (1.2, 0.05)):
        density = prior * stats.norm.pdf(r, w, np.sqrt(τ))
        mean = (density @ w) / density.sum()
        variance = (density @ (w - mean) ** 2) / density.sum()
        found = moments(np.array([r]), np.array([τ]), mixture)
        np.testing.assert_allclose(np.ravel(found), [mean, variance], rtol=1e-4)


def test_what_all_sizes_look_like_tells_more_about_each():
    """Of 300 trains in 20 s: the prior of a train has no part in its own test."""
    kinds = np.repeat([EXCITATORY, INHIBITORY, UNCONNECTED], [50, 50, 200])
    p = []
    for seed in (5, 6):
        passive = Passive(seed, duration=20, kinds=[50, 50, 200], noise=1.5 * mV)
        joint, mixture = (
            passive.test(weights=weights, n_surrogates=200) for weights in ("joint", "mixture")
        )
        assert score(mixture.z, kinds).AUC > score(joint.z, kinds).AUC
        np.testing.assert_allclose(mixture.mixture.π, [2 / 3, 1 / 6, 1 / 6], atol=0.1)
        np.testing.assert_allclose(mixture.mixture.μ[1:] / mV, [0.4, -0.4], atol=0.1)
        p.append(mixture.p[100:])
    assert 0.02 < (np.concatenate(p) < 0.05).mean() < 0.09


def test_a_timing_window_takes_away_what_is_slow(passive):
    """Rates and voltage go up and down together, four times a second."""
    rng = np.random.default_rng(3)
    n = passive.V.size
    rhythm = np.sin(2 * np.pi * 4 * BIN * np.arange(n))
    V = passive.V + 3 * mV * rhythm
    trains = [np.flatnonzero(rng.random(n) < 0.006 * (1 + rhythm)) * BIN for _ in range(60)]
    plain = regression_test(V, BIN, trains, own_spikes=None)
    centred = regression_test(V, BIN, trains, own_spikes=None, timing_window=50 * ms)
    assert (centred.p < 0.05).mean() < 0.15
    assert abs(centred.shift) < max(0.6, abs(plain.shift))


def test_trains_that_tell_nothing_are_flagged(passive):
    trains = [*passive.trains[:30], np.empty(0), np.array([1.0, 2.0]), passive.trains[3]]
    test = regression_test(passive.V, BIN, trains, own_spikes=None)
    assert test.flag[-3:].tolist() == ["silent", "few spikes", "copy of train 3"]
    for column in (test.size, test.standard_error, test.t, test.z, test.p, test.q):
        assert np.isnan(column[-3:]).all()
        assert np.isfinite(column[:-3]).all()
    assert test.call[-3:].tolist() == ["none"] * 3


V = np.random.default_rng(0).normal(size=5000)
TRAINS = [np.arange(0.1, 4.9, 0.1), np.arange(0.15, 4.9, 0.13)]


@pytest.mark.parametrize(
    ("V", "trains", "options", "message"),
    [
        (np.full(5000, -0.06), TRAINS, {}, "the voltage is -0.06 V throughout"),
        (np.where(np.arange(5000) == 7, np.nan, V), TRAINS, {}, "1 of 5000 voltages are NaN"),
        (V[:500], [TRAINS[0][:4]], {}, "at least 1 s is needed"),
        (np.ones((2, 50)), TRAINS, {}, "V has to be a list of numbers"),
        (V, [np.array([3.0])], {}, "none of 1 trains has 5 spikes"),
        (V, [TRAINS[0][::-1]], {}, r"the spikes of trains\[0\] are not in ascending order"),
        (V, [TRAINS[0], TRAINS[0] + 1], {}, r"the spikes of trains\[1\].* go beyond the recording"),
        (V, [np.append(TRAINS[0], np.nan)], {}, r"trains\[0\] are NaN"),
        (V, TRAINS, {"weights": "all"}, "weights has to be one of"),
        (V, TRAINS, {"null": "none"}, "null has to be one of"),
        (V, TRAINS, {"null": "empirical"}, "takes 30 trains or more, .* and 2 can be tested"),
        (V, TRAINS, {"n_surrogates": 3}, "n_surrogates has to be 20 or more"),
        (V, TRAINS, {"false_discovery_rate": 5}, "false_discovery_rate has to lie between 0 and 1"),
        (V, TRAINS, {"rounds": 0}, "rounds has to be 1 or more"),
        (V, TRAINS, {"own_spikes": [9.0]}, "the spikes of own_spikes.* go beyond"),
    ],
)
def test_what_makes_no_sense_is_refused(V, trains, options, message):
    with pytest.raises(ValueError, match=message):
        regression_test(V, BIN, trains, **options)
