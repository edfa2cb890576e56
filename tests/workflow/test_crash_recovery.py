"""What goes wrong with machines and people costs time, but no result."""

import json
import os
import re
import subprocess
from collections.abc import Iterator

import pandas as pd
import pytest

from fault_injection import wait_for_worker
from study import SMALL, Study

NASTY = "it's; touch pwned & $(touch pwned)"  # a folder's name that no shell may read
DIVERGING = [0, 600, 180_000]
TRACE = "results/example_trace.parquet"
SWEEP = {"summarise_sweep": 1, "plot_input_drive": 1}
OVERVIEW = {"compare_with_published": 1, "verify_published": 1, "explore": 1}


@pytest.fixture
def new(tmp_path, kernels) -> Iterator[Study]:
    """The small study, not run yet."""
    study = Study(tmp_path / NASTY, SMALL)
    yield study
    study.end()


def assert_ends_well(study, small_run):
    """A plain run succeeds, and all is as if nothing had happened."""
    study.snakemake()
    assert study.outputs() == small_run.outputs()
    assert not list(study.folder.parent.rglob("pwned"))


# Killed


def test_a_job_is_killed(small, small_run):
    run = small.start("--forcerun", "simulate_network")
    wait_for_worker(run, "simulate_network").kill()
    run.communicate()
    assert run.returncode
    assert_ends_well(small, small_run)


def test_what_a_killed_run_did_not_reach_is_made_again(small, small_run):
    """Snakemake alone would take it for up to date: it is newer than what it is made of."""
    small.config["sweep"]["weights_pS"] = [0, 700, 1200]
    run = small.start("--forcerun", "simulate")
    wait_for_worker(run, "simulate")
    run.kill()
    run.wait()
    # The sweep's table, asked for alone, as well as all.
    assert "summarise_sweep" in small.planned("results/we_sweep.csv")
    small.config["sweep"]["weights_pS"] = SMALL["sweep"]["weights_pS"]
    assert small.planned().keys() >= SWEEP.keys() | OVERVIEW.keys()
    (small / "results/simulations/N100/we700pS.parquet").unlink(missing_ok=True)
    small.snakemake("thesis_figs/input_drive_we.svg")
    assert small.outputs() == small_run.outputs()


def test_an_orphan_of_a_killed_run_does_not_write_over_a_later_one(small):
    """Its last job survived; another run follows, with another config."""
    small.config["example"]["weight_pS"] = 1000
    first = small.start(TRACE)
    orphan = wait_for_worker(first, "simulate_example")
    orphan.suspend()
    first.kill()
    first.wait()
    small.config["example"]["weight_pS"] = 800
    half_a_table = small / "results/simulations/N100/we0pS.parquet.0123abcd.unfinished"
    half_a_table.write_text("half a ta")
    small.snakemake(TRACE)
    assert not half_a_table.exists()
    expected = small.outputs()
    orphan.resume()
    orphan.wait()
    assert small.outputs() == expected


# Failed


def test_what_was_made_of_a_failed_job_is_made_again(small, small_run):
    """Snakemake forgets that a job has failed; the others of the run are done."""
    small.config["sweep"]["weights_pS"] = DIVERGING
    small.config["example"]["shown_s"] = 0.1
    output = small.snakemake(ok=False)
    assert re.search(r"DivergenceError: the voltage diverged in [12] of 2 runs", output)
    assert "w_e = 180000 pS, N = 100, seed " in output
    assert not (small / "results/simulations/N100/we180000pS.parquet").exists()
    # As before, what is left of the first run is what failed and what follows; of one file, too.
    search = {"find_weight": 2, "summarise_weights": 1, "plot_weights": 1}  # begins with the sweep
    assert small.planned() == {"simulate": 1} | SWEEP | search | OVERVIEW
    assert small.planned("results/we_sweep.csv") == {"simulate": 1, "summarise_sweep": 1}
    small.config = Study(small.folder, SMALL).config
    figures = ("thesis_figs/input_drive_we.svg", "thesis_figs/voltage_example.svg")
    assert small.planned(*figures) == SWEEP | {"plot_example": 1}
    small.snakemake(*figures)
    assert small.outputs() == small_run.outputs()


# Disks


