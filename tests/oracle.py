"""Slow and obvious versions of what the kernels do, written from the description of the published
runs: sorted spikes, one neuron, one step after the other."""

import math

import numpy as np
from numba import njit

from nto1.neurons.adex import AdEx
from nto1.simulation.inputs import TimeGrid, SpikeTrains, n_excitatory


def sorted_spikes(trains: SpikeTrains, N: int, exc_to_inh=4):
    """Spike times of all trains in order, and whether each is excitatory."""
    train = np.repeat(np.arange(N), trains.n_spikes)
    order = np.argsort(trains.times, kind="stable")
    return trains.times[order], train[order] < n_excitatory(N, exc_to_inh)


@njit
def run(times, is_exc, n_delivered, n_steps, dt, w_exc, p):
    V, w, g_exc, g_inh, t = p.E_L, 0.0, 0.0, 0.0, 0.0
    trace, spikes = np.empty((4, n_steps)), [0 for _ in range(0)]
    next_spike = 0
    for i in range(n_steps):
        while next_spike < n_delivered and times[next_spike] < t:
            if is_exc[next_spike]:
                g_exc += w_exc
            else:
                g_inh += p.inh_to_exc_weight * w_exc
            next_spike += 1
        I_syn = g_exc * (V - p.E_exc) + g_inh * (V - p.E_inh)
        dV = (
            -p.g_L * (V - p.E_L) + p.g_L * p.Δ_T * math.exp((V - p.V_T) / p.Δ_T) - I_syn - w
        ) / p.C
        dw = (p.a * (V - p.E_L) - w) / p.τ_w
        dg_exc, dg_inh = -g_exc / p.τ_g, -g_inh / p.τ_g
        V, w, g_exc, g_inh = V + dt * dV, w + dt * dw, g_exc + dt * dg_exc, g_inh + dt * dg_inh
        if V > p.V_spike:
            V = p.V_reset
            w += p.b
            spikes.append(i)
        trace[0, i], trace[1, i], trace[2, i], trace[3, i] = V, w, g_exc, g_inh
        t += dt
    return trace, np.array(spikes)


def simulate(w_exc, trains, N, recording=TimeGrid(), drop_last=True, p=AdEx(), exc_to_inh=4):
    """V, w, g_exc, g_inh [4, n_steps], and the steps with a spike."""
    times, is_exc = sorted_spikes(trains, N, exc_to_inh)
    n_delivered = times.size - drop_last if times.size else 0
    return run(times, is_exc, n_delivered, recording.n_steps, recording.timestep, w_exc, p)
