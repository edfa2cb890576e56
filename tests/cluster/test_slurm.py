"""Through profiles/slurm, on a Slurm of two nodes: the same results, and nothing lost.

The studies run at the same time: most of it is waiting.
"""

import re
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pandas as pd
import pytest

from cluster.conftest import OnCluster
from nto1 import run_study
from nto1.kernel_cache import CACHE
from study import SMALL, Study

# The default is for clusters with thousands of jobs.
POLL_OFTEN = ["--slurm-init-seconds-before-status-checks", "1"]
POLL_OFTEN += ["--seconds-between-status-checks", "1"]

TABLES = ("results/we_sweep.csv", "results/we_for_target_rate.csv")
RESULTS = (*TABLES, "results/connection_test/performance.csv", "thesis_figs/network.pdf")
ONE_TABLE = "results/simulations/N100/we600pS.parquet"
LARGE = {  # 20 000 runs
    "measure": "response",
    "vary": {
        "neuron.b_pA": {"from": 0, "to": 95, "n": 20},
        "sweep.weights_pS": {"from": 0, "to": 1900, "n": 20},
    },
    "set": {"experiment.duration_s": 5, "experiment.seeds": {"from": 0, "to": 49}},
}
STEADY = ["--set-resources", "simulate:slurm_partition=steady"]


def run_id(output: str) -> str:
    return re.search(r"SLURM run ID: (\S+)", output)[1]


@pytest.fixture(scope="module")
def runs(slurm, request, tmp_path_factory):
    """What came of a study, by its name."""
    request.getfixturevalue("kernels")

    def study(name: str, *options: str) -> OnCluster:
        folder = tmp_path_factory.mktemp(name)
        return OnCluster(folder, SMALL, "slurm", *POLL_OFTEN, *options)

    def finished(study: Study, output: str) -> SimpleNamespace:
        jobs = slurm.jobs(run_id(output))
        return SimpleNamespace(study=study, output=output, jobs=jobs)

    def everything():
        groups = ("--group-components", "short=3", "search=2")
        here = study("everything", *groups, "--local-cores", "2")
        here.environment = {"NUMBA_CACHE_DIR": str(here / "kernels")}
        shutil.copytree(CACHE, here / "kernels" / CACHE.name)
        return finished(here, here.snakemake("--verbose", *RESULTS))

    def node_fails():
        on_left = ["--set-resources", "find_weight:slurm_partition=steady"]
        groups = ("--group-components", "short=1", "search=2")
        here = study("node_fails", *groups, *on_left)
        with ThreadPoolExecutor() as pool:
            output = pool.submit(here.snakemake, *TABLES)
            wait_for_job_on("right", here)
            lost = slurm.take_down("right")
            result = finished(here, output.result())
        slurm.bring_back("right")
        result.lost = lost & {job["JobId"] for job in result.jobs}
        return result

    def wait_for_job_on(node, here):
        for _ in range(300):
            jobs = [job for job in slurm.jobs() if job["WorkDir"] == str(here.folder)]
            if any((j["JobState"], j["NodeList"]) == ("RUNNING", node) for j in jobs):
                return
            time.sleep(0.3)
        raise TimeoutError(f"no job on {node}")

    def out_of_memory():
        other = f"{sys.executable} -c 'import time; x = bytearray(1600 << 20); time.sleep(20)'"
        here = study("out_of_memory", "--precommand", f"{other} & true", *STEADY)
        return finished(here, here.snakemake(ONE_TABLE))

    def out_of_time():
        hang_once = "mkdir hung 2> /dev/null && sleep 300; true"
        resources = [*STEADY, "simulate:runtime=attempt"]
        here = study("out_of_time", "--precommand", hang_once, *resources)
        return finished(here, here.snakemake(ONE_TABLE))

    def fails():
        here = study("fails", "--retries", "1", "--group-components", "short=1", *STEADY)
        here.config["sweep"]["weights_pS"] = [600, 180_000]
        return finished(here, here.snakemake("results/we_sweep.csv", ok=False))

    def large_study():
        here = study("large_study")
        here.config["studies"] = {"large": LARGE}
        return finished(here, here.snakemake("results/studies/large.csv"))

    scenarios = (large_study, everything, node_fails, out_of_memory, out_of_time, fails)
    with ThreadPoolExecutor(len(scenarios)) as pool:
        futures = {scenario.__name__: pool.submit(scenario) for scenario in scenarios}
        yield lambda name: futures[name].result()


