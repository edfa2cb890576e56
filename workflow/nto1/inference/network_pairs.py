"""Who is connected to whom in a network? Voltages of neurons, to be tested against the spikes of
the others."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple, Protocol

import numpy as np

from nto1.errors import NothingToTest
from nto1.inference.kinds import EXCITATORY, INHIBITORY, UNCONNECTED
from nto1.neurons import Neuron
from nto1.simulation.inputs import TimeGrid
from nto1.simulation.network import Activity, Network
from nto1.units import ms

# Of recorded voltages, that are in memory at a time: 128 MB.
MAX_SAMPLES = 2**24

KINDS = np.array([INHIBITORY, UNCONNECTED, EXCITATORY])

# Measured: to simulate a neuron, per time step. Assumed: how often it spikes.
SECONDS_PER_STEP, MEAN_RATE_HZ = 12e-9, 5


class NetworkParameters(Protocol):
    """Of a network that can be drawn from a seed."""

    @property
    def N(self) -> int: ...

    @property
    def presynaptic(self) -> np.ndarray:
        """Neurons that may be connected to others [n_presynaptic]."""

    def simulate(
        self, duration: float, timestep: float, seed: int, record: Mapping[str, Sequence[int]]
    ) -> tuple[Network, Activity]: ...


class PostsynapticNeuron(NamedTuple):
    """A neuron, and the trains of those that may be connected to it; each [n_presynaptic] unless
    said otherwise."""

    target: int
    neuron: Neuron
    V: np.ndarray  # [n_steps] V before each step
    spike_steps: np.ndarray  # [n_output_spikes] at which V is the reset voltage; maybe n_steps
    spike_times: np.ndarray  # [n_output_spikes] s
    time_grid: TimeGrid
    presynaptic: np.ndarray  # int64, observed neurons that may send to others, but itself
    kinds: np.ndarray  # str: excitatory, inhibitory, unconnected
    weights: np.ndarray  # S, conductance step; 0 where there is no connection
    hops: np.ndarray  # synapses on the shortest path to the neuron; infinite without one
    times: list[np.ndarray]  # s, trains


class NetworkRecording(NamedTuple):
    """Voltages of some neurons of a network, which is to be simulated."""

    network: NetworkParameters
    seed: int
    duration_s: float
    timestep_ms: float
    neurons: tuple[int, ...]  # whose voltages are recorded
    observed_share: float = 1.0  # of the neurons, whose spikes are recorded; drawn at random

    @property
    def time_grid(self) -> TimeGrid:
        return TimeGrid(self.duration_s, self.timestep_ms * ms)

    @property
    def seconds(self) -> float:
        """To simulate the network, on one core."""
        return self.network.N * self.time_grid.n_steps * SECONDS_PER_STEP

    @property
    def n_tested_spikes(self) -> float:
        """To be expected of all trains that are tested for one neuron."""
        return self.network.N * self.observed_share * self.duration_s * MEAN_RATE_HZ

    def blocks(self, max_samples: int = MAX_SAMPLES) -> Iterator["NetworkRecording"]:
        """Parts whose voltages fit into memory, each with some of the neurons."""
        size = max(1, max_samples // self.time_grid.n_steps)
        for first in range(0, len(self.neurons), size):
            yield self._replace(neurons=self.neurons[first : first + size])

    def observed(self) -> np.ndarray:
        """Neurons whose trains are tested, ascending."""
        N = self.network.N
        some = np.random.default_rng(self.seed).permutation(N)[: round(self.observed_share * N)]
        return np.intersect1d(some, self.network.presynaptic)

    def record(self) -> Iterator[PostsynapticNeuron]:
        """Every recorded neuron in turn.

        A spike's time is the middle of its step, so that no rounding moves it to another. Raises
        what ``simulate_network`` raises.
        """
        grid, observed = self.time_grid, self.observed()
        network, activity = self.network.simulate(*grid, self.seed, {"v": self.neurons})
        connections = network.connections
        hops = connections.path_lengths(self.neurons)
        steps = [activity.spikes_of(i) for i in range(network.N)]
        times = [(of_neuron + 0.5) * grid.timestep for of_neuron in steps]
        for column, target in enumerate(self.neurons):
            neuron = network.types[network.type_of[target]]
            presynaptic = observed[observed != target]
            to_this = connections.target == target
            weights = np.bincount(
                connections.source[to_this], connections.weight[to_this], network.N
            )
            sign = np.where(connections.E > neuron.rest[0], 1, -1)
            kinds = KINDS[np.where(weights > 0, sign, 0) + 1]
            yield PostsynapticNeuron(
                target,
                neuron,
                np.ascontiguousarray(activity.recorded["v"][:-1, column]),
                steps[target] + 1,
                times[target],
                grid,
                presynaptic,
                kinds[presynaptic],
                weights[presynaptic],
                hops[presynaptic, column],
                [times[i] for i in presynaptic],
            )


def t_of_pairs(
    trains: Sequence[np.ndarray],
    duration: float,
    test: Callable[[np.ndarray, float, list[np.ndarray]], np.ndarray],
) -> np.ndarray:
    """t of every pair of neurons [n, n], from row to column, by their spikes alone: what a test
    says of one's output, of that duration (s), and all others' trains. NaN where it can't test."""
    t = np.full((len(trains), len(trains)), np.nan)
    for target, output in enumerate(trains):
        others = [k for k in range(len(trains)) if k != target]
        with suppress(NothingToTest):
            t[others, target] = test(output, duration, [trains[k] for k in others])
    return t
