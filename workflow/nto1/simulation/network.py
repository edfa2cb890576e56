"""A network of Izhikevich neurons, of which only spikes and chosen voltages are kept.

    C dv/dt = k (v - v_r) (v - v_t) - u - Σ_E g_E (v - E)  + C σ ξ(t)
      dg_E/dt = -g_E / τ_g

A spike of neuron i adds Δg[i, j] to neuron j's conductance with the reversal potential of i's
synapses. Conductances with the same reversal potential add up, so that a neuron has as many as
there are different reversal potentials, not as many as it has inputs. ξ is white noise: a step
of the Euler-Maruyama method adds σ √dt times a standard normal to v.

Source: the notebook of 2021-11-18, section "Sim". Its noise is read as its to-do says, as that of
a stochastic differential equation; taken literally, it adds volts to amperes.
"""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from nto1.errors import V_MIN, DivergenceError
from nto1.jit import jit, jit_inline
from nto1.jit.growth import ensure_capacity
from nto1.neurons.adex import decay
from nto1.neurons.izhikevich import Izhikevich, du_dt, dv_dt
from nto1.random.stream import next_normal, seeded
from nto1.units import ms, mV, s


class Network(NamedTuple):
    """Who is connected to whom, and what the neurons have in common."""

    Δg: csr_array  # [N, N] S, from row to column
    E_syn: np.ndarray  # [N] V, reversal potential of the synapses that a neuron makes
    τ_g: float = 7 * ms  # decay of synaptic conductances
    σ: float = 3 * mV / sqrt(ms)  # V/√s, strength of the noise
    neuron: Izhikevich = Izhikevich()

    @classmethod
    def of(cls, Δg, E_syn, *others, allow_self_connections: bool = False, **more) -> "Network":
        """A network from any matrix, dense or sparse: checked, and without its zeros.

        Raises ``ValueError`` for a matrix that doesn't fit the number of neurons, negative
        or non-finite conductances, and self-connections that were not asked for.
        """
        E_syn = np.asarray(E_syn, float)
        N = E_syn.size
        if np.shape(Δg) != (N, N):
            shape = " × ".join(map(str, np.shape(Δg)))
            raise ValueError(
                f"the connections of {N} neurons are a matrix of {N} × {N}, this is {shape}"
            )
        Δg = csr_array(Δg, dtype=float)
        Δg.sum_duplicates()
        Δg.eliminate_zeros()
        if not (np.isfinite(Δg.data) & (Δg.data > 0)).all():
            raise ValueError("conductances have to be finite, and not negative")
        selves = np.flatnonzero(Δg.diagonal())
        if selves.size and not allow_self_connections:
            raise ValueError(
                f"neuron {selves[0]} connects to itself, as do {selves.size - 1} others: set the "
                f"diagonal to zero, or allow self-connections"
            )
        return cls(Δg, E_syn, *others, **more)


class NetworkActivity(NamedTuple):
    """What a network did."""

    spike_times: np.ndarray  # [n_spikes] s, ascending
    spike_neurons: np.ndarray  # [n_spikes] int32
    t: np.ndarray  # [n_steps] s
    v: np.ndarray  # [n_steps, n_recorded] V, v_peak in the step before each reset


