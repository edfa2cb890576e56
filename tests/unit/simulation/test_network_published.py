"""The network simulator against the published network: its connections, and every spike."""

from pathlib import Path

import numpy as np
import pytest

from nto1.simulation.adex_network import (
    RandomNetwork,
    draw_connections,
    network_of,
    simulate_random_network,
)
from nto1.units import mV, nS, pA, pF

PUBLISHED = Path(__file__).resolve().parents[3] / "resources/published/adex_network_2024"


@pytest.fixture(scope="module")
def simulated():
    return simulate_random_network(record={"v": [0]})


def test_connections(simulated):
    matrix = simulated.matrix
    np.testing.assert_array_equal(matrix, np.load(PUBLISHED / "connectivity_matrix.npy"))
    assert [(matrix > 0).sum(), (matrix < 0).sum()] == [396, 92]


def test_every_spike(simulated):
    _, _, activity = simulated
    times = np.load(PUBLISHED / "spiketimes.npz")
    assert len(times.files) == 100
    ours = [activity.spike_times[activity.spike_neurons == neuron] for neuron in range(100)]
    for neuron in range(100):
        in_steps = times[f"neuron_{neuron}"] / 1e-4
        np.testing.assert_allclose(in_steps, np.rint(in_steps), atol=1e-9)
        np.testing.assert_array_equal(activity.spikes_of(neuron), np.rint(in_steps))
        np.testing.assert_allclose(ours[neuron], times[f"neuron_{neuron}"], rtol=0, atol=1e-12)
    assert activity.spike_steps.size == 29_776


def test_voltages(simulated):
    """The published code records before each step."""
    v = simulated.activity.recorded["v"][:-1, 0] / mV
    start = [-65, -64.33526030745014, -65.4413641554818, -67.21956180915726]
    np.testing.assert_allclose(v[:4], start, rtol=0, atol=1e-11)
    around_spike = [-45.79349620881, -37.73481421295, -53, -53.87674912331]
    np.testing.assert_allclose(v[980:984], around_spike, rtol=0, atol=1e-9)
    assert np.median(v) == pytest.approx(-69.2322301369733, abs=1e-11)


def test_draws():
    rng = np.random.RandomState(1234)
    uniforms = np.random.RandomState(1234).random_sample(3)
    expected = [0.1915194503788923, 0.6221087710398319, 0.4377277390071145]
    np.testing.assert_allclose(uniforms, expected, rtol=1e-15)
    draw_connections(RandomNetwork(), rng)
    expected = [-0.8641615999379585, -0.17361621439640926, -1.7598046496180146]
    np.testing.assert_allclose(rng.randn(3), expected, rtol=1e-15)


def test_strengths(simulated):
    """One step of noise is 0.769 mV; all inhibitory neurons can be made to send."""
    _, network, _ = simulated
    assert abs(network.σ[0]) * 1e-4**0.5 == pytest.approx(8 * pA / (104 * pF) / 100)
    assert set(network.connections.weight) == {2 * nS, 8 * nS}
    parameters = RandomNetwork(mute_first_inhibitory=False)
    matrix = draw_connections(parameters, np.random.RandomState(0))
    assert (matrix[80] < 0).any()
    assert network_of(matrix, parameters).connections.source.size == (matrix != 0).sum()
