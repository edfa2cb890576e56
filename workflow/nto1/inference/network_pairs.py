"""Who is connected to whom in a network? Every neuron's voltage, tested against the others' spikes.

The published network of AdEx neurons, whose wiring is known. There is nothing published to compare
the outcome with: the notebook of 2024-07-01 leaves the question to its readers.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from nto1.inference.line_fit import line_fit_test
from nto1.inference.output_spikes import output_spike_test
from nto1.inference.scores import EXCITATORY, INHIBITORY, UNCONNECTED
from nto1.inference.sta import sta_test
from nto1.inference.template import template_test
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
    target: PostsynapticNeuron,
    dt: float = 0.1 * ms,
    window: float = 20 * ms,
    line_fit_window: float = 10 * ms,
    n_shuffles: int = 100,
    shuffle_seed: int | Sequence[int] = 1,
    template_quantile: float = 0.99,
    template_window: float = 100 * ms,
    threads: int = 1,
) -> dict[str, np.ndarray]:
    """t of every presynaptic neuron [n_presynaptic], by each method.

    NaN for a neuron without spikes, or with none that is early enough for all windows. Raises what
    the tests raise.
    """
    V, duration = target.V, target.V.size * dt
    latest = duration - max(window, line_fit_window, template_window)
    tested = [i for i, train in enumerate(target.trains) if train.size and train[0] <= latest]
    t = {name: np.full(len(target.trains), np.nan) for name in ("sta", "template", "line_fit")}
    t["spikes"] = t["sta"].copy()
    if not tested:
        return t
    trains = [target.trains[i] for i in tested]
    if np.ndim(shuffle_seed):
        shuffle_seed = np.asarray(shuffle_seed)[tested]
    shuffling = {"n_shuffles": n_shuffles, "seed": shuffle_seed, "threads": threads}
    first_pass = sta_test(V, dt, trains, window, **shuffling)
    second_pass = template_test(
        *(V, dt, trains, window),
        **shuffling,
        quantile=template_quantile,
        template_window=template_window,
        first_pass=first_pass,
    )
    t["sta"][tested] = first_pass.t
    t["template"][tested] = second_pass.t
    t["line_fit"][tested] = line_fit_test(V, dt, trains, line_fit_window, threads)
    t["spikes"][tested] = output_spike_test(
        target.output_times, duration, trains, window, **shuffling, dt=dt
    )
    return t
