"""The thesis's network of 1000 Izhikevich neurons: connected at random, with lognormal weights, and
driven by noise.

Source: chapter 4 of the thesis, and the notebooks of 2022-07-01 and 2022-09-01, whose simulator
drew from Julia's random stream.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nto1.jit import jit
from nto1.neurons.izhikevich import Izhikevich
from nto1.random.stream import fill_normals, ordered_sample, seeded, uniforms
from nto1.simulation.network import Activity, Connections, Network, simulate_network
from nto1.units import ms, mV, nS, pA, s

if TYPE_CHECKING:
    from nto1.config.model import OneIzhikevichNetwork


class LognormalNetwork(NamedTuple):
    """Defaults: as published, for the wiring and the connection tests."""

    N: int = 1000
    N_exc: int = 800  # these come first
    p_connected: float = 0.04
    mean_exc_weight: float = 0.5 * nS
    inh_to_exc_weight: float = 4
    E_exc: float = 0 * mV
    E_inh: float = -80 * mV
    τ_g: float = 7 * ms
    delay: float = 10 * ms
    injected_current: float = 50 * pA  # published as 0.5 pA √s / √dt, in steps of 0.1 ms
    noise: float = 5 * pA  # times √s, strength of the white noise current
    neuron: Izhikevich = Izhikevich()

    @classmethod
    def of(cls, section: "OneIzhikevichNetwork", neuron: Izhikevich) -> "LognormalNetwork":
        """From sections of the configuration."""
        in_SI = section.in_SI()
        given = {name: in_SI[name] for name in cls._fields[:-2]}
        return cls(**given, noise=section.noise_pA_sqrt_s * pA, neuron=neuron)

    @property
    def presynaptic(self) -> np.ndarray:
        """Neurons that may be connected to others [N]."""
        return np.arange(self.N)

    def simulate(
        self, duration: float, timestep: float, seed: int, record: Mapping[str, Sequence[int]]
    ) -> tuple[Network, Activity]:
        """As ``simulate_lognormal_network`` does."""
        return simulate_lognormal_network(self, duration, timestep, seed, record)


class DrawnNetwork(NamedTuple):
    network: Network
    state: tuple  # of the random stream, after the weights


def draw_network(parameters: LognormalNetwork, seed: int) -> DrawnNetwork:
    """Who is connected to whom, and how strongly: a uniform for each pair, then a normal for each
    connection; in both, the presynaptic neuron changes fastest."""
    p, N = parameters, parameters.N
    pairs, z, state = _draw_synapses(N, float(p.p_connected), seeded(seed))
    target, source = np.divmod(pairs, N)
    is_exc = np.arange(N) < p.N_exc
    # The mean of exp(z - 1/2) is 1.
    weight = p.mean_exc_weight * np.exp(z - 0.5) * np.where(is_exc, 1, p.inh_to_exc_weight)[source]
    E = np.where(is_exc, p.E_exc, p.E_inh)
    network = Network.of(
        {"Izhikevich": p.neuron},
        ["Izhikevich"] * N,
        Connections.of_table(source, target, weight, E, N, p.delay),
        τ_g=p.τ_g,
        σ=-p.noise / p.neuron.C,  # the published noise is an outward current
    )
    return DrawnNetwork(network, tuple(np.array(state, np.uint64)))


@jit
def _draw_synapses(N, p_connected, state):
    """Places [n_synapses] in the matrix [target, source], and a normal for each; none is on the
    diagonal, for which uniforms are drawn, too."""
    u, state = uniforms(N * N, state)
    pairs = np.array([i for i in range(N * N) if u[i] < p_connected and i % (N + 1) != 0])
    z = np.empty(pairs.size)
    state = fill_normals(z, pairs.size, state)
    return pairs, z, state


def simulate_lognormal_network(
    parameters: LognormalNetwork = LognormalNetwork(),
    duration: float = 10 * s,
    timestep: float = 0.1 * ms,
    seed: int = 22022022,
    record: Mapping[str, Sequence[int]] | None = None,
) -> tuple[Network, Activity]:
    """Draw the network, and simulate it with what the same stream has next. Raises what
    ``simulate_network`` raises."""
    network, state = draw_network(parameters, seed)
    activity = simulate_network(
        *(network, duration, timestep),
        noise=state,
        record=record,
        current=float(parameters.injected_current),
        update="simultaneous",
        arrival="next",
    )
    return network, activity


def choose_unconnected(connections: Connections, neuron: int, n: int, seed: int) -> np.ndarray:
    """n neurons that send nothing to this one, drawn as published [n], ascending; with the same
    stream, all excitatory inputs and all inhibitory ones were "chosen" before.

    Raises ``ValueError`` if there are not so many.
    """
    inputs = np.unique(connections.source[connections.target == neuron])
    others = np.setdiff1d(np.arange(connections.E.size), [*inputs, neuron])
    if not 0 <= n <= others.size:
        raise ValueError(f"{others.size} neurons send nothing to neuron {neuron}: can't choose {n}")
    n_exc = np.count_nonzero(connections.E[inputs] == connections.E.max())
    return others[_choose(n_exc, inputs.size - n_exc, others.size, n, seeded(seed))]


@jit
def _choose(n_exc, n_inh, n_others, n_chosen, state):
    for n in (n_exc, n_inh):
        state = ordered_sample(n, n, state)[1]
    return ordered_sample(n_others, n_chosen, state)[0]
