"""Networks of spiking neurons beside Brian 2 and NEST: their spikes, and how long they take.

    PYTHONPATH=workflow python benchmarks/network.py PYTHON_WITH_BRIAN PYTHON_WITH_NEST [--rounds 5]

prints a JSON object. NEST has only the AdEx model, and integrates it otherwise. All run on one
core, in turns. Times are those of the loop over time, without set-up and compilation, and the
smallest of all rounds: what other programs do makes them longer.
"""

import argparse
import json
import os
import subprocess
import tempfile
from math import sqrt
from pathlib import Path
from time import perf_counter

import numpy as np

from nto1.neurons.adex import AdEx
from nto1.neurons.izhikevich import Izhikevich
from nto1.simulation.network import Connections, Network, poisson_trains, simulate_network
from nto1.units import Hz, ms, mV, nS

ROOT = Path(__file__).resolve().parents[1]

DT, E_EXC, E_INH = 0.1 * ms, 0.0, -65 * mV


def at_random(rng, n_sources, N, n_targets, weight, E, delay=0.0) -> Connections:
    """Every source connects to so many other neurons."""
    source = np.repeat(np.arange(n_sources), n_targets)
    target = rng.integers(0, N - 1, source.size)
    target += target >= source if n_sources == N else 0
    return Connections.of_table(source, target, weight[source], E, N, delay)


def two_types() -> tuple[Network, list[np.ndarray], float]:
    """1000 neurons, Izhikevich and AdEx, with input trains and delays, without noise; 1 s."""
    rng, N, n_trains = np.random.default_rng(1), 1000, 200
    exc = np.arange(N) < 800
    weight, E = np.where(exc, 0.2 * nS, 0.8 * nS), np.where(exc, E_EXC, E_INH)
    delay = rng.integers(0, 50, 50 * N) * DT
    input_exc = np.arange(n_trains) < 160
    input_weight = np.where(input_exc, 0.5 * nS, 0.5 * nS)
    network = Network.of(
        {"Izhikevich": Izhikevich(), "AdEx": AdEx()},
        np.repeat(["Izhikevich", "AdEx"], 500),
        at_random(rng, N, N, 50, weight, E, delay),
        at_random(rng, n_trains, N, 250, input_weight, np.where(input_exc, E_EXC, E_INH)),
    )
    trains = poisson_trains([20 * Hz] * n_trains, 1.0, 1)
    # On the time grid, at most one spike per step: what Brian's generator takes.
    return network, [np.unique(np.rint(t / DT)[t < 0.99]) * DT for t in trains], 1.0


def large(noise: bool, driven: bool = False) -> tuple[Network, list[np.ndarray], float]:
    """10 000 Izhikevich neurons with 100 connections each, as noisy as the notebook's, or not."""
    rng, N, n_trains = np.random.default_rng(0), 10_000, 1000 if driven else 1
    E = np.where(np.arange(N) < 8000, E_EXC, E_INH)
    network = Network.of(
        {"Izhikevich": Izhikevich()},
        ["Izhikevich"] * N,
        at_random(rng, N, N, 100, np.full(N, 0.1 * nS), E),
        at_random(
            rng, n_trains, N, 100 if driven else 0, np.full(n_trains, 2 * nS), [E_EXC] * n_trains
        ),
        σ=3 * mV / sqrt(ms) if noise else 0.0,
    )
    trains = poisson_trains([20 * Hz] * n_trains, 1.0, 1)
    return network, [np.unique(np.rint(t / DT)[t < 0.99]) * DT for t in trains], 1.0


def dense(n_targets: int = 1000) -> tuple[Network, list[np.ndarray], float]:
    """10 000 AdEx neurons with 1000 connections each, and a delay of 1 ms; 10 s."""
    rng, N, n_trains, duration = np.random.default_rng(0), 10_000, 1000, 10.0
    exc = np.arange(N) < 8000
    network = Network.of(
        {"AdEx": AdEx()},
        ["AdEx"] * N,
        at_random(
            *(rng, N, N, n_targets, np.where(exc, 0.002 * nS, 0.02 * nS)),
            *(np.where(exc, E_EXC, E_INH), np.full(N * n_targets, 1 * ms)),
        ),
        at_random(
            *(rng, n_trains, N, 100, np.full(n_trains, 1 * nS), [E_EXC] * n_trains),
            np.full(n_trains * 100, 1 * ms),
        ),
    )
    trains = poisson_trains([20 * Hz] * n_trains, duration, 1)
    return network, [np.unique(np.rint(t / DT)[t < 9.9]) * DT for t in trains], duration


