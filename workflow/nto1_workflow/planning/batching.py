"""How work is cut into jobs."""

import hashlib
import json
from functools import lru_cache
from typing import Any, NamedTuple

from nto1.config import ConfigError, n_steps
from nto1.studies.tasks import search_of, task_of

# A job should be worth its start, of about a second, and leave work for other cores.
MAX_JOB_SECONDS = 20

# Measured: per time step of one run, with its median and without.
SECONDS_PER_STEP_WITH_MEDIAN, SECONDS_PER_STEP = 3.5e-9, 2e-9
EVALUATIONS_PER_SEARCH = 12

# More than these are taken for a mistake. Snakemake plans some thousand jobs in seconds.
MAX_JOBS = 10_000


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
    """In batches at most as large as configured, or such that a job takes some seconds."""
    size, values = config[section][size_key], config[section][key]
    if size == "auto":
        size = max(1, int(MAX_JOB_SECONDS / (seconds_each * len(config["experiment"]["seeds"]))))
    if len(values) / size > MAX_JOBS:
        raise ConfigError(
            f"{section}.{size_key}: with {size} in a job, {len(values)} make more than {MAX_JOBS} "
            "jobs. Choose more in a job, or fewer in all."
        )
    return batches(values, size)


def batches(values: list, size: int) -> dict[str, list]:
    """Values in batches of at most ``size``, by the label of each batch's first value."""
    found = cut([Part(hash_of(label(value)), value, 1) for value in sorted(values)], size)
    return {label(batch[0]): batch for batch in sorted(found)}


class Part(NamedTuple):
    """What can be in one job or another."""

    hash: bytes  # parts in whose hashes the first bits agree are the last to be separated
    item: Any
    cost: float


@lru_cache(1024)
def hash_of(name: Any) -> bytes:
    return hashlib.sha256(json.dumps(name).encode()).digest()[:8]


def cut(parts: list[Part], max_cost: float) -> list[list]:
    """Items in batches that cost at most so much each, unless a single item costs more.

    What costs too much is split in two halves, by the first bit in which hashes differ. Where
    batches end thus depends on the items themselves, not on how many there are: one more changes
    no other batch than the one it falls in.
    """
    if not parts:
        return []
    hashes = [int.from_bytes(part.hash) for part in parts]
    first_bit = (min(hashes) ^ max(hashes)).bit_length() - 1
    if first_bit < 0 or sum(part.cost for part in parts) <= max_cost:
        return [[part.item for part in parts]]
    halves = ([], [])
    for part, hash_ in zip(parts, hashes, strict=True):
        halves[hash_ >> first_bit & 1].append(part)
    return [batch for half in halves for batch in cut(half, max_cost)]


def label(value: float) -> str:
    """A number as it stands in file names: 14, 12.5."""
    return repr(float(value) + 0.0).removesuffix(".0")  # 0 for -0.0, too
