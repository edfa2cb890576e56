"""How work is cut into jobs."""

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from math import ceil
from typing import Any, NamedTuple, TypeVar

from nto1.config import ConfigError
from nto1.config.model import Config
from nto1.measures.measure import Measure, Work
from nto1.measures.response import SECONDS_PER_STEP, Runs
from nto1.measures.weight_for_rate import Search
from nto1_workflow.durations import duration

# A job should be worth its start, of about a second, and leave work for other cores.
MAX_JOB_SECONDS = 20
MAX_THREADS = 8  # of a job that can't be cut

# Of the profiles for clusters: of any job, and of that Snakemake's own.
MEM_MB, SNAKEMAKE_MB = 1350, 350

# More than these are taken for a mistake. Snakemake plans some thousand jobs in seconds.
MAX_JOBS = 10_000


Value = TypeVar("Value", int, float)


class Part(NamedTuple):
    """What can be in one job or another."""

    hash: bytes  # parts in whose hashes the first bits agree are the last to be separated
    item: Any
    cost: float


class Job(NamedTuple):
    tasks: list
    threads: int = 1
    memory_MB: float = 0.0
    seconds: float = 0.0

    def mem_mb(self, attempt: int) -> int:
        """What it asks a cluster for: as the profiles do, or more."""
        return max(MEM_MB, SNAKEMAKE_MB + ceil(self.memory_MB)) * 2 ** (attempt - 1)


class Jobs(NamedTuple):
    """By name: one more value changes no other job's name."""

    by_name: dict[str, Job]
    description: str


@lru_cache(1024)
def hash_of(name: Any) -> bytes:
    return hashlib.sha256(json.dumps(name).encode()).digest()[:8]


def cut(parts: Sequence[Part], max_cost: float) -> list[list]:
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
    halves: tuple[list[Part], list[Part]] = ([], [])
    for part, hash_ in zip(parts, hashes, strict=True):
        halves[hash_ >> first_bit & 1].append(part)
    return [batch for half in halves for batch in cut(half, max_cost)]


def jobs_of(measure: Measure, work: Sequence[Work]) -> Jobs:
    """Across cases, those that share their inputs one after the other. A job is named after its
    first piece of work; one that can't be cut any further has as many threads as it takes to end in
    time."""
    parts, shared = [], None
    for piece in work:
        seconds = piece.seconds + (piece.seconds_shared if piece.shared != shared else 0)
        shared = piece.shared
        # Together stays first what shares its inputs, then what is of the same case.
        levels = (piece.name[:n] for n in (1, 2, 3))
        parts.append(Part(b"".join(map(hash_of, levels)), (piece, seconds), seconds))
    jobs = {}
    for batch in cut(parts, MAX_JOB_SECONDS):
        pieces = [piece for piece, _ in batch]
        seconds = sum(seconds for _, seconds in batch)
        threads = ceil(seconds / MAX_JOB_SECONDS)
        name = hash_of(pieces[0].name).hex()[:12]
        tasks, threads = measure.tasks(pieces), min(max(1, threads), MAX_THREADS)
        jobs[name] = Job(tasks, threads, measure.memory_MB(tasks, threads), seconds / threads)
    n, (one, many) = sum(piece.n_runs for piece in work), measure.runs
    return Jobs(
        jobs,
        f"{n} {one if n == 1 else many} in {len(jobs)} job{'s' * (len(jobs) != 1)}, about "
        f"{duration(max(1, sum(part.cost for part in parts)))} on one core",
    )


def weight_batches(config: Config) -> dict[str, list[Runs]]:
    """The sweep's weights, cut into jobs: tasks by the label of each job's first weight."""
    sweep = config.sweep
    runs = Runs.of(config, {}, sweep.N)
    seconds_each, size = runs.n_steps * SECONDS_PER_STEP, sweep.weights_per_batch
    found = _batches(sweep.weights_pS, size, "sweep.weights_per_batch", seconds_each)
    return {name: [runs._replace(weights_pS=tuple(weights))] for name, weights in found.items()}


def N_batches(config: Config) -> dict[str, list[Search]]:
    """The searches, cut into jobs: tasks by the label of each job's first number of inputs."""
    search = config.find_weight
    all_N = search.N_subset if search.only_subset else search.N
    seconds_each = Search.of(config, {}, config.sweep.N).seconds
    found = _batches(all_N, search.N_per_batch, "find_weight.N_per_batch", seconds_each)
    return {name: [Search.of(config, {}, N) for N in some] for name, some in found.items()}


def _batches(
    values: Sequence[Value], size: int | str, size_key: str, seconds_each: float
) -> dict[str, list[Value]]:
    """In batches at most as large as configured, or such that a job takes some seconds."""
    if isinstance(size, str):  # auto
        size = max(1, int(MAX_JOB_SECONDS / seconds_each))
    if len(values) / size > MAX_JOBS:
        problem = (
            f"{size_key}: with {size} in a job, {len(values)} make more than {MAX_JOBS} jobs. "
            "Choose more in a job, or fewer in all."
        )
        raise ConfigError([problem])
    return batches(values, size)


def batches(values: Sequence[Value], size: int) -> dict[str, list[Value]]:
    """Values in batches of at most ``size``, by the label of each batch's first value."""
    found = cut([Part(hash_of(label(value)), value, 1) for value in sorted(values)], size)
    return {label(batch[0]): batch for batch in sorted(found)}


def label(value: float) -> str:
    """A number as it stands in file names: 14, 12.5."""
    return repr(float(value) + 0.0).removesuffix(".0")  # 0 for -0.0, too
