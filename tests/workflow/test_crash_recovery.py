"""What goes wrong with machines and people costs time, but no result."""

import copy
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress

import one_run
import pandas as pd
import pytest
import yaml
from job import Superseded, whole
from killing import kill_main, kill_worker, outputs, wait_for_a_worker
from tables import UnreadableTable, read_parquet, write_parquet

from conftest import ROOT, SMALL, Study, copy_checkout

NASTY = "it's; touch pwned & $(touch pwned)"  # a folder's name that no shell may read


@pytest.fixture
def undisturbed(_small) -> dict[str, bytes]:
    return outputs(_small)


@pytest.fixture
def new(tmp_path) -> Study:
    """The small study, not run yet."""
    return Study(tmp_path / NASTY, copy.deepcopy(SMALL))


def assert_ends_well(study, undisturbed):
    """A plain run succeeds, and all is as if nothing had happened."""
    study.snakemake()
    assert outputs(study) == undisturbed
    assert not list(study.folder.parent.rglob("pwned"))


# Killed: a few times here, many times by tests/stress.py


def test_snakemake_is_killed_twice(new, undisturbed):
    rng = random.Random(1)
    assert kill_main(new.start(), rng.uniform(2, 6))
    kill_main(new.start(), rng.uniform(2, 6))
    assert_ends_well(new, undisturbed)
    assert "Nothing to be done" in new.snakemake()


def test_a_worker_is_killed(new, undisturbed):
    rng = random.Random(2)
    assert kill_worker(new.start(), rng.uniform(1, 4), rng)
    assert_ends_well(new, undisturbed)


def test_the_lock_of_a_killed_run_is_cleared(new):
    run = new.start()
    wait_for_a_worker(run)
    run.kill()
    run.wait()
    assert any((new / ".snakemake/locks").iterdir())
    new.snakemake("results/find_weight/N10.parquet")


def test_the_lock_of_a_run_on_another_host_stays(small):
    locks = small / ".snakemake/locks"
    locks.mkdir(exist_ok=True)
    lock = locks / "0.output.lock"
    lock.write_text("results/we_sweep.csv\n")
    (small / ".snakemake/run.lock").write_text("host another, process 1, since yesterday")
    (small / "results/we_sweep.csv").unlink()
    assert "Directory cannot be locked" in small.snakemake(ok=False)
    assert lock.exists()
    small.snakemake("--unlock")
    small.snakemake("results/we_sweep.csv")


def test_a_job_that_survives_its_run_does_not_write_over_a_later_one(small):
    """It was killed, but its last job was not; another run follows, with another config."""
    trace = "results/example_trace.parquet"
    small.config["example"]["weight_pS"] = 1000
    first = small.start(trace)
    orphan = wait_for_a_worker(first, "simulate_example")
    orphan.suspend()
    first.kill()
    first.wait()
    small.config["example"]["weight_pS"] = 800
    small.snakemake(trace)
    expected = outputs(small)
    orphan.resume()
    orphan.wait()
    log = (small / "results/logs/simulate_example.log").read_text()
    assert f"{trace} is not written: another run has begun." in log
    assert outputs(small) == expected


def test_unfinished_files_are_removed(small):
    left = small / "results/simulations/N100/we0pS.parquet.0123abcd.unfinished"
    left.write_text("half a ta")
    small.snakemake()
    assert not left.exists()


# A file that is written takes its name last


def test_an_unfinished_file_never_has_the_right_name(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), whole(path) as file, open(file, "w") as stream:  # noqa: PT012
        stream.write("half a ta")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_two_may_write_the_same_file_at_once(tmp_path):
    path = tmp_path / "table.csv"
    with whole(path) as one, whole(path) as two:
        for file in (one, two):
            with open(file, "w") as stream:
                stream.write("same")
    assert path.read_text() == "same"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_written_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    events = []
    monkeypatch.setattr(os, "fsync", lambda stream: events.append("fsync"))
    monkeypatch.setattr(os, "replace", lambda *names: events.append("replace"))
    with whole(tmp_path / "table.csv") as file, open(file, "w") as stream:
        stream.write("all of it")
    assert events == ["fsync", "replace"]


def test_a_job_of_a_run_that_is_over_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one_run.STATE.mkdir()
    monkeypatch.setenv(one_run.RUN, "host a, process 1")
    one_run.LOCK.write_text("host a, process 1")
    with whole("1") as file, open(file, "w") as stream:
        stream.write("of this run")
    for other in ("host a, process 2", ""):
        one_run.LOCK.write_text(other)
        with pytest.raises(Superseded), whole("2") as file, open(file, "w") as stream:
            stream.write("of an earlier run")
    assert (tmp_path / "1").exists()
    assert not (tmp_path / "2").exists()


