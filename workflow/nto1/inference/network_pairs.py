"""Who is connected to whom in a network? Every neuron's voltage, tested against the others' spikes.

The published network of AdEx neurons, whose wiring is known. There is nothing published to compare
the outcome with: the notebook of 2024-07-01 leaves the question to its readers.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from nto1.inference.kinds import EXCITATORY, INHIBITORY, UNCONNECTED
from nto1.inference.method import Outcome, Problem, Test, run_tests
from nto1.simulation.adex_network import RandomNetwork, simulate_random_network
from nto1.simulation.network import draw_peaks
from nto1.units import ms, s

# Of recorded voltages, that are in memory at a time: 128 MB.
MAX_SAMPLES = 2**24


class PostsynapticNeuron(NamedTuple):
    """A neuron, and the trains of those that may be connected to it."""

    neuron: int
    V: np.ndarray  # [n_steps] V before each step; the peak where the neuron spikes
    output_times: np.ndarray  # [n_output_spikes] s
    presynaptic: np.ndarray  # [n_presynaptic] int64, neurons that send to any other, but itself
    kinds: np.ndarray  # [n_presynaptic] str: excitatory, inhibitory, unconnected
    trains: list[np.ndarray]  # s, of each presynaptic neuron


def postsynaptic_neurons(
    parameters: RandomNetwork = RandomNetwork(),
    duration: float = 60 * s,
    timestep: float = 0.1 * ms,
    seed: int = 1234,
    max_samples: int = MAX_SAMPLES,
) -> Iterator[PostsynapticNeuron]:
    """Every neuron of the network in turn.

    A spike's time is the middle of its step, so that no rounding moves it to another. The network
    is simulated as often as it takes to keep ``max_samples`` of voltage at a time. Raises what
    ``simulate_network`` raises.
    """
    N, n_steps = parameters.N, round(duration / timestep)
    at_once = max(1, max_samples // n_steps)
    for first in range(0, N, at_once):
        neurons = range(first, min(first + at_once, N))
        matrix, network, activity = simulate_random_network(
            parameters, duration, timestep, seed, {"v": neurons}
        )
        times = [(activity.spikes_of(i) + 0.5) * timestep for i in range(N)]
        voltages = draw_peaks(activity, network)[:-1]
        kinds = np.array([INHIBITORY, UNCONNECTED, EXCITATORY])[np.sign(matrix).astype(int) + 1]
        for column, neuron in enumerate(neurons):
            presynaptic = parameters.presynaptic[parameters.presynaptic != neuron]
            yield PostsynapticNeuron(
                neuron,
                voltages[:, column],
                times[neuron],
                presynaptic,
                kinds[presynaptic, neuron],
                [times[i] for i in presynaptic],
            )


def find_inputs(
    target: PostsynapticNeuron, dt: float, tests: Sequence[Test], threads: int = 1
) -> list[Outcome]:
    """What every test says of the presynaptic neurons. Raises what the tests raise."""
    problem = Problem(
        *([target.V], dt, target.trains, target.output_times, target.presynaptic, threads)
    )
    return [outcome for (outcome,) in run_tests(problem, tests)]
