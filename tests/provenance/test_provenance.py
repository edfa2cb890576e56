"""What every run writes about itself."""

import getpass
import hashlib
import json
import platform
import shutil
import subprocess
import sys
from importlib.metadata import version

import pytest
import yaml

from conftest import ROOT, SMALL, Study, copy_checkout
from provenance import environment

THESIS = yaml.safe_load((ROOT / "config/config.yaml").read_text())


def record(study: Study) -> dict:
    return json.loads((study / "results/provenance.json").read_text())


def test_who_when_where_and_with_what(thesis):
    run = record(thesis)
    assert run["succeeded"]
    assert run["who"] == getpass.getuser()
    assert run["started"] < run["ended"]
    assert run["folder"] == str(thesis.folder.resolve())
    assert run["command_line"].startswith("snakemake --cores 2 --nocolor --snakefile ")
    assert run["threads"]["cores"] == 2
    assert run["software"]["executor"] == "local"
    assert run["machine"]["host"] == platform.node()
    assert run["machine"]["cpu"]
    assert run["software"]["snakemake"] == version("snakemake")
    assert run["software"]["direct"]["numba"] == version("numba")
    assert run["software"]["all"].items() >= run["software"]["direct"].items()
    assert run["config"] == THESIS
    assert run["seeds"]["experiment.seeds"] == list(range(10))
    assert run["published_numbers"] == "All 191 published numbers replayed."


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_the_commit(thesis):
    log = subprocess.check_output(["git", "log", "--format=%H %cI"], cwd=ROOT, text=True)
    source = record(thesis)["source"]
    assert f"{source['commit']} {source['commit_date']}" in log.splitlines()


def test_every_table_and_figure_has_its_hash(thesis):
    outputs = record(thesis)["outputs"]
    made = thesis.hashes()
    assert made.keys() == outputs.keys()
    for path, file in outputs.items():
        assert file["sha256"] == hashlib.sha256((thesis / path).read_bytes()).hexdigest()


def test_every_rule_has_its_times(thesis):
    rules = record(thesis)["rules"]
    assert rules["simulate"]["jobs"] == rules["simulate"]["run_this_time"] == 1
    for name, rule in rules.items():
        if name != "compile_kernels":  # which may have been run from another folder
            assert rule["threads"] >= 1
            assert rule["wall_s"] > 0
            assert rule["CPU_s"] > 0


def test_the_page_says_it_too(thesis):
    page = (thesis / "results/provenance.md").read_text()
    run = record(thesis)
    for text in (run["who"], run["machine"]["cpu"], run["command_line"], run["ended"]):
        assert text in page
    for path, file in run["outputs"].items():
        assert f"| `{path}` | {file['rule']} | {file['made']} | {file['bytes']} | " in page
    assert f"numba {version('numba')}" in page


def test_the_defaults_of_the_config_are_filled_in(small):
    config = record(small)["config"]
    assert config["neuron"] == THESIS["neuron"]
    assert config["sweep"] == THESIS["sweep"] | SMALL["sweep"]


def written(study: Study) -> dict[str, int]:
    """When each file below results/ was written."""
    return {str(p): p.stat().st_mtime_ns for p in study.folder.rglob("results/**/*")}


def test_it_makes_nothing_stale_and_is_not_written_for_nothing(small):
    before = written(small)
    assert "Nothing to be done" in small.snakemake()
    small.snakemake("--dry-run", "--forceall")
    assert written(small) == before


def test_what_was_not_run_again_keeps_its_times(small):
    before = record(small)["rules"]
    small.snakemake("--forcerun", "plot_example")
    after = record(small)["rules"]
    assert {name for name, rule in after.items() if rule["run_this_time"]} == {"plot_example"}
    assert after["simulate"] == before["simulate"] | {"run_this_time": 0}


