"""What a run shows, on a terminal and elsewhere."""

import logging
import os
import pty
import re
import subprocess
from types import SimpleNamespace

import pytest
from snakemake.logging import logger
from snakemake.settings.enums import Quietness
from snakemake_interface_logger_plugins.common import LogEvent

from nto1_workflow.durations import duration
from nto1_workflow.running import display as run_display
from nto1_workflow.running import summary

SUMMARY = re.compile(r"^(Done|Failed after).*", re.MULTILINE | re.DOTALL)


def on_a_terminal(study, *arguments, columns=100) -> tuple[str, int]:
    """What a run writes to a terminal, and its exit status."""
    ours, theirs = pty.openpty()
    surroundings = study.surroundings() | {"stdout": theirs}
    surroundings["env"] |= {"TERM": "xterm-256color", "COLUMNS": str(columns)}
    run = subprocess.Popen(study.command(*arguments), stderr=theirs, stdin=theirs, **surroundings)
    os.close(theirs)
    said = b""
    while True:
        try:
            said += os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
    os.close(ours)
    return said.decode("utf-8", "replace"), run.wait()


def test_the_whole_run_is_short_where_there_is_no_terminal(thesis):
    assert len(thesis.output.encode()) < 8000
    assert "\x1b" not in thesis.output
    assert re.search(r"^\d\d:\d\d:\d\d  started  find weight N10$", thesis.output, re.MULTILINE)
    assert re.search(r"  done     find weight N10 in .* s \(\d+ of \d+", thesis.output)


def test_it_ends_with_what_was_made_and_where_to_look(thesis):
    summary = SUMMARY.search(thesis.output)[0].rstrip()
    assert len(summary.splitlines()) <= 15
    n_figures = len(list((thesis / "thesis_figs").glob("*.svg")))
    assert re.match(r"Done: \d+ jobs in ", summary)
    assert f"{n_figures} figures in thesis_figs/" in summary
    assert "152 printed numbers reproduced, and 39 of the published code run again" in summary
    for path in re.findall(r"^  (results/\S+)", summary, re.MULTILINE):
        assert (thesis / path).exists()


def test_a_terminal_shows_bars(small):
    said, status = on_a_terminal(small, "results/we_sweep.csv", "--forcerun", "simulate")
    assert status == 0
    assert "━" in said
    assert re.search(r"all .*\d+ of \d+ ", said)
    assert "✓ simulate  3 jobs" in re.sub(r"\x1b\[[\d;?]*\w", "", said)
    assert "Done: " in said
    assert "reason:" not in said


def test_a_failure_shows_the_job_the_end_of_its_log_and_what_to_do(small):
    (small / "results/example_trace.parquet").write_text("no table")
    command = ("thesis_figs/voltage_example.svg", "--forcerun", "plot_example")
    said, status = on_a_terminal(small, *command, columns=300)
    assert status != 0
    said = re.sub(r"\x1b\[[\d;?]*\w|\r", "", said)
    failure = said[said.index("Failed: plot example") :]
    assert "The last lines of results/logs/plot_example.log:" in failure
    assert "UnreadableTableError: results/example_trace.parquet is truncated or corr" in failure
    assert "What to do: " in failure
    assert "failed: plot example" in SUMMARY.search(failure)[0]


def test_without_rich_there_are_lines(small, tmp_path):
    hidden = tmp_path / "hidden/rich"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ModuleNotFoundError('rich')")
    small.environment = {**small.environment, "PYTHONPATH": str(hidden.parent)}
    said, status = on_a_terminal(small, "thesis_figs/voltage_example.svg", "--force")
    assert status == 0
    assert "done     plot example in" in said
    assert "━" not in said


@pytest.fixture
def display(monkeypatch):
    """That of ten jobs of two kinds, with a clock of its own."""
    now = SimpleNamespace(s=100.0)
    monkeypatch.setattr(run_display.time, "monotonic", lambda: now.s)
    to_do = dict.fromkeys(range(8), ("simulate", None)) | {8: ("plot", 5), 9: ("find weight", None)}
    shown = run_display.Display(to_do)

    def event(kind, after=0.0, **values):
        now.s += after
        record = logging.makeLogRecord({"event": kind, "levelname": "INFO", **values})
        shown.emit(record)

    shown.event = event
    return shown


def job(jobid, rule="simulate", log=("results/logs/simulate/N10_we5pS.log",)):
    return {"jobid": jobid, "rule_name": rule, "rule_msg": "", "log": list(log), "output": ["out"]}


