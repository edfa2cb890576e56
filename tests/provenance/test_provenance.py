"""What every run writes about itself."""

import getpass
import hashlib
import json
import platform
import re
import shutil
import subprocess
import sys
from importlib.metadata import version

import pytest
from small_workflow import Workflow, install

from nto1_workflow.provenance import environment
from nto1_workflow.provenance.commit import git_state
from nto1_workflow.provenance.page import sections
from study import ROOT


@pytest.fixture
def copied(workflow, tmp_path):
    """A test's own."""
    return Workflow(shutil.copytree(workflow.folder, tmp_path / "workflow", symlinks=True))


def test_who_when_where_and_how(workflow):
    run = workflow.record
    assert run["succeeded"]
    assert run["complete"]
    assert run["who"] == getpass.getuser()
    assert run["started"] <= run["ended"]
    assert run["folder"] == str(workflow.folder)
    assert run["command_line"] == "snakemake --cores 2 --nocolor"
    assert run["published_numbers"] == "All 3 numbers agree."
    assert run["snakemake"]["snakemake"] == version("snakemake")
    assert (run["snakemake"]["executor"], run["snakemake"]["cores"]) == ("local", 2)


def test_hashes_of_inputs_and_outputs(workflow):
    run = workflow.record
    outputs = {f"results/{name}" for name in ("table.csv", "figure.svg", "published_comparison.md")}
    assert {path for path, file in run["outputs"].items() if file["final"]} == outputs
    outputs |= {"results/part.csv"}
    assert run["inputs"].keys() == {"data.csv"}
    assert run["outputs"].keys() == outputs
    for path, file in (run["inputs"] | run["outputs"]).items():
        assert file["sha256"] == hashlib.sha256((workflow / path).read_bytes()).hexdigest()


def test_each_job_tells_in_which_environment_it_ran(workflow):
    run = workflow.record
    assert {rule: row["jobs"] for rule, row in run["rules"].items()} == dict.fromkeys(
        ("compare", "draw", "simulate", "table"), 1
    )
    assert run["rules"]["draw"]["threads"] == 2
    assert all(row["wall_s"] > 0 for row in run["rules"].values())

    (launcher,) = run["rules"]["table"]["environments"]
    assert launcher == run["snakemake"]["launched_in"]
    ours = run["environments"][launcher]
    assert (ours["interpreter"], ours["host"]) == (sys.executable, platform.node())
    assert ours["packages"]["numba"] == version("numba")

    (other,) = run["rules"]["draw"]["environments"]
    assert run["outputs"]["results/figure.svg"]["environment"] == other
    assert run["environments"][other]["interpreter"] == str(workflow / "other/bin/python")
    assert run["environments"][other]["packages"]["numba"] == "0.68.1"
    assert "snakemake" not in run["environments"][other]["packages"]


def test_an_environment_has_another_name_when_a_package_changes(copied, monkeypatch):
    monkeypatch.chdir(copied.folder)
    code = "from nto1_workflow.provenance.environment import register; print(register())"
    command = [copied / "other/bin/python", "-c", code]

    def name() -> str:
        return subprocess.check_output(
            command, text=True, env={"PYTHONPATH": str(ROOT / "workflow")}
        )

    before = name()
    assert name() == before
    install(copied.folder, "numpy", "2")
    assert name() != before


@pytest.mark.parametrize("log", ["", "as ever\n", "about: results/logs/environments/gone.json\n"])
def test_a_log_that_does_not_tell(tmp_path, log):
    (tmp_path / "log").write_text(log)
    assert environment.of_log(tmp_path / "log") is None
    assert environment.of_log(tmp_path / "none") is None


def test_the_page(workflow):
    page, run = (workflow / "results/provenance.md").read_text(), workflow.record
    assert "This run succeeded. All 3 numbers agree." in page
    for text in (
        run["who"],
        run["ended"],
        sys.executable,
        run["outputs"]["results/table.csv"]["sha256"],
    ):
        assert text in page
    assert f"| numba | {version('numba')} |" in page
    assert "| numba | 0.68.1 |" in page
    if run["source"]["commit"]:
        assert f"| commit date | {run['source']['commit_date']} |" in page


def test_numbers_are_rounded_for_people(workflow):
    run = workflow.record
    run["rules"]["table"]["wall_s"] = 0.30000000000000004
    (row,) = (row for row in sections(run)["Rules"] if row[""] == "table")
    assert row["wall s"] == "0.3"


def test_it_makes_nothing_stale_and_is_not_written_for_nothing(workflow):
    def written() -> dict:
        return {path: path.stat().st_mtime_ns for path in workflow.folder.glob("results/**/*")}

    before = written()
    assert "Nothing to be done" in workflow.snakemake()
    workflow.snakemake("--dry-run", "--forceall")
    assert written() == before


def test_showing_the_record_is_no_run_to_record(copied):
    before = (copied / "results/provenance.json").read_bytes()
    copied.snakemake("results/provenance.html")
    assert (copied / "results/provenance.json").read_bytes() == before


