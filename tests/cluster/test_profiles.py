"""What rules ask a cluster for, and the profile for any cluster."""

import re

import pytest
from needs import reserve_MB, reserve_minutes

from cluster.conftest import OnCluster, rules_that_stay
from conftest import SMALL


def asked_for(study: OnCluster, attempt: int) -> dict[str, dict[str, int]]:
    """Resources of the jobs of each rule, when they are tried for the so many-th time."""
    output = study.snakemake("--dry-run", "--forceall", "--attempt", str(attempt))
    jobs = re.split(r"^ *rule (?=\w+:)", output, flags=re.MULTILINE)[1:]
    asked = {}
    for job in jobs:
        line = re.search(r"resources: (.*)", job)[1]
        asked[job.split(":")[0]] = {k: int(v) for k, v in re.findall(r"(\w+)=(\d+)(?=,|$)", line)}
    return asked


@pytest.mark.parametrize("profile", ["slurm", "generic"])
def test_jobs_that_are_sent_away_say_what_they_need_and_more_at_a_retry(profile, tmp_path):
    study = OnCluster(tmp_path, SMALL, profile)
    first, second = (asked_for(study, attempt) for attempt in (1, 2))
    sent = first.keys() - rules_that_stay()
    assert {"compile_kernels", "simulate", "find_weight"} <= sent
    for rule in sent:
        for resource in ("mem_mb", "runtime"):
            assert second[rule][resource] == 2 * first[rule][resource], (
                f"{rule}: {resource} does not grow (see reserve_MB, reserve_minutes in needs.py)"
            )


def test_growth_has_an_end():
    asked = [reserve_MB(150)({}, threads=1, attempt=attempt) for attempt in range(1, 7)]
    assert asked == [500, 1000, 2000, 4000, 4000, 4000]
    assert reserve_minutes(10)({}, threads=1, attempt=1) == 3
    assert reserve_minutes(lambda threads: 600 / threads)({}, threads=2, attempt=2) == 64


def test_a_submit_command_is_enough_anywhere_else(small, tmp_path):
    study = OnCluster(
        tmp_path / "generic", SMALL, "generic", "--seconds-between-status-checks", "1"
    )
    study.snakemake()
    assert study.hashes() == small.hashes()
