"""The simulations of the connection inference, and how their trains are cut into jobs."""

from itertools import product
from math import ceil
from statistics import NormalDist

from nto1_workflow.planning.batching import MAX_JOB_SECONDS, label

# Measured: per spike and series (the train, and each of its shuffles), in every signal.
SECONDS_PER_SPIKE = {"sta": 6e-9, "template": 6e-9, "line_fit": 0, "spikes": 6e-9}
SECONDS_PER_SAMPLE = 50e-12  # of a window

# Per spike of all inputs: to draw them, simulate the neuron, and find the trains to test.
SECONDS_PER_INPUT_SPIKE, SECONDS_PER_STEP = 60e-9, 100e-9

# Simulations that are tested alike. Of all inputs and window, most are the same ones.
GROUPS = ("clipping", "noise", "duration", "every_input", "N_by_duration")


def cases(config: dict) -> dict[str, dict[str, dict]]:
    """Every simulation and what is done with it, by result set and name."""
    section = config["connection_inference"]
    shared = {
        key: section[key]
        for key in (
            *("timestep_ms", "other_weight_nS", "window_ms", "line_fit_window_ms"),
            *("template_window_ms", "template_quantile"),
            *("n_shuffles", "shuffle_seed", "shuffle_seed_per_train"),
            *("noise_seed", "unconnected_seed_offset"),
        )
    }
    found = {name: {} for name in GROUPS}

    def add(group, N, seed, duration_s, signals, methods=("sta",), **changes):
        case = shared | {"N": N, "seed": seed, "duration_s": duration_s, "signals": signals}
        case |= {"methods": list(methods), "more_windows_ms": []}
        case |= {"n_tested": section["n_tested"]} | changes
        found[group][f"N{N}_seed{seed}_{label(duration_s)}s_{signals[0]['name']}"] = case

    duration_s = section["duration_s"]
    clipping, noise, durations = section["clipping"], section["noise"], section["duration"]
    ceiled = _signal("ceiled", clipping)
    signals = [
        ceiled | {"name": "none", "ceiling": "none"},
        ceiled,
        ceiled
        | {"name": f"ceiled_clipped_{label(clipping['clip_percentile'])}"}
        | {"clip_percentile": clipping["clip_percentile"]},
    ]
    add("clipping", clipping["N"], clipping["seed"], duration_s, signals)
    for seed in noise["seeds"]:
        signals = [
            _signal("ceiled_clipped", noise, SNR, noise["clip_percentile"])
            for SNR in noise["spike_SNR"]
        ]
        add("noise", noise["N"], seed, duration_s, signals)
    for seed in durations["seeds"]:
        signal = _signal(
            "ceiled_clipped", durations, durations["spike_SNR"], durations["clip_percentile"]
        )
        for length_s in durations["duration_s"]:
            add("duration", durations["N"], seed, length_s, [signal])

    of_all, windows = section["all_inputs"], section["window"]
    ceilings = dict.fromkeys((of_all["ceiling"], windows["ceiling"]))
    all_N, seeds = (dict.fromkeys((*of_all[key], *windows[key])) for key in ("N", "seeds"))
    for ceiling, N, seed in product(ceilings, all_N, seeds):
        chosen = [
            part
            for part in (of_all, windows)
            if ceiling == part["ceiling"] and N in part["N"] and seed in part["seeds"]
        ]
        if chosen:
            signals = [_signal(f"ceiled_{ceiling}", chosen[0])]
            methods = of_all["methods"] if of_all in chosen else []
            changes = {"more_windows_ms": [windows["window_ms"]] if windows in chosen else []}
            changes["n_tested"] = None
            add("every_input", N, seed, duration_s, signals, methods, **changes)
    grid = section["N_by_duration"]
    for N in grid["N"]:
        for seed in grid["seeds"]:
            for length_s in grid["duration_s"]:
                signals = [_signal("ceiled", grid)]
                at_most = max(1, min(section["n_tested"], _n_inh(config, N)))
                add("N_by_duration", N, seed, length_s, signals, [grid["method"]], n_tested=at_most)
    return found


def _signal(name: str, section: dict, spike_SNR=float("inf"), clip_percentile=None) -> dict:
    return {
        "name": name,
        "ceiling": section["ceiling"],
        "spike_SNR": spike_SNR,
        "clip_percentile": clip_percentile,
    }


def _n_inh(config: dict, N: int) -> int:
    return round(N / (config["inputs"]["exc_to_inh"] + 1))


def jobs(config: dict, cases: dict[str, dict], methods: set) -> list[list[dict]]:
    """Tasks in jobs of some seconds: long cases in parts, each with some of the trains, short ones
    together. ``methods``: those that are used in these jobs."""
    found, seconds = [[]], 0
    for name, case in cases.items():
        simulation, tests = costs(config, case, methods)
        if not tests:
            continue
        n_parts = ceil(tests / MAX_JOB_SECONDS)
        for part in range(1, n_parts + 1):
            needed = simulation + tests / n_parts  # every part simulates again what it tests
            if found[-1] and seconds + needed > MAX_JOB_SECONDS:
                found.append([])
                seconds = 0
            found[-1].append(case | {"case": name, "part": part, "n_parts": n_parts})
            seconds += needed
    return [job for job in found if job]


def with_same_cases(job: list[dict], jobs: list[list[dict]]) -> list[int]:
    """Which jobs test trains of a job's cases."""
    cases = {task["case"] for task in job}
    return [i for i, other in enumerate(jobs) if cases & {task["case"] for task in other}]


def costs(config: dict, case: dict, methods: set) -> tuple[float, float]:
    """Seconds to simulate a case, and to test its trains."""
    used = methods & {*case["methods"], *(["sta"] if case["more_windows_ms"] else [])}
    n_inputs = case["N"] * config["inputs"]["mean_rate_Hz"] * case["duration_s"]
    n_steps = case["duration_s"] / (case["timestep_ms"] * 1e-3)
    n_signals, window = len(case["signals"]), max(case["window_ms"], *case["more_windows_ms"], 0)
    window /= case["timestep_ms"]
    simulation = n_inputs * SECONDS_PER_INPUT_SPIKE + n_signals * n_steps * SECONDS_PER_STEP
    each = sum(SECONDS_PER_SPIKE[method] for method in used)
    if "sta" in used:
        each += n_signals * window * SECONDS_PER_SAMPLE
    n_series = expected_spikes(config, case) * (1 + case["n_shuffles"])
    return simulation, n_series * each + 1e-3 * len(used)


def expected_spikes(config: dict, case: dict) -> float:
    """Of all tested trains: those of the most active inputs, and as many that are no inputs."""
    inputs, N = config["inputs"], case["N"]
    n_inh = _n_inh(config, N)
    mean_Hz, σ = inputs["mean_rate_Hz"], inputs["log_rate_variance"] ** 0.5
    if case["n_tested"] is None:
        return 2 * N * mean_Hz * case["duration_s"]
    rates = 0
    for n in (N - n_inh, n_inh):
        share = min(case["n_tested"] / n, 1)
        z = NormalDist().inv_cdf(1 - share) if share < 1 else float("-inf")
        rates += 1.5 * n * mean_Hz * NormalDist().cdf(σ - z)
    return rates * case["duration_s"]
