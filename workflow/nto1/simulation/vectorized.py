"""Many runs at once: one compiled loop over time, in which every run is a lane.

Lanes come in tiles of fixed width. A tile's state lives on the stack, and there is no branch
within a time step, so that the compiler turns the loops over lanes into vector instructions.
A single run is a tile with one lane in use. There is a loop for each neuron model.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from nto1.jit import carray, jit, jit_inline, local_doubles
from nto1.neurons.protocol import I_syn, Model, decay
from nto1.simulation.medians import BLOCK, collect

WIDTHS = (8, 16, 32, 64)  # lanes of a tile


def signals_of(model: Model) -> tuple[str, ...]:
    """What can be recorded, in SI units."""
    return "V", model.recovery, "g_exc", "g_inh"


class Recorder(NamedTuple):
    """Where the first few lanes of a tile leave what they did."""

    spike_steps: np.ndarray  # [n_lanes, n_steps] int32
    signals: np.ndarray  # [n_signals] int64, indices into ``signals_of``
    traces: np.ndarray  # [n_lanes, n_signals, n_steps], at the end of each step

    @classmethod
    def of(cls, n_lanes: int, n_steps: int, signals: Sequence[int] = ()) -> "Recorder":
        return cls(
            np.empty((n_lanes, n_steps), np.int32),
            np.array(signals, np.int64),
            np.empty((n_lanes, len(signals), n_steps)),
        )


class Summary(NamedTuple):
    """What every lane leaves, each [width]."""

    n_spikes: np.ndarray
    V_end: np.ndarray  # V
    V_lowest: np.ndarray  # V, among the last ones of each block of steps
    g_peak: np.ndarray  # S, largest g_exc + g_inh

    @classmethod
    def of(cls, width: int) -> "Summary":
        return cls(*np.zeros((4, width)))


def width_for(n_lanes: int) -> int:
    """The narrowest tile with room for so many lanes, or the widest."""
    return next((width for width in WIDTHS if width >= n_lanes), WIDTHS[-1])


@cache
def tile_kernel(model: Model, width: int) -> Callable:
    """The loop over time of a tile, for a neuron model."""
    dV, du = model.dV, model.du
    block_size = BLOCK * width

    @jit_inline
    def advance(V, u, n_spikes, g_exc, g_inh, dt, p, levels):
        """One lane, one time step of the forward Euler method; and V with a spike drawn in
        ("ceiled")."""
        current = I_syn(V, g_exc, g_inh, p.synapses)
        V, u = V + dV(V, u, current, dt, p), u + du(V, u, dt, p)
        spikes = V >= levels.V_threshold
        return (
            levels.V_reset if spikes else V,
            u + levels.u_jump if spikes else u,
            n_spikes + (1.0 if spikes else 0.0),
            levels.V_peak if spikes else V,
        )

    @jit
    def integrate(exc, inh, w_exc, dt, p, levels, summary, bracket, recorder):
        """Integrate the lanes of one tile from rest.

        exc, inh  [n_steps, 1 or width] uint16   input spikes: shared by all lanes, or one's own
        w_exc     [width] S                      weight of an excitatory spike
        dt        s
        p         parameters of the model
        """
        inh_to_exc_weight = p.synapses.inh_to_exc_weight
        n_steps = exc.shape[0]
        inputs_are_shared = exc.shape[1] == 1
        wants_median = bracket.inside.size > 0
        n_recorded, n_signals, _ = recorder.traces.shape

        V = carray(local_doubles(width), (width,))
        u = carray(local_doubles(width), (width,))
        w_e = carray(local_doubles(width), (width,))
        w_i = carray(local_doubles(width), (width,))
        G_exc = carray(local_doubles(width), (width,))  # conductances per unit weight
        G_inh = carray(local_doubles(width), (width,))
        G_peak = carray(local_doubles(width), (width,))
        n_spikes = carray(local_doubles(width), (width,))
        V_lowest = carray(local_doubles(width), (width,))
        V_ceiled = carray(local_doubles(block_size), (BLOCK, width))

        for lane in range(width):
            w_e[lane], w_i[lane] = w_exc[lane], inh_to_exc_weight * w_exc[lane]
            V[lane] = V_lowest[lane] = levels.V_rest
            u[lane] = levels.u_rest
            G_exc[lane] = G_inh[lane] = G_peak[lane] = n_spikes[lane] = 0.0
        G_exc_shared = G_inh_shared = G_peak_shared = 0.0

        for start in range(0, n_steps, BLOCK):
            n_rows = min(BLOCK, n_steps - start)
            for row in range(n_rows):
                i = start + row
                if inputs_are_shared:
                    G_exc_shared += exc[i, 0]
                    G_inh_shared += inh[i, 0]
                    G_peak_shared = max(
                        G_peak_shared, G_exc_shared + inh_to_exc_weight * G_inh_shared
                    )
                    for lane in range(width):
                        V[lane], u[lane], n_spikes[lane], V_ceiled[row, lane] = advance(
                            V[lane],
                            u[lane],
                            n_spikes[lane],
                            w_e[lane] * G_exc_shared,
                            w_i[lane] * G_inh_shared,
                            dt,
                            p,
                            levels,
                        )
                    G_exc_shared = decay(G_exc_shared, dt, p.synapses)
                    G_inh_shared = decay(G_inh_shared, dt, p.synapses)
                else:
                    for lane in range(width):
                        G_exc[lane] += exc[i, lane]
                        G_inh[lane] += inh[i, lane]
                        G_peak[lane] = max(
                            G_peak[lane], G_exc[lane] + inh_to_exc_weight * G_inh[lane]
                        )
                        V[lane], u[lane], n_spikes[lane], V_ceiled[row, lane] = advance(
                            V[lane],
                            u[lane],
                            n_spikes[lane],
                            w_e[lane] * G_exc[lane],
                            w_i[lane] * G_inh[lane],
                            dt,
                            p,
                            levels,
                        )
                        G_exc[lane] = decay(G_exc[lane], dt, p.synapses)
                        G_inh[lane] = decay(G_inh[lane], dt, p.synapses)

                for lane in range(n_recorded):
                    if V_ceiled[row, lane] != V[lane]:
                        recorder.spike_steps[lane, int(n_spikes[lane]) - 1] = i
                    G_e = G_exc_shared if inputs_are_shared else G_exc[lane]
                    G_i = G_inh_shared if inputs_are_shared else G_inh[lane]
                    state = (V[lane], u[lane], w_e[lane] * G_e, w_i[lane] * G_i)
                    for s in range(n_signals):
                        recorder.traces[lane, s, i] = state[recorder.signals[s]]

            for lane in range(width):
                V_lowest[lane] = min(V_lowest[lane], V[lane])
            if wants_median:
                collect(V_ceiled, n_rows, width, bracket)

        for lane in range(width):
            summary.n_spikes[lane] = n_spikes[lane]
            summary.V_end[lane] = V[lane]
            summary.V_lowest[lane] = V_lowest[lane]
            G = G_peak_shared if inputs_are_shared else G_peak[lane]
            summary.g_peak[lane] = w_e[lane] * G

    return integrate


@jit
def sum_rows(counts, n):
    """Counts [n_steps, width] in time steps n times as long; an incomplete last one is dropped."""
    sums = np.zeros((counts.shape[0] // n, counts.shape[1]), counts.dtype)
    for i in range(sums.shape[0]):
        for row in range(n * i, n * i + n):
            for lane in range(sums.shape[1]):
                sums[i, lane] += counts[row, lane]
    return sums
