"""What this project's code costs, on one core, with warm kernels; ratios are taken within one run.

Times are the smallest of several: on a shared machine, everything else is noise upwards.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numba
import numpy as np
import scipy
from llvmlite.binding import get_host_cpu_features, get_host_cpu_name
from numba import njit

from nto1 import reference
from nto1.inference.sta import p_value, shuffle_test
from nto1.inference.windows import digitise, shuffled_windows, sum_windows
from nto1.neurons.adex import AdEx
from nto1.simulation.inputs import count_spikes, draw_spike_trains
from nto1.simulation.runs import (
    InputBatch,
    ceil_spikes,
    draw_inputs,
    simulate,
    simulate_batch,
)
from nto1.simulation.voltage_imaging import (
    Experiment,
    draw_experiment,
    imaging_noise,
    simulate_voltage,
)
from nto1.simulation.weight_search import find_weight, mean_rate
from nto1.units import mV, pS
from nto1_workflow.io import log, run, write_text

ROOT = Path(__file__).resolve().parents[1]

N, WEIGHT, SEEDS = 6500, 14 * pS, range(10)
SWEEP = np.array([0, 2.5, 5, 7.5, 10, 11, 12, 12.5, 13, 14, 15, 16, 17.5, 20, 22.5, 25, 27.5, 30])
ALL_N = (10, 20, 45, 100, 200, 400, 800, 1600, 3200, 6500)
N_DRAWN, N_IN_MEMORY = (10, 100, 1000, 6500, 100_000), (10, 6500, 100_000, 1_000_000)
N_LANES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


def in_turns(*functions: Callable, rounds: int = 15) -> list[list[float]]:
    """Times (s) of each function in each round; functions take turns, as machines have moods."""
    times = [[] for _ in functions]
    for _ in range(rounds):
        for function, of_function in zip(functions, times, strict=True):
            start = perf_counter()
            function()
            of_function.append(perf_counter() - start)
    return times


def best(*functions: Callable, rounds: int = 15) -> list[float]:
    """The shortest time of each function (s)."""
    return [min(times) for times in in_turns(*functions, rounds=rounds)]


def compare(ours: Callable, theirs: Callable, rounds: int = 15) -> dict:
    """Shortest times, and the median of the ratios of times within a round."""
    our_times, their_times = in_turns(ours, theirs, rounds=rounds)
    return {
        "ours_ms": min(our_times) * 1e3,
        "theirs_ms": min(their_times) * 1e3,
        "ratio": float(np.median(np.divide(their_times, our_times))),
    }


def machine() -> dict:
    features = get_host_cpu_features()
    vectors = [name for name in ("avx512f", "avx2", "neon") if features.get(name)]
    return {
        "cpu": get_host_cpu_name(),
        "vectors": vectors[0] if vectors else "",
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
        "scipy": scipy.__version__,
    }


def plain_run(seed, weight, N=N, with_median=True):
    """One run as the published code did it, and the reference does: draw, sort, step by step."""
    trace, spikes = reference.simulate(weight, draw_spike_trains(N, seed), N)
    median = np.median(ceil_spikes(trace[0], spikes, 40 * mV)) if with_median else None
    return spikes.size / 10, median


def one_run():
    """The full run that others are compared with: inputs, integration, spikes."""
    return simulate(WEIGHT, count_spikes(N, 1), with_median=False)


def against(command: list[str], rounds: int) -> dict:
    """One run of another simulator, in a process that makes one for every line it is sent."""
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sys.stderr, text=True
    ) as peer:
        simulator = json.loads(peer.stdout.readline())["simulator"]
        our_times, their_runs = [], []
        for _ in range(rounds):
            our_times.append(best(one_run, rounds=20)[0])
            peer.stdin.write("\n")
            peer.stdin.flush()
            their_runs.append(json.loads(peer.stdout.readline()))
            log(f"{simulator}: {their_runs[-1]}")
        peer.stdin.close()
    their_times = [run["seconds"] for run in their_runs]
    return {
        "what": "one full run, inputs included",
        "against": simulator,
        "ours_ms": min(our_times) * 1e3,
        "theirs_ms": min(their_times) * 1e3,
        "ratio": float(np.median(np.divide(their_times, our_times))),
        "their_set_up_ms": min(run.get("set_up_seconds", 0) for run in their_runs) * 1e3,
    }


PLAIN = "plain numba loop over sorted spikes"


def single_run() -> dict:
    compared = compare(lambda: simulate(WEIGHT, count_spikes(N, 1)), lambda: plain_run(1, WEIGHT))
    return {"what": "one full run, with its median", "against": PLAIN} | compared


def one_among_many() -> dict:
    """Integration of one of 128 runs that share their inputs."""
    counts, weights = InputBatch([count_spikes(N, 1)]), np.linspace(10, 20, 128) * pS
    compared = compare(lambda: simulate_batch(weights, counts, with_medians=False), plain_loop(1))
    compared["ours_ms"] /= weights.size
    compared["ratio"] *= weights.size
    return {
        "what": "integration of one of 128 runs with the same inputs",
        "against": PLAIN,
    } | compared


def inputs_beside_numpy() -> dict:
    generator, n_spikes = np.random.default_rng(1), count_spikes(N, 1).n_spikes
    room = np.empty(n_spikes)
    compared = compare(
        lambda: count_spikes(N, 1), lambda: generator.standard_exponential(out=room), rounds=40
    )
    return {"what": "inputs, N = 6500", "against": "NumPy, as many exponentials"} | compared


def plain_loop(seed: int) -> Callable:
    """The integration alone, of spikes that are drawn and sorted already."""
    times, is_exc = reference.sort_spikes(draw_spike_trains(N, seed), N)
    return lambda: reference.integrate(times, is_exc, times.size - 1, 100_000, 1e-4, WEIGHT, AdEx())


def lanes() -> list[dict]:
    """Nanoseconds per run and step, and those of the plain loop."""
    counts, plain = InputBatch([count_spikes(N, 1)]), plain_loop(1)
    rows = []
    for n in N_LANES:
        weights = np.linspace(10, 20, n) * pS
        alone, medians, loop = best(
            lambda w=weights: simulate_batch(w, counts, with_medians=False),
            lambda w=weights: simulate_batch(w, counts),
            plain,
        )
        rows.append(
            {
                "lanes": n,
                "integration_ns": alone / n * 1e4,
                "with_median_ns": medians / n * 1e4,
                "plain_loop_ns": loop * 1e4,
            }
        )
    return rows


def inputs() -> list[dict]:
    """Nanoseconds per input spike."""
    rows = []
    for n in N_DRAWN:
        n_spikes = count_spikes(n, 1).n_spikes
        (seconds,) = best(lambda n=n: count_spikes(n, 1), rounds=40 if n < 100_000 else 5)
        ns = seconds / n_spikes * 1e9
        rows.append({"N": n, "spikes": n_spikes, "ms": seconds * 1e3, "ns_per_spike": ns})
    return rows


def published_set() -> dict:
    """All the thesis's runs: the sweep with medians, and the ten searches."""

    def guess(N):
        return 15 * pS * (6500 / N)

    def ours():
        simulate_batch(SWEEP * pS, draw_inputs(N, SEEDS))
        found = {}
        for n in ALL_N:
            inputs = draw_inputs(n, SEEDS)
            found[n] = find_weight(lambda w, i=inputs: mean_rate(w, i), 4.0, guess(n))
        return found

    def plain():
        for weight in SWEEP * pS:
            for seed in SEEDS:
                plain_run(seed, weight)

        def rate(w, n):
            total = 0.0
            for seed in SEEDS:
                total += plain_run(seed, w, n, with_median=False)[0]
            return total / len(SEEDS)

        return {n: find_weight(lambda w, n=n: rate(w, n), 4.0, guess(n)) for n in ALL_N}

    found = ours()
    (seconds,) = best(ours, rounds=5)
    start = perf_counter()
    same = plain()
    plain_seconds = perf_counter() - start
    assert all(abs(found[n].w_exc / same[n].w_exc - 1) < 1e-12 for n in ALL_N)
    runs = SWEEP.size * len(SEEDS)
    runs += sum(len(f.evaluations) for f in found.values()) * len(SEEDS)
    return {
        "what": f"the thesis: {runs} runs with inputs, medians and searches",
        "against": f"{PLAIN}, one run after the other",
        "ours_ms": seconds * 1e3,
        "theirs_ms": plain_seconds * 1e3,
        "ratio": plain_seconds / seconds,
    }


