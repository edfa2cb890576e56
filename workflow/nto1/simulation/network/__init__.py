"""Networks of Izhikevich and AdEx neurons with input spike trains, of which only spikes and chosen
signals are kept.

    Izhikevich:  C dv/dt = k (v - v_r) (v - v_t) - u - I_syn + I_inj + C σ ξ(t)
    AdEx:        C dv/dt = -g_L (v - E_L) + g_L Δ_T exp((v - V_T) / Δ_T) - w
                           - I_syn + I_inj + C σ ξ(t)

    I_syn = Σ_E g_E (v - E)        dg_E/dt = -g_E / τ_E

A spike adds a synapse's weight to the conductance, with the synapse's reversal potential E, of the
neuron it leads to. Conductances with the same reversal potential add up, so that a neuron has as
many as there are different ones, not as many as it has synapses. ξ is white noise: a step of the
Euler-Maruyama method adds σ √dt times a standard normal to v. I_syn is an outward
current: where it is positive, it hyperpolarises; I_inj, which is injected, is an inward one. (The
notebook of 2021 counts inward current as positive; there, I_syn has the opposite sign.)

Source: the notebook of 2021-11-18, section "Sim". Its noise is read as its to-do says, as that of
a stochastic differential equation; taken literally, it adds volts to amperes.
"""

from nto1.simulation.network.activity import Activity, Current, draw_peaks, simulate_network
from nto1.simulation.network.structure import Connections, Network
from nto1.simulation.network.trains import arrival_steps, poisson_trains, trains_from_table

__all__ = [
    "Activity",
    "Connections",
    "Current",
    "Network",
    "arrival_steps",
    "draw_peaks",
    "poisson_trains",
    "simulate_network",
    "trains_from_table",
]
