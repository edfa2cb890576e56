"""The compiled loop over time.

A sample is the state at the beginning of a time step. Step i leads from sample i to sample i + 1:
conductances, currents, membrane voltages, spikes, resets. Neurons go through it in blocks that stay
in the processor's fastest memory. What arrives at a synapse is added just before a sample.

The loop is compiled twice, each time with the equations of all neuron models: for any network, and
for a single neuron that is updated at once (``sequential`` is not asked for), whose voltage then
stays in a register.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from nto1.errors import V_MIN
from nto1.jit import carray, int64, jit, jit_inline, local_doubles, row_of, uint64, unlikely
from nto1.jit.growth import ensure_capacity
from nto1.neurons import MODELS, Levels, Model, Synapses
from nto1.random import mersenne, stream
from nto1.random.mersenne import MersenneTwister

BLOCK = 512  # neurons

# Into the loop in any case: calls with so many arrays would take longer than what they do.
_inline = jit_inline(forceinline=True)


class Populations(NamedTuple):
    """Consecutive neurons of the same type; each [n] unless said otherwise."""

    model: np.ndarray  # index among MODELS
    start: np.ndarray  # [n + 1] the first neuron of each
    parameters: np.ndarray  # [n, of the model with most] fields of the model
    levels: Levels  # each [n]


class Noise(NamedTuple):
    amplitude: np.ndarray  # [N] V, standard deviation of one step
    legacy: bool  # from mersenne, or else from xoshiro
    mersenne: MersenneTwister
    xoshiro: tuple


class Conductances(NamedTuple):
    """Each [n], one per reversal potential."""

    E: np.ndarray  # V
    decay: np.ndarray  # dt / τ_g


class Projection(NamedTuple):
    """Connections that sources make, sorted by delay, and then by source."""

    # Steps until the sample in which a spike is felt: [n_delays, n_steps], of a spike in each step,
    # or [n_delays, 1].
    lag: np.ndarray
    row_start: np.ndarray  # [n_delays, n_sources + 1] uint64
    conductance: np.ndarray  # [n_connections] uint64, index e * N + neuron
    weight: np.ndarray  # [n_connections] S


class Events(NamedTuple):
    """Input spikes, in order; each [n]."""

    step: np.ndarray
    source: np.ndarray
    n_spikes: np.ndarray  # of this source in this step


class SignalBuffers(NamedTuple):
    """Indices of the recorded neurons, and what is to be filled, one row per sample."""

    v_of: np.ndarray
    v: np.ndarray  # [n_samples, n]
    u_of: np.ndarray
    u: np.ndarray  # [n_samples, n]
    g_of: np.ndarray
    g: np.ndarray  # [n_samples, n_E, n]
    I_syn_of: np.ndarray
    I_syn: np.ndarray  # [n_samples, n]


# Equations of the models. A model is chosen for a block, not for each neuron in each step.


def _named(model: Model) -> Callable:
    """A function that reads a row of parameters, and gives them their names."""
    parameters: Any = model.parameters
    n = len(parameters._fields) - 1
    synapses = Synapses()  # not used here

    @_inline
    def named(P, s):
        return parameters(*(row_of(P, s, n) + (synapses,)))

    return named


def _step(models: Sequence[Model], index: int = 0) -> Callable:
    """A function that takes a block of neurons of some model to the next sample, before any reset;
    it knows the models from this index on."""
    dV, du, named = models[index].dV, models[index].du, _named(models[index])

    @_inline
    def step(model, v, u, I_syn, noise, start, n, dt, sequential, P, s):
        p = named(P, s)
        if sequential:
            for k in range(n):
                j = start + k
                v[j] += dV(v[j], u[j], I_syn[k], dt, p) + noise[k]
                u[j] += du(v[j], u[j], dt, p)
        else:
            for k in range(n):
                j = start + k
                v_before = v[j]
                v[j] += dV(v_before, u[j], I_syn[k], dt, p) + noise[k]
                u[j] += du(v_before, u[j], dt, p)

    if index == len(models) - 1:
        return step
    others = _step(models, index + 1)

    @_inline
    def choose(model, v, u, I_syn, noise, start, n, dt, sequential, P, s):
        if model == index:
            step(model, v, u, I_syn, noise, start, n, dt, sequential, P, s)
        else:
            others(model, v, u, I_syn, noise, start, n, dt, sequential, P, s)

    return choose


@_inline
def _synapses_of_block(g, I_syn, v, start, n, N, sequential, conductances):
    for k in range(n):
        I_syn[k] = 0.0
    for e in range(conductances.E.size):
        E, decay, first = conductances.E[e], conductances.decay[e], uint64(e * N) + start
        if sequential:
            for k in range(n):
                g[first + k] -= decay * g[first + k]
                I_syn[k] += g[first + k] * (v[start + k] - E)
        else:
            for k in range(n):
                I_syn[k] += g[first + k] * (v[start + k] - E)
                g[first + k] -= decay * g[first + k]


@_inline
def _deliver(g, projection, d, source, count):
    row_start = projection.row_start
    count = float(count)
    for k in range(row_start[d, source], row_start[d, source + 1]):
        g[projection.conductance[k]] += count * projection.weight[k]


@_inline
def _is_felt(projection, d, step, i):
    """Whether a spike of some step is felt in sample i, or was before."""
    lag = projection.lag
    return step + lag[d, min(step, lag.shape[1] - 1)] <= i


@_inline
def _draw_noise(z, first, n, noise, state):
    """What noise adds to each voltage of a block; and the state after."""
    if noise.legacy:
        mersenne.fill_normals(z, n, noise.mersenne)
    else:
        state = stream.fill_normals(z, n, state)
    for k in range(n):
        z[k] *= noise.amplitude[first + k]
    return state


@_inline
def _record(recording, i, v, u, g, N, E, single):
    for column in range(recording.v_of.size):
        recording.v[i, column] = v[0 if single else recording.v_of[column]]
    for column in range(recording.u_of.size):
        recording.u[i, column] = u[0 if single else recording.u_of[column]]
    for column in range(recording.g_of.size):
        for e in range(E.size):
            recording.g[i, e, column] = g[e * N + recording.g_of[column]]
    for column in range(recording.I_syn_of.size):
        j = 0 if single else recording.I_syn_of[column]
        total = 0.0
        for e in range(E.size):
            total += g[e * N + j] * (v[j] - E[e])
        recording.I_syn[i, column] = total


def _kernel(single: bool, models: Sequence[Model]) -> Callable:
    block = 1 if single else BLOCK
    step = _step(models)

    @jit
    def integrate(
        n_steps,
        dt,
        sequential,
        late_reset,
        populations,
        noise,
        conductances,
        recurrent,
        inputs,
        events,
        recording,
    ):
        """Steps and neurons of all spikes [n_spikes]; and step and neuron of a voltage that
        diverged, or -1."""
        E, P, levels = conductances.E, populations.parameters, populations.levels
        N = 1 if single else populations.start[-1]
        sequential &= not single
        v = carray(local_doubles(1), (1,)) if single else np.empty(N)
        u = carray(local_doubles(1), (1,)) if single else np.empty(N)
        g = np.zeros(E.size * N)
        I_syn = carray(local_doubles(block), (block,))
        z = carray(local_doubles(block), (block,))
        for k in range(block):
            z[k] = 0.0
        for s in range(populations.model.size):
            start = 0 if single else populations.start[s]
            for j in range(start, 1 if single else populations.start[s + 1]):
                v[j], u[j] = levels.V_rest[s], levels.u_rest[s]
        state, is_noisy = noise.xoshiro, noise.amplitude.any()

        # Not plain zeros: what is called with one would be compiled for it, and again for others.
        i, n_spikes, n_late = int64(0), int64(0), int64(0)
        room = 1000 + 2 * N
        steps, neurons = np.empty(room, np.int64), np.empty(room, np.int32)
        arrived = np.zeros(recurrent.lag.shape[0], np.int64)
        entered = np.zeros(inputs.lag.shape[0], np.int64)
        # Neurons that are cut off at their peak, to be reset one step later.
        is_late = np.zeros(N if late_reset else 0, np.bool_)
        late_neurons = np.empty(is_late.size, np.int64)
        late_populations = np.empty(is_late.size, np.int64)
        u_late = np.empty(is_late.size)

        while i < n_steps + 1:
            # Out of the loop over time, which would count references to the arrays in every step.
            if n_spikes + N > steps.size:
                steps = ensure_capacity(steps, steps.size)
                neurons = ensure_capacity(neurons, neurons.size)
            while i < n_steps + 1 and n_spikes + N <= steps.size:
                for d in range(arrived.size):
                    while arrived[d] < n_spikes and _is_felt(recurrent, d, steps[arrived[d]], i):
                        _deliver(g, recurrent, d, neurons[arrived[d]], 1)
                        arrived[d] += 1
                for d in range(entered.size):
                    while entered[d] < events.step.size and _is_felt(
                        inputs, d, events.step[entered[d]], i
                    ):
                        event = entered[d]
                        _deliver(g, inputs, d, events.source[event], events.n_spikes[event])
                        entered[d] += 1
                _record(recording, i, v, u, g, N, E, single)
                if i == n_steps:
                    i += 1
                    break

                n_late_before = n_late
                for s in range(populations.model.size):
                    start_of_s = 0 if single else populations.start[s]
                    end_of_s = 1 if single else populations.start[s + 1]
                    threshold, model = levels.V_threshold[s], populations.model[s]
                    for start in range(start_of_s, end_of_s, block):
                        # Unsigned: indices that might be negative could not be vectorised.
                        first = uint64(0 if single else start)
                        n = uint64(1 if single else min(BLOCK, end_of_s - start))
                        _synapses_of_block(g, I_syn, v, first, n, N, sequential, conductances)
                        if is_noisy:
                            state = _draw_noise(z, first, n, noise, state)
                        step(model, v, u, I_syn, z, first, n, dt, sequential, P, s)

                        n_outside = int64(0)
                        for k in range(n):
                            n_outside += not (v[first + k] < threshold and v[first + k] > V_MIN)
                        if not unlikely(n_outside > 0):
                            continue
                        for j in range(start, start + int64(n)):
                            if n_outside == 0:
                                break
                            if v[j] < threshold and v[j] > V_MIN:
                                continue
                            n_outside -= 1
                            if late_reset and is_late[j]:
                                continue
                            if not v[j] > V_MIN:
                                return steps[:n_spikes].copy(), neurons[:n_spikes].copy(), i, j
                            if late_reset:
                                late_neurons[n_late], late_populations[n_late] = j, s
                                u_late[n_late] = u[j]
                                v[j] = levels.V_peak[s]
                                n_late += 1
                                continue
                            v[j] = levels.V_reset[s]
                            u[j] += levels.u_jump[s]
                            steps[n_spikes], neurons[n_spikes] = i, j
                            n_spikes += 1

                if late_reset:
                    for k in range(n_late_before):
                        j, s = 0 if single else late_neurons[k], late_populations[k]
                        is_late[j] = False
                        v[j], u[j] = levels.V_reset[s], u_late[k] + levels.u_jump[s]
                        steps[n_spikes], neurons[n_spikes] = i, j
                        n_spikes += 1
                    n_late -= n_late_before
                    for k in range(n_late):
                        late_neurons[k] = late_neurons[k + n_late_before]
                        late_populations[k] = late_populations[k + n_late_before]
                        u_late[k] = u_late[k + n_late_before]
                        is_late[late_neurons[k]] = True
                i += 1
        return steps[:n_spikes].copy(), neurons[:n_spikes].copy(), -1, -1

    return integrate


KERNELS = {single: _kernel(single, tuple(MODELS.values())) for single in (False, True)}
