"""What a run shows while it works: bars and the time left on a terminal, else a line for each job.

Takes the place of Snakemake's own output once the first job is to run, by way of its log events.
``--dry-run``, ``--verbose`` and ``--quiet`` show what Snakemake shows, and so does its log file.
"""

import logging
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from snakemake.logging import logger
from snakemake_interface_logger_plugins.common import LogEvent

from nto1.kernel_cache import are_compiled
from nto1_workflow.durations import COMPILATION_S, OTHER_S, SECONDS, duration
from nto1_workflow.running import lock
from nto1_workflow.running.snakemake_internals import Job, jobs_of, output_handlers

try:  # comes with the lock; without it there are no bars
    from rich.console import Console
    from rich.live import Live
    from rich.progress_bar import ProgressBar
    from rich.table import Column, Table
    from rich.text import Text

    HAS_RICH = True
except ModuleNotFoundError:
    HAS_RICH = False

LOGS = "results/logs/"
LAST_LINES = 12  # of the log of a job that failed
MAX_RULES = 8  # shown at work at the same time
OF_SNAKEMAKE = re.compile(  # what the lines here say better, or what says nothing
    r"(Select jobs to execute|Execute \d+ jobs|Shutting down, this might|Exiting because a job"
    r"|RuleException|Error in group|Complete log|Elapsed time|Removing output files of failed job"
    r"|WorkflowError:\nAt least one job did not complete|Assuming unrestricted|Building DAG"
    r"|Using shell|Provided cores|Rules claiming more threads|Conda environments: ignored"
    r"|Group jobs: inactive|Job stats:)"
)
INTERRUPTED = "Terminating processes on user request"
COMPILES = f"Compiling first, once for this version of the code: about {duration(COMPILATION_S)}"
WHAT_TO_DO = (
    "What to do: correct what the last line above names, and give the same command again. Finished "
    "results are kept; jobs that don't need this one continue."
)


def begin(workflow) -> None:
    """Of a run, leave out what Snakemake says before its first job."""
    if not workflow.output_settings.dryrun:
        for handler in output_handlers(workflow):
            handler.addFilter(lambda record: not OF_SNAKEMAKE.match(record.getMessage()))


def follow(workflow, planned: Mapping[str, float]) -> "Display | None":
    """Show the run that begins. None if the user asked for other output, or if another logger of
    Snakemake's is at work. ``planned``: seconds by the output of jobs, for those of which it is
    known beforehand."""
    snakemakes = output_handlers(workflow)
    if not snakemakes:
        return None
    jobs = [job for job in jobs_of(workflow) if job.is_to_do]
    kinds = [title(job.rule, job.log)[0] for job in jobs]
    to_do = {job.id: (of, expected(job, of, planned)) for job, of in zip(jobs, kinds, strict=True)}
    compiles = not SECONDS.keys().isdisjoint(kinds) and not are_compiled()
    no_color = workflow.output_settings.nocolor or None
    console = Console(stderr=True, no_color=no_color) if HAS_RICH else None
    kind = Bars if console and console.is_interactive else Display
    display = kind(to_do, compiles, console)
    for handler in snakemakes:
        logger.removeHandler(handler)
    logger.addHandler(display)
    return display


def expected(job: Job, kind: str, planned: Mapping[str, float]) -> float:
    """Seconds of a job: what it took the last time, else as planned, else what such jobs take."""
    if job.seconds is not None:
        return job.seconds
    return planned.get(job.output[0]) or SECONDS.get(kind, OTHER_S)


def title(rule: str, log: list[str]) -> tuple[str, str]:
    """The name of a job for people, in two parts: of all the jobs like it, and what is special.

    It is where the job's log is: results/logs/find_weight/N10.log is of "find weight" and "N10".
    """
    name = log[0].removeprefix(LOGS).removesuffix(".log") if log else rule
    kind, _, special = name.partition("/")
    return kind.replace("_", " "), special.replace("_", " ")


def last_lines(log: str, n: int) -> list[str]:
    """The last lines of a log that say something; of a long one, little is read."""
    try:
        with open(log, "rb") as stream:
            stream.seek(max(0, Path(log).stat().st_size - 200 * n))
            lines = stream.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    return [line.rstrip() for line in lines if line.strip()][-n:]


class AtWork(NamedTuple):
    kind: str
    special: str
    log: str
    seconds: float  # expected
    start: float  # of its own work, after compilation


class Row(NamedTuple):
    name: str
    share: float = 0.0  # that is done
    n_done: str = ""
    says: str = ""


