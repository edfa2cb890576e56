"""A neuron's own spikes are found in its voltage: in simulations, of which they are known."""

import numpy as np
import pytest

from nto1 import AdEx, Izhikevich, count_spikes, simulate
from nto1.regression.signal import detect_spikes
from nto1.simulation.inputs import TimeGrid
from nto1.units import ms, mV, pS

DT = 0.05 * ms


def drawn_in(run, width: float, peak: float) -> np.ndarray:
    """A simulated spike has no width: up to a peak (V) within a half of the width (s), and back."""
    V, n = run.trace.V.copy(), round(width / DT)
    height = 1 - np.abs(np.arange(-n, n + 1)) / (n + 1)
    for k in run.spike_steps.tolist():
        part = slice(max(0, k - n), k + n + 1)
        h = height[n - min(k, n) :][: V[part].size]
        V[part] = V[part] * (1 - h) + peak * h
    return V


@pytest.fixture(scope="module", params=["AdEx", "Izhikevich"])
def run(request):
    grid = TimeGrid(20.0, DT)
    neuron, weight = {"AdEx": (AdEx(), 20 * pS), "Izhikevich": (Izhikevich(), 30 * pS)}[
        request.param
    ]
    run = simulate(weight, count_spikes(6500, 1, grid), neuron, ["V"], with_median=False)
    assert run.spike_steps.size > 50
    return run


@pytest.mark.parametrize("factor", [1, 4, 10, 20], ids=["20 kHz", "5 kHz", "2 kHz", "1 kHz"])
@pytest.mark.parametrize(
    ("width", "noise"), [(1 * ms, 0.1 * mV), (1 * ms, 2 * mV), (2.5 * ms, 0.5 * mV)]
)
def test_all_are_found_and_nothing_else(run, factor, width, noise):
    """Also while the neuron is pushed up and down by steps of 30 mV, and with a gap."""
    V = drawn_in(run, width, 20 * mV)
    V += 30 * mV * (np.arange(V.size) * DT % 4 > 2)
    V = V[: V.size // factor * factor].reshape(-1, factor).mean(axis=1)
    V += np.random.default_rng(1).normal(0, noise, V.size)
    gap = slice(int(5.0 / DT / factor), int(5.5 / DT / factor))
    V[gap] = np.nan
    truth = run.spike_steps * DT
    # The edge of a gap, or of a step, may hide a spike, or what is left of one.
    clear = np.abs(truth[:, np.newaxis] - np.r_[5.0, 5.5, np.arange(2, 20, 2)]).min(axis=1) > 0.01
    clear &= (truth < 5) | (truth > 5.5)
    found = detect_spikes(V, DT * factor)
    away = np.abs(found[:, np.newaxis] - truth).min(axis=1)
    assert (away < 2.5 * ms).all()
    assert (np.abs(truth[clear][:, np.newaxis] - found).min(axis=1) < 2.5 * ms).all()
    assert np.diff(found).min() > 1.5 * ms


@pytest.mark.parametrize("rate", [200, 1000, 20_000])
def test_there_are_none_in_noise_potentials_and_steps(rate):
    rng = np.random.default_rng(0)
    n = 60 * rate
    decay = np.exp(-1 / rate / (10 * ms))
    slow = np.cumprod(np.full(400, decay))
    V = 0.5 * mV * rng.standard_normal(n)
    V += np.convolve(rng.standard_normal(n), slow)[:n] * 3 * mV * np.sqrt(1 - decay**2)
    V += np.convolve(rng.random(n) < 3 / rate, 10 * mV * slow)[:n]
    V += 40 * mV * (np.arange(n) // rate % 2)
    assert detect_spikes(V, 1 / rate).size == 0
    assert detect_spikes(V[:2], 1 / rate).size == 0


def test_small_ones_of_a_neuron_that_is_driven_hard_are_found():
    """Heights fall from 80 to 15 mV on a current that lifts the neuron by 60 mV, as in a patch."""
    at = np.arange(0.1, 2.0, 0.02)
    heights = np.linspace(80, 15, at.size) * mV
    t = np.arange(0, 2.2, 0.05 * ms)
    V = -70 * mV + 60 * mV * ((t > 0.05) & (t < 2.05))
    for time, height in zip(at, heights, strict=True):
        V += height * np.exp(-(((t - time) / (1.2 * ms)) ** 2))
    V += np.random.default_rng(0).normal(0, 0.1 * mV, V.size)
    np.testing.assert_allclose(detect_spikes(V, 0.05 * ms), at - 1 * ms, atol=0.6 * ms)
