"""Compile every kernel of this package, or load it from the cache: in two processes at a time.
Those for N inputs to a neuron of another model than the thesis's are left for ``compile_lanes``.

``python -m nto1.compile_all`` compiles all, with a name that part, or the loops for that model.
"""

import subprocess
import sys
from collections.abc import Sequence

import numpy as np

from nto1.config.model import ConnectionInference
from nto1.inference.chance import chance_level
from nto1.inference.method import Problem, methods, run_tests
from nto1.inference.n_to_1 import Signal, choose_trains, imaged, record
from nto1.inference.regression import regression_test
from nto1.inference.sta import exact_stas, shuffle_test
from nto1.inference.windows import digitise
from nto1.neurons import MODELS, Neuron
from nto1.neurons.adex import AdEx
from nto1.neurons.izhikevich import Izhikevich
from nto1.simulation.inputs import SpikeCounts, TimeGrid, draw_spike_trains
from nto1.simulation.izhikevich_network import LognormalNetwork, choose_unconnected, draw_network
from nto1.simulation.network import Network, simulate_network
from nto1.simulation.runs import InputBatch, draw_inputs, simulate_batch
from nto1.simulation.vectorized import WIDTHS
from nto1.simulation.voltage_imaging import (
    Experiment,
    PoissonTrains,
    draw_experiment,
    simulate_voltage,
)
from nto1.threads import map_ahead
from nto1.units import ms, nS

NARROW, WIDE = WIDTHS[:2], WIDTHS[2:]


def compile_runs() -> None:
    """Runs of the N-to-1 experiment and their tests: everything once, on the smallest of inputs."""
    time_grid = TimeGrid(0.01, 0.1 * ms)
    draw_spike_trains(10, 0, time_grid)
    inputs = draw_inputs(10, [0], time_grid)
    for width in NARROW:
        simulate_batch(np.zeros(width), inputs)

    recording = record(5, 1, 0.2 * nS, 1.0)
    trains = choose_trains(recording, 1)
    V = imaged(recording, Signal("at_reset", spike_SNR=40, clip_percentile=99.9))
    problem = Problem([V], 0.1 * ms, trains.times, recording.spike_times, np.arange(3))
    section = ConnectionInference().model_dump()
    run_tests(problem, [method.test(section) for method in methods().values()])
    exact_stas(V, 0.1 * ms, trains.times[:1], 100)

    noise = np.random.default_rng(1).normal(size=3000)
    two = [np.arange(0.1, 2.9, interval) for interval in (0.05, 0.07)]
    for window in (None, 50 * ms):
        regression_test(noise, 1 * ms, two, timing_window=window, n_surrogates=20, rounds=1)


def compile_lanes(widths: Sequence[int], neuron: Neuron) -> None:
    """Loops over time of the N-to-1 experiment, for the neuron's model."""
    nothing = np.zeros(100, np.uint16)
    inputs = InputBatch([SpikeCounts(10, 0, TimeGrid(0.01, 0.1 * ms), nothing, nothing, 0)])
    for width in widths:
        simulate_batch(np.zeros(width), inputs, neuron, with_medians=False)


def compile_networks() -> None:
    """And wide tiles, so that both parts take about as long."""
    compile_lanes(WIDE, AdEx())
    experiment = Experiment(0.5, 0.1 * ms, PoissonTrains(n_trains=1))
    drawn = draw_experiment(experiment, 0)
    v = simulate_voltage(drawn, experiment).v
    list(shuffle_test(drawn.times, [digitise(v), digitise(v, 15)], 0.1 * ms, 10, 1, drawn.rng))

    # Networks, that is; the experiment above compiled the kernel for a single neuron.
    simulate_network(Network.of({"neuron": Izhikevich()}, ["neuron"] * 2), 0.01, 0.1 * ms)
    chance_level(n_draws=1)
    few = LognormalNetwork(N=10, N_exc=8)
    choose_unconnected(draw_network(few, 1).network.connections, 0, 1, 1)


PARTS = {"runs": compile_runs, "networks": compile_networks}


def compile_all() -> None:
    """Raises ``subprocess.CalledProcessError`` if it fails."""

    def compile_part(name: str) -> None:
        subprocess.run([sys.executable, "-P", "-m", "nto1.compile_all", name], check=True)

    list(map_ahead(compile_part, PARTS, threads=len(PARTS)))


if __name__ == "__main__":
    if len(sys.argv) == 1:
        compile_all()
    elif sys.argv[1] in PARTS:
        PARTS[sys.argv[1]]()
    else:
        compile_lanes(WIDTHS, MODELS[sys.argv[1]].parameters())
