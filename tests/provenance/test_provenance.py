"""What every run writes about itself."""

import getpass
import hashlib
import platform
import shutil
import subprocess
import sys
from importlib.metadata import version

import pytest
from small_workflow import Workflow, make_workflow

from conftest import ROOT
from provenance import environment
from provenance.page import sections, summary
from provenance.record import git_state


@pytest.fixture(scope="module")
def workflow(made_once):
    """Tests share it, and leave it alone."""
    folder, output = made_once("small_workflow", make_workflow)
    workflow = Workflow(folder)
    workflow.output = output
    return workflow


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
    assert "All 3 numbers agree. Recorded in results/provenance.md." in workflow.output
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
    assert ours["packages"]["numba"] == {"version": version("numba")}

    (conda,) = run["rules"]["draw"]["environments"]
    assert run["outputs"]["results/figure.svg"]["environment"] == conda
    assert run["environments"][conda]["interpreter"] == str(workflow / "conda/bin/python")
    assert run["environments"][conda]["packages"]["numba"] == {
        "version": "0.68.1",
        "build": "py311_0",
        "channel": "conda-forge",
    }
    assert "snakemake" not in run["environments"][conda]["packages"]


def test_an_environment_has_another_name_when_a_package_changes(workflow, monkeypatch):
    monkeypatch.chdir(workflow.folder)
    command = [workflow / "conda/bin/python", "-c", "from provenance.environment import register"]
    command[-1] += "; print(register())"

    def name() -> str:
        return subprocess.check_output(
            command, text=True, env={"PYTHONPATH": str(ROOT / "workflow")}
        )

    before = name()
    assert name() == before
    (workflow / "conda/conda-meta/numpy-2.json").write_text('{"name": "numpy", "version": "2"}')
    assert name() != before
    (workflow / "conda/conda-meta/numpy-2.json").unlink()


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
    assert f"| numba | {version('numba')} |  |  |" not in page, "no empty columns outside of conda"
    assert "| numba | 0.68.1 | py311_0 | conda-forge |" in page
    if run["source"]["commit"]:
        assert f"| commit date | {run['source']['commit_date']} |" in page


def test_numbers_are_rounded_for_people(workflow):
    run = workflow.record
    run["rules"]["table"]["wall_s"] = 0.30000000000000004
    (row,) = (row for row in sections(run)["Rules"] if row[""] == "table")
    assert row["wall s"] == "0.3"


def test_the_last_lines_of_a_run(workflow, tmp_path):
    command = [sys.executable, "-m", "provenance.page"]

    def said(file) -> str:
        return subprocess.check_output([*command, file], cwd=ROOT / "workflow", text=True)

    lines = said(workflow / "results/provenance.json").splitlines()
    assert lines[:3] == ["1 figures in results/", "1 tables in results/", "All 3 numbers agree."]
    assert lines[-1].endswith("results/run-crate/")
    assert "is not there yet" in said(tmp_path / "provenance.json")
    assert "run-crate" not in summary(workflow.record | {"complete": False})


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


def test_a_run_for_one_file_keeps_what_is_still_true(copied):
    before = copied.record
    copied.snakemake("results/figure.svg", "--force")
    after = copied.record
    assert not after["complete"]
    for key in ("published_numbers", "inputs"):
        assert after[key] == before[key]
    assert after["rules"].keys() == before["rules"].keys()
    comparison = "results/published_comparison.md"
    assert after["outputs"][comparison] == before["outputs"][comparison]
    assert after["outputs"]["results/figure.svg"]["up_to_date_at"] == after["ended"]

    (copied / "results/figure.svg").write_text("by hand")
    (copied / "data.csv").write_text("2")
    copied.snakemake("results/table.csv")
    assert copied.record["published_numbers"] is None, "of another table"
    assert copied.record["outputs"].keys() == {
        *(comparison, "results/part.csv", "results/table.csv")
    }


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


def test_without_its_packages_all_else_is_recorded(copied, tmp_path):
    for name in ("rocrate", "archspec"):
        (tmp_path / f"{name}.py").write_text(f"raise ModuleNotFoundError(name={name!r})")
    shutil.rmtree(copied / "results")
    output = copied.snakemake(PYTHONPATH=str(tmp_path))
    assert "No run crate: rocrate, of envs/requirements.lock, is missing." in output
    run = copied.record
    assert run["environments"][run["snakemake"]["launched_in"]]["cpu"] == platform.machine()
    assert len(run["outputs"]) == 4
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
