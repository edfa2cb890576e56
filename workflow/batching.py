"""How work is cut into jobs."""

import hashlib
import json
from typing import Any

from nto1.config import ConfigError, n_steps
from nto1.config.studies import omit
from nto1.studies.tasks import search_of, task_of

# A job should be worth its start, of about a second, and leave work for other cores.
JOB_SECONDS = 10

# Measured: per time step of one run, with its median and without.
SECONDS_PER_STEP_WITH_MEDIAN, SECONDS_PER_STEP = 4e-9, 2.5e-9
EVALUATIONS_PER_SEARCH = 12

# More than these are taken for a mistake. Snakemake plans some thousand jobs in seconds.
MAX_JOBS = 10_000

# Each keeps a voltage of its own in memory.
MAX_TESTS_PER_JOB = 4

# Folders are named after variants, and file systems stop at 255.
MAX_NAME_LENGTH = 200


def weight_batches(config: dict) -> dict[str, list[dict]]:
    """The sweep's weights, cut into jobs: tasks by the label of each job's first weight."""
    seconds_each = n_steps(config["experiment"]) * SECONDS_PER_STEP_WITH_MEDIAN
    found = _batches(config, "sweep", "weights_per_batch", "weights_pS", seconds_each)
    N = config["sweep"]["N"]
    return {name: [task_of(config, N=N, weights_pS=weights)] for name, weights in found.items()}


def N_batches(config: dict) -> dict[str, list[dict]]:
    """The searches, cut into jobs: tasks by the label of each job's first number of inputs."""
    seconds_each = n_steps(config["experiment"]) * SECONDS_PER_STEP * EVALUATIONS_PER_SEARCH
    key = "N_subset" if config["find_weight"]["only_subset"] else "N"
    found = _batches(config, "find_weight", "N_per_batch", key, seconds_each)
    search = search_of(config)
    return {
        name: [task_of(config, N=N, search=search) for N in all_N] for name, all_N in found.items()
    }


def _batches(config, section, size_key, key, seconds_each) -> dict[str, list]:
    """In batches as large as configured, or such that a job takes some seconds."""
    size, values = config[section][size_key], config[section][key]
    if size == "auto":
        size = max(1, int(JOB_SECONDS / (seconds_each * len(config["experiment"]["seeds"]))))
    if len(values) / size > MAX_JOBS:
        raise ConfigError(
            f"{section}.{size_key}: with {size} in a job, {len(values)} make more than {MAX_JOBS} "
            "jobs. Choose more in a job, or fewer in all."
        )
    return batches(values, size)


def batches(values: list, size: int) -> dict[str, list]:
    """Values in batches of about ``size``, by the label of each batch's first value."""
    ordered = sorted(values)
    return {label(batch[0]): batch for batch in cut([(label(v), v, 1 / size) for v in ordered])}


def cut(items: list[tuple[str, Any, float]]) -> list[list]:
    """Items (name, item, share of a batch) in batches.

    A batch begins at every item the hash of whose name is a multiple of the number of such items
    in a batch. Where batches begin thus depends on the items themselves, not on how many there
    are: one more item changes no other batch than the one it falls in.
    """
    result = []
    for name, item, share in items:
        digest = hashlib.sha256(name.encode()).digest()
        if not result or int.from_bytes(digest[:8]) % max(1, int(1 / share)) == 0:
            result.append([])
        result[-1].append(item)
    return result


def label(value: float) -> str:
    """A number as it stands in file names: 14, 12.5."""
    return repr(float(value) + 0.0).removesuffix(".0")  # 0 for -0.0, too


def variants(config: dict) -> dict[str, dict]:
    """The parameters of every connection test, by name: ``base``, and ``key=value,…`` of the
    variants."""
    test = config["connection_test"]
    base = omit(test, "seeds", "seeds_up_to_s", "significance", "excerpt", "variants")
    named = {"base": base}
    for changes in test["variants"]:
        name = ",".join(
            f"{key}={value if isinstance(value, str) else label(value)}"
            for key, value in sorted(changes.items())
        )
        if len(name) > MAX_NAME_LENGTH:
            digest = hashlib.sha256(name.encode()).hexdigest()[:8]
            name = f"{name[: MAX_NAME_LENGTH - 9]},{digest}"
        named[name] = base | changes
    return named


def repeats(config: dict) -> dict[str, dict]:
    """The connection tests whose recordings are short, once more with each other seed."""
    test = config["connection_test"]
    return {
        f"{name},seed={seed}": parameters | {"seed": seed, "variant": name}
        for seed in test["seeds"]
        for name, parameters in variants(config).items()
        if parameters["duration_s"] <= test["seeds_up_to_s"] and seed != parameters["seed"]
    }


def recording_groups(named: dict[str, dict]) -> list[dict[str, dict]]:
    """Connection tests that differ in noise or p-value alone, some together: they share voltage
    and shuffles."""
    groups = {}
    for name, test in named.items():
        shared = json.dumps(omit(test, "imaging_spike_SNR", "p_value", "variant"))
        groups.setdefault(shared, []).append((name, test))
    return [
        dict(group[i : i + MAX_TESTS_PER_JOB])
        for group in groups.values()
        for i in range(0, len(group), MAX_TESTS_PER_JOB)
    ]
