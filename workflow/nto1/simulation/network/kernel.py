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
from nto1.jit import carray, column_of, int64, jit, jit_inline, local_doubles, uint64, unlikely
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
    is_spread: np.ndarray  # bool, whether parameters differ from neuron to neuron
    parameters: np.ndarray  # [of the model with most, N] fields of the model
    levels: Levels  # each [N]


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


class Currents(NamedTuple):
    """Injected currents, straight in pieces, each [n] unless said otherwise. In order of steps;
    every course has a piece at step 0."""

    course: np.ndarray  # [N] the course of each neuron's current; [0] without any
    step: np.ndarray  # where a piece begins
    of: np.ndarray  # to which course it belongs
    value: np.ndarray  # A, there
    slope: np.ndarray  # A per step


class SignalBuffers(NamedTuple):
    """Neurons of which signals are recorded, and what is to be filled, a row for each sample: v of
    some neurons, u, I_syn, I_inj, and g for each reversal potential."""

    sample: np.ndarray  # [n_samples] which are recorded, in order
    v_of: np.ndarray
    u_of: np.ndarray
    I_syn_of: np.ndarray
    I_inj_of: np.ndarray
    g_of: np.ndarray
    double: np.ndarray  # [n_samples, n_columns]; or [0, n_columns]
    single: np.ndarray  # then this is [n_samples, n_columns] float32


# Equations of the models. A model is chosen for a block, not for each neuron in each step.


def _named(model: Model) -> Callable:
    """A function that reads the parameters of a neuron, and gives them their names."""
    parameters: Any = model.parameters
    n = len(parameters._fields) - 1
    synapses = Synapses()  # not used here

    @_inline
    def named(P, j):
        return parameters(*(column_of(P, j, n) + (synapses,)))

    return named


def _step(models: Sequence[Model], index: int = 0) -> Callable:
    """A function that takes a block of neurons of some model to the next sample, before any reset;
    it knows the models from this index on."""
    dV, du, named = models[index].dV, models[index].du, _named(models[index])

    @_inline
    def after(v, u, I_out, noise, dt, sequential, p):
        """v and u of a neuron one step later."""
        v_after = v + (dV(v, u, I_out, dt, p) + noise)
        return v_after, u + du(v_after if sequential else v, u, dt, p)

    @_inline
    def step(model, v, u, I_out, noise, start, n, dt, sequential, P, alike, is_spread, u_after):
        if is_spread:
            # First to memory of our own, so that nothing written may be a parameter.
            for k in range(n):
                j = start + k
                p = named(P, j)
                I_out[k], u_after[k] = after(v[j], u[j], I_out[k], noise[k], dt, sequential, p)
            for k in range(n):
                v[start + k], u[start + k] = I_out[k], u_after[k]
        elif sequential:
            p = named(P, alike)
            for k in range(n):
                j = start + k
                v[j] += dV(v[j], u[j], I_out[k], dt, p) + noise[k]
                u[j] += du(v[j], u[j], dt, p)
        else:
            p = named(P, alike)
            for k in range(n):
                j = start + k
                v_before = v[j]
                v[j] += dV(v_before, u[j], I_out[k], dt, p) + noise[k]
                u[j] += du(v_before, u[j], dt, p)

    if index == len(models) - 1:
        return step
    others = _step(models, index + 1)

    @_inline
    def choose(model, v, u, I_out, noise, start, n, dt, sequential, P, alike, is_spread, u_after):
        if model == index:
            step(model, v, u, I_out, noise, start, n, dt, sequential, P, alike, is_spread, u_after)
        else:
            others(
                model, v, u, I_out, noise, start, n, dt, sequential, P, alike, is_spread, u_after
            )

    return choose


@_inline
def _sum_currents(g, I_out, I_inj, v, start, n, N, sequential, conductances):
    """Outward: of all synapses, less what is injected (if anything is)."""
    if I_inj.size:
        for k in range(n):
            I_out[k] = 0.0 - I_inj[start + k]
    else:
        for k in range(n):
            I_out[k] = 0.0
    for e in range(conductances.E.size):
        E, decay, first = conductances.E[e], conductances.decay[e], uint64(e * N) + start
        if sequential:
            for k in range(n):
                g[first + k] -= decay * g[first + k]
                I_out[k] += g[first + k] * (v[start + k] - E)
        else:
            for k in range(n):
                I_out[k] += g[first + k] * (v[start + k] - E)
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
def _put(recording, row, column, value):
    if recording.single.size:
        recording.single[row, column] = value
    else:
        recording.double[row, column] = value
    return column + 1


@_inline
def _record(recording, row, v, u, g, I_inj, N, E, single):
    column = 0
    for k in range(recording.v_of.size):
        column = _put(recording, row, column, v[0 if single else recording.v_of[k]])
    for k in range(recording.u_of.size):
        column = _put(recording, row, column, u[0 if single else recording.u_of[k]])
    for k in range(recording.I_syn_of.size):
        j, total = 0 if single else recording.I_syn_of[k], 0.0
        for e in range(E.size):
            total += g[e * N + j] * (v[j] - E[e])
        column = _put(recording, row, column, total)
    for k in range(recording.I_inj_of.size):
        j = recording.I_inj_of[k]
        column = _put(recording, row, column, I_inj[j] if I_inj.size else 0.0)
    for e in range(E.size):
        for k in range(recording.g_of.size):
            column = _put(recording, row, column, g[e * N + recording.g_of[k]])