def test_same_tables_and_figures(runs, small_run):
    made = runs("everything").study.hashes()
    assert {*RESULTS} <= {*made}
    assert made.items() <= small_run.hashes().items()


def test_jobs_are_few_and_small(runs):
    """Tables and figures are made where snakemake runs; the rest in groups, one job at a time."""
    run = runs("everything")
    here = re.findall(r"^localrule (\w+)", run.output, re.MULTILINE)
    assert {"summarise_sweep", "summarise_weights", "plot_network"} < {*here}
    assert not {"simulate", "find_weight", "simulate_network"} & {*here}
    all_jobs = int(re.search(r"^total +(\d+)", run.output, re.MULTILINE)[1])
    assert len(run.jobs) < all_jobs - len(here)
    assert {job["JobState"] for job in run.jobs} == {"COMPLETED"}
    assert {job["NumCPUs"] for job in run.jobs} == {"1"}


def test_jobs_find_the_kernels_compiled(runs):
    kernels = {file.name for file in (runs("everything").study / "kernels").rglob("*.nbc")}
    assert kernels == {file.name for file in CACHE.rglob("*.nbc")}


def test_out_of_memory_is_tried_again_with_more(runs, small_run):
    run = runs("out_of_memory")
    first, second = run.jobs
    assert first["JobState"] in ("FAILED", "OUT_OF_MEMORY")
    assert "exceeded memory limit" in run.output
    assert second["JobState"] == "COMPLETED"
    asked, then = (int(job["MinMemoryNode"].rstrip("M")) for job in run.jobs)
    assert then == 2 * asked
    assert (run.study / ONE_TABLE).read_bytes() == (small_run / ONE_TABLE).read_bytes()


def test_out_of_time_is_tried_again_with_more(runs, small_run):
    run = runs("out_of_time")
    assert [job["JobState"] for job in run.jobs] == ["TIMEOUT", "COMPLETED"]
    assert [job["TimeLimit"] for job in run.jobs] == ["00:01:00", "00:02:00"]
    assert (run.study / ONE_TABLE).read_bytes() == (small_run / ONE_TABLE).read_bytes()


def test_a_job_that_fails_for_good_is_shown_and_the_rest_kept(runs, small_run):
    run = runs("fails")
    states = sorted(job["JobState"] for job in run.jobs)
    assert states == ["COMPLETED", "FAILED", "FAILED"]
    log = run.output.rpartition("The last lines of results/logs/simulate/N100_we180000pS.log")[2]
    assert "DivergenceError: the voltage diverged" in log
    assert (run.study / ONE_TABLE).read_bytes() == (small_run / ONE_TABLE).read_bytes()

    run.study.config["sweep"]["weights_pS"] = [600, 1200]
    assert run.study.planned("results/we_sweep.csv") == {"simulate": 1, "summarise_sweep": 1}


def test_a_node_that_fails_costs_only_its_jobs(runs, small_run):
    run = runs("node_fails")
    restarted = {job["JobId"] for job in run.jobs if job["Restarts"] != "0"}
    assert restarted == run.lost
    assert 1 <= len(restarted) < len(run.jobs)
    assert {job["JobState"] for job in run.jobs} == {"COMPLETED"}
    for table in TABLES:
        assert (run.study / table).read_bytes() == (small_run / table).read_bytes()


def test_a_large_study(runs):
    run = runs("large_study")
    assert {job["JobState"] for job in run.jobs} == {"COMPLETED"}
    table = pd.read_csv(run.study / "results/studies/large.csv")
    assert len(table) == 20 * 20 * 50
    vary = {"neuron.b_pA": [65], "sweep.weights_pS": [900, 1200]}
    here = run_study(LARGE | {"vary": vary}, SMALL).table
    there = table[(table["b_pA"] == 65) & table["we_pS"].isin([900, 1200])]
    pd.testing.assert_frame_equal(there.reset_index(drop=True), here, check_dtype=False)
