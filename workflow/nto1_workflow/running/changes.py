"""What makes a job run again, beside its parameters and newer files: code that means something
else, and other content of a file that no job makes, however old that is.

Both are parameters of every rule, so that Snakemake compares them with those of the last time. A
rule with a parameter ``measure`` depends on this one of all measures.
"""

import hashlib
import json
from functools import partial
from pathlib import Path

from nto1.kernel_cache import BASE
from nto1.source_digest import DATA, digest_of, remembered
from nto1_workflow.hashes import sha256
from nto1_workflow.running.snakemake_internals import (
    code_of,
    files_not_made,
    jobs_of,
    param,
    rules_in,
    set_param,
)

CONTENTS = Path(".snakemake/run.contents.json")

_contents: dict[str, str] = {}  # SHA-256 of files as they were when this run was planned


def watch(workflow, checkout: Path) -> None:
    """Give the rules of ``checkout`` both parameters: ``code``, and ``content``, which has the
    SHA-256 of files by their paths."""
    if not workflow.is_main_process and CONTENTS.exists():  # a job on a cluster
        _contents.update(json.loads(CONTENTS.read_text("utf-8")))
    code = {rule: code_of(rule) for rule in rules_in(workflow, checkout)}
    digests = _digests({script for _, scripts in code.values() for script in scripts}, checkout)
    find = files_not_made(workflow)
    for rule, (command, scripts) in code.items():
        set_param(rule, "code", partial(_code, digests, command, scripts, param(rule, "measure")))
        set_param(rule, "content", partial(_content, find, rule))


def plan(workflow) -> None:
    """Before the first job: look at all files, and tell jobs on a cluster what was found."""
    jobs_of(workflow)  # asks for the content of all files
    CONTENTS.write_text(json.dumps(_contents), "utf-8")


def _digests(scripts: set[Path], checkout: Path) -> dict[str, dict[str, str]]:
    """By the script's path, and by the measure that it is for; without a name, for all."""
    top = checkout / "workflow"
    # All scripts, whether rules of this run have them or not: what is found is remembered.
    scripts = scripts | {*top.glob("scripts/*/*.py")}
    files = {file for kind in (".py", *DATA) for file in top.rglob(f"*{kind}")} | scripts
    measures = {*top.glob("nto1/measures/*.py")} - {top / "nto1/measures/measure.py"}
    # The configuration reaches jobs as parameters.
    config = {*top.glob("nto1/config/*.py")} - {top / "nto1/config/studies.py"}

    def compute() -> dict[str, dict[str, str]]:
        return {
            str(script.absolute()): {"": digest_of([script], top, config)}
            | {one.stem: digest_of([script], top, config | measures - {one}) for one in measures}
            for script in scripts
        }

    return remembered(files, BASE, compute)


def _code(digests, command: str, scripts: list[Path], measure, wildcards) -> str:
    name = measure(wildcards) if callable(measure) else measure or ""
    parts = [command, *(digests[str(script.absolute())][name] for script in scripts)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _content(find, rule, wildcards) -> dict[str, str]:
    files = find(rule, wildcards)
    for file in files:
        if file not in _contents:
            _contents[file] = sha256(file)
    return {file: _contents[file] for file in files}
