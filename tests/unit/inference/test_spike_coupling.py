"""Spikes alone: against dense matrices, on simulations with a known answer, on the network."""

import numpy as np
import pytest
import scipy

from nto1 import score, spike_coupling_test
from nto1.inference import method, spike_coupling
from nto1.inference.method import Problem, methods
from nto1.inference.regression import with_surrogates
from nto1.inference.spike_coupling import METHOD, START, _counted, _normal
from nto1.regression.calibration import p_values
from nto1.regression.design import Spikes
from nto1.regression.kernel import precision, spectral_density
from nto1.regression.signal import bins_of
from nto1.simulation.adex_network import RandomNetwork, simulate_random_network
from nto1.units import ms

BIN = 1 * ms


def poisson(rng, rate, duration) -> np.ndarray:
    """Of a rate (Hz), or of one for every millisecond."""
    n = round(duration / BIN)
    bins = np.flatnonzero(rng.random(n) < np.broadcast_to(rate, n) * BIN)
    return (bins + rng.random(bins.size)) * BIN


def driven(rng, train, efficacy, delay, decay=3 * ms) -> np.ndarray:
    """Spikes that some of a train's spikes cause."""
    caused = train[rng.random(train.size) < efficacy]
    return caused + delay + rng.exponential(decay, caused.size)


def together(*trains, duration) -> np.ndarray:
    times = np.unique(np.concatenate(trains))
    return times[times < duration]


@pytest.mark.parametrize("weights", ["joint", "marginal"])
@pytest.mark.parametrize("baseline", [0, 50 * ms])
def test_z_is_that_of_dense_least_squares(weights, baseline):
    rng, duration, n = np.random.default_rng(3), 3.0, 3000
    trains = [poisson(rng, 15, duration) for _ in range(4)]
    output = together(driven(rng, trains[0], 0.5, 2 * ms), poisson(rng, 20, 3), duration=duration)
    test = spike_coupling_test(
        *(output, duration, trains), weights=weights, baseline=baseline, rounds=1, n_surrogates=20
    )

    signal = _counted(output, duration, BIN)
    n_spikes = np.array([t.size for t in trains])
    spikes = Spikes.of(bins_of(trains, BIN, n), n_spikes, n)
    columns = with_surrogates(spikes, np.arange(4), 20, 50, signal.gaps, 1)
    circle = signal.y.size
    counts = np.array([np.bincount(columns.train(k), minlength=circle) for k in range(24)]).T
    h = START.samples(BIN)
    X = scipy.linalg.circulant(np.append(h, np.zeros(circle - h.size))) @ counts
    f = scipy.fft.rfftfreq(circle, BIN)
    G = np.exp(-2 * (np.pi * f * baseline) ** 2) if baseline else 0
    filter = precision(spectral_density(signal.y[:n]), circle)
    filter[0] = filter[1]
    filter *= (1 - G) ** 2
    W = scipy.linalg.circulant(scipy.fft.irfft(filter, circle))
    constant = W @ (np.arange(circle) < n)
    if not baseline:
        W -= np.outer(constant, constant) / constant[:n].sum()
    t = np.array([t_beside(X, W, signal.y, k, weights == "joint") for k in range(24)])
    g = scipy.fft.irfft(scipy.fft.rfft(h, circle) * filter, circle)
    skewness = (g**3).sum() / (g**2).sum() ** 1.5 / np.sqrt(output.size / n * n_spikes)
    expected = _normal(t[:4] / np.sqrt((t[4:] ** 2).mean()), skewness)
    np.testing.assert_allclose(test.z, expected, rtol=0.02, atol=0.02)
    np.testing.assert_allclose(test.p, p_values(test.z))


def t_beside(X, W, y, k: int, joint: bool) -> float:
    """Of column k; beside the other ones of the first four, whose sizes are normal with the
    likeliest variance, if there are any."""
    others = [i for i in range(4 if joint else 0) if i != k]
    if others:
        A, b = X[:, :4].T @ W @ X[:, :4], X[:, :4].T @ W @ y

        def unlikely(log_variance):
            return -scipy.stats.multivariate_normal(cov=A + np.exp(log_variance) * A @ A).logpdf(b)

        variance = np.exp(scipy.optimize.minimize_scalar(unlikely, bounds=(-20, 5)).x)
        WZ = W @ X[:, others]
        noise = X[:, others].T @ WZ + np.eye(len(others)) / variance
        W = W - WZ @ np.linalg.solve(noise, WZ.T)
    return X[:, k] @ W @ y / np.sqrt(X[:, k] @ W @ X[:, k])


