"""The adaptive exponential integrate-and-fire neuron (Brette & Gerstner 2005).

C dV/dt   = -g_L (V - E_L) + g_L Δ_T exp((V - V_T) / Δ_T) - I_syn - w
τ_w dw/dt = a (V - E_L) - w

when V > V_spike:  V ← V_reset,  w ← w + b
"""

from math import inf, nextafter
from typing import Annotated, NamedTuple

from nto1.jit import jit_inline
from nto1.jit.exp2 import LOG2_E, exp2
from nto1.neurons.protocol import (
    Key,
    Model,
    Synapses,
    capacitance,
    register,
    resting_voltage,
    voltage,
)
from nto1.units import ms, mV, nS, pA, pF


class AdEx(NamedTuple):
    """The adaptive exponential integrate-and-fire (AdEx) neuron.

    Defaults: cortical regular spiking (Naud et al. 2008).

    Examples
    --------
    >>> AdEx(b=0 * pA).τ_w
    0.088
    """

    C: Annotated[float, capacitance()] = 104 * pF
    g_L: Annotated[float, Key("nS", "Leak conductance.", ge=0.01, le=1e4)] = 4.3 * nS
    E_L: Annotated[
        float,
        resting_voltage(
            "Reversal potential of the leak; where the voltage starts.", below="V_spike"
        ),
    ] = -65 * mV
    V_T: Annotated[float, voltage("Threshold of the exponential current.", below="V_spike")] = (
        -52 * mV
    )
    Δ_T: Annotated[float, Key("mV", "Sharpness of the exponential current.", ge=0.01, le=100)] = (
        0.8 * mV
    )
    V_spike: Annotated[float, voltage("There is a spike when the voltage is above this.")] = 40 * mV
    V_reset: Annotated[float, voltage("Voltage after a spike.", below="V_spike")] = -53 * mV
    a: Annotated[float, Key("nS", "Adaptation current per voltage.", ge=-1000, le=1000)] = -0.8 * nS
    b: Annotated[float, Key("pA", "Adaptation current per spike.", ge=-1e4, le=1e4)] = 65 * pA
    τ_w: Annotated[float, Key("ms", "Time constant of the adaptation current.", ge=0.1, le=1e5)] = (
        88 * ms
    )
    synapses: Synapses = Synapses()

    @property
    def rest(self) -> tuple[float, float]:
        return self.E_L, 0.0

    @property
    def threshold(self) -> float:
        return nextafter(self.V_spike, inf)  # above V_spike, not at it

    @property
    def peak(self) -> float:
        return self.V_spike

    @property
    def reset(self) -> tuple[float, float]:
        return self.V_reset, self.b

    @property
    def g_leak(self) -> float:
        return self.g_L


@jit_inline
def C_dV_dt(V, w, I_syn, p):
    leak = -p.g_L * (V - p.E_L)
    upstroke = p.g_L * p.Δ_T * exp2((V - p.V_T) * (LOG2_E / p.Δ_T))
    return leak - I_syn - w + upstroke


@jit_inline
def τ_dw_dt(V, w, p):
    return p.a * (V - p.E_L) - w


@jit_inline
def dV(V, w, I_syn, dt, p):
    return dt / p.C * C_dV_dt(V, w, I_syn, p)


@jit_inline
def dw(V, w, dt, p):
    # Beyond the voltage of a spike, V grows without bounds and has no meaning.
    return dt / p.τ_w * τ_dw_dt(min(V, p.V_spike), w, p)


MODEL = register(Model("adex", AdEx, dV, dw, recovery="w"))
