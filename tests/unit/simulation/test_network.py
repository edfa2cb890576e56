"""The network against the notebook's step order in plain NumPy."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from scipy.sparse import coo_array, random_array

from nto1.errors import DivergenceError
from nto1.neurons.izhikevich import Izhikevich
from nto1.random.stream import next_normal, seeded
from nto1.simulation.network import Network, simulate_network
from nto1.units import ms, mV, nS

NOTEBOOK = Network.of(
    [[0, 4 * nS, 0, 0], [0, 0, 0, 0], [0, 4 * nS, 0, 0], [0, 0, 0, 0]], [0, 0, 0, -65 * mV]
)


@njit
def many_normals(n, state):
    z = np.empty(n)
    for i in range(n):
        z[i], state = next_normal(state)
    return z


def oracle(Δg, E_syn, τ, σ, n_steps, dt, noise):
    """The notebook's cell, with one conductance for each pair of neurons [from, to]."""
    p, N = Izhikevich(), len(E_syn)
    v, u, g = np.full(N, p.v_r), np.zeros(N), np.zeros((N, N))
    v_syn = np.reshape(E_syn, (N, 1))
    trace, spikes = np.empty((n_steps, N)), []
    for i in range(n_steps):
        g -= g / τ * dt
        I_syn = np.sum(g * (v_syn - v), axis=0)
        v += (p.k * (v - p.v_r) * (v - p.v_t) - u + I_syn) / p.C * dt + σ * sqrt(dt) * noise[i]
        u += p.a * (p.b * (v - p.v_r) - u) * dt
        has_spiked = v >= p.v_peak
        v[has_spiked] = p.c
        u[has_spiked] += p.d
        g += Δg * has_spiked[:, np.newaxis]
        spikes += [(i, j) for j in np.flatnonzero(has_spiked)]
        trace[i] = v
        if i > 0:
            trace[i - 1, has_spiked] = p.v_peak
    return np.array(spikes).reshape(-1, 2), trace


@settings(max_examples=15)
@given(st.integers(1, 6), st.integers(0, 1000), st.floats(1, 6), st.booleans())
def test_like_the_notebook(N, seed, σ_mV, sparse):
    rng = np.random.default_rng(seed)
    Δg = rng.uniform(0, 20 * nS, (N, N)) * (rng.random((N, N)) < 0.5)
    np.fill_diagonal(Δg, 0)
    E_syn = rng.choice([0, -65 * mV, -80 * mV], N)
    σ, dt, n_steps = σ_mV * mV / sqrt(ms), 0.1 * ms, 2000
    noise = many_normals(n_steps * N, seeded(seed)).reshape(n_steps, N)
    spikes, trace = oracle(Δg, E_syn, 7 * ms, σ, n_steps, dt, noise)

    network = Network.of(coo_array(Δg) if sparse else Δg, E_syn, 7 * ms, σ)
    activity = simulate_network(network, n_steps * dt, dt, seed, range(N))
    np.testing.assert_array_equal(activity.spike_neurons, spikes[:, 1])
    np.testing.assert_allclose(activity.spike_times, spikes[:, 0] * dt)
    np.testing.assert_allclose(activity.v, trace, atol=1e-9)


def test_recording_does_not_change_results():
    without, one, all_of_them = (
        simulate_network(NOTEBOOK, 5, 0.1 * ms, 3, recorded) for recorded in ((), [2], [3, 0, 1, 2])
    )
    for activity in (one, all_of_them):
        np.testing.assert_array_equal(activity.spike_times, without.spike_times)
        np.testing.assert_array_equal(activity.spike_neurons, without.spike_neurons)
    assert without.v.shape == (50_000, 0)
    np.testing.assert_array_equal(one.v[:, 0], all_of_them.v[:, 3])


def test_spikes_are_drawn_up_to_the_peak():
    activity = simulate_network(NOTEBOOK, 5, 0.1 * ms, 0, [0])
    steps = np.round(activity.spike_times[activity.spike_neurons == 0] / (0.1 * ms)).astype(int)
    assert len(steps) > 5
    assert (activity.v[steps - 1, 0] == 35 * mV).all()
    assert (activity.v[steps, 0] == -50 * mV).all()


def test_half_the_time_step_leaves_the_rates():
    """Of 300 unconnected neurons: noise that grew with dt instead of √dt would halve or double
    them."""
    network = Network.of(np.zeros((300, 300)), np.zeros(300))
    rates = [
        simulate_network(network, 10, dt, seed).spike_times.size / 3000
        for seed, dt in ((0, 0.1 * ms), (1, 0.05 * ms))
    ]
    assert 2 < rates[0] < 4
    assert rates[1] == pytest.approx(rates[0], rel=0.05)


def test_an_excitatory_synapse_excites():
    strong = Network.of([[0, 40 * nS], [0, 0]], [0, 0])
    weak = Network.of([[0, 0], [0, 0]], [0, 0])
    driven, alone = (
        np.sum(simulate_network(n, 10, 0.1 * ms, 0).spike_neurons == 1) for n in (strong, weak)
    )
    assert driven > 1.5 * alone


def test_a_matrix_dense_or_sparse_is_the_same_network():
    Δg = random_array((40, 40), density=0.2, rng=np.random.default_rng(0)).tocoo()
    Δg.setdiag(0)
    Δg = Δg * 10 * nS
    E_syn = np.where(np.arange(40) < 30, 0, -65 * mV)
    dense, sparse = (
        simulate_network(Network.of(m, E_syn), 1, 0.1 * ms, 0, [5]) for m in (Δg.toarray(), Δg)
    )
    np.testing.assert_array_equal(dense.spike_times, sparse.spike_times)
    np.testing.assert_array_equal(dense.v, sparse.v)


def test_ten_thousand_neurons_with_a_hundred_synapses_each():
    N, rng = 10_000, np.random.default_rng(0)
    before, after = np.repeat(np.arange(N), 100), rng.integers(0, N, 100 * N)
    weights = np.where(before == after, 0, 0.1 * nS)
    E_syn = np.where(np.arange(N) < 8000, 0, -65 * mV)
    network = Network.of(coo_array((weights, (before, after)), shape=(N, N)), E_syn)
    activity = simulate_network(network, 0.1, recorded=[0, 9999])
    assert activity.spike_times.size > 500
    assert activity.v.shape == (1000, 2)


@pytest.mark.parametrize(
    ("Δg", "message"),
    [
        (np.zeros((3, 4)), "the connections of 4 neurons are a matrix of 4 × 4, this is 3 × 4"),
        (np.zeros(4), "this is 4"),
        (-np.ones((4, 4)), "have to be finite, and not negative"),
        (np.full((4, 4), np.nan), "have to be finite, and not negative"),
        (np.eye(4), "neuron 0 connects to itself, as do 3 others"),
    ],
)
def test_bad_matrices(Δg, message):
    with pytest.raises(ValueError, match=message):
        Network.of(Δg, np.zeros(4))


def test_self_connections_that_are_asked_for():
    assert Network.of(np.eye(4) * nS, np.zeros(4), allow_self_connections=True).Δg.nnz == 4


def test_unknown_neuron():
    with pytest.raises(ValueError, match="can't record neuron 4: there are neurons 0 … 3"):
        simulate_network(NOTEBOOK, recorded=[0, 4])


def test_divergence_names_neuron_and_time():
    network = Network.of([[0, 1], [0, 0]], [-65 * mV, 0])
    with pytest.raises(DivergenceError, match=r"neuron 1 diverged at t = \d+\.\d+ s"):
        simulate_network(network, 10, 0.1 * ms, 0)