def test_time_left_is_said_when_it_can_be_known(display):
    assert display.time_left() == ""
    display.event(LogEvent.JOB_INFO, **job(0))
    assert display.time_left() == ""
    display.event(LogEvent.JOB_FINISHED, after=10, job_id=0)
    # 7 of 10 s, 5 s as before, and one job of which nothing is known: taken as the others' mean
    assert display.time_left() == "about 1 min 24 s left"
    display.event(LogEvent.JOB_INFO, **job(1))
    display.event(LogEvent.JOB_INFO, **job(2))
    display.event(LogEvent.JOB_FINISHED, after=10, job_id=1)
    display.event(LogEvent.JOB_FINISHED, job_id=2)
    # 5 of 10 s, 5 s, and that job, as many at a time as there were: 30 s of work in 20 s
    assert display.time_left() == "about 43 s left"


def test_a_line_says_how_many_are_done(display, capsys):
    display.event(LogEvent.JOB_INFO, **job(0))
    display.event(LogEvent.JOB_FINISHED, after=75, job_id=0)
    assert "done     simulate N10 we5pS in 1 min 15 s (1 of 10, about" in capsys.readouterr().err


def test_a_job_of_a_failed_group_is_told_once(display, capsys, tmp_path):
    log = tmp_path / "job.log"
    log.write_text("".join(f"line {i}\n" for i in range(100)))
    display.event(LogEvent.JOB_INFO, **job(0))
    for _ in range(2):
        display.event(LogEvent.JOB_ERROR, **job(0, log=[str(log)]))
    said = capsys.readouterr().err
    assert said.count("Failed: ") == 1
    assert "line 99" in said
    assert "line 80" not in said


def test_what_a_cluster_says_of_a_failure_is_told(display, capsys, tmp_path):
    log = tmp_path / "slurm.log"
    log.write_text("slurmstepd: error: exceeded memory limit\n")
    display.event(LogEvent.JOB_INFO, **job(0))
    display.event(LogEvent.GROUP_ERROR, msg="Error in group short", aux_logs=[str(log)])
    display.event(LogEvent.JOB_ERROR, **job(0) | {"rule_msg": "SLURM status: OUT_OF_MEMORY"})
    said = capsys.readouterr().err
    assert "exceeded memory limit" in said
    assert "OUT_OF_MEMORY" in said
    assert display.failed == ["simulate N10 we5pS"]
    display.event(LogEvent.JOB_INFO, **job(0))
    assert display.failed == []


def test_what_snakemake_says_beside_its_events_is_kept_unless_it_says_nothing(display, capsys):
    display.event(None, msg="Job 3 has been submitted with SLURM jobid 17")
    display.event(None, msg="Select jobs to execute...")
    said = capsys.readouterr().err
    assert "submitted" in said
    assert "Select" not in said


@pytest.mark.parametrize(
    ("handlers", "settings"),
    [
        ([], {}),
        (["DefaultStreamHandler"], {"verbose": True}),
        (["DefaultStreamHandler"], {"quiet": {Quietness.PROGRESS}}),
        (["DefaultStreamHandler"], {"quiet": {Quietness.ALL}}),
    ],
    ids=["another logger", "verbose", "quiet progress", "quiet all"],
)
def test_what_was_asked_for_is_left_to_snakemake(monkeypatch, handlers, settings):
    monkeypatch.setattr(logger, "handlers", [SimpleNamespace(name=name) for name in handlers])
    settings = {"verbose": False, "quiet": set(), "nocolor": False} | settings
    workflow = SimpleNamespace(output_settings=SimpleNamespace(**settings))
    assert run_display.follow(workflow) is None


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59, "59 s"), (161, "2 min 41 s"), (11100, "3 h 5 min")]
)
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_a_summary_is_about_what_this_run_made_or_found_up_to_date(monkeypatch, tmp_path):
    """Not about the verdict and the tables of an earlier run, which are still there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results").mkdir()
    files = ["results/made.csv", "results/old.csv", summary.VERDICT, "results/explore.html"]
    for file in files:
        (tmp_path / file).write_text("140 printed numbers reproduced.")
    jobs = [SimpleNamespace(output=[file], is_done=file == "results/made.csv") for file in files]
    monkeypatch.setattr(summary, "jobs_of", lambda workflow: jobs)
    shown = SimpleNamespace(n_jobs=2, to_do={1: ()}, failed=["find weight N10"], seconds=lambda: 3)
    said = summary.summary_of(None, shown, succeeded=False)
    assert "1 table in results/" in said
    assert "reproduced" not in said
    assert "explore" not in summary.summary_of(None, shown, succeeded=True)