@pytest.mark.parametrize("mean", [3.0, 10.0, 40.0])
def test_a_count_is_made_normal(mean):
    """Mid-p-values of a Poisson count, but for 0, which is an atom."""
    law, count = scipy.stats.poisson(mean), np.arange(1, int(mean + 3.5 * np.sqrt(mean)))
    expected = scipy.special.ndtri(law.cdf(count) - law.pmf(count) / 2)
    t = (count - mean) / np.sqrt(mean)
    z = _normal(t, np.full(t.size, 1 / np.sqrt(mean)))
    near = np.abs(expected) < 2.6
    assert np.abs(z - expected)[near].max() < 0.12
    assert np.abs(t - expected)[near].max() > 2 * np.abs(z - expected)[near].max()


def test_efficacies_signs_and_delays_are_those_simulated():
    rng, duration = np.random.default_rng(1), 300.0
    trains = [poisson(rng, 5, duration) for _ in range(12)]
    background = poisson(rng, 20, duration)
    inhibited = np.searchsorted(trains[2], background)  # none in the 10 ms after a spike
    since = background - np.append(-1, trains[2])[inhibited]
    output = together(
        *(background[(since > 10 * ms) | (since < 0)],),
        *(driven(rng, trains[k], e, d) for k, e, d in ((0, 0.2, 2 * ms), (1, 0.1, 6 * ms))),
        duration=duration,
    )
    test = spike_coupling_test(output, duration, trains)
    assert test.call[:3].tolist() == ["excitatory", "excitatory", "inhibitory"]
    assert (test.call != "none").sum() <= 4
    for k, efficacy in ((0, 0.2), (1, 0.1)):
        assert abs(test.efficacy[k] - efficacy) < 4 * test.standard_error[k] + 0.2 * efficacy
    assert 1 * ms <= test.delay[0] < test.delay[1] - 2 * ms
    assert np.isnan(test.delay[test.call == "none"]).all()
    assert (np.diff((test.efficacy / test.standard_error)[np.argsort(test.z)]) > 0).all()


# How rates change that all trains and the neuron share.
SITUATIONS = {
    "Poisson": lambda t: 1 + 0 * t,
    "drift": lambda t: 0.5 + t / t[-1],
    "1 Hz": lambda t: 1 + 0.8 * np.sin(2 * np.pi * t),
    "8 Hz": lambda t: 1 + 0.8 * np.sin(2 * np.pi * 8 * t),
    "up and down": lambda t: 0.2 + 1.6 * (np.sin(2 * np.pi * t / 1.3) > 0),
}


@pytest.mark.parametrize("weights", ["joint", "marginal"])
@pytest.mark.parametrize("situation", SITUATIONS)
def test_one_in_twenty_unconnected_trains_is_below_5_percent(situation, weights):
    """Beside surrogates for what is slow; faster rhythms take the empirical null."""
    null = "empirical" if situation == "8 Hz" else "surrogates"
    duration, p = 120.0, []
    modulation = SITUATIONS[situation](np.arange(0, duration, BIN))
    for seed in range(4):
        rng = np.random.default_rng(seed)
        trains = [poisson(rng, 8 * modulation, duration) for _ in range(60)]
        output = poisson(rng, 10 * modulation, duration)
        p.append(spike_coupling_test(output, duration, trains, weights=weights, null=null).p)
    assert 0.01 <= (np.concatenate(p) < 0.05).mean() <= 0.085


def test_a_train_that_drives_another_input_is_explained_away():
    """Train 0 drives train 1, which drives the neuron; and train 2 as well as the neuron is driven
    by train 3."""
    rng, duration = np.random.default_rng(2), 600.0
    first, common = poisson(rng, 10, duration), poisson(rng, 10, duration)
    second = together(driven(rng, first, 0.5, 1 * ms, 1 * ms), poisson(rng, 2, 600), duration=600)
    late = together(driven(rng, common, 0.5, 1 * ms, 1 * ms), poisson(rng, 2, 600), duration=600)
    output = together(
        driven(rng, second, 0.3, 1 * ms, 2 * ms),
        driven(rng, common, 0.3, 1 * ms, 2 * ms),
        poisson(rng, 5, duration),
        duration=duration,
    )
    trains = [first, second, late, common, *(poisson(rng, 8, duration) for _ in range(6))]
    joint, marginal = (
        spike_coupling_test(output, duration, trains, weights=weights)
        for weights in ("joint", "marginal")
    )
    assert (joint.call[[1, 3]] == "excitatory").all()
    assert (marginal.call[:4] == "excitatory").all()
    assert (np.abs(joint.z[[0, 2]]) < np.abs(marginal.z[[0, 2]]) / 2).all()


