"""All that is used of Snakemake beyond its documentation. Tried with 9.20 and 9.27."""

import logging
import os
import sys
import threading
from argparse import Namespace
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from snakemake.cli import get_argument_parser
from snakemake.logging import logger
from snakemake.output_index import OutputIndex
from snakemake.shell import shell

# Of its command line, what takes names of rules or files.
TARGETS = ("targets", "forcerun", "until", "omit_from")


def rules_in(workflow, folder: Path) -> list:
    """The rules that are written in files below ``folder``."""
    return [rule for rule in workflow.rules if Path(rule.snakefile).is_relative_to(folder)]


def code_of(rule) -> tuple[str, list[Path]]:
    """A rule's command; and its script, or the scripts among its inputs that the command runs."""
    command = rule.shellcmd or rule.run_func_src or ""
    if rule.script:
        return command, [Path(os.path.normpath(Path(rule.snakefile).parent / rule.script))]
    return command, [Path(file) for file in rule.input if str(file).endswith(".py")]


def param(rule, name: str) -> object:
    """As it stands in the rule, for example as a function of wildcards."""
    return dict(rule.params.items()).get(name)


def set_param(rule, name: str, value: object) -> None:
    """Unless the rule has it already, as those of a module that is used twice. A function of
    wildcards is called for every job."""
    if param(rule, name) is None:
        rule.set_params(**{name: value})


def files_not_made(workflow) -> Callable:
    """A function of a rule and wildcards: the input files that no rule makes, and that are not
    ancient."""
    index = None

    def find(rule, wildcards) -> list[str]:
        nonlocal index
        index = index or OutputIndex(workflow.rules)  # when all rules are there
        inputs, *_ = rule.expand_input(dict(wildcards.items()))
        return [
            str(file)
            for file in inputs
            if not file.is_ancient and not index.match_producers(file) and os.path.isfile(file)
        ]

    return find


class Job(NamedTuple):
    """What is asked of a job that makes files."""

    id: int
    rule: str
    input: list[str]
    output: list[str]
    log: list[str]
    threads: int
    content: dict[str, str]  # see ``changes``
    is_to_do: bool
    was_run: bool  # in this run, without failing
    is_done: bool  # was run, or found up to date
    is_final: bool  # nothing else is made of its outputs
    seconds: float | None  # that it took the last time


def jobs_of(workflow) -> list[Job]:
    """All jobs of a run that make files."""
    dag, persistence = workflow.dag, workflow.persistence
    persistence._clear_cache()  # where the run's last job is still without its times
    return [
        Job(
            dag.jobid(job),
            job.rule.name,
            [str(file) for file in job.input],
            [str(file) for file in job.output],
            [str(file) for file in job.log],
            job.threads,
            job.params.get("content", {}),
            dag.needrun(job),
            dag.finished(job),
            dag.noneedrun_finished(job),
            not dag.depending[job] or any(not user.output for user in dag.depending[job]),
            _seconds(persistence, job),
        )
        for job in dag.jobs
        if job.output
    ]


def _seconds(persistence, job) -> float | None:
    records = [persistence.metadata(file) for file in job.output]
    times = [r.endtime - r.starttime for r in records if r and r.starttime and r.endtime]
    return max(times, default=None)


def makes_everything(workflow) -> bool:
    """Whether the run's target is the workflow's own."""
    return any(job.rule.name == workflow.default_target for job in workflow.dag.jobs)


def settings_of(workflow) -> dict:
    return {
        "executor": workflow.executor_plugin.name,
        "deployment": sorted(map(str, workflow.deployment_settings.deployment_method)),
        "cores": workflow.resource_settings.cores,
    }


def mark_unfinished(workflow) -> None:
    """Snakemake forgets that a job has failed, or was not reached: the next run would take what was
    made of its earlier output for up to date. Files marked as incomplete are made again."""
    for job in workflow.dag.needrun_jobs():
        workflow.persistence.started(job)


def end_scheduler() -> None:
    """It begins to choose jobs again up to a second later, even after the last."""
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()


def let_jobs_end_silently() -> None:
    """At Ctrl-C, which reaches them, too: they ignore it until their work begins (``io.run``), as
    Python would show pages of what Snakemake puts before a script."""
    of_script = "case $BASH_EXECUTION_STRING in */.snakemake/scripts/*) trap '' INT;; esac"
    shell.prefix(f"set -euo pipefail; {of_script}; ")


def output_handlers(workflow) -> list[logging.Handler]:
    """Which write Snakemake's own output; none if the user asked for other output than usual."""
    settings = workflow.output_settings
    quiet = {str(what).lower().rpartition(".")[2] for what in settings.quiet or ()}
    if settings.verbose or quiet - {"host", "reason"}:
        return []
    return [handler for handler in logger.handlers if handler.name == "DefaultStreamHandler"]


def is_started_from(workflow, snakefile: Path) -> bool:
    """And not from another workflow, of which this one is a module."""
    return workflow.is_main_process and Path(workflow.main_snakefile) == snakefile


def config_files(workflow) -> list[str]:
    """As far as they exist, relative to the working directory; later ones override others."""
    named = [str(file) for file in workflow.overwrite_configfiles]
    files = [str(file) for file in workflow.configfiles if str(file) not in named] + named
    return [os.path.relpath(file) for file in files if os.path.isfile(file)]


def given_on_the_command_line(workflow) -> set[str]:
    """The sections of which ``--config`` says something."""
    return {*workflow.config_settings.config}


def is_as_configured(workflow) -> bool:
    """Whether neither ``--configfile`` nor ``--config`` was given."""
    return not (workflow.overwrite_configfiles or given_on_the_command_line(workflow))


def names_of_targets(workflow) -> list[str]:
    """Rules that need no wildcards, and all files of which names are known."""
    rules = [rule for rule in workflow.rules if not rule.has_wildcards()]
    return [rule.name for rule in rules] + [str(file) for rule in rules for file in rule.output]


def arguments_given() -> Namespace | None:
    """What was typed, unless another program uses Snakemake."""
    if "snakemake" not in Path(sys.argv[0]).parts[-2:]:
        return None
    return get_argument_parser().parse_args(sys.argv[1:])


def unknown_targets(workflow) -> list[str]:
    """What was asked for and is neither a rule nor a file that is there, or that a rule makes."""
    given = vars(arguments_given() or Namespace())
    names = {name for key in TARGETS for name in given.get(key) or ()}
    return sorted(names - {rule.name for rule in workflow.rules} - {*files_there(workflow, names)})


def files_there(workflow, names: Iterable[str]) -> list[str]:
    """Files that are there, or that a rule makes."""
    index = OutputIndex(workflow.rules)
    return [name for name in names if os.path.exists(name) or index.match_producers(name)]