# Disks


def test_a_table_that_does_not_fit_leaves_the_old_one(tmp_path):
    """The system refuses files of more than 4 kB, as it would on a full disk."""
    table = tmp_path / "table.parquet"
    write_parquet({"x": [1]}, table)
    before = table.read_bytes()
    code = (
        "from tables import write_parquet; import numpy as np; "
        f"write_parquet({{'x': np.random.default_rng(1).random(10000)}}, {str(table)!r})"
    )

    def small_files_only():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = subprocess.run(
        [sys.executable, "-c", code],
        preexec_fn=small_files_only,
        env=os.environ | {"PYTHONPATH": str(ROOT / "workflow/scripts")},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert "File too large" in done.stderr
    assert table.read_bytes() == before
    assert list(tmp_path.iterdir()) == [table]


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


def test_the_disk_is_full_while_a_table_is_written(new, undisturbed, mounted):
    trace = "results/example_trace.parquet"
    full = mounted(new / "results", "-t", "tmpfs", "-o", "size=40k", "results")
    output = new.snakemake(trace, ok=False)
    assert re.search(r"Failed: OSError: .*No space left on device", output)
    assert not [file for file in full.rglob("*.*") if file.suffix not in (".log", ".json", ".md")]
    assert all(json.loads(file.read_text()) for file in full.rglob("*.json"))
    subprocess.run(["mount", "-o", "remount,size=10m", full], check=True)
    new.snakemake(trace)
    assert (new / trace).read_bytes() == undisturbed[trace]


def test_results_that_are_read_only(small, undisturbed, mounted):
    results = small / "results"
    (results / "we_sweep.csv").unlink()
    mounted(results, "--bind", results)
    subprocess.run(["mount", "-o", "remount,ro,bind", results], check=True)
    output = small.snakemake(ok=False)
    assert "Write-protected output files for rule " in output
    assert "Traceback" not in output
    subprocess.run(["mount", "-o", "remount,rw,bind", results], check=True)
    small.snakemake("results/we_sweep.csv")
    assert outputs(small) == undisturbed


def test_a_new_folder_that_is_read_only(new, mounted):
    mounted(new / "results", "-t", "tmpfs", "-o", "ro", "results")
    output = new.snakemake(ok=False)
    assert "results/ can't be written to. Make it writable, or choose another folder" in output
    assert "Traceback" not in output


def truncate(data: bytes) -> bytes:
    return data[:-100]


def flip_a_bit(data: bytes) -> bytes:
    """Within the numbers: the file still looks like a table."""
    at = len(data) // 3
    return data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]


@pytest.mark.parametrize("damage", [truncate, flip_a_bit])
def test_a_damaged_table_is_put_aside_and_made_anew(small, undisturbed, damage):
    table = small / "results/simulations/N100/we600pS.parquet"
    table.write_bytes(damage(table.read_bytes()))
    output = small.snakemake("results/we_sweep.csv", ok=False)
    assert "results/simulations/N100/we600pS.parquet is truncated or corrupted" in output
    assert "Run again: it will be made anew." in output
    small.snakemake("results/we_sweep.csv")
    table.with_name("we600pS.parquet.corrupted").unlink()
    assert outputs(small) == undisturbed


def test_no_bit_can_flip_unnoticed(tmp_path):
    """One in each byte: the numbers stay the same, or the table can't be read."""
    path = tmp_path / "table.parquet"
    numbers = [0.1 * i for i in range(20)]
    write_parquet({"x": numbers}, path)
    data = path.read_bytes()
    unnoticed = []
    for at in range(len(data)):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        with suppress(UnreadableTable, KeyError):
            if read_parquet(path)["x"].tolist() != numbers:
                unnoticed.append(at)
    assert unnoticed == []


# People


def test_two_runs_at_once_in_the_same_folder(new, undisturbed):
    runs = [new.start() for _ in range(2)]
    said = [run.communicate()[0] for run in runs]
    assert any(run.returncode == 0 for run in runs)
    for run, text in zip(runs, said, strict=True):
        refused = "Another run is at work in this folder" in text or "cannot be locked" in text
        assert refused == (run.returncode != 0), text
    assert_ends_well(new, undisturbed)


