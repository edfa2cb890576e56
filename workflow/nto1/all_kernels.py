"""Every kernel of this package, compiled once."""

import numpy as np

from nto1.connection_test import compare_with_shuffles, digitise
from nto1.inputs import Recording, draw_spike_trains
from nto1.memory import WIDTHS
from nto1.network import Network, simulate_network
from nto1.simulation import Realisations, realise, simulate_batch
from nto1.units import ms
from nto1.voltage_imaging import Trains, draw_trains, respond, spike_counts


def compile_all() -> None:
    """Compile every kernel, or load it from the cache."""
    recording = Recording(0.01, 0.1 * ms)
    draw_spike_trains(10, 0, recording)
    for width in WIDTHS:
        realisations = realise(10, range(width), recording)
        simulate_batch([0], realisations)
        simulate_batch(np.zeros(width), Realisations(realisations.counts[:1]))

    simulate_network(Network.of([[0]], [0]), *recording)

    rng = np.random.RandomState(0)
    trains = draw_trains(Trains(n_trains=1), 1, rng)
    counts = spike_counts(trains, 100, recording.timestep)
    v = digitise(respond(counts, counts).v)
    list(compare_with_shuffles(trains, v, recording.timestep, 10, 1, rng))
