"""The Izhikevich neuron (Izhikevich 2007), and its cortical regular-spiking parameters.

C dv/dt = k (v - v_r) (v - v_t) - u - I_syn
  du/dt = a (b (v - v_r) - u)

when v ≥ v_peak:  v ← c,  u ← u + d
"""

from typing import NamedTuple

from nto1.jit import jit_inline
from nto1.units import ms, mV, nS, pA, pF


class Izhikevich(NamedTuple):
    """Parameters of the Izhikevich neuron.

    Defaults: cortical regular spiking (Izhikevich 2007), as in the notebook.

    Examples
    --------
    >>> Izhikevich(d=150 * pA).c
    -0.05
    """

    C: float = 100 * pF  # membrane capacitance
    k: float = 0.7 * (nS / mV)  # steepness of the parabola
    v_r: float = -60 * mV  # resting voltage; where v starts
    v_t: float = -40 * mV  # threshold, where the parabola crosses zero again
    v_peak: float = 35 * mV  # there is a spike when v is not below
    a: float = 0.03 / ms  # rate of recovery
    b: float = -2 * nS  # recovery current per voltage
    c: float = -50 * mV  # v after a spike
    d: float = 100 * pA  # recovery current per spike


@jit_inline
def dv_dt(v, u, I_syn, p):
    return (p.k * (v - p.v_r) * (v - p.v_t) - u - I_syn) / p.C


@jit_inline
def du_dt(v, u, p):
    return p.a * (p.b * (v - p.v_r) - u)