def test_a_second_run_is_refused_and_harms_nothing(small, undisturbed):
    first = small.start("--forcerun", "simulate_example", "--until", "simulate_example")
    wait_for_a_worker(first).suspend()
    said = small.snakemake("--nolock", "--forcerun", "summarise_sweep", ok=False)
    assert re.search(r"Another run is at work in this folder \(host .*, process \d+, since", said)
    assert "Traceback" not in said
    assert "dry-run" in small.snakemake("--dry-run", "--forceall")
    wait_for_a_worker(first).resume()
    first.communicate()
    assert first.returncode == 0
    assert outputs(small) == undisturbed


def test_a_config_that_is_edited_while_the_run_goes(small):
    tables = "results/we_sweep.csv", "results/we_sweep_means.csv"
    small.config["sweep"]["weights_pS"] = [0, 700]
    run = small.start(*tables)
    wait_for_a_worker(run, "simulate")
    small.config["sweep"]["weights_pS"] = [0, 800]
    small.command()  # writes the config
    run.communicate()
    for weight in (700, 800):
        for table in tables:
            runs = pd.read_csv(small / table)
            assert runs["we_pS"].unique().tolist() == [0, weight]
        small.snakemake(*tables)


def test_jobs_sent_elsewhere_have_the_config_they_were_sent_with(small):
    """They read the Snakefile again, as here."""
    trace = small / "results/example_trace.parquet"
    length = len(pd.read_parquet(trace))
    (small / ".snakemake/run.lock").write_text("host another, process 1, since just now")
    small.config["experiment"]["duration_s"] = 0.25
    job = ["--mode", "remote", "--force", "--nolock", "results/example_trace.parquet"]
    small.snakemake(*job)
    assert len(pd.read_parquet(trace)) == length
    (small / ".snakemake/run.lock").write_text("")
    small.snakemake(*job)
    assert len(pd.read_parquet(trace)) == length // 2


def postpone(folder):
    tomorrow = time.time() + 86_400
    for file in folder.rglob("*.*"):
        os.utime(file, (tomorrow, tomorrow))


def test_results_from_the_future(small, undisturbed):
    postpone(small / "results")
    (small / "results/we_sweep_means.csv").unlink()
    small.snakemake("results/we_sweep_means.csv")
    assert outputs(small) == undisturbed


def test_a_checkout_from_the_future(tmp_path, undisturbed):
    """As from an archive that was made where the clock is ahead."""
    study = Study(tmp_path / "study", copy.deepcopy(SMALL), copy_checkout(tmp_path / "checkout"))
    postpone(study.checkout)
    trace = "results/example_trace.parquet"
    study.snakemake(trace)
    assert (study / trace).read_bytes() == undisturbed[trace]
    assert "Nothing to be done" in study.snakemake(trace)


# Jobs that fail


def test_after_a_failure_nothing_stale_is_taken_for_up_to_date(small, undisturbed):
    """Snakemake would: it takes down what a job that failed should have been made from."""
    small.config["sweep"]["weights_pS"] = [0, 600, 180_000]
    small.snakemake("--keep-going", ok=False)
    planned = small.planned()
    assert planned.keys() >= {"simulate", "summarise_sweep", "plot_input_drive"}
    small.config["sweep"]["weights_pS"] = SMALL["sweep"]["weights_pS"]
    assert_ends_well(small, undisturbed)


def test_runs_of_a_job_that_failed_are_kept(small):
    small.config["sweep"] |= {"weights_per_batch": "auto", "weights_pS": [0, 900, 1200, 180_000]}
    small.snakemake(ok=False)
    small.config["sweep"]["weights_pS"] = [0, 900, 1200]
    small.snakemake()
    log = (small / "results/logs/simulate/N100_we0pS.log").read_text()
    assert "6 of 6 runs are there already" in log


def test_rule_all_asks_for_every_file(tmp_path):
    """Snakemake forgets that a job has failed, and misses only what the target asks for."""
    said = Study(tmp_path, yaml.safe_load(yaml.safe_dump(SMALL))).snakemake("-n", "--forceall")
    jobs = re.findall(r"^(?:local)?rule (\w+):\n((?:    .*\n)*)", said, re.MULTILINE)
    asked = {file for rule, job in jobs if rule == "all" for file in listed("input", job)}
    made = {file for rule, job in jobs for file in listed("output", job)}
    assert len(made) > 20
    assert {file for file in made if not file.startswith("/")} <= asked


def listed(what: str, job: str) -> list[str]:
    line = re.search(rf"^    {what}: (.*)$", job, re.MULTILINE)
    return line[1].split(", ") if line else []
