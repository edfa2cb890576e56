"""The thesis's network of 1000 neurons: what was printed of it, and a plain loop."""

from collections import deque
from math import exp, sqrt

import numpy as np
import pytest
from numba import njit

from nto1.random.stream import next_normal, next_uniform, ordered_sample, seeded, uniforms
from nto1.simulation.izhikevich_network import (
    LognormalNetwork,
    choose_unconnected,
    draw_network,
    simulate_lognormal_network,
)
from nto1.simulation.network import Connections
from nto1.units import mV, nS, pA

SEED = 22022022
SMALL = LognormalNetwork(
    N=20, N_exc=15, p_connected=0.3, mean_exc_weight=8 * nS, E_inh=-70 * mV, noise=9 * pA
)


@njit
def in_bulk(n, state):
    return uniforms(n, state)


@njit
def one_by_one(n, state):
    z = np.empty(n)
    for i in range(n):
        z[i], state = next_normal(state)
    return z


def plain_draw(p: LognormalNetwork, n_normals: int):
    """Synapses (source, target, weight), one by one, and the normals after these."""
    u, state = in_bulk(p.N**2, seeded(SEED))
    u = u.reshape(p.N, p.N)
    pairs = [
        (source, target)
        for target in range(p.N)
        for source in range(p.N)
        if u[target, source] < p.p_connected and source != target
    ]
    z = one_by_one(len(pairs) + n_normals, tuple(np.array(state, np.uint64)))
    synapses = []
    for (source, target), of_weight in zip(pairs, z, strict=False):
        factor = 1 if source < p.N_exc else p.inh_to_exc_weight
        synapses.append((source, target, factor * p.mean_exc_weight * exp(of_weight - 0.5)))
    return synapses, z[len(pairs) :]


def plain_run(p: LognormalNetwork, duration: float, dt: float):
    """Spikes (step, neuron), and the voltage of neuron 0 after each step."""
    n_steps = round(duration / dt)
    synapses, z = plain_draw(p, n_steps * p.N)
    m = p.neuron
    v, u, g = np.full(p.N, m.v_r), np.zeros(p.N), np.zeros((2, p.N))
    spikes, V, on_the_way, t, i_z = [], [], deque(), 0.0, 0
    for step in range(n_steps):
        I_syn = g[0] * (v - p.E_exc) + g[1] * (v - p.E_inh)
        I_out = I_syn - p.injected_current + p.noise * z[i_z : i_z + p.N] / sqrt(dt)
        i_z += p.N
        dv = (m.k * (v - m.v_r) * (v - m.v_t) - u - I_out) / m.C
        du = m.a * (m.b * (v - m.v_r) - u)
        v, u, g = v + dt * dv, u + dt * du, g - dt * g / p.τ_g
        t += dt
        for neuron in np.flatnonzero(v >= m.v_peak).tolist():
            v[neuron] = m.c
            u[neuron] += m.d
            spikes.append((step, neuron))
            on_the_way.append((t, neuron))
        V.append(v[0])
        while on_the_way and on_the_way[0][0] + p.delay <= t:
            sender = on_the_way.popleft()[1]
            for source, target, weight in synapses:
                if source == sender:
                    g[int(source >= p.N_exc), target] += weight
    return spikes, np.array(V)


@pytest.mark.parametrize("delay", [10e-3, 0.0])
def test_a_run_is_that_of_a_plain_loop(delay):
    """With a step that does not add up to whole delays: their rounding is the published one."""
    p, dt = SMALL._replace(delay=delay), 0.1e-3
    spikes, V = plain_run(p, 0.6, dt)
    _, activity = simulate_lognormal_network(p, 0.6, dt, SEED, {"v": [0]})
    assert len(spikes) > 40
    assert spikes == [*zip(activity.spike_steps, activity.spike_neurons, strict=True)]
    np.testing.assert_allclose(activity.recorded["v"][1:, 0], V, atol=1e-9)


def test_weights_are_lognormal():
    connections = draw_network(LognormalNetwork(), SEED).network.connections
    is_exc = connections.source < 800
    logs = np.log(connections.weight / nS)
    for some, mean in ((is_exc, 0.5), (~is_exc, 2.0)):
        assert logs[some].std() == pytest.approx(1, abs=0.03)
        assert logs[some].mean() == pytest.approx(np.log(mean) - 0.5, abs=0.03)


def plain_path_lengths(pairs, N):
    lengths = np.full((N, N), np.inf)
    for first in range(N):
        lengths[first, first], queue = 0, deque([first])
        while queue:
            i = queue.popleft()
            for source, target in pairs:
                if source == i and lengths[first, target] == np.inf:
                    lengths[first, target] = lengths[first, i] + 1
                    queue.append(target)
    return lengths


def test_path_lengths():
    rng = np.random.default_rng(1)
    matrix = rng.random((12, 12)) < 0.12
    np.fill_diagonal(matrix, False)
    lengths = Connections.of_matrix(matrix * nS, np.zeros(12)).path_lengths()
    expected = plain_path_lengths(np.argwhere(matrix).tolist(), 12)
    assert {0, 1, 2, 3, np.inf} <= set(expected.ravel())
    np.testing.assert_array_equal(lengths, expected)


def test_tested_neurons_send_nothing():
    connections = draw_network(SMALL, SEED).network.connections
    inputs = connections.source[connections.target == 2]
    chosen = choose_unconnected(connections, 2, 6, SEED)
    assert chosen.size == 6
    assert not set(chosen) & {2, *inputs}
    everyone = choose_unconnected(connections, 2, 19 - inputs.size, SEED)
    assert set(everyone) == set(range(20)) - {2, *inputs}
    with pytest.raises(ValueError, match="neurons send nothing to neuron 2: can't choose 19"):
        choose_unconnected(connections, 2, 19, SEED)


def plain_sample(n, k, seed):
    """Each number is taken with the probability that keeps all choices alike: Vitter's skips are
    the product of the probabilities of passing over."""
    state, chosen, number = seeded(seed), [], 0
    for wanted in range(k, 1, -1):
        u, state = uniform(state)
        beyond = 1.0
        while True:
            left = n - number
            beyond *= (left - wanted) / left
            number += 1
            if beyond <= u:
                break
        chosen.append(number - 1)
    u, state = uniform(state)
    return [*chosen, number + int(u * (n - number))]


@njit
def _uniform(state):
    return next_uniform(state)


def uniform(state):
    u, state = _uniform(state)
    return u, tuple(np.array(state, np.uint64))


@pytest.mark.parametrize(("n", "k"), [(5, 5), (963, 40), (10, 1), (7, 3)])
def test_ordered_samples(n, k):
    for seed in range(20):
        chosen = ordered_sample(n, k, seeded(seed))[0].tolist()
        assert chosen == plain_sample(n, k, seed)
        assert chosen == sorted({*chosen} & {*range(n)})


def test_ordered_samples_are_fair():
    counts = np.zeros(7)
    for seed in range(3000):
        counts[ordered_sample(7, 3, seeded(seed))[0]] += 1
    np.testing.assert_allclose(counts, 3000 * 3 / 7, rtol=0.08)
