"""The Izhikevich neuron (Izhikevich 2007), and its cortical regular-spiking parameters.

C dv/dt = k (v - v_r) (v - v_t) - u - I_syn
  du/dt = a (b (v - v_r) - u)

when v ≥ v_peak:  v ← c,  u ← u + d
"""

from typing import Annotated, NamedTuple

from nto1.jit import jit_inline
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


class Izhikevich(NamedTuple):
    """The Izhikevich neuron.

    Defaults: cortical regular spiking (Izhikevich 2007).

    Examples
    --------
    >>> Izhikevich(d=150 * pA).c
    -0.05
    """

    C: Annotated[float, capacitance()] = 100 * pF
    k: Annotated[
        float,
        Key("nS_per_mV", "Steepness of the parabola that makes the upstroke.", gt=0, le=1000),
    ] = 0.7 * (nS / mV)
    v_r: Annotated[
        float, resting_voltage("Resting voltage; where the voltage starts.", below="v_peak")
    ] = -60 * mV
    v_t: Annotated[
        float, voltage("Threshold, where the parabola crosses zero again.", below="v_peak")
    ] = -40 * mV
    v_peak: Annotated[float, voltage("There is a spike when the voltage is not below this.")] = (
        35 * mV
    )
    a: Annotated[float, Key("per_ms", "Rate of the recovery current.", gt=0, le=100)] = 0.03 / ms
    b: Annotated[float, Key("nS", "Recovery current per voltage.", ge=-1e4, le=1e4)] = -2 * nS
    c: Annotated[float, voltage("Voltage after a spike.", below="v_peak")] = -50 * mV
    d: Annotated[float, Key("pA", "Recovery current per spike.", ge=-1e5, le=1e5)] = 100 * pA
    synapses: Synapses = Synapses()

    @property
    def rest(self) -> tuple[float, float]:
        return self.v_r, 0.0

    @property
    def threshold(self) -> float:
        return self.v_peak

    @property
    def peak(self) -> float:
        return self.v_peak

    @property
    def reset(self) -> tuple[float, float]:
        return self.c, self.d

    @property
    def g_leak(self) -> float:
        return self.k * (self.v_t - self.v_r)


@jit_inline
def dv_dt(v, u, I_syn, p):
    return (p.k * (v - p.v_r) * (v - p.v_t) - u - I_syn) / p.C


@jit_inline
def du_dt(v, u, p):
    return p.a * (p.b * (v - p.v_r) - u)


@jit_inline
def dv(v, u, I_syn, dt, p):
    return dt * dv_dt(v, u, I_syn, p)


@jit_inline
def du(v, u, dt, p):
    return dt * du_dt(v, u, p)


MODEL = register(Model("izhikevich", Izhikevich, dv, du))