def test_a_run_for_some_files_keeps_what_is_known_of_others(small):
    before = record(small)["outputs"]
    crate = small / "results/run-crate/ro-crate-metadata.json"
    crate_before = crate.read_bytes()
    changed = small / "thesis_figs/voltage_example.svg"
    changed.write_text("by hand")
    small.snakemake("results/we_sweep.csv", "--forcerun", "summarise_sweep")
    after = record(small)
    assert not after["complete"]
    assert after["outputs"].keys() == before.keys() - {"thesis_figs/voltage_example.svg"}
    assert after["outputs"]["results/we_sweep.csv"]["up_to_date_at"] == after["ended"]
    assert after["outputs"]["thesis_figs/chosen_N.svg"] == before["thesis_figs/chosen_N.svg"]
    assert crate.read_bytes() == crate_before


def test_a_run_that_failed_says_so_and_claims_nothing_that_is_old(small):
    before = record(small)["outputs"]
    crate = (small / "results/run-crate/ro-crate-metadata.json").read_bytes()
    small.config["sweep"]["weights_pS"] = [180_000]
    small.snakemake("--keep-going", ok=False)
    run = record(small)
    assert not run["succeeded"]
    assert run["published_numbers"] is None
    assert "This run failed." in (small / "results/provenance.md").read_text()
    fresh = {path for path, file in run["outputs"].items() if file["up_to_date_at"] == run["ended"]}
    assert "results/we_for_target_rate.csv" in fresh
    assert "results/we_sweep.csv" not in fresh
    assert run["outputs"]["results/we_sweep.csv"] == before["results/we_sweep.csv"]
    assert (small / "results/run-crate/ro-crate-metadata.json").read_bytes() == crate


def test_a_downloaded_archive_works_and_says_that_the_commit_is_unknown(
    small, tmp_path, monkeypatch
):
    # The kernels are compiled already.
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(ROOT / "workflow/nto1/__pycache__"))
    small.checkout = copy_checkout(tmp_path / "archive")
    small.snakemake("--forcerun", "plot_example", "--rerun-triggers", "mtime")
    source = record(small)["source"]
    assert source["commit"] is None
    assert source["why_unknown"].startswith("not a git checkout (fatal: not a git repository")
    page = (small / "results/provenance.md").read_text()
    assert "| commit | unknown: not a git checkout" in page
    assert "| uncommitted changes | `unknown` |" in page


def test_without_git_the_commit_is_unknown(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    state = environment.git_state(ROOT)
    assert state == {"commit": None, "why_unknown": "git is not installed"}


def git(folder, *arguments):
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run(["git", "-C", folder, *who, *arguments], check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_changes_since_the_commit_are_listed(tmp_path):
    git(tmp_path, "init")
    (tmp_path / "Snakefile").write_text("rule all:\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    assert environment.git_state(tmp_path)["uncommitted_changes"] == []
    (tmp_path / "Snakefile").write_text("")
    (tmp_path / "new").touch()
    assert environment.git_state(tmp_path)["uncommitted_changes"] == [" M Snakefile", "?? new"]

    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "Snakefile").touch()
    assert environment.git_state(archive)["commit"] is None, "that of the folder around it"


def test_without_its_packages_a_run_succeeds_and_says_what_is_missing(small, tmp_path, monkeypatch):
    (tmp_path / "rocrate.py").write_text("raise ModuleNotFoundError(name='rocrate')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    output = small.snakemake("--forcerun", "plot_example")
    assert "No provenance was written: rocrate is missing." in output


def summary(study: Study) -> str:
    """What ``make`` ends with."""
    command = [sys.executable, "-m", "provenance.page", study / "results/provenance.json"]
    return subprocess.check_output(command, cwd=ROOT / "workflow", text=True)


def test_the_summary_of_a_run(thesis):
    assert "All 191 published numbers replayed. Recorded in results/provenance.md." in thesis.output
    n_figures = len(list((thesis / "thesis_figs").iterdir()))
    assert f"{n_figures} figures in thesis_figs/\n" in summary(thesis)
    assert "All 191 published numbers replayed.\n" in summary(thesis)
    assert "To archive or hand on, with the sources: results/run-crate/\n" in summary(thesis)


def test_no_summary_before_the_first_run(tmp_path):
    assert "is not there yet" in summary(Study(tmp_path, {}))