class Display(logging.Handler):
    """A line when a job starts and when it is done."""

    def __init__(self, to_do: dict[int, tuple[str, float]], compiles=False, console=None):
        """``to_do``: of each job, what kind it is, and the seconds it should take; ``compiles``:
        whether kernels are compiled first."""
        super().__init__()
        self.name = "ProgressDisplay"
        self.begin = self.since = time.monotonic()  # of the run; of work, after compilation
        self.to_do, self.n_jobs, self.compiles = to_do, len(to_do), compiles
        self.failed: list = []
        self.is_interrupted = False
        self.n_of = Counter(kind for kind, _ in to_do.values())
        self.running: dict[int, AtWork] = {}
        self.n_done: Counter[str] = Counter()  # by kind, with their seconds, and those expected
        self.took: dict[str, float] = defaultdict(float)
        self.expected: dict[str, float] = defaultdict(float)
        self.console = console
        self.start()

    def start(self) -> None:
        jobs = f"{self.n_jobs} job{'s' * (self.n_jobs != 1)} to do"
        self.print(f"{jobs}: {duration(self.work())} on one core")
        if self.compiles:
            self.print(COMPILES)

    def print(self, text: str, style: str = "") -> None:
        print(text, file=sys.stderr, flush=True)

    def emit(self, record) -> None:
        try:
            event = getattr(record, "event", None)
            if event == LogEvent.JOB_INFO:
                self.job_starts(record)
            elif event == LogEvent.JOB_FINISHED:
                self.job_is_done(record.job_id)
            elif event == LogEvent.JOB_ERROR:
                self.job_failed(record)
            elif event == LogEvent.GROUP_ERROR:
                self.print(record.getMessage(), "bold red")
                self.show_logs(record.aux_logs)
            elif event is None or event == LogEvent.ERROR:
                self.other(record)
        except Exception:
            self.handleError(record)

    def job_starts(self, record) -> None:
        kind, special = title(record.rule_name, record.log)
        if record.output:
            log = record.log[0] if record.log else ""
            _, seconds = self.to_do.get(record.jobid, (kind, OTHER_S))
            self.running[record.jobid] = AtWork(kind, special, log, seconds, time.monotonic())
            name = f"{kind} {special}".strip()
            self.failed = [other for other in self.failed if other != name]  # tried again
            self.report_start(name)

    def job_is_done(self, jobid: int) -> None:
        if jobid not in self.running:
            return
        self.watch_compilation()
        took, job = self.at_work(jobid), self.running.pop(jobid)
        self.to_do.pop(jobid, None)
        self.expected[job.kind] += job.seconds
        self.took[job.kind] += took
        self.n_done[job.kind] += 1
        self.report_done(job.kind, f"{job.kind} {job.special}".strip(), took)

    def job_failed(self, record) -> None:
        name = " ".join(title(record.rule_name, record.log)).strip()
        if self.running.pop(record.jobid, None) is None:
            return  # said with its group
        if self.is_interrupted:
            return
        self.failed.append(name)
        self.print(f"Failed: {name}", "bold red")
        if record.rule_msg:  # of a cluster
            self.print(str(record.rule_msg))
        self.show_logs(record.log)
        self.print(WHAT_TO_DO, "yellow")

    def show_logs(self, logs: list[str]) -> None:
        for log in logs:
            self.print(f"The last lines of {log}:", "bold")
            for line in last_lines(log, LAST_LINES) or ["(none)"]:
                self.print(f"    {line}")

    def other(self, record) -> None:
        message = record.getMessage()
        if message.startswith(INTERRUPTED):
            self.is_interrupted = True
            lock.interrupted()
            message = "Interrupted: jobs that are at work are ended."
        if message not in ("", "None") and not OF_SNAKEMAKE.match(message):
            style = {"ERROR": "red", "WARNING": "yellow"}.get(record.levelname, "")
            self.print(message, style)

    def report_start(self, name: str) -> None:
        self.print(f"{clock()}  started  {name}")

    def report_done(self, kind: str, name: str, seconds: float) -> None:
        done = ", ".join(filter(None, [self.count(), self.time_left()]))
        self.print(f"{clock()}  done     {name} in {duration(seconds)} ({done})")

    def count(self) -> str:
        return f"{self.n_jobs - len(self.to_do)} of {self.n_jobs}"

    def watch_compilation(self) -> None:
        """When it is over, the jobs that waited for it begin."""
        if self.compiles and are_compiled():
            self.compiles, self.since = False, time.monotonic()
            self.running = {id: job._replace(start=self.since) for id, job in self.running.items()}

    # Of copies, as bars are drawn by a thread of their own.
    def at_work(self, jobid: int) -> float:
        """Seconds since a job began."""
        job = self.running.get(jobid)
        return 0 if self.compiles or not job else time.monotonic() - job.start

    def needed(self, kind: str, seconds: float) -> float:
        """Those of a job, at the pace of others like it."""
        return seconds * (self.took[kind] / self.expected[kind] if self.expected[kind] else 1)

    def work(self) -> float:
        """Seconds that are left on one core, beside compilation."""
        return sum(max(self.needed(*it) - self.at_work(id), 0) for id, it in [*self.to_do.items()])

    def seconds_left(self) -> float:
        """If as many jobs are at work at a time as there were."""
        self.watch_compilation()
        if self.compiles:
            at_once: float = len(self.running)
            waits = max(COMPILATION_S - self.seconds(), 0)
        else:
            worked = sum(self.took.values()) + sum(map(self.at_work, [*self.running]))
            at_once, waits = worked / max(time.monotonic() - self.since, 1), 0
        return waits + self.work() / max(at_once, 1)

    def time_left(self) -> str:
        return f"about {duration(self.seconds_left())} left" if self.to_do else ""

    def seconds(self) -> float:
        """Since the first job could start."""
        return time.monotonic() - self.begin


