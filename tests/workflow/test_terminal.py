"""What a run shows, on a terminal and elsewhere."""

import logging
import os
import pty
import re
import signal
import subprocess
from io import StringIO
from types import SimpleNamespace

import pytest
from rich.console import Console
from snakemake.logging import logger
from snakemake.settings.enums import Quietness
from snakemake_interface_logger_plugins.common import LogEvent

from nto1_workflow.durations import duration
from nto1_workflow.running import display as run_display
from nto1_workflow.running import summary

SUMMARY = re.compile(r"^(Done|Failed after).*", re.MULTILINE | re.DOTALL)


def on_a_terminal(study, *arguments, columns=100, interrupt_at=None) -> tuple[str, int]:
    """What a run writes to a terminal, and its exit status. Ctrl-C is pressed when it has said
    ``interrupt_at``."""
    ours, theirs = pty.openpty()
    surroundings = study.surroundings() | {"stdout": theirs}
    surroundings["env"] |= {"TERM": "xterm-256color", "COLUMNS": str(columns)}
    surroundings |= {"stderr": theirs, "stdin": theirs, "start_new_session": True}
    surroundings["preexec_fn"] = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    run = subprocess.Popen(study.command(*arguments), **surroundings)
    os.close(theirs)
    said = b""
    while True:
        try:
            said += os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if interrupt_at and interrupt_at in said.decode("utf-8", "replace"):
            os.killpg(run.pid, signal.SIGINT)
            interrupt_at = None
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
    assert re.search(r"\d+ of \d+ jobs, \d+ s elapsed, about \d+ s left", said)
    assert "✓ simulate  3 jobs" in re.sub(r"\x1b\[[\d;?]*\w", "", said)
    assert "Done: " in said
    assert not re.search("reason:|Job stats|Building DAG|Provided cores", said)


def test_an_interrupted_run_says_so_and_jobs_end_without_a_word(small):
    command = ("thesis_figs/log-normal.svg", "--force")
    said, status = on_a_terminal(small, *command, interrupt_at="elapsed")
    assert status != 0
    assert re.search(r"Interrupted after .*: \d of \d jobs are done", said)
    assert "The same command does the rest." in said
    assert not re.search("Traceback|Failed|error", said)


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
def clock(monkeypatch) -> SimpleNamespace:
    now = SimpleNamespace(s=100.0)
    monkeypatch.setattr(run_display.time, "monotonic", lambda: now.s)
    return now


TO_DO = dict.fromkeys(range(8), ("simulate", 5.0)) | {8: ("plot", 5.0), 9: ("find weight", 8.0)}


def told(shown, now):
    """The display, with a method that tells it of an event so many seconds later."""

    def event(kind, after=0.0, **values):
        now.s += after
        record = logging.makeLogRecord({"event": kind, "levelname": "INFO", **values})
        shown.emit(record)

    shown.event = event
    return shown


@pytest.fixture
def display(clock):
    """That of ten jobs of three kinds, with a clock of its own."""
    return told(run_display.Display(dict(TO_DO)), clock)


def job(jobid, rule="simulate", log=("results/logs/simulate/N10_we5pS.log",)):
    return {"jobid": jobid, "rule_name": rule, "rule_msg": "", "log": list(log), "output": ["out"]}


def test_time_left_is_said_from_the_first_second_on(display):
    assert display.time_left() == "about 53 s left"
    display.event(LogEvent.JOB_INFO, **job(0))
    display.event(LogEvent.JOB_FINISHED, after=10, job_id=0)
    # 7 of 10 s, as it took longer, 5 s and 8 s
    assert display.time_left() == "about 1 min 23 s left"
    display.event(LogEvent.JOB_INFO, **job(1))
    display.event(LogEvent.JOB_INFO, **job(2))
    display.event(LogEvent.JOB_FINISHED, after=10, job_id=1)
    display.event(LogEvent.JOB_FINISHED, job_id=2)
    # 5 of 10 s, 5 s and 8 s, as many at a time as there were: 30 s of work in 20 s
    assert display.time_left() == "about 42 s left"


def test_compilation_comes_first_and_is_not_counted_as_work(clock, monkeypatch, capsys):
    done = SimpleNamespace(is_so=False)
    monkeypatch.setattr(run_display, "are_compiled", lambda: done.is_so)
    display = told(run_display.Display(dict(TO_DO), compiles=True), clock)
    assert "once for this version of the code: about 35 s" in capsys.readouterr().err
    for jobid in (0, 1):
        display.event(LogEvent.JOB_INFO, **job(jobid))
    clock.s += 30
    assert display.time_left() == "about 32 s left"  # 5 s, and 53 s by two
    done.is_so = True
    assert display.time_left() == "about 53 s left"  # nothing is known of their pace
    display.event(LogEvent.JOB_FINISHED, after=5, job_id=0)
    display.event(LogEvent.JOB_FINISHED, job_id=1)
    assert display.time_left() == "about 22 s left"


