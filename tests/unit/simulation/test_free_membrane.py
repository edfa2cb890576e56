"""Simulations beside theory, where the neuron does not spike."""

import numpy as np
import pytest

from nto1 import AdEx, count_spikes, draw_spike_trains, free_membrane, simulate
from nto1.simulation.inputs import n_excitatory
from nto1.units import mV, pS

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


def test_without_inputs_it_rests():
    theory = free_membrane(14 * pS, 0, 0)
    assert theory.mean_V == pytest.approx(AdEx().E_L)
    assert theory.sd_V == 0
