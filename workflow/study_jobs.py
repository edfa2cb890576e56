"""How studies are cut into jobs: across cases, those with the same inputs one after the other."""

import hashlib
import json
from typing import NamedTuple

from batching import (
    EVALUATIONS_PER_SEARCH,
    MAX_JOB_SECONDS,
    SECONDS_PER_STEP,
    SECONDS_PER_STEP_WITH_MEDIAN,
    Part,
    cut,
)
from nto1.studies import AROUND
from nto1.studies.tasks import tasks_of, units_of
from terminal import duration

SECONDS_PER_STEP_OF = {
    "response": SECONDS_PER_STEP_WITH_MEDIAN,
    "weight_for_rate": SECONDS_PER_STEP * (EVALUATIONS_PER_SEARCH + len(AROUND)),
    "connections": 200e-9,  # with the tests of a few hundred trains
}

# Measured: to draw an input spike.
SECONDS_PER_INPUT_SPIKE = 12e-9


class StudyJobs(NamedTuple):
    """The work of a study."""

    tasks: dict[str, list[dict]]  # of each job, by its name
    n_runs: int  # simulations, or searches
    seconds: float  # of one core, about

    @property
    def description(self) -> str:
        first = next(iter(self.tasks.values()))[0]
        runs = (
            "searches" if "search" in first else "runs" if "weights_pS" in first else "recordings"
        )
        n_jobs = f"{len(self.tasks)} job{'s' * (len(self.tasks) > 1)}"
        return (
            f"{self.n_runs} {runs} in {n_jobs}, about {duration(max(1, self.seconds))} on one core"
        )


def study_jobs(study: dict, config: dict) -> StudyJobs:
    """A job is named after its first unit: one more value changes no other job's name."""
    seconds_per_step = SECONDS_PER_STEP_OF[study["measure"]]
    units = units_of(study, config)
    seconds, inputs = [], None
    for unit in units:
        seconds.append(unit.n_steps * seconds_per_step)
        if unit.name[:2] != inputs:
            seconds[-1] += unit.n_input_spikes * SECONDS_PER_INPUT_SPIKE
        inputs = unit.name[:2]
    parts = [
        # Together stays first what has the same inputs, then what has the same case.
        Part(tuple(json.dumps(unit.name[:n]) for n in (2, 3, 4)), unit, each)
        for unit, each in zip(units, seconds, strict=True)
    ]
    return StudyJobs(
        {_digest(job[0].name): tasks_of(job) for job in cut(parts, MAX_JOB_SECONDS)},
        sum(unit.n_runs for unit in units),
        sum(seconds),
    )


def _digest(name: tuple) -> str:
    return hashlib.sha256(json.dumps(name).encode()).hexdigest()[:12]