@pytest.fixture(scope="module")
def network():
    """Kinds of the published network's pairs, and its spikes of 60 s."""
    parameters = RandomNetwork()
    matrix, _, activity = simulate_random_network(parameters, 60.0, seed=1234)
    times = [(activity.spikes_of(i) + 0.5) * 0.1 * ms for i in range(parameters.N)]
    kinds = np.array(["inhibitory", "unconnected", "excitatory"])[np.sign(matrix).astype(int) + 1]
    return times, kinds, parameters.presynaptic


@pytest.mark.parametrize(("weights", "AUC"), [("joint", 0.99), ("marginal", 0.95)])
def test_the_published_network(network, weights, AUC):
    """For every eighth neuron, 1274 pairs in all."""
    times, kinds, senders = network
    z, connected, p = [], [], []
    for target in range(0, len(times), 8):
        others = senders[senders != target]
        test = spike_coupling_test(
            times[target], 60.0, [times[k] for k in others], weights=weights, n_surrogates=50
        )
        z.append(test.z)
        p.append(test.p)
        connected.append(kinds[others, target])
    connected = np.concatenate(connected)
    found = score(np.concatenate(z), connected)
    assert found.AUC > AUC
    if weights == "joint":
        assert (np.concatenate(p)[connected == "unconnected"] < 0.05).mean() < 0.08


def test_ten_seconds(network):
    """Of the same network, for every fourth neuron: about 50 output spikes each."""
    times, kinds, senders = network
    found, connected = [], []
    for target in range(0, len(times), 4):
        others = senders[senders != target]
        trains = [times[k][times[k] < 10] for k in others]
        found.append(spike_coupling_test(times[target][times[target] < 10], 10.0, trains))
        connected.append(kinds[others, target])
    z, p, call = (
        np.concatenate([getattr(test, name) for test in found]) for name in ("z", "p", "call")
    )
    connected = np.concatenate(connected)
    assert score(z, connected).AUC > 0.81
    false = connected == "unconnected"
    assert 0.02 < (p[false] < 0.05).mean() < 0.07
    assert (p[false] < 0.001).mean() < 0.003
    called = call != "none"
    assert called.sum() > 25
    assert (called & false).sum() / called.sum() < 0.2


def test_nothing_is_said_of_a_silent_neuron_or_train():
    rng = np.random.default_rng(0)
    trains = [poisson(rng, 10, 10.0), np.empty(0), np.array([1.0, 2.0])]
    output = poisson(rng, 10, 10.0)
    test = spike_coupling_test(output, 10.0, [*trains, trains[0]])
    assert test.flag.tolist() == ["", "silent", "few spikes", "copy of train 0"]
    assert np.isnan(test.z).tolist() == [False, True, True, True]
    with pytest.raises(ValueError, match="the neuron has 2 spikes in 10 s"):
        spike_coupling_test(output[:2], 10.0, trains)
    with pytest.raises(ValueError, match="none of 2 trains"):
        spike_coupling_test(output, 10.0, trains[1:])
    with pytest.raises(ValueError, match="weights has to be one of joint, marginal"):
        spike_coupling_test(output, 10.0, trains, weights="mixture")
    options = {f"spike_coupling_{key}": option.default for key, option in METHOD.own.items()}
    problem = Problem([np.zeros(100_000)], 1e-4, trains, output[:2], np.arange(3))
    (outcome,) = methods()["spike_coupling"].run(
        problem, method.Test("spike_coupling", tuple(options.items())), None
    )
    assert np.isnan([outcome.t, *outcome.columns.values()]).all()


def test_very_many_trains_are_tested_each_by_itself(monkeypatch):
    rng = np.random.default_rng(0)
    trains, output = [poisson(rng, 10, 10.0) for _ in range(6)], poisson(rng, 10, 10.0)
    joint, marginal = (
        spike_coupling_test(output, 10.0, trains, weights=weights).z
        for weights in ("joint", "marginal")
    )
    assert (joint != marginal).all()
    monkeypatch.setattr(spike_coupling, "MAX_JOINT", 5)
    assert (spike_coupling_test(output, 10.0, trains).z == marginal).all()
