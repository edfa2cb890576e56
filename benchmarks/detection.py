"""Who is connected to whom? How many connections are found, and how long it takes, beside others.

    PYTHONPATH=workflow python benchmarks/detection.py table.csv python

What drives every eighth neuron of the published network, from spikes alone and from voltages, in
one thread. ``python`` is that of an environment with Elephant, pynapple and scikit-learn.
"""

import json
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
import glmcc

from nto1 import output_spike_test, regression_test, score, spike_coupling_test, sta_test
from nto1.inference.n_to_1 import Signal, imaged
from nto1.inference.network_pairs import NetworkRecording, PostsynapticNeuron
from nto1.simulation.adex_network import RandomNetwork
from nto1.units import ms, s

DURATIONS, DT, SEED, EVERY = (60 * s, 10 * s), 0.1 * ms, 1234, 8


class Found(NamedTuple):
    t: np.ndarray  # [n_pairs]
    CPU_s: float


def regression(n: PostsynapticNeuron) -> np.ndarray:
    return regression_test(voltage(n), DT, n.times, own_spikes=n.spike_times).z


def coupling(n: PostsynapticNeuron, weights="joint") -> np.ndarray:
    return spike_coupling_test(*spikes(n), weights=weights).z


def voltage(n: PostsynapticNeuron) -> np.ndarray:
    return imaged(n, Signal("before_reset"))


def spikes(n: PostsynapticNeuron) -> tuple:
    return n.spike_times, n.time_grid.duration, n.times


# Of one neuron: t of all others [n_presynaptic].
FROM_VOLTAGE = {"regression": regression, "sta": lambda n: sta_test(voltage(n), DT, n.times).t}
FROM_SPIKES = {
    "spike_coupling, all trains at once": coupling,
    "spike_coupling, one by one": partial(coupling, weights="marginal"),
    "spikes": lambda n: output_spike_test(*spikes(n)),
    "GLMCC (Kobayashi et al. 2019), written anew": lambda n: glmcc.z_of_trains(
        n.spike_times, n.times
    ),
}


def by_peers(neurons: list[PostsynapticNeuron], python: str) -> dict[str, Found]:
    trains = {n.target: n.spike_times for n in neurons}
    for n in neurons:
        trains |= dict(zip(n.presynaptic.tolist(), n.times, strict=True))
    numbers = sorted(trains)
    targets = [numbers.index(n.target) for n in neurons]
    script = Path(__file__).parent / "peers/spikes_run.py"
    with tempfile.TemporaryDirectory() as folder:
        file, duration = f"{folder}/t.npz", neurons[0].time_grid.duration
        arrays = {"duration": duration, "targets": targets}
        np.savez(f"{folder}/spikes.npz", *(trains[i] for i in numbers), **arrays)
        command = [python, str(script), f"{folder}/spikes.npz", file]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        CPU_s, found = json.loads(done.stdout), dict(np.load(file))
    of_neurons = [np.searchsorted(numbers, n.presynaptic) for n in neurons]
    return {
        name: Found(np.concatenate([t[rows, j] for j, rows in enumerate(of_neurons)]), CPU_s[name])
        for name, t in found.items()
    }


def rows_of(duration: float, python: str, network: RandomNetwork = RandomNetwork()) -> list[dict]:
    some = tuple(range(0, network.N, EVERY))
    neurons = list(NetworkRecording(network, SEED, duration, DT / ms, some).record())
    kinds, found = np.concatenate([n.kinds for n in neurons]), {}
    for name, test in (FROM_VOLTAGE | FROM_SPIKES).items():
        begin = time.process_time()
        t = np.concatenate([test(n) for n in neurons])
        found[name] = Found(t, time.process_time() - begin)
    found |= by_peers(neurons, python)
    return [row(duration, name, each, kinds) for name, each in found.items()]


def row(duration: float, method: str, found: Found, kinds: np.ndarray) -> dict:
    scores = score(np.nan_to_num(found.t), kinds)
    names = ("AUC", "AUC_exc", "AUC_inh", "F1max")
    about = {"duration_s": duration, "from": "voltage" if method in FROM_VOLTAGE else "spikes"}
    of_method = {name: round(getattr(scores, name), 4) for name in names}
    of_method |= {"CPU_s": round(found.CPU_s, 2)}
    print(about, method, of_method, flush=True)
    return about | {"method": method} | of_method


def main(file: str, python: str) -> None:
    rows_of(5 * s, python, RandomNetwork(N=10, N_exc=8, p_connected=0.3))  # compiled
    rows = [row for duration in DURATIONS for row in rows_of(duration, python)]
    pd.DataFrame(rows).to_csv(file, index=False, lineterminator="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
