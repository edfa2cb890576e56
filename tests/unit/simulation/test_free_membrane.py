"""Simulations beside theory, where the neuron does not spike."""

import numpy as np
import pytest
from scipy.linalg import expm

from nto1 import AdEx, count_spikes, draw_spike_trains, free_membrane, simulate
from nto1.simulation.inputs import n_excitatory
from nto1.units import ms, mV, pS

SEEDS = range(10)


@pytest.mark.parametrize("w_pS", [2.5, 10, 30])
def test_mean_and_standard_deviation_within_their_errors(w_pS):
    neuron, N = AdEx(V_T=39 * mV), 6500
    n_exc = n_excitatory(N, 4)
    mean, ratio = [], []
    for seed in SEEDS:
        rates = draw_spike_trains(N, seed).rates
        theory = free_membrane(w_pS * pS, rates[:n_exc].sum(), rates[n_exc:].sum(), neuron)
        run = simulate(w_pS * pS, count_spikes(N, seed), neuron, ["V"], with_median=False)
        assert run.rate == 0
        V = run.trace.V[5000:]
        mean.append(V.mean() - theory.mean_V)
        ratio.append(V.std() / theory.sd_V)
    n = len(SEEDS)
    assert abs(np.mean(mean)) < 4 * np.std(mean, ddof=1) / n**0.5
    assert abs(np.mean(ratio) - 1) < 4 * np.std(ratio, ddof=1) / n**0.5


@pytest.mark.parametrize("w_pS", [2.5, 10, 30])
def test_sums_over_the_responses_to_single_spikes(w_pS):
    """Campbell's theorem in time: what one spike does to conductance g(t) and, in the linearised
    membrane, to the voltage h(t), gives cov(g, V) = rate ∫ g h dt and var V = rate ∫ h² dt."""
    p, w, dt = AdEx(), w_pS * pS, 0.05 * ms
    E_exc, E_inh, τ_g, _ = p.synapses
    rates, weights, E = (20_000, 5_000), (w, 4 * w), (E_exc, E_inh)
    theory = free_membrane(w, *rates, p)
    g = [rate * weight * τ_g for rate, weight in zip(rates, weights, strict=True)]
    assert (theory.g_exc, theory.g_inh) == pytest.approx(g)
    covariances, variance = [], 0
    for rate, weight, E_syn in zip(rates, weights, E, strict=True):
        slopes = [  # of g, V and w, the adaptation
            [-1 / τ_g, 0, 0],
            [(E_syn - theory.mean_V) / p.C, -(p.g_L + sum(g)) / p.C, -1 / p.C],
            [0, p.a / p.τ_w, -1 / p.τ_w],
        ]
        step, response = expm(np.array(slopes) * dt), [np.array([weight, 0, 0])]
        for _ in range(round(1.5 / dt)):
            response.append(step @ response[-1])
        of_g, of_V, _ = np.transpose(response)
        covariances.append(rate * np.trapezoid(of_g * of_V, dx=dt))
        variance += rate * np.trapezoid(of_V**2, dx=dt)
    assert theory.sd_V == pytest.approx(variance**0.5, rel=1e-5)
    drive = (p.g_L + p.a) * p.E_L + np.dot(g, E) - sum(covariances)
    mean_V = drive / (p.g_L + sum(g) + p.a)
    assert theory.mean_V == pytest.approx(mean_V, rel=1e-8)


def test_without_inputs_it_rests():
    theory = free_membrane(14 * pS, 0, 0)
    assert theory.mean_V == pytest.approx(AdEx().E_L)
    assert theory.sd_V == 0
