"""The adaptive exponential integrate-and-fire neuron (Brette & Gerstner 2005) with two
exponentially decaying synaptic conductances.

    C dV/dt   = -g_L (V - E_L) + g_L Δ_T exp((V - V_T) / Δ_T) - I_syn - w
    τ_w dw/dt = a (V - E_L) - w
    I_syn     = g_exc (V - E_exc) + g_inh (V - E_inh)
    τ_g dg/dt = -g                                       for g_exc and g_inh

    when V > V_spike:  V ← V_reset,  w ← w + b
"""

from typing import NamedTuple

from nto1.jit import jit_inline
from nto1.jit.exp2 import LOG2_E, exp2
from nto1.units import ms, mV, nS, pA, pF


class AdEx(NamedTuple):
    """Parameters of the AdEx neuron and its synapses.

    Defaults: cortical regular spiking (Naud et al. 2008), as in the thesis.

    Examples
    --------
    >>> AdEx(b=0 * pA).τ_w
    0.088
    """

    C: float = 104 * pF  # membrane capacitance
    g_L: float = 4.3 * nS  # leak conductance
    E_L: float = -65 * mV  # leak reversal; where V starts
    V_T: float = -52 * mV  # threshold of the exponential current
    Δ_T: float = 0.8 * mV  # its sharpness
    V_spike: float = 40 * mV  # there is a spike when V is above
    V_reset: float = -53 * mV  # V after a spike
    a: float = -0.8 * nS  # adaptation per voltage
    b: float = 65 * pA  # adaptation per spike
    τ_w: float = 88 * ms  # time constant of adaptation
    E_exc: float = 0 * mV  # reversal of excitatory synapses
    E_inh: float = -80 * mV  # reversal of inhibitory synapses
    τ_g: float = 7 * ms  # decay of synaptic conductances
    inh_to_exc_weight: float = 4  # w_i / w_e


@jit_inline
def I_syn(V, g_exc, g_inh, p):
    return g_exc * (V - p.E_exc) + g_inh * (V - p.E_inh)


@jit_inline
def C_dV_dt(V, w, I_syn, p):
    leak = -p.g_L * (V - p.E_L)
    upstroke = p.g_L * p.Δ_T * exp2((V - p.V_T) * (LOG2_E / p.Δ_T))
    return leak - I_syn - w + upstroke


@jit_inline
def τ_dw_dt(V, w, p):
    return p.a * (V - p.E_L) - w


@jit_inline
def euler_step(V, w, g_exc, g_inh, dt, p):
    """V and w one step later, before any reset."""
    return (
        V + dt / p.C * C_dV_dt(V, w, I_syn(V, g_exc, g_inh, p), p),
        w + dt / p.τ_w * τ_dw_dt(V, w, p),
    )


@jit_inline
def decay(g, dt, p):
    """A conductance one step later."""
    return g - dt / p.τ_g * g


@jit_inline
def spike_and_reset(V, w, p):
    """Whether there is a spike; V and w after it; and V with the spike drawn in ("ceiled")."""
    spikes = V > p.V_spike
    return (
        spikes,
        p.V_reset if spikes else V,
        w + p.b if spikes else w,
        p.V_spike if spikes else V,
    )
