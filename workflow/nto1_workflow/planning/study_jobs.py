"""How studies are cut into jobs: across cases, those with the same inputs one after the other."""

from typing import NamedTuple

from nto1.studies import AROUND
from nto1.studies.tasks import tasks_of, units_of
from nto1_workflow.durations import duration
from nto1_workflow.planning.batching import (
    EVALUATIONS_PER_SEARCH,
    MAX_JOB_SECONDS,
    SECONDS_PER_STEP,
    SECONDS_PER_STEP_WITH_MEDIAN,
    Part,
    cut,
    hash_of,
)

COST_OF_MEASURE = {
    "response": ("runs", SECONDS_PER_STEP_WITH_MEDIAN),
    "weight_for_rate": ("searches", SECONDS_PER_STEP * (EVALUATIONS_PER_SEARCH + len(AROUND))),
    # With the tests of a few hundred trains.
    "connections": ("recordings", 200e-9),
    "connection_test": ("connection tests", 20e-9),
}

# Measured: to draw an input spike; or to shuffle one, and to average its window.
SECONDS_PER_INPUT_SPIKE = 12e-9


class StudyJobs(NamedTuple):
    tasks: dict[str, list[dict]]  # of each job, by its name
    description: str


def study_jobs(study: dict, config: dict) -> StudyJobs:
    """A job is named after its first unit: one more value changes no other job's name."""
    what, seconds_per_step = COST_OF_MEASURE[study["measure"]]
    units = units_of(study, config)
    seconds, inputs = [], None
    for unit in units:
        seconds.append(unit.n_steps * seconds_per_step)
        if unit.name[:2] != inputs:
            seconds[-1] += unit.n_input_spikes * SECONDS_PER_INPUT_SPIKE
        inputs = unit.name[:2]
    parts = [
        # Together stays first what has the same inputs, then what has the same case.
        Part(b"".join(hash_of(unit.name[:n]) for n in (2, 3, 4)), unit, each)
        for unit, each in zip(units, seconds, strict=True)
    ]
    jobs = cut(parts, MAX_JOB_SECONDS)
    return StudyJobs(
        {hash_of(job[0].name).hex()[:12]: tasks_of(job) for job in jobs},
        f"{sum(unit.n_runs for unit in units)} {what} in {len(jobs)} job{'s' * (len(jobs) > 1)}, "
        f"about {duration(max(1, sum(seconds)))} on one core",
    )