def save(file, network: Network, trains: list[np.ndarray], duration: float) -> None:
    """The network for the peer."""
    starts = sorted(np.unique(network.type_of, return_index=True)[1])
    groups = []
    for start, end in zip(starts, [*starts[1:], network.N], strict=True):
        model = network.types[network.type_of[start]]
        parameters = model._asdict()
        del parameters["synapses"]
        groups.append((end - start, type(model).__name__, parameters))
    saved = {}
    for name, some in (("connections", network.connections), ("inputs", network.inputs)):
        saved |= {f"{name}_{c}": getattr(some, c) for c in ("source", "target", "weight", "delay")}
        saved[f"{name}_exc"] = some.E == E_EXC
    common = {
        "dt": DT, "duration": duration, "n_trains": len(trains), "sigma": network.σ[0],
        "tau_g": network.τ_g[0], "E_exc": E_EXC, "E_inh": E_INH,
    }  # fmt: skip
    steps = [np.rint(t / DT).astype(int) for t in trains]
    np.savez(
        file,
        common=np.array(common, object),
        groups=np.array(groups, object),
        input_steps=np.concatenate(steps),
        input_trains=np.repeat(np.arange(len(trains)), [s.size for s in steps]),
        **saved,
    )


def compare(network, trains, duration, python: str, rounds: int, peer: str = "brian2") -> dict:
    """Both simulators, in turns. A spike of Brian's inputs in step i is felt from i + 1 on."""
    later = [times + DT for times in trains]

    def run(duration):
        """Seconds, and what the network did; input spikes beyond the end are left out."""
        within = [times[times <= duration] for times in later]
        start = perf_counter()
        activity = simulate_network(network, duration, DT, within, update="simultaneous")
        return perf_counter() - start, activity

    with tempfile.TemporaryDirectory() as folder:
        file, spikes = Path(folder, "network.npz"), Path(folder, "spikes.npz")
        save(file, network, trains, duration)
        script = ROOT / f"benchmarks/peers/{peer}_network.py"
        command = [python, script, "--network", file, "--spikes", spikes]
        ours, theirs = [], []
        quiet = os.environ | {"PYNEST_QUIET": "1"}
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=quiet
        ) as process:
            simulator = json.loads(process.stdout.readline())["simulator"]
            run(DT)  # compiles
            for _ in range(rounds):
                # What one step takes is set-up.
                (set_up, _), (seconds, activity) = run(DT), run(duration)
                ours.append(seconds - set_up)
                process.stdin.write("\n")
                process.stdin.flush()
                theirs.append(json.loads(process.stdout.readline())["seconds"])
            process.stdin.close()
        with np.load(spikes) as saved:
            order = np.lexsort((saved["neuron"], saved["step"]))
            step, neuron = saved["step"][order], saved["neuron"][order]
    return {
        "against": simulator,
        "our_spikes": activity.spike_steps.size,
        "their_spikes": step.size,
        "same_spikes": bool(
            np.array_equal(step, activity.spike_steps)
            and np.array_equal(neuron, activity.spike_neurons)
        ),
        "ours_s": min(ours),
        "theirs_s": min(theirs),
        "ratio": min(theirs) / min(ours),
    }


def measure(brian2: str, nest: str, rounds: int = 5) -> dict:
    networks = {
        "1000 neurons of two types, with inputs": two_types(),
        "10 000 neurons, with noise": large(noise=True),
        "10 000 neurons, without noise": large(noise=False),
        "10 000 neurons, without noise, with inputs": large(noise=False, driven=True),
    }
    found = {what: compare(*network, brian2, rounds) for what, network in networks.items()}
    what, (network, trains, duration) = "10 000 AdEx neurons with 1000 connections each", dense()
    found[f"{what}, 10 s"] = compare(network, trains, duration, brian2, 2)
    return found | {f"{what}, 0.5 s, NEST": compare(network, trains, 0.5, nest, 1, "nest")}


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("brian2", help="interpreter of an environment with Brian 2")
    parser.add_argument("nest", help="interpreter of an environment with NEST")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(json.dumps(measure(options.brian2, options.nest, options.rounds), indent=1))