@pytest.mark.parametrize("width", [80, 120])
def test_names_and_counts_are_whole_and_bars_move(clock, width):
    to_do = dict.fromkeys(range(3), ("compare connection inference", 10.0))
    console = Console(file=StringIO(), width=width)
    paper = Console(file=StringIO(), width=width, force_terminal=True)
    bars = told(run_display.Bars(to_do, console=console), clock)
    log = "results/logs/compare_connection_inference/" + 20 * "long" + ".log"
    bars.event(LogEvent.JOB_INFO, **job(0, log=[log]))
    for _ in range(2):
        clock.s += 4
        paper.print(bars.bars())
    bars.close()
    drawn = paper.file.getvalue().splitlines()
    of_kind, whole, total = (re.sub(r"\x1b\[[\d;]*m", "", line) for line in drawn[:3])
    assert re.match(r"compare connection inference  ━\S+  0 of 3  longlonglong", of_kind)
    assert max(map(len, (of_kind, whole, total))) <= width
    assert total.strip() == "0 of 3 jobs, 4 s elapsed, about 26 s left"
    assert drawn[0] != drawn[3]
    assert drawn[1] != drawn[4]


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
    assert run_display.follow(workflow, {}) is None


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59, "59 s"), (161, "2 min 41 s"), (11100, "3 h 5 min")]
)
def test_durations(seconds, text):
    assert duration(seconds) == text


@pytest.fixture
def summarise(monkeypatch, tmp_path):
    """``summarise(made, found)``: what is said of a run that made some files and found others."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(summary, "makes_everything", lambda workflow: workflow)
    monkeypatch.setattr(summary, "is_as_configured", lambda workflow: True)
    monkeypatch.setenv("COLUMNS", "80")

    def said(made, found=(), succeeded=True, everything=True, failed=()):
        for file in (*made, *found):
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_text("140 printed numbers reproduced" + 9 * ", and 9 of others")
        jobs = [SimpleNamespace(output=[f], was_run=f in made, is_done=True) for f in made]
        jobs += [SimpleNamespace(output=[f], was_run=False, is_done=False) for f in found]
        monkeypatch.setattr(summary, "jobs_of", lambda workflow: jobs)
        shown = {"n_jobs": 2, "to_do": {}, "failed": failed, "is_interrupted": False}
        display = SimpleNamespace(**shown, seconds=lambda: 3)
        return summary.summary_of(everything, display, succeeded)

    return said


def test_a_summary_is_about_what_this_run_made(summarise):
    """Not about the verdict and the tables of an earlier run, which are still there."""
    earlier = ["results/old.csv", summary.VERDICTS[0], "results/explore.html"]
    said = summarise(["results/made.csv"], earlier, succeeded=False, failed=["find weight N10"])
    assert "\n  results/made.csv\n" in said
    assert "failed: find weight N10" in said
    assert not re.search("old|reproduced", said)
    assert "explore" not in summarise(["results/made.csv"], earlier)


def test_a_study_comes_first_and_many_files_are_counted(summarise):
    study = [f"results/studies/mine{end}" for end in (".pdf", ".svg", ".csv", "_summary.csv")]
    said = summarise([f"thesis_figs/{i}.pdf" for i in range(20)] + ["results/a.csv"] + study)
    made = said.splitlines()[1:6]
    assert made == [
        *("  results/studies/mine.pdf", "  results/studies/mine.csv"),
        *("  results/studies/mine_summary.csv", "  20 figures in thesis_figs/", "  results/a.csv"),
    ]


def test_a_summary_wraps_at_words(summarise):
    said = summarise([summary.VERDICTS[0], "results/explore.html", "results/provenance.md"])
    assert max(map(len, said.splitlines())) <= 80
    assert "and 9 of others," in said
    assert "Done: 2 jobs in 3 s." in said


def test_a_summary_suggests_what_applies_to_this_folder(summarise, tmp_path):
    assert "this command, with --report report.html" in summarise(["results/a.csv"])
    (tmp_path / "Makefile").touch()
    said = summarise(["results/a.csv"])
    assert "  make report" in said
    assert "snakemake --cores all connection_inference" in said
    assert "make report" not in summarise(["results/a.csv"], everything=False)
    assert "all connection_inference" not in summarise([summary.VERDICTS[1]])
