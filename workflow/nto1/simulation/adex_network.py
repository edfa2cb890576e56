"""The published network of AdEx neurons: connected at random, driven by noise, without inputs.

Source: the thesis's notebook of 2024-07-01 ("AdExNet-Brian"), which published the connections and
the spikes, but no voltages.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nto1.neurons.adex import AdEx
from nto1.simulation.network import Activity, Connections, Network, simulate_network
from nto1.simulation.network.wiring import connect_with_probability
from nto1.units import ms, nS, pA, s

if TYPE_CHECKING:
    from nto1.config.model import AdExNetwork


class RandomNetwork(NamedTuple):
    """Defaults: as published."""

    N: int = 100
    N_exc: int = 80  # these come first
    p_connected: float = 0.05
    exc_weight: float = 2 * nS
    noise: float = 8 * pA  # times √s, strength of the white noise current
    neuron: AdEx = AdEx()
    mute_first_inhibitory: bool = True  # an off-by-one left it out of both groups

    @classmethod
    def of(cls, network: "AdExNetwork", neuron: AdEx) -> "RandomNetwork":
        """From the section of the configuration."""
        return cls(
            network.N,
            network.N_exc,
            network.p_connected,
            network.exc_weight_nS * nS,
            network.noise_pA_sqrt_s * pA,
            neuron,
            network.mute_first_inhibitory,
        )

    @property
    def presynaptic(self) -> np.ndarray:
        """Neurons that may be connected to others [n_presynaptic]."""
        neurons = np.arange(self.N)
        return neurons[neurons != self.N_exc] if self.mute_first_inhibitory else neurons

    def simulate(
        self, duration: float, timestep: float, seed: int, record: Mapping[str, Sequence[int]]
    ) -> tuple[Network, Activity]:
        """As ``simulate_random_network`` does."""
        _, network, activity = simulate_random_network(self, duration, timestep, seed, record)
        return network, activity


class RandomNetworkActivity(NamedTuple):
    matrix: np.ndarray  # [N, N] what ``draw_connections`` returns
    network: Network
    activity: Activity


def draw_connections(parameters: RandomNetwork, rng: np.random.RandomState) -> np.ndarray:
    """Who is connected to whom [N, N], from row to column: 0, or 1 (excitatory), or the negative
    ratio of the weights (inhibitory).

    For each presynaptic neuron, a uniform per neuron is drawn; a connection to itself is then
    dropped.
    """
    everyone = np.arange(parameters.N)
    pairs = connect_with_probability(parameters.presynaptic, everyone, parameters.p_connected, rng)
    matrix = np.zeros((parameters.N, parameters.N))
    ratio = parameters.neuron.synapses.inh_to_exc_weight
    matrix[pairs] = np.where(pairs[0] < parameters.N_exc, 1, -ratio)
    return matrix


def network_of(matrix: np.ndarray, parameters: RandomNetwork) -> Network:
    """The network with these connections."""
    p, N, synapses = parameters.neuron, parameters.N, parameters.neuron.synapses
    E = np.where(np.arange(N) < parameters.N_exc, synapses.E_exc, synapses.E_inh)
    return Network.of(
        {"AdEx": p},
        ["AdEx"] * N,
        Connections.of_matrix(np.abs(matrix) * parameters.exc_weight, E),
        τ_g=synapses.τ_g,
        σ=-parameters.noise / p.C,  # the published noise is an outward current
    )


def simulate_random_network(
    parameters: RandomNetwork = RandomNetwork(),
    duration: float = 60 * s,
    timestep: float = 0.1 * ms,
    seed: int = 1234,
    record: Mapping[str, Sequence[int]] | None = None,
) -> RandomNetworkActivity:
    """Draw the connections, and simulate the network with what the same generator (NumPy's legacy
    one) draws next. Raises what ``simulate_network`` raises."""
    rng = np.random.RandomState(seed)
    matrix = draw_connections(parameters, rng)
    network = network_of(matrix, parameters)
    activity = simulate_network(
        network, duration, timestep, noise=rng, record=record, update="simultaneous"
    )
    return RandomNetworkActivity(matrix, network, activity)
