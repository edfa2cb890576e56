"""What rules ask a cluster for, and the profile for any cluster."""

import re

import pytest

from cluster.conftest import OnCluster
from study import SMALL

# Made of a table by a job that is sent away.
FIGURE = "thesis_figs/voltage_example.svg"


def asked_for(study: OnCluster, attempt: int) -> dict[str, tuple[int, int]]:
    """Memory (MB) and time (min) of each rule that is sent away, at the so many-th attempt; those
    are in groups, and indented."""
    output = study.snakemake("--dry-run", "--forceall", "--attempt", str(attempt))
    jobs = re.split(r"^ +rule (?=\w+:)", output, flags=re.MULTILINE)[1:]
    line = re.compile(r"mem_mb=(\d+), .*runtime=(\d+)")
    return {job.split(":")[0]: tuple(map(int, line.search(job).groups())) for job in jobs}


@pytest.mark.parametrize("profile", ["slurm", "generic"])
def test_jobs_that_are_sent_away_say_what_they_need_and_twice_as_much_at_a_retry(profile, tmp_path):
    study = OnCluster(tmp_path, SMALL, profile)
    first, second = (asked_for(study, attempt) for attempt in (1, 2))
    assert first.keys() >= {"compile_kernels", "simulate", "find_weight", "infer_connections_0"}
    assert not [rule for rule in first if rule.startswith(("plot", "summarise"))]
    assert second == {rule: (2 * MB, 2 * minutes) for rule, (MB, minutes) in first.items()}


def test_a_submit_command_is_enough_anywhere_else(small_run, tmp_path):
    study = OnCluster(
        tmp_path / "generic", SMALL, "generic", "--seconds-between-status-checks", "1"
    )
    study.snakemake(FIGURE)
    assert {"results/example_trace.parquet", FIGURE} <= study.outputs().keys()
    assert study.outputs().items() <= small_run.outputs().items()
