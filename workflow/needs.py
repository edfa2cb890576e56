"""What jobs need, in memory and time."""

from collections.abc import Callable
from math import ceil
from pathlib import Path

from nto1.memory import (
    connection_test_MB,
    fit_sweep,
    network_MB,
    search_MB,
    sweep_MB,
    trace_MB,
)
from plan import (
    EVALUATIONS_PER_SEARCH,
    SECONDS_PER_STEP,
    SECONDS_PER_STEP_WITH_MEDIAN,
    N_per_batch,
    connection_tests,
    n_steps,
    weights_per_batch,
)
from schemas.check import InvalidConfig

# Measured, as those of the plan.
SECONDS_PER_NEURON_STEP = 30e-9
SECONDS_PER_STEP_OF_IMAGING, SECONDS_PER_SHUFFLED_SPIKE = 60e-9, 15e-9
SECONDS_PER_SAMPLE_OF_A_WINDOW = 4e-11

# A job of a cluster has two Snakemakes beside its script: measured, 160 MB each.
SNAKEMAKE_MB = 350

# Jobs start within two minutes, even from a slow file system; and cores can be slower than ours.
START_MINUTES, SLOWER = 2, 6

MOST_DOUBLINGS = 3


def reserve_MB(told: int | Callable) -> Callable:
    """What to ask a cluster for, when a script needs so many megabytes; more at each retry."""
    return _growing(lambda threads: _value(told, threads) + SNAKEMAKE_MB)


def reserve_minutes(told: float | Callable) -> Callable:
    """What to ask a cluster for, when a script needs so many seconds; more at each retry."""
    return _growing(lambda threads: START_MINUTES + ceil(SLOWER * _value(told, threads) / 60))


def _growing(at_first: Callable) -> Callable:
    """A job that is tried again gets twice as much, up to a limit: no node has more and more."""

    def resource(wildcards, threads, attempt):
        return at_first(threads) * 2 ** min(attempt - 1, MOST_DOUBLINGS)

    return resource


def _value(told: float | Callable, threads: int) -> float:
    return told(threads=threads) if callable(told) else told


def seconds_to_sweep(config: dict, threads: int = 1) -> float:
    """For a job of the sweep, on one core."""
    n_weights = min(weights_per_batch(config), len(config["sweep"]["weights_pS"]))
    n_runs = n_weights * len(config["experiment"]["seeds"])
    return n_runs * n_steps(config["experiment"]) * SECONDS_PER_STEP_WITH_MEDIAN


def seconds_to_search(config: dict, threads: int = 1) -> float:
    """For a job that searches weights, on one core."""
    n_searches = min(N_per_batch(config), len(config["find_weight"]["N"]))
    n_runs = n_searches * len(config["experiment"]["seeds"]) * EVALUATIONS_PER_SEARCH
    return n_runs * n_steps(config["experiment"]) * SECONDS_PER_STEP


def seconds_for_example(config: dict, threads: int = 1) -> float:
    """For the one run with its trace."""
    return n_steps(config["experiment"]) * SECONDS_PER_STEP_WITH_MEDIAN


def seconds_for_network(config: dict, threads: int = 1) -> float:
    """For the network, on one core, if its connections are not many more than its steps."""
    return _n_neurons(config["network"]) * n_steps(config["network"]) * SECONDS_PER_NEURON_STEP


def seconds_to_test(config: dict, threads: int = 1) -> float:
    """For the longest of the connection tests, on one core."""
    return max(
        n_steps(test) * SECONDS_PER_STEP_OF_IMAGING
        + test["n_trains"]
        * (test["n_shuffles"] + 1)
        * test["duration_s"]
        * test["spike_rate_Hz"]
        * (SECONDS_PER_SHUFFLED_SPIKE + _window(test) * SECONDS_PER_SAMPLE_OF_A_WINDOW)
        for test in connection_tests(config).values()
    )


def memory_to_sweep(config: dict, wildcards=None, threads: int = 1) -> int:
    """Megabytes for a job of the sweep: what it could use, but not more than it may."""
    N, n = config["sweep"]["N"], n_steps(config["experiment"])
    n_weights = min(weights_per_batch(config), len(config["sweep"]["weights_pS"]))
    may = config["experiment"]["memory_per_job_MB"]
    fit = fit_sweep(N, n, len(config["experiment"]["seeds"]), n_weights, threads, may)
    return ceil(sweep_MB(N, n, *fit, threads))


def memory_to_search(config: dict, wildcards=None, threads: int = 1) -> int:
    """Megabytes for a job that searches weights."""
    largest = max(config["find_weight"]["N"])
    return ceil(
        search_MB(
            largest, n_steps(config["experiment"]), len(config["experiment"]["seeds"]), threads
        )
    )


def memory_for_example(config: dict, wildcards=None, threads: int = 1) -> int:
    """Megabytes for the one run with its trace."""
    return ceil(trace_MB(config["example"]["N"], n_steps(config["experiment"])))


def memory_for_network(config: dict, wildcards=None, threads: int = 1) -> int:
    """Megabytes for the network; of tables, their size tells roughly how long they are."""
    network = config["network"]
    n_neurons, weights = _n_neurons(network), network["weights_nS"]
    n_connections = _rows(weights) if isinstance(weights, str) else n_neurons**2
    n_samples = (1 + len(network["recorded_neurons"])) * n_steps(network)
    return ceil(network_MB(n_neurons, n_connections, network["duration_s"], n_samples))


def memory_to_test(config: dict, wildcards=None, threads: int = 1) -> int:
    """Megabytes for the largest of the connection tests."""
    return max(
        ceil(
            connection_test_MB(
                n_steps(test),
                test["n_trains"],
                test["duration_s"] * test["spike_rate_Hz"],
                test["n_shuffles"],
                _window(test),
                threads,
            )
        )
        for test in connection_tests(config).values()
    )


def check_memory(config: dict) -> None:
    """Raise ``InvalidConfig`` if a job needs more memory than it may have."""
    may = config["experiment"]["memory_per_job_MB"]
    for section, needed in (
        ("sweep", memory_to_sweep(config)),
        ("find_weight", memory_to_search(config)),
        ("example", memory_for_example(config)),
        ("network", memory_for_network(config)),
        ("connection_test", memory_to_test(config)),
    ):
        if needed > may:
            raise InvalidConfig(
                f"{section}: a job needs {needed} MB, more than experiment.memory_per_job_MB "
                f"({may}). Raise it, or choose shorter runs, fewer seeds or fewer inputs."
            )


def _n_neurons(network: dict) -> int:
    E_syn = network["E_syn_mV"]
    return _rows(E_syn) if isinstance(E_syn, str) else len(E_syn)


def _window(test: dict) -> int:
    """Steps of a spike-triggered average."""
    return round(test["window_ms"] / test["timestep_ms"])


def _rows(table: str) -> int:
    """About how many rows a table has, at most; 0 if there is no such file yet."""
    path = Path(table)
    return path.stat().st_size // 3 if path.exists() else 0
