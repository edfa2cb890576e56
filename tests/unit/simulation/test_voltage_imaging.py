"""The N-to-1 experiment against the published procedure, train by train, in plain NumPy."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nto1.errors import DivergenceError
from nto1.neurons.izhikevich import Izhikevich
from nto1.simulation.voltage_imaging import (
    Experiment,
    PoissonTrains,
    Synapses,
    draw_connectivity,
    draw_experiment,
    draw_trains,
    imaging_noise,
    simulate_voltage,
)
from nto1.units import mV, nS


@pytest.fixture(scope="module")
def published():
    return draw_experiment(Experiment(), 0)


@pytest.fixture(scope="module")
def response(published):
    return simulate_voltage(published, Experiment())


def oracle(times, connectivity, experiment):
    """A conductance for every train, as published; voltage and steps of the resets."""
    dt, s, p, n = experiment.timestep, experiment.synapses, experiment.neuron, experiment.n_steps
    connected = np.flatnonzero(connectivity.connected)
    bumps = np.zeros((len(connected), n))
    for row, train in zip(bumps, connected, strict=True):
        steps = np.round(times[train] / dt).astype(int)
        weight = s.inh_weight if connectivity.inhibitory[train] else s.exc_weight
        np.add.at(row, steps[steps < n], weight)
    E = np.where(connectivity.inhibitory[connected], s.E_inh, s.E_exc)
    v, u, g, I_syn = np.empty(n), 0.0, np.zeros(len(connected)), 0.0
    v[0], now, resets = p.v_r, p.v_r, []
    for i in range(1, n):
        before = now
        now = before + dt * (p.k * (before - p.v_r) * (before - p.v_t) - u - I_syn) / p.C
        u = u + dt * p.a * (p.b * (before - p.v_r) - u)
        if now >= p.v_peak:
            v[i - 1], now, u = p.v_peak, p.c, u + p.d
            resets.append(i)
        g = g - dt * g / s.τ_g + bumps[:, i]
        v[i] = now
        I_syn = np.sum(g * (now - E))
    return v, resets


@settings(max_examples=10)
@given(st.integers(0, 1000), st.floats(0, 1), st.floats(0, 1))
def test_like_a_conductance_for_each_train(seed, p_inhibitory, p_connected):
    trains = PoissonTrains(10, 40, p_inhibitory, p_connected)
    experiment = Experiment(0.5, 1e-4, trains, Synapses(1.5 * nS, 3 * nS))
    drawn = draw_experiment(experiment, seed)
    v, resets = oracle(drawn.times, drawn.connectivity, experiment)
    response = simulate_voltage(drawn, experiment)
    np.testing.assert_allclose(response.v, v, atol=1e-9)
    assert response.spike_steps.tolist() == resets


def test_published_run(published, response):
    inhibitory, connected = published.connectivity
    counts = (inhibitory.sum(), (~inhibitory).sum(), (inhibitory & connected).sum())
    assert counts == (6, 24, 4)
    assert np.flatnonzero(connected).tolist() == [*range(4), *range(6, 23)]
    assert response.spike_steps.size == 148
    assert response.v[48693:48696] / mV == pytest.approx([28.046, 35, -50], abs=5e-4)
    assert response.v[48650] / mV == pytest.approx(-25.009, abs=5e-4)
    assert np.median(response.v) / mV == pytest.approx(-54.782608338, abs=1e-6)


def test_trains_are_drawn_in_blocks_from_the_legacy_stream():
    """A second block is needed for about every other train; what is left of it is drawn all the
    same."""
    trains, rng = (
        draw_trains(PoissonTrains(4, 20), 1, np.random.RandomState(5)),
        np.random.RandomState(5),
    )
    for times in trains:
        intervals = rng.exponential(1 / 20, 20)
        while intervals.sum() <= 1:
            intervals = np.append(intervals, rng.exponential(1 / 20, 20))
        expected = np.cumsum(intervals)
        np.testing.assert_allclose(times, expected[expected < 1], rtol=1e-12)


def test_published_trains_end_before_the_recording(published):
    assert len(published.times) == 30
    for times in published.times:
        assert times[-1] < 600
        assert (np.diff(times) > 0).all()
        assert times.size == pytest.approx(12_000, abs=5 * 12_000**0.5)


@given(st.integers(1, 200), st.floats(0, 1), st.floats(0, 1), st.integers(0, 1000))
def test_connectivity(n, p_inhibitory, p_connected, seed):
    inhibitory, connected = draw_connectivity(
        PoissonTrains(n, 20, p_inhibitory, p_connected), random.Random(seed)
    )
    assert inhibitory.size == connected.size == n
    assert abs(inhibitory.sum() - p_inhibitory * n) < 1 + 1e-9
    assert (np.diff(inhibitory.astype(int)) <= 0).all()
    for kind in (inhibitory, ~inhibitory):
        assert abs(connected[kind].sum() - p_connected * kind.sum()) < 1 + 1e-9
        assert (np.diff(connected[kind].astype(int)) <= 0).all()


def test_a_part_of_a_run_is_its_beginning(published, response):
    part = simulate_voltage(published, Experiment(), n_steps=49_500)
    # A spike at the very end would be drawn into the last sample only by the step after.
    np.testing.assert_array_equal(part.v[:-1], response.v[:49_499])


def test_late_reset(published, response):
    """The first spike: the same up to the step that crosses the peak, there cut down to it, and
    reset in the next."""
    late = simulate_voltage(published, Experiment(), n_steps=49_500, late_reset=True)
    first = response.spike_steps[0]
    assert late.spike_steps[0] == first + 1
    np.testing.assert_array_equal(late.v[: first - 1], response.v[: first - 1])
    assert response.v[first - 1 : first + 1] / mV == pytest.approx([35, -50])
    assert late.v[first : first + 2] / mV == pytest.approx([35, -50])
    assert response.v[first - 2] < late.v[first - 1] < 35 * mV


def test_imaging_noise():
    assert imaging_noise(20, Izhikevich()) / mV == pytest.approx(4.75)


def test_no_spikes_to_be_expected():
    with pytest.raises(ValueError, match=r"no spikes are to be expected in 600 s at 0.0001 Hz"):
        draw_trains(PoissonTrains(3, 1e-4), 600, np.random.RandomState(0))


def test_a_voltage_that_diverges_is_named():
    experiment = Experiment(1.0, 1e-4, PoissonTrains(), Synapses(1.0, 1.0))
    with pytest.raises(DivergenceError, match=r"the voltage of neuron 0 diverged at t = 0\.\d+ s"):
        simulate_voltage(draw_experiment(experiment, 0), experiment)
