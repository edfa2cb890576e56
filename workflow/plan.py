"""What the rules share: which files hold the science, and how work is cut into jobs."""

import hashlib
from collections.abc import Callable
from math import ceil
from pathlib import Path

import yaml
from snakemake.io import report
from snakemake.utils import update_config

from nto1.memory import (
    connection_test_MB,
    fit_sweep,
    network_MB,
    search_MB,
    sweep_MB,
    trace_MB,
)
from nto1.sources import used_by
from schemas.check import InvalidConfig

SCRIPTS = Path(__file__).parent / "scripts"
THESIS = Path(__file__).parents[1] / "config" / "config.yaml"
PUBLISHED = Path(__file__).parents[1] / "resources" / "published"
MEASURED = Path(__file__).parents[1] / "benchmarks" / "measured"
STYLE = [str(SCRIPTS / name) for name in ("style.py", "thesis.mplstyle")]

# A job should be worth its start, of about a second, and leave work for other cores.
JOB_SECONDS = 10

# More than these are taken for mistakes. Snakemake plans some thousand jobs in seconds.
MAX_RUNS, MAX_JOBS = 1_000_000, 10_000

# Measured: per time step of one run, with its median and without.
SECONDS_PER_STEP_WITH_MEDIAN, SECONDS_PER_STEP = 4e-9, 2.5e-9
EVALUATIONS_PER_SEARCH = 12
SECONDS_PER_NEURON_STEP = 30e-9
SECONDS_PER_STEP_OF_IMAGING, SECONDS_PER_SHUFFLED_SPIKE = 60e-9, 15e-9
SECONDS_PER_SAMPLE_OF_A_WINDOW = 4e-11

# A job of a cluster has two Snakemakes beside its script: measured, 160 MB each.
SNAKEMAKE_MB = 350

# Jobs start within two minutes, even from a slow file system; and cores can be slower than ours.
START_MINUTES, SLOWER = 2, 6

MOST_DOUBLINGS = 3


# Folders are named after variants, and file systems stop at 255.
LONGEST_NAME = 200


def science(script: str) -> list[str]:
    """Files of the package nto1 that a script uses."""
    return [str(file) for file in used_by(SCRIPTS / script)]


def over_the_thesis(config: dict) -> dict:
    """The thesis's config, changed by this one. That of a module says only what is different."""
    thesis = yaml.safe_load(THESIS.read_text())
    update_config(thesis, config)
    return thesis


def figure(path: str, category: str, shows: str, caption: str = "") -> list:
    """The files of a figure, of which the report shows one."""
    return [f"{path}.pdf", in_report(f"{path}.svg", category, shows, caption)]


def table(path: str, category: str, shows: str, caption: str = "") -> list:
    """The files of a table, of which the report shows the last: a page with its rows."""
    files = [f"{path}.csv", f"{path}.parquet"]
    return [*files, in_report(f"{path}.html", category, shows, caption)]


def in_report(path: str | Path, category: str, shows: str, caption: str = ""):
    """A file that the report shows. Its caption in workflow/report is named like it, by default."""
    caption = f"../report/{caption or Path(path).stem}.rst"
    return report(path, caption=caption, category=category, labels={"result": shows})


def label(value: float) -> str:
    """A number as it stands in file names: 14, 12.5."""
    return repr(float(value) + 0.0).removesuffix(".0")  # 0 for -0.0, too


def weights_per_batch(config: dict) -> int:
    """As configured, or as many as a job of some seconds has time for."""
    n_runs = len(config["experiment"]["seeds"])
    seconds = n_runs * _n_steps(config["experiment"]) * SECONDS_PER_STEP_WITH_MEDIAN
    return _per_batch(config["sweep"]["weights_per_batch"], seconds)


def N_per_batch(config: dict) -> int:
    """As configured, or as many as a job of some seconds has time for, inputs aside."""
    n_runs = len(config["experiment"]["seeds"]) * EVALUATIONS_PER_SEARCH
    seconds = n_runs * _n_steps(config["experiment"]) * SECONDS_PER_STEP
    return _per_batch(config["find_weight"]["N_per_batch"], seconds)


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
    return n_runs * _n_steps(config["experiment"]) * SECONDS_PER_STEP_WITH_MEDIAN


def seconds_to_search(config: dict, threads: int = 1) -> float:
    """For a job that searches weights, on one core."""
    n_searches = min(N_per_batch(config), len(config["find_weight"]["N"]))
    n_runs = n_searches * len(config["experiment"]["seeds"]) * EVALUATIONS_PER_SEARCH
    return n_runs * _n_steps(config["experiment"]) * SECONDS_PER_STEP


def seconds_for_example(config: dict, threads: int = 1) -> float:
    """For the one run with its trace."""
    return _n_steps(config["experiment"]) * SECONDS_PER_STEP_WITH_MEDIAN


def seconds_for_network(config: dict, threads: int = 1) -> float:
    """For the network, on one core, if its connections are not many more than its steps."""
    return _n_neurons(config["network"]) * _n_steps(config["network"]) * SECONDS_PER_NEURON_STEP