@njit(error_model="numpy")
def plain_averages(v, intervals, timestep, window):
    """Heights of the spike-triggered averages of all series, window after window."""
    heights = np.empty(len(intervals))
    for series in range(len(intervals)):
        total, n = np.zeros(window), 0
        t = 0.0
        for interval in intervals[series]:
            t += interval
            start = round(t / timestep)
            if start + window < v.size:
                total += v[start : start + window]
                n += 1
        heights[series] = (total.max() - total.min()) / n
    return heights


IMAGING, WINDOW, N_SHUFFLES = Experiment(), 1000, 100


def imaged():
    """The recording of 600 s, what was drawn for it, and its voltage as imaged."""
    drawn = draw_experiment(IMAGING, 0)
    v = simulate_voltage(drawn, IMAGING).v
    return drawn, v + imaging_noise(20, IMAGING.neuron) * drawn.rng.randn(v.size)


def p_values(drawn, v, threads=1) -> list[float]:
    tests = shuffle_test(
        *(drawn.times, [digitise(v)], IMAGING.timestep, WINDOW, N_SHUFFLES),
        *(drawn.rng, threads),
    )
    return [p_value(test.height, test.shuffled_heights).p for (test,) in tests]


def connection_tests() -> dict:
    """30 trains, 600 s, 100 shuffles each: from the same point of the random stream on."""
    drawn, v = imaged()
    start = drawn.rng.get_state()

    def ours():
        drawn.rng.set_state(start)
        return p_values(drawn, v)

    def plain():
        drawn.rng.set_state(start)
        p = []
        for times in drawn.times:
            intervals = np.diff(times, prepend=0)
            series = [intervals, *(drawn.rng.permutation(intervals) for _ in range(N_SHUFFLES))]
            height, *shuffled = plain_averages(v, np.array(series), IMAGING.timestep, WINDOW)
            p.append(p_value(height, np.array(shuffled)).p)
        return p

    assert ours() == plain()
    return {
        "what": "connection tests of 30 trains, 600 s, shuffling included",
        "against": "plain numba loop over trains and windows",
    } | compare(ours, plain, rounds=3)


