"""All that is used of Snakemake beyond what its documentation promises."""

import os
from collections.abc import Callable
from pathlib import Path

from snakemake.output_index import OutputIndex


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


def params_of_jobs(workflow) -> list:
    return [job.params for job in workflow.dag.jobs]
