"""What is known of a run when it has ended: ``results/provenance.json``, its page and its crate."""

import getpass
import json
import os
import shlex
import sys
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from snakemake.logging import logger

from nto1_workflow.hashes import hashes_of
from nto1_workflow.provenance import environment
from nto1_workflow.provenance.commit import git_state
from nto1_workflow.provenance.page import page
from nto1_workflow.running.files import write_text
from nto1_workflow.running.snakemake_internals import Job, jobs_of, makes_everything, settings_of

CHECKOUT = Path(os.path.abspath(__file__)).parents[3]
RECORD, PAGE = Path("results/provenance.json"), Path("results/provenance.md")
COMPARISON = "results/published_comparison.md"
STARTED = datetime.now()


def write(workflow, config: dict, succeeded: bool) -> None:
    """After a run that made more than the record's page. ``workflow`` is Snakemake's."""
    jobs = jobs_of(workflow)
    made = [job for job in jobs if job.was_run]
    if made and all(str(RECORD) in job.input for job in made):
        return
    record = build_record(workflow, jobs, config, succeeded)
    write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", RECORD)
    record = json.loads(RECORD.read_text("utf-8"))
    write_text(page(record), PAGE)
    if record["complete"] and succeeded:
        if changed := record["inputs"].keys() - _unchanged(record["inputs"]).keys():
            logger.warning(f"No run crate: {min(changed)} was changed after it was read.")
            return
        try:
            from nto1_workflow.provenance import crate
        except ModuleNotFoundError as error:
            logger.warning(f"No run crate: {error.name}, of envs/requirements.lock, is missing.")
        else:
            crate.write(Path("results/run-crate"), record, CHECKOUT, RECORD, PAGE)


def build_record(workflow, jobs: list[Job], config: dict, succeeded: bool) -> dict:
    """The record of a run, and of all files it made or found up to date. Of an earlier record it
    keeps what this run was not about, and what is still true: inputs that are the same, and what
    was said of published numbers."""
    source, ended, earlier = git_state(CHECKOUT), _time(datetime.now()), _earlier_record()
    done = [job for job in jobs if job.is_done]
    outputs = _outputs(done)
    launched_in = environment.register()
    names = {launched_in} | {file["environment"] for file in outputs.values()} - {None}
    # As they were when the jobs read them, whatever has become of them since. Of code, the commit
    # tells.
    inputs = _unchanged(earlier.get("inputs", {})) | {
        file: {"sha256": digest}
        for job in done
        for file, digest in job.content.items()
        if CHECKOUT / "workflow" not in Path(file).absolute().parents
    }
    return {
        "succeeded": succeeded,
        "complete": makes_everything(workflow),
        "who": _user(),
        "started": _time(STARTED),
        "ended": ended,
        "folder": str(Path.cwd()),
        "command_line": shlex.join(["snakemake", *sys.argv[1:]]),
        **_published_numbers(jobs, config, earlier),
        "source": source,
        "snakemake": {
            "snakemake": version("snakemake"),
            **settings_of(workflow),
            "launched_in": launched_in,
        },
        "config": config,
        "inputs": dict(sorted(inputs.items())),
        "outputs": outputs,
        "rules": _rules(outputs),
        "environments": {name: environment.read(name) for name in sorted(names)},
    }


def _published_numbers(jobs: list[Job], config: dict, earlier: dict) -> dict:
    """What the comparison says, and the files it is about."""
    found: dict = {"published_numbers": None, "published_numbers_of": {}}
    if comparisons := [job for job in jobs if COMPARISON in job.output]:
        (job,) = comparisons
        if not job.is_done:
            return found
        headline = Path(COMPARISON).read_text("utf-8").split("\n\n")[1]
        return {
            "published_numbers": headline,
            "published_numbers_of": hashes_of([*job.input, *job.output]),
        }
    files = earlier.get("published_numbers_of", {}) | earlier.get("inputs", {})
    has_other_config = json.loads(json.dumps(config)) != earlier.get("config")
    if has_other_config or _unchanged(files) != files:
        return found
    return {key: earlier.get(key) for key in found}


def _earlier_record() -> dict:
    try:
        return json.loads(RECORD.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _unchanged(files: dict[str, dict]) -> dict[str, dict]:
    """Those that are as they were recorded."""
    now = hashes_of(files)
    return {name: file for name, file in files.items() if now.get(name) == file}


def _outputs(done: list[Job]) -> dict[str, dict]:
    """By path. Final are those that a run is for, which rules without output ask for."""
    outputs = {}
    for job in done:
        about_job = {
            "job": job.output[0],
            "rule": job.rule,
            "threads": job.threads,
            "wall_s": None if job.seconds is None else round(job.seconds, 3),
            "environment": environment.of_log(job.log[0]) if job.log else None,
            "final": job.is_final,
        }
        for name, file in hashes_of(job.output).items():
            made = datetime.fromtimestamp(Path(name).stat().st_mtime)
            outputs[name] = file | {"made": _time(made)} | about_job
    return dict(sorted(outputs.items()))


def _rules(outputs: dict[str, dict]) -> dict[str, dict]:
    """A job that was not run again counts with its time when it was; on a cluster, with waiting."""
    jobs_of: dict[str, list[dict]] = {}
    for job in {file["job"]: file for file in outputs.values()}.values():
        jobs_of.setdefault(job["rule"], []).append(job)
    return {
        rule: {
            "jobs": len(jobs),
            "threads": max(job["threads"] for job in jobs),
            "wall_s": round(sum(job["wall_s"] for job in jobs if job["wall_s"]), 3),
            "environments": sorted({job["environment"] for job in jobs} - {None}),
        }
        for rule, jobs in sorted(jobs_of.items())
    }


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # in a container, often
        return str(os.getuid())


def _time(moment: datetime) -> str:
    return moment.astimezone().isoformat("T", "seconds")
