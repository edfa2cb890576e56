"""The whole model in one loop, slow and plain: the place to begin reading.

One AdEx neuron, N Poisson inputs, one time step after the other, as the published runs did it. What
the rest of the package computes faster is tested against this.
"""

import math

import numpy as np
from numba import njit

from nto1.neurons.adex import AdEx
from nto1.simulation.inputs import SpikeTrains, TimeGrid, n_excitatory


def simulate(
    w_exc: float,
    trains: SpikeTrains,
    N: int,
    time_grid: TimeGrid = TimeGrid(),
    drop_last_spike: bool = True,
    neuron: AdEx = AdEx(),
    exc_to_inh: float = 4,
) -> tuple[np.ndarray, np.ndarray]:
    """V (V), w (A), g_exc, g_inh (S) [4, n_steps] after each step, and the steps with a spike."""
    times, is_exc = sort_spikes(trains, N, exc_to_inh)
    n_delivered = times.size - drop_last_spike if times.size else 0
    n_steps, dt = time_grid.n_steps, time_grid.timestep
    return integrate(times, is_exc, n_delivered, n_steps, dt, w_exc, neuron)


def sort_spikes(
    trains: SpikeTrains, N: int, exc_to_inh: float = 4
) -> tuple[np.ndarray, np.ndarray]:
    """Spike times (s) of all trains in order, and whether each is excitatory."""
    train = np.repeat(np.arange(N), trains.n_spikes)
    order = np.argsort(trains.times, kind="stable")
    return trains.times[order], train[order] < n_excitatory(N, exc_to_inh)


@njit
def integrate(times, is_exc, n_delivered, n_steps, dt, w_exc, p):
    V, w, g_exc, g_inh, t = p.E_L, 0.0, 0.0, 0.0, 0.0
    synapses = p.synapses
    trace, spikes = np.empty((4, n_steps)), [0 for _ in range(0)]
    next_spike = 0
    for i in range(n_steps):
        while next_spike < n_delivered and times[next_spike] < t:
            if is_exc[next_spike]:
                g_exc += w_exc
            else:
                g_inh += synapses.inh_to_exc_weight * w_exc
            next_spike += 1

        I_syn = g_exc * (V - synapses.E_exc) + g_inh * (V - synapses.E_inh)
        leak = -p.g_L * (V - p.E_L)
        upstroke = p.g_L * p.Δ_T * math.exp((V - p.V_T) / p.Δ_T)
        dV_dt = (leak + upstroke - I_syn - w) / p.C
        dw_dt = (p.a * (V - p.E_L) - w) / p.τ_w
        V, w = V + dt * dV_dt, w + dt * dw_dt
        g_exc -= dt * g_exc / synapses.τ_g
        g_inh -= dt * g_inh / synapses.τ_g

        if V > p.V_spike:
            V = p.V_reset
            w += p.b
            spikes.append(i)
        trace[0, i], trace[1, i], trace[2, i], trace[3, i] = V, w, g_exc, g_inh
        t += dt
    return trace, np.array(spikes)