def seconds_to_test(config: dict, threads: int = 1) -> float:
    """For the longest of the connection tests, on one core."""
    return max(
        _n_steps(test) * SECONDS_PER_STEP_OF_IMAGING
        + test["n_trains"]
        * (test["n_shuffles"] + 1)
        * test["duration_s"]
        * test["spike_rate_Hz"]
        * (SECONDS_PER_SHUFFLED_SPIKE + _window(test) * SECONDS_PER_SAMPLE_OF_A_WINDOW)
        for test in connection_tests(config).values()
    )


def memory_to_sweep(config: dict, wildcards=None, threads: int = 1) -> int:
    """Megabytes for a job of the sweep: what it could use, but not more than it may."""
    N, n_steps = config["sweep"]["N"], _n_steps(config["experiment"])
    n_weights = min(weights_per_batch(config), len(config["sweep"]["weights_pS"]))
    may = config["experiment"]["memory_per_job_MB"]
    fit = fit_sweep(N, n_steps, len(config["experiment"]["seeds"]), n_weights, threads, may)
    return ceil(sweep_MB(N, n_steps, *fit, threads))


def memory_to_search(config: dict, wildcards=None, threads: int = 1) -> int:
    """Megabytes for a job that searches weights."""
    largest = max(config["find_weight"]["N"])
    return ceil(
        search_MB(
            largest, _n_steps(config["experiment"]), len(config["experiment"]["seeds"]), threads
        )
    )


def memory_for_example(config: dict, wildcards=None, threads: int = 1) -> int:
    """Megabytes for the one run with its trace."""
    return ceil(trace_MB(config["example"]["N"], _n_steps(config["experiment"])))


def memory_for_network(config: dict, wildcards=None, threads: int = 1) -> int:
    """Megabytes for the network; of tables, their size tells roughly how long they are."""
    network = config["network"]
    n_neurons, weights = _n_neurons(network), network["weights_nS"]
    n_connections = _rows(weights) if isinstance(weights, str) else n_neurons**2
    n_samples = (1 + len(network["recorded_neurons"])) * _n_steps(network)
    return ceil(network_MB(n_neurons, n_connections, network["duration_s"], n_samples))


def memory_to_test(config: dict, wildcards=None, threads: int = 1) -> int:
    """Megabytes for the largest of the connection tests."""
    return max(
        ceil(
            connection_test_MB(
                _n_steps(test),
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


def connection_tests(config: dict) -> dict[str, dict]:
    """The parameters of every connection test, by name: ``base``, and ``key=value,…`` of the
    variants."""
    base = without(config["connection_test"], "significance", "excerpt", "variants")
    tests = {"base": base}
    for variant in config["connection_test"]["variants"]:
        changes = sorted(variant.items())
        name = ",".join(f"{k}={v if isinstance(v, str) else label(v)}" for k, v in changes)
        if len(name) > LONGEST_NAME:
            name = name[: LONGEST_NAME - 9] + "," + hashlib.sha256(name.encode()).hexdigest()[:8]
        tests[name] = base | variant
    return tests


def without(section: dict, *keys: str) -> dict:
    """A section of the config without what a rule doesn't need."""
    return {key: value for key, value in section.items() if key not in keys}


def recording_of(test: dict) -> dict:
    """What the voltage depends on, of a connection test's parameters."""
    return without(test, "imaging_spike_SNR", "window_ms", "n_shuffles", "p_value")


def network_tables(config: dict) -> list[str]:
    """Files that stand in for lists in the network's section."""
    values = (config["network"]["E_syn_mV"], config["network"]["weights_nS"])
    return [value for value in values if isinstance(value, str)]


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


def check_size(config: dict) -> None:
    """Raise ``InvalidConfig`` if there would be more runs or jobs than anyone can mean."""
    seeds, sweep, search = (config[key] for key in ("experiment", "sweep", "find_weight"))
    n_runs = len(seeds["seeds"]) * len(sweep["weights_pS"])
    if n_runs > MAX_RUNS:
        raise InvalidConfig(
            f"sweep: {n_runs} runs, one for each weight and seed, are more than {MAX_RUNS}. "
            "Choose fewer, or split them over several studies."
        )
    for section, n_values, per_job in (
        ("sweep.weights_per_batch", len(sweep["weights_pS"]), weights_per_batch(config)),
        ("find_weight.N_per_batch", len(search["N"]), N_per_batch(config)),
    ):
        if n_values / per_job > MAX_JOBS:
            raise InvalidConfig(
                f"{section}: with {per_job} in a job, {n_values} make more than {MAX_JOBS} jobs. "
                "Choose more in a job, or fewer in all."
            )


def _n_steps(experiment: dict) -> int:
    return round(experiment["duration_s"] / (experiment["timestep_ms"] * 1e-3))


def _per_batch(configured: int | str, seconds_each: float) -> int:
    if configured != "auto":
        return configured
    return max(1, int(JOB_SECONDS / seconds_each))


def batches(values: list, size: int) -> dict[str, list]:
    """Values in batches of about ``size``, by the label of each batch's first value.

    A batch begins at every value whose hash is a multiple of ``size``. Where batches begin thus
    depends on the values themselves, not on how many there are: one more value changes no other
    batch than the one it falls in.
    """
    result = {}
    for value in sorted(values):
        digest = hashlib.sha256(label(value).encode()).digest()
        if not result or int.from_bytes(digest[:8]) % size == 0:
            batch = result[label(value)] = []
        batch.append(value)
    return result