@pytest.fixture
def mounted():
    """Mounts for a test, undone after it."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a file system that is full or read-only")
    folders = []

    def mount(folder, *options):
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", *options, folder], check=True)
        folders.append(folder)
        return folder

    yield mount
    for folder in reversed(folders):
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_the_disk_is_full_while_a_table_is_written(new, small_run, mounted):
    full = mounted(new / "results", "-t", "tmpfs", "-o", "size=40k", "results")
    output = new.snakemake(TRACE, ok=False)
    assert re.search(r"Failed: OSError: .*No space left on device", output)
    assert not [file for file in full.rglob("*.*") if file.suffix not in (".log", ".json", ".md")]
    assert all(json.loads(file.read_text()) for file in full.rglob("*.json"))
    subprocess.run(["mount", "-o", "remount,size=10m", full], check=True)
    new.snakemake(TRACE)
    assert (new / TRACE).read_bytes() == (small_run / TRACE).read_bytes()


def test_results_that_are_read_only(small, small_run, mounted):
    results = small / "results"
    (results / "we_sweep.csv").unlink()
    mounted(results, "--bind", results)
    subprocess.run(["mount", "-o", "remount,ro,bind", results], check=True)
    output = small.snakemake(ok=False)
    assert "Write-protected output files for rule " in output or "can't be written to" in output
    assert "Traceback" not in output
    subprocess.run(["mount", "-o", "remount,rw,bind", results], check=True)
    small.snakemake("results/we_sweep.csv")
    assert small.outputs() == small_run.outputs()


def test_a_new_folder_that_is_read_only(new, mounted):
    mounted(new / "results", "-t", "tmpfs", "-o", "ro", "results")
    output = new.snakemake(ok=False)
    assert "results/ can't be written to. Make it writable, or choose another folder" in output
    assert "Traceback" not in output


def test_a_damaged_table_is_put_aside_and_made_again(small, small_run):
    table = small / "results/simulations/N100/we600pS.parquet"
    table.write_bytes(table.read_bytes()[:-100])
    output = small.snakemake("results/we_sweep.csv", "--forcerun", "summarise_sweep", ok=False)
    assert "results/simulations/N100/we600pS.parquet is truncated or corrupted" in output
    assert "Run again: it will be made again." in output
    assert "The last lines of results/logs/summarise_sweep.log:" in output
    assert "  failed: summarise sweep\n" in output
    small.snakemake("results/we_sweep.csv")
    table.with_name("we600pS.parquet.corrupted").unlink()
    assert small.outputs() == small_run.outputs()


# People


def test_a_second_run_is_refused_and_harms_nothing(small, small_run):
    first = small.start("--forcerun", "simulate_example", "--until", "simulate_example")
    worker = wait_for_worker(first)
    worker.suspend()
    said = small.snakemake("--forcerun", "summarise_sweep", ok=False)
    assert re.search(r"Another run is at work in this folder \(host .*, process \d+, since", said)
    assert "Traceback" not in said
    assert "dry-run" in small.snakemake("--dry-run", "--forceall")
    worker.resume()
    first.communicate()
    assert first.returncode == 0
    assert small.planned().keys() <= SWEEP.keys() | OVERVIEW.keys() | {"plot_example"}
    assert_ends_well(small, small_run)


def test_a_config_that_is_edited_while_the_run_goes(small):
    """What was made has the config of the start; the next run makes the rest."""
    tables = ("results/we_sweep.csv", "results/simulations/N100/we700pS.parquet")
    small.config["sweep"]["weights_pS"] = [0, 700]
    run = small.start(*tables)
    wait_for_worker(run)
    small.config["sweep"]["weights_pS"] = [0, 800]
    small.command()  # writes the config
    run.communicate()
    runs = pd.read_csv(small / "results/we_sweep.csv")
    assert runs["we_pS"].unique().tolist() == [0, 700]
    small.snakemake("results/we_sweep.csv")
    runs = pd.read_csv(small / "results/we_sweep.csv")
    assert runs["we_pS"].unique().tolist() == [0, 800]


def test_jobs_sent_elsewhere_have_the_config_they_were_sent_with(small):
    """They read the Snakefile again, as here."""
    length = len(pd.read_parquet(small / TRACE))
    small.config["experiment"]["duration_s"] = 0.25
    small.snakemake("--mode", "remote", "--force", "--nolock", TRACE)
    assert len(pd.read_parquet(small / TRACE)) == length
    small.snakemake("--force", TRACE)
    assert len(pd.read_parquet(small / TRACE)) == length // 2