def test_a_run_for_one_file_is_about_what_that_was_made_from(copied):
    before = copied.record
    crate = (copied / "results/run-crate/ro-crate-metadata.json").read_bytes()
    copied.snakemake("results/figure.svg", "--force")
    after = copied.record
    assert not after["complete"]
    assert after["published_numbers"] == before["published_numbers"] == "All 3 numbers agree."
    assert after["inputs"] == before["inputs"]
    files = {f"results/{name}" for name in ("part.csv", "table.csv", "figure.svg")}
    assert after["outputs"].keys() == files
    assert after["outputs"]["results/table.csv"] == before["outputs"]["results/table.csv"] | {
        "final": False
    }
    assert (copied / "results/run-crate/ro-crate-metadata.json").read_bytes() == crate


@pytest.mark.parametrize("why", ["another config", "a result is gone", "an input is another"])
def test_what_is_no_longer_true_is_not_kept(copied, why):
    if why == "a result is gone":
        (copied / "results/published_comparison.md").unlink()
    if why == "an input is another":
        (copied / "data.csv").write_text("2")
    options = ["--config", "seed=2"] if why == "another config" else []
    copied.snakemake("results/part.csv", "--force", *options)
    assert copied.record["published_numbers"] is None
    assert ("data.csv" in copied.record["inputs"]) == (why != "an input is another")


def test_inputs_are_recorded_as_the_jobs_read_them(copied):
    """Here, the last job writes to the table which the others have read."""
    job = copied / "job.py"
    edit = 'if output.endswith(".svg"): open("data.csv", "a").write("0")'
    job.write_text(job.read_text() + edit)
    shutil.rmtree(copied / "results")
    said = copied.snakemake("--cores", "1")
    assert copied.record["inputs"]["data.csv"]["sha256"] == hashlib.sha256(b"1").hexdigest()
    assert "No run crate: data.csv was changed after it was read." in said
    assert not (copied / "results/run-crate").exists()
    assert "table: 1" in re.sub(" +", ": ", copied.snakemake("--dry-run", "--quiet", "rules"))


def test_a_run_that_failed_says_so_and_claims_nothing_that_is_old(copied):
    before = copied.record["outputs"]
    crate = (copied / "results/run-crate/ro-crate-metadata.json").read_bytes()
    (copied / "data.csv").write_text("bad")
    copied.snakemake("--keep-going", ok=False)
    after = copied.record
    assert not after["succeeded"]
    assert after["published_numbers"] is None
    assert "This run failed." in (copied / "results/provenance.md").read_text()
    assert after["outputs"]["results/table.csv"]["sha256"] != before["results/table.csv"]["sha256"]
    assert "results/published_comparison.md" not in after["outputs"]
    assert (copied / "results/run-crate/ro-crate-metadata.json").read_bytes() == crate


def test_without_its_package_all_else_is_recorded(copied, tmp_path):
    (tmp_path / "rocrate.py").write_text("raise ModuleNotFoundError(name='rocrate')")
    shutil.rmtree(copied / "results")
    output = copied.snakemake(PYTHONPATH=str(tmp_path))
    assert "No run crate: rocrate, of envs/requirements.lock, is missing." in output
    assert len(copied.record["outputs"]) == 4
    assert not (copied / "results/run-crate").exists()


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_the_commit_and_changes_since(tmp_path):
    def git(*arguments) -> str:
        who = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        return subprocess.check_output(["git", "-C", tmp_path, *who, *arguments], text=True)

    assert git_state(tmp_path)["why_unknown"].startswith("fatal: not a git repository")
    git("init")
    (tmp_path / "Snakefile").write_text("rule all:\n")
    git("add", ".")
    git("commit", "-m", "first")
    commit, date = git("log", "--format=%H %cI").split()
    expected = {"commit": commit, "commit_date": date, "uncommitted_changes": []}
    assert git_state(tmp_path) == expected
    (tmp_path / "Snakefile").write_text("")
    (tmp_path / "new").touch()
    assert git_state(tmp_path)["uncommitted_changes"] == [" M Snakefile", "?? new"]

    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "Snakefile").touch()
    assert git_state(archive)["commit"] is None, "that of the folder around it"


def test_without_git_the_commit_is_unknown(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    state = git_state(ROOT)
    assert state["commit"] is None
    assert "git" in state["why_unknown"]


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_the_commit_of_somebody_elses_checkout(tmp_path, monkeypatch):
    (tmp_path / "Snakefile").touch()
    for command in (["init", "-q"], ["add", "Snakefile"], ["commit", "-qm", "All"]):
        who = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        subprocess.run(["git", *who, *command], cwd=tmp_path, check=True)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    refused = subprocess.run(["git", "log"], cwd=tmp_path, text=True, capture_output=True)
    assert "dubious ownership" in refused.stderr
    assert git_state(tmp_path)["uncommitted_changes"] == []


def test_packages_of_conda_have_builds_and_channels(tmp_path, monkeypatch):
    package = {"name": "libblas", "version": "3.11", "build": "7_mkl", "channel": "conda-forge"}
    (tmp_path / "conda-meta").mkdir()
    (tmp_path / "conda-meta/libblas.json").write_text(json.dumps(package | {"depends": []}))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    packages = environment.describe()["packages"]
    assert packages["libblas"] == {"version": "3.11", "build": "7_mkl", "channel": "conda-forge"}
    assert packages["numba"] == version("numba")