def simulate_network(
    network: Network,
    duration: float = 10 * s,
    timestep: float = 0.1 * ms,
    seed: int = 0,
    recorded: Sequence[int] = (),
) -> NetworkActivity:
    """Run a network from rest. ``recorded`` are the neurons whose voltage is kept.

    Memory grows with the neurons, connections and spikes, and with steps only for what is
    recorded. Raises ``ValueError`` for a recorded neuron that doesn't exist or a negative
    seed, ``DivergenceError`` if a voltage diverges.
    """
    Δg, N, n_steps = network.Δg, network.E_syn.size, round(duration / timestep)
    recorded = np.asarray(recorded, np.int64)
    if unknown := [i for i in recorded.tolist() if not 0 <= i < N]:
        raise ValueError(f"can't record neuron {unknown[0]}: there are neurons 0 … {N - 1}")
    E, group = np.unique(network.E_syn, return_inverse=True)
    v_recorded = np.empty((n_steps, recorded.size))
    steps, neurons, diverged = _integrate(
        network._replace(Δg=Δg.data, E_syn=E),
        group,
        Δg.indptr.astype(np.int64),
        Δg.indices.astype(np.int64),
        timestep,
        seeded(seed),
        recorded,
        v_recorded,
    )
    if diverged >= 0:
        raise DivergenceError(
            f"the voltage of neuron {diverged} diverged at t = {steps[-1] * timestep:.4f} s: take "
            f"weaker connections or a smaller time step"
        )
    t = np.arange(n_steps) * timestep
    return NetworkActivity(steps * timestep, neurons, t, v_recorded)


@jit_inline
def _synaptic_currents(I_syn, g, E, v, dt, synapses):
    """Let the conductances decay, and sum up the current into each neuron."""
    I_syn[:] = 0
    for e in range(E.size):
        g_e, E_e = g[e], E[e]
        for j in range(v.size):
            g_e[j] = decay(g_e[j], dt, synapses)
            I_syn[j] += g_e[j] * (v[j] - E_e)


@jit_inline
def _euler_maruyama(v, u, I_syn, noise, dt, p):
    for j in range(v.size):
        v[j] += dt * dv_dt(v[j], u[j], I_syn[j], p) + noise[j]
        u[j] += dt * du_dt(v[j], u[j], p)


@jit_inline
def _add_conductances(g, Δg, to, start, end):
    for k in range(start, end):
        g[to[k]] += Δg[k]


@jit
def _integrate(network, group, row_start, to, dt, state, recorded, v_recorded):
    """Steps and neurons of all spikes [n_spikes]; and a neuron that diverged (in the last of these
    steps), or -1.

    network             with Δg as the non-zeros of a compressed sparse matrix, and one E_syn
                        per group
    group       [N]     which of the reversal potentials the synapses of a neuron have
    row_start   [N + 1] where the neuron's connections begin
    to          [n_connections]
    v_recorded  [n_steps, n_recorded], to be filled
    """
    Δg, E, p = network.Δg, network.E_syn, network.neuron
    N, noise_amplitude = group.size, network.σ * sqrt(dt)
    v, u, I_syn, noise = np.full(N, p.v_r), np.zeros(N), np.zeros(N), np.zeros(N)
    g = np.zeros((E.size, N))
    column_of = np.full(N, -1)
    column_of[recorded] = np.arange(recorded.size)
    steps, neurons, n_spikes = np.empty(1000, np.int64), np.empty(1000, np.int32), 0

    for i in range(v_recorded.shape[0]):
        _synaptic_currents(I_syn, g, E, v, dt, network)
        if noise_amplitude > 0:
            for j in range(N):
                z, state = next_normal(state)
                noise[j] = noise_amplitude * z
        _euler_maruyama(v, u, I_syn, noise, dt, p)

        first_of_step = n_spikes
        for j in range(N):
            if not v[j] < p.v_peak or v[j] < V_MIN:
                steps = ensure_capacity(steps, n_spikes)
                neurons = ensure_capacity(neurons, n_spikes)
                steps[n_spikes], neurons[n_spikes] = i, j
                n_spikes += 1
                if not v[j] > V_MIN:
                    return steps[:n_spikes], neurons[:n_spikes], j
                v[j] = p.c
                u[j] += p.d
        for spike in range(first_of_step, n_spikes):
            j = neurons[spike]
            _add_conductances(g[group[j]], Δg, to, row_start[j], row_start[j + 1])

        for column in range(recorded.size):
            v_recorded[i, column] = v[recorded[column]]
        for spike in range(first_of_step, n_spikes):
            column = column_of[neurons[spike]]
            if column >= 0 and i > 0:
                v_recorded[i - 1, column] = p.v_peak
    return steps[:n_spikes].copy(), neurons[:n_spikes].copy(), -1