def averages() -> dict:
    """The averages alone, of one train and its shuffles."""
    drawn, v = imaged()
    samples, timestep = digitise(v).samples, IMAGING.timestep
    times, last_start = drawn.times[0], v.size - WINDOW - 1
    orders = np.array([drawn.rng.permutation(times.size) for _ in range(N_SHUFFLES)], np.int32)
    intervals = np.diff(times, prepend=0)
    intervals = np.array([intervals, *intervals[orders]])

    def ours():
        windows = shuffled_windows(
            [times], lambda *_: orders, N_SHUFFLES, timestep, last_start, nearest=True
        )
        sum_windows(samples, windows, WINDOW)

    return {
        "what": "spike-triggered averages of a train and 100 shuffles, 600 s",
        "against": "plain numba loop over trains and windows",
    } | compare(ours, lambda: plain_averages(v, intervals, timestep, WINDOW), rounds=10)


def imaging_experiment() -> list[dict]:
    """Seconds for the whole experiment: trains, voltage, noise, shuffles, tests."""
    rows, (core,) = [], os.sched_getaffinity(0)
    for threads in (1, 2):
        os.sched_setaffinity(0, range(os.cpu_count()) if threads > 1 else {core})
        (seconds,) = best(lambda n=threads: p_values(*imaged(), n), rounds=3)
        rows.append({"threads": threads, "seconds": seconds})
    os.sched_setaffinity(0, {core})
    return rows


def python(code: str) -> subprocess.CompletedProcess:
    """Run code in a process of its own."""
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, cwd=ROOT / "workflow", capture_output=True, text=True, check=True
    )


def peak_memory_MB(n: int) -> float:
    """Of a process of its own, that makes one run with n inputs."""
    code = (
        "from nto1 import count_spikes, simulate; "
        f"simulate(1e-13, count_spikes({n}, 1)); "
        "print(*(line.split()[1] for line in open('/proc/self/status') if 'VmHWM' in line))"
    )
    return int(python(code).stdout) * 1024 / 1e6


def memory() -> list[dict]:
    return [{"N": n, "peak_MB": peak_memory_MB(n)} for n in N_IN_MEMORY]


def default_run() -> list[dict]:
    """Where the wall time of one job, and of Snakemake, goes (s)."""

    steps = {
        "Python starts": "pass",
        "+ numba": "import numba",
        "+ Parquet": "import numba, pyarrow.parquet",
        "+ SciPy's root finder": "import numba, pyarrow.parquet, scipy.optimize",
        "pandas and matplotlib": "import pandas, pyarrow.parquet, matplotlib.pyplot",
        "kernels from the cache": "import nto1.compile_all as a; [f() for f in a.PARTS.values()]",
    }
    rows = [
        {"step": name, "seconds": best(lambda c=code: python(c), rounds=3)[0]}
        for name, code in steps.items()
    ]
    snakemake = [sys.executable, "-m", "snakemake", "--dry-run", "--quiet", "--cores", "1"]
    (seconds,) = best(
        lambda: subprocess.run(snakemake, check=True, cwd=ROOT, capture_output=True), rounds=3
    )
    return [*rows, {"step": "Snakemake, nothing to do", "seconds": seconds}]


COMPARED = (
    single_run,
    one_among_many,
    published_set,
    inputs_beside_numpy,
    averages,
    connection_tests,
)
SHOWN = (lanes, inputs, memory, imaging_experiment, default_run)


def main(peers: list[list[str]], output: list[str]) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    # Warm kernels, and the same result.
    assert one_run().rate == plain_run(1, WEIGHT)[0] == 4.1
    measured = {"machine": machine()}
    compared = [against(peer, rounds=5) for peer in peers]
    compared += [f() for f in COMPARED]
    measured["compared"] = compared
    for measure in SHOWN:
        measured[measure.__name__] = measure()
        log(f"{measure.__name__} is done")
    write_text(json.dumps(measured, indent=1), output[0])


if "snakemake" in globals():
    run(main, snakemake)
