"""Every kernel of this package, compiled."""

import numpy as np

from nto1.connection_test import compare_with_shuffles, digitise
from nto1.inputs import Recording, draw_spike_trains
from nto1.memory import WIDTHS
from nto1.network import Network, simulate_network
from nto1.simulation import Realisations, realise, simulate_batch
from nto1.units import ms
from nto1.voltage_imaging import Experiment, Trains, respond
from nto1.voltage_imaging import realise as realise_trains


def compile_all(family: str) -> None:
    """Compile the kernels of a family, or load them from its cache."""
    {"adex": _adex, "imaging": _imaging, "network": _network}[family]()


def _adex() -> None:
    recording = Recording(0.01, 0.1 * ms)
    draw_spike_trains(10, 0, recording)
    for width in WIDTHS:
        realisations = realise(10, range(width), recording)
        simulate_batch([0], realisations)
        simulate_batch(np.zeros(width), Realisations(realisations.counts[:1]))


def _imaging() -> None:
    experiment = Experiment(0.5, 0.1 * ms, Trains(n_trains=1))
    realisation = realise_trains(experiment, 0)
    v = digitise(respond(realisation, experiment).v)
    list(compare_with_shuffles(realisation.times, v, 0.1 * ms, 10, 1, realisation.rng))


def _network() -> None:
    simulate_network(Network.of([[0]], [0]), 0.01, 0.1 * ms)