@_inline
def _inject(I_inj, currents, piece_of, n_begun, i, is_ramp):
    """The currents of step i; and how many pieces have begun."""
    n_before = n_begun
    while n_begun < currents.step.size and currents.step[n_begun] <= i:
        piece_of[currents.of[n_begun]] = n_begun
        n_begun += 1
    if is_ramp or n_begun > n_before:
        for j in range(I_inj.size):
            piece = piece_of[currents.course[j]]
            since = float(i - currents.step[piece])
            I_inj[j] = currents.value[piece] + currents.slope[piece] * since
    return n_begun


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
        currents,
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
        I_out = carray(local_doubles(block), (block,))
        z = carray(local_doubles(block), (block,))
        u_after = carray(local_doubles(block), (block,))
        for k in range(block):
            z[k] = 0.0
        for j in range(N):
            v[j], u[j] = levels.V_rest[j], levels.u_rest[j]
        I_inj, is_ramp = np.zeros(currents.course.size), currents.slope.any()
        piece_of = np.zeros(currents.of.size, np.int64)
        state, is_noisy = noise.xoshiro, noise.amplitude.any()

        # Not plain zeros: what is called with one would be compiled for it, and again for others.
        i, n_spikes, n_late = int64(0), int64(0), int64(0)
        n_recorded, n_begun = int64(0), int64(0)
        room = 1000 + 2 * N
        steps, neurons = np.empty(room, np.int64), np.empty(room, np.int32)
        arrived = np.zeros(recurrent.lag.shape[0], np.int64)
        entered = np.zeros(inputs.lag.shape[0], np.int64)
        # Neurons that are cut off at their peak, to be reset one step later.
        is_late = np.zeros(N if late_reset else 0, np.bool_)
        late_neurons = np.empty(is_late.size, np.int64)
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
                if I_inj.size:
                    n_begun = _inject(I_inj, currents, piece_of, n_begun, i, is_ramp)
                if n_recorded < recording.sample.size and recording.sample[n_recorded] == i:
                    _record(recording, n_recorded, v, u, g, I_inj, N, E, single)
                    n_recorded += 1
                if i == n_steps:
                    i += 1
                    break

                n_late_before = n_late
                for s in range(populations.model.size):
                    start_of_s = 0 if single else populations.start[s]
                    end_of_s = 1 if single else populations.start[s + 1]
                    model, is_spread = populations.model[s], populations.is_spread[s]
                    threshold = levels.V_threshold[start_of_s]
                    for start in range(start_of_s, end_of_s, block):
                        # Unsigned: indices that might be negative could not be vectorised.
                        first = uint64(0 if single else start)
                        n = uint64(1 if single else min(BLOCK, end_of_s - start))
                        _sum_currents(g, I_out, I_inj, v, first, n, N, sequential, conductances)
                        if is_noisy:
                            state = _draw_noise(z, first, n, noise, state)
                        # Neurons that are alike have the parameters of the first one.
                        blocks = first, n, dt, sequential, P, start_of_s, is_spread, u_after
                        step(model, v, u, I_out, z, *blocks)

                        n_outside = int64(0)
                        if is_spread:
                            for k in range(n):
                                below = levels.V_threshold[first + k]
                                n_outside += not (v[first + k] < below and v[first + k] > V_MIN)
                        else:
                            for k in range(n):
                                n_outside += not (v[first + k] < threshold and v[first + k] > V_MIN)
                        if not unlikely(n_outside > 0):
                            continue
                        for j in range(start, start + int64(n)):
                            if n_outside == 0:
                                break
                            below = levels.V_threshold[j] if is_spread else threshold
                            if v[j] < below and v[j] > V_MIN:
                                continue
                            n_outside -= 1
                            if late_reset and is_late[j]:
                                continue
                            if not v[j] > V_MIN:
                                return steps[:n_spikes].copy(), neurons[:n_spikes].copy(), i, j
                            if late_reset:
                                late_neurons[n_late] = j
                                u_late[n_late] = u[j]
                                v[j] = levels.V_peak[j]
                                n_late += 1
                                continue
                            v[j] = levels.V_reset[j]
                            u[j] += levels.u_jump[j]
                            steps[n_spikes], neurons[n_spikes] = i, j
                            n_spikes += 1

                if late_reset:
                    for k in range(n_late_before):
                        j = 0 if single else late_neurons[k]
                        is_late[j] = False
                        v[j], u[j] = levels.V_reset[j], u_late[k] + levels.u_jump[j]
                        steps[n_spikes], neurons[n_spikes] = i, j
                        n_spikes += 1
                    n_late -= n_late_before
                    for k in range(n_late):
                        late_neurons[k] = late_neurons[k + n_late_before]
                        u_late[k] = u_late[k + n_late_before]
                        is_late[late_neurons[k]] = True
                i += 1
        return steps[:n_spikes].copy(), neurons[:n_spikes].copy(), -1, -1

    return integrate


KERNELS = {single: _kernel(single, tuple(MODELS.values())) for single in (False, True)}
