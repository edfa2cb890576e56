"""What rules ask a cluster for, and the profile for any cluster."""

import re

import pytest

from cluster.conftest import OnCluster
from study import SMALL

# Made of a table by a job that is sent away.
FIGURE = "thesis_figs/voltage_example.svg"


@pytest.mark.parametrize("profile", ["slurm", "generic"])
def test_jobs_that_are_sent_away_say_what_they_need_and_twice_as_much_at_a_retry(profile, tmp_path):
    study = OnCluster(tmp_path, SMALL, profile)
    output = study.snakemake("--dry-run", "--forceall", "--attempt", "2")
    # They are in groups, and indented.
    jobs = re.split(r"^ +rule (?=\w+:)", output, flags=re.MULTILINE)[1:]
    line = re.compile(r"mem_mb=(\d+), .*runtime=(\d+)")
    asked_for = {job.split(":")[0]: line.search(job).groups() for job in jobs}
    assert asked_for.keys() >= {"simulate", "find_weight", "infer_connections"}
    assert not [rule for rule in asked_for if rule.startswith(("plot", "summarise"))]
    assert {*asked_for.values()} == {("2700", "40")}


def test_a_submit_command_is_enough_anywhere_else(small_run, tmp_path):
    study = OnCluster(
        tmp_path / "generic", SMALL, "generic", "--seconds-between-status-checks", "1"
    )
    study.snakemake(FIGURE)
    assert {"results/example_trace.parquet", FIGURE} <= study.outputs().keys()
    assert study.outputs().items() <= small_run.outputs().items()