class Bars(Display):
    """A bar for every rule at work, with the last line of a job's log, and one for all."""

    def start(self) -> None:
        self.live = Live(
            get_renderable=self.bars,
            console=self.console,
            refresh_per_second=4,
            transient=True,
            redirect_stdout=False,  # which is what other commands read
        )
        self.live.start()

    def print(self, text: str, style: str = "") -> None:
        self.console.print(Text(text, style))

    def report_start(self, name: str) -> None:
        pass  # a bar shows it

    def report_done(self, kind: str, name: str, seconds: float) -> None:
        """Once for all jobs of a kind."""
        if self.n_done[kind] == self.n_of[kind]:
            jobs = f"{self.n_of[kind]} jobs, " if self.n_of[kind] > 1 else ""
            line = Text.assemble(("✓ ", "green"), kind, (f"  {jobs}", "dim"))
            self.console.print(line.append(duration(self.took[kind]), "dim"))

    def bars(self):
        """One for kinds of jobs, by their number, and one for all, by time."""
        kinds = {job.kind: job for job in [*self.running.values()]}
        rows = [self.row(kind, job) for kind, job in list(kinds.items())[:MAX_RULES]]
        if len(kinds) > MAX_RULES:
            rows.append(Row(f"and {len(kinds) - MAX_RULES} more kinds of jobs"))
        left = self.seconds_left()
        if self.compiles:
            share = self.seconds() / COMPILATION_S
            rows.insert(0, Row("compiling", share, says="once for this version of the code"))
        says = [f"{self.count()} jobs", f"{duration(self.seconds())} elapsed", self.time_left()]
        whole = bar(self.seconds() / max(self.seconds() + left, 1), min(self.console.width, 60))
        shown = Table.grid()
        for part in (self.table(rows), whole, ", ".join(filter(None, says))):
            shown.add_row(part)
        return shown

    def table(self, rows: list[Row]):
        """Names and counts have the room they need, at the cost of what jobs say."""
        width = self.console.width
        of_bar = min(24, width // 6)
        names, counts = ([row.name for row in rows], [row.n_done for row in rows])
        needed = sum(max(map(len, texts), default=0) for texts in (names, counts))
        room = max(width - of_bar - needed - 6, 0)
        table = Table.grid(*(Column(no_wrap=True) for _ in range(4)), padding=(0, 2))
        for row in rows:
            says = Text(row.says[:room], "dim")
            table.add_row(row.name, bar(row.share, of_bar), row.n_done, says)
        return table

    def row(self, kind: str, job: AtWork) -> Row:
        n_done, n = self.n_done[kind], self.n_of[kind]
        of_each = max(self.needed(kind, job.seconds), 1)
        begun = [id for id, other in [*self.running.items()] if other.kind == kind]
        parts = sum(min(self.at_work(id) / of_each, 0.95) for id in begun)
        line = "".join(last_lines(job.log, 1))
        says = ": ".join(filter(None, [job.special, "" if LOGS in line else line]))
        return Row(kind, (n_done + parts) / max(n, 1), f"{n_done} of {n}", says)

    def close(self) -> None:
        self.live.stop()
        super().close()


def bar(share: float, width: int):
    return ProgressBar(1, min(share, 1), width, complete_style="cyan", finished_style="green")


def clock() -> str:
    return time.strftime("%H:%M:%S")
