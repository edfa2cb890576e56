"""What a run shows while it works: bars and the time left on a terminal, else a line for each job.

Takes the place of Snakemake's own output once the first job is to run, by way of its log events.
``--dry-run``, ``--verbose`` and ``--quiet`` show what Snakemake shows, and so does its log file.
"""

import logging
import re
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from snakemake.logging import logger
from snakemake_interface_logger_plugins.common import LogEvent

from nto1_workflow.durations import duration
from nto1_workflow.running.snakemake_internals import jobs_of, output_handlers

try:  # comes with the lock; without it there are no bars
    from rich.console import Console
    from rich.live import Live
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    HAS_RICH = True
except ModuleNotFoundError:
    HAS_RICH = False

LOGS = "results/logs/"
LAST_LINES = 12  # of the log of a job that failed
MAX_RULES = 8  # shown at work at the same time
OF_SNAKEMAKE = re.compile(  # what the lines here say better, or what says nothing
    r"(Select jobs to execute|Execute \d+ jobs|Shutting down, this might|Exiting because a job"
    r"|RuleException|Error in group|Complete log|Elapsed time"
    r"|Removing output files of failed job"
    r"|WorkflowError:\nAt least one job did not complete)"
)
WHAT_TO_DO = (
    "What to do: correct what the last line above names, and give the same command again. "
    "Finished\nresults are kept; jobs that don't need this one continue."
)


def follow(workflow) -> "Display | None":
    """Show the run that begins. None if the user asked for other output, or if another logger of
    Snakemake's is at work."""
    snakemakes = output_handlers(workflow)
    if not snakemakes:
        return None
    jobs = [job for job in jobs_of(workflow) if job.is_to_do]
    to_do = {job.id: (title(job.rule, job.log)[0], job.seconds) for job in jobs}
    no_color = workflow.output_settings.nocolor or None
    console = Console(stderr=True, no_color=no_color) if HAS_RICH else None
    kind = Bars if console and console.is_interactive else Display
    display = kind(to_do, console)
    for handler in snakemakes:
        logger.removeHandler(handler)
    logger.addHandler(display)
    return display


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


class Display(logging.Handler):
    """A line when a job starts and when it is done."""

    def __init__(self, to_do: dict[int, tuple[str, float | None]], console=None):
        """``to_do``: of each job, what kind it is, and the seconds it took when it was last run."""
        super().__init__()
        self.name = "ProgressDisplay"
        self.begin = time.monotonic()
        self.to_do, self.n_jobs = to_do, len(to_do)
        self.failed: list = []
        self.n_of = Counter(kind for kind, _ in to_do.values())
        self.running: dict = {}  # by job: kind, what is special, log, time of start
        self.durations: dict[str, list[float]] = defaultdict(list)  # seconds, by kind
        self.console = console
        self.start()

    def start(self) -> None:
        self.print(f"{self.n_jobs} jobs to do")

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
            self.running[record.jobid] = (kind, special, log, time.monotonic())
            name = f"{kind} {special}".strip()
            self.failed = [other for other in self.failed if other != name]  # tried again
            self.report_start(name)

    def job_is_done(self, jobid: int) -> None:
        if jobid not in self.running:
            return
        kind, special, _, start = self.running.pop(jobid)
        self.to_do.pop(jobid, None)
        self.durations[kind].append(time.monotonic() - start)
        self.report_done(kind, f"{kind} {special}".strip(), self.durations[kind][-1])

    def job_failed(self, record) -> None:
        name = " ".join(title(record.rule_name, record.log)).strip()
        if self.running.pop(record.jobid, None) is None:
            return  # said with its group
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
        if message not in ("", "None") and not OF_SNAKEMAKE.match(message):
            style = {"ERROR": "red", "WARNING": "yellow"}.get(record.levelname, "")
            self.print(message, style)

    def report_start(self, name: str) -> None:
        self.print(f"{clock()}  started  {name}")

    def report_done(self, kind: str, name: str, seconds: float) -> None:
        left = "".join(f", {left}" for left in [self.time_left()] if left)
        done = f"{self.n_jobs - len(self.to_do)} of {self.n_jobs}{left}"
        self.print(f"{clock()}  done     {name} in {duration(seconds)} ({done})")

    def time_left(self) -> str:
        """Where it can be known: from how long jobs took before, or others like them just now."""
        n, now = len(self.to_do), time.monotonic()
        means = {kind: sum(times) / len(times) for kind, times in self.durations.items()}
        times = [means.get(kind, earlier) for kind, earlier in self.to_do.values()]
        known = [seconds for seconds in times if seconds is not None]
        if not n or len(known) < n / 2:
            return ""
        at_work = sum(now - start for *_, start in self.running.values())
        parallel = max(1, (sum(map(sum, self.durations.values())) + at_work) / self.seconds())
        left = max(sum(known) * n / len(known) - at_work, 0) / parallel
        return f"about {duration(left)} left"

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
        self.console.print(Text(text, style), soft_wrap=True)

    def report_start(self, name: str) -> None:
        pass  # a bar shows it

    def report_done(self, kind: str, name: str, seconds: float) -> None:
        """Once for all jobs of a kind."""
        if len(self.durations[kind]) == self.n_of[kind]:
            jobs = f"{self.n_of[kind]} jobs, " if self.n_of[kind] > 1 else ""
            line = Text.assemble(("✓ ", "green"), kind, (f"  {jobs}", "dim"))
            self.console.print(line.append(duration(sum(self.durations[kind])), "dim"))

    def bars(self):
        table = Table.grid(padding=(0, 2))
        for _ in range(3):
            table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, overflow="ellipsis", style="dim")
        jobs = list(self.running.values())
        kinds = {kind: (special, log) for kind, special, log, _ in jobs}
        for kind in list(kinds)[:MAX_RULES]:
            special, log = kinds[kind]
            says = ": ".join(filter(None, [special, *last_lines(log, 1)]))
            self.row(table, kind, len(self.durations.get(kind, ())), self.n_of[kind], says)
        if len(kinds) > MAX_RULES:
            table.add_row(f"and {len(kinds) - MAX_RULES} more kinds of jobs")
        times = [f"{duration(self.seconds())} elapsed", self.time_left()]
        self.row(
            table, "all", self.n_jobs - len(self.to_do), self.n_jobs, ", ".join(filter(None, times))
        )
        return table

    def row(self, table, name: str, done: int, total: int, says: str) -> None:
        bar = ProgressBar(total, done, 24, complete_style="cyan", finished_style="green")
        table.add_row(name, bar, f"{done} of {total}", says)

    def close(self) -> None:
        self.live.stop()
        super().close()


def clock() -> str:
    return time.strftime("%H:%M:%S")
