"""Theory to check simulations against: a membrane that does not spike.

    C dV/dt = -g_L (V - E_L) - w - g_exc (V - E_exc) - g_inh (V - E_inh)
    τ_w dw/dt = a (V - E_L) - w

Both conductances are shot noise: Poisson spikes, each a step that decays with τ_g. By Campbell's
theorem they have the mean R s τ_g and the variance R s² τ_g / 2 (R: rate of all inputs of a kind,
s: step of a spike). Linearised around its mean, the membrane filters them.
"""

from typing import NamedTuple

import numpy as np
from scipy.linalg import solve_continuous_lyapunov

from nto1 import checks
from nto1.neurons.adex import AdEx


class FreeMembrane(NamedTuple):
    """What theory says."""

    g_exc: float  # S, mean
    g_inh: float  # S, mean
    mean_V: float  # V
    sd_V: float  # V


def free_membrane(
    w_exc: float, rate_exc: float, rate_inh: float, neuron: AdEx = AdEx()
) -> FreeMembrane:
    """Mean and standard deviation of the membrane potential, without its exponential current.

    Where conductance and voltage go up and down together, the mean is a little lower than at
    constant conductances: by their covariance, which the mean includes.

    Parameters
    ----------
    w_exc
        Weight of excitatory inputs (S).
    rate_exc, rate_inh
        Summed rates of all excitatory and of all inhibitory inputs (Hz).
    neuron
        Parameters of the neuron and its synapses.

    Returns
    -------
    FreeMembrane
        Means of both conductances (S); mean and standard deviation of the voltage (V).

    Raises
    ------
    ValueError, TypeError
        For a weight, rate or parameter that is no finite number, or negative where it can't be.

    Examples
    --------
    >>> theory = free_membrane(w_exc=10 * pS, rate_exc=20_800, rate_inh=5200)
    >>> round(theory.mean_V, 5), round(theory.sd_V, 5)
    (-0.05364, 0.00052)
    """
    w_exc = checks.weight(w_exc)
    rate_exc = checks.number(rate_exc, "rate_exc", at_least=0)
    rate_inh = checks.number(rate_inh, "rate_inh", at_least=0)
    checks.neuron(neuron)
    p, (E_exc, E_inh, τ_g, inh_to_exc_weight) = neuron, neuron.synapses
    w_inh = inh_to_exc_weight * w_exc
    g_exc, g_inh = rate_exc * w_exc * τ_g, rate_inh * w_inh * τ_g
    g_all = p.g_L + g_exc + g_inh
    noise = np.diag([rate_exc * w_exc**2, rate_inh * w_inh**2, 0, 0])
    covariance = np.zeros((4, 4))
    for _ in range(20):  # the mean depends on the covariance, and that on the mean
        drive = (p.g_L + p.a) * p.E_L + g_exc * E_exc + g_inh * E_inh
        V = (drive - covariance[0, 2] - covariance[1, 2]) / (g_all + p.a)
        # Deviations of g_exc, g_inh, V and w from their means.
        decay = np.array(
            [
                [-1 / τ_g, 0, 0, 0],
                [0, -1 / τ_g, 0, 0],
                [(E_exc - V) / p.C, (E_inh - V) / p.C, -g_all / p.C, -1 / p.C],
                [0, 0, p.a / p.τ_w, -1 / p.τ_w],
            ]
        )
        covariance = solve_continuous_lyapunov(decay, -noise)
    return FreeMembrane(g_exc, g_inh, float(V), float(np.sqrt(covariance[2, 2])))
