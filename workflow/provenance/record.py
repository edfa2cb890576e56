"""What is known of a run when it has ended: ``results/provenance.json``, its page and its crate."""

import getpass
import hashlib
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterable
from datetime import datetime
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

from snakemake.logging import logger

from provenance import environment
from provenance.page import page

CHECKOUT = Path(os.path.abspath(__file__)).parents[2]
RECORD, PAGE = Path("results/provenance.json"), Path("results/provenance.md")
COMPARISON = "results/published_comparison.md"
FORMAT = 2  # nothing is taken over from a record of another format
STARTED = datetime.now()


def write(workflow, config: dict, succeeded: bool) -> None:
    """After a run that made more than the record's page. ``workflow`` is Snakemake's."""
    made = [job for job in workflow.dag.finished_jobs if job.output]
    if made and all(str(RECORD) in job.input for job in made):
        return
    record = of_run(workflow, config, succeeded)
    environment.write(RECORD, json.dumps(record, indent=2, ensure_ascii=False) + "\n")
    record = json.loads(RECORD.read_text("utf-8"))
    environment.write(PAGE, page(record))
    logger.info(f"{record['published_numbers'] or ''} Recorded in {PAGE}.".strip())
    if record["complete"] and succeeded:
        try:
            from provenance import crate
        except ModuleNotFoundError as error:
            logger.warning(f"No run crate: {error.name}, of envs/requirements.lock, is missing.")
        else:
            crate.write(Path("results/run-crate"), record, CHECKOUT, RECORD, PAGE)


def of_run(workflow, config: dict, succeeded: bool) -> dict:
    """The record. Of what this run didn't make it keeps what the one before says, if still true."""
    dag, source, ended = workflow.dag, git_state(CHECKOUT), _time(datetime.now())
    jobs = [job for job in dag.jobs if job.output]
    done = [job for job in jobs if dag.noneedrun_finished(job)]
    record = {
        "format": FORMAT,
        "succeeded": succeeded,
        "complete": any(job.rule.name == workflow.default_target for job in dag.jobs),
        "who": _user(),
        "started": _time(STARTED),
        "ended": ended,
        "folder": str(Path.cwd()),
        "command_line": shlex.join(["snakemake", *sys.argv[1:]]),
        "published_numbers": None,
        "source": source,
        "snakemake": {
            "snakemake": version("snakemake"),
            "executor": workflow.executor_plugin.name,
            "deployment": sorted(map(str, workflow.deployment_settings.deployment_method)),
            "cores": workflow.resource_settings.cores,
            "launched_in": environment.register(),
        },
        "config": config,
        "seeds": dict(_seeds(config)),
        "compared": {},
        "inputs": _data(
            {f for job in jobs for f in job.input} - {f for j in jobs for f in j.output}
        ),
        "outputs": _outputs(done, workflow, {"up_to_date_at": ended, "commit": source["commit"]}),
    }
    comparison = next((job for job in jobs if COMPARISON in job.output), None)
    if comparison in done:
        record["published_numbers"] = Path(COMPARISON).read_text("utf-8").split("\n\n")[1]
        record["compared"] = _data(comparison.input)
    before = {} if record["complete"] and succeeded else _record_before()
    if before:
        for part in ("inputs", "outputs"):
            record[part] = _unchanged(before[part]) | record[part]
        if comparison is None and _unchanged(before["compared"]) == before["compared"]:
            record |= {key: before[key] for key in ("published_numbers", "compared")}
    used = {record["snakemake"]["launched_in"]}
    used |= {file["environment"] for file in record["outputs"].values()} - {None}
    known = before.get("environments", {})
    record["environments"] = {n: known.get(n) or environment.read(n) for n in sorted(used)}
    return record | {"rules": _rules(record["outputs"])}


def git_state(folder: Path) -> dict:
    """The commit a folder is at, and what was changed since; or why that isn't known."""

    def git(*arguments: str) -> str:
        # Without locks: others may be working with the repository.
        command = ["git", "--no-optional-locks", "-C", folder, *arguments]
        options = {"env": os.environ | {"LC_ALL": "C"}, "text": True, "timeout": 60}
        return subprocess.run(command, capture_output=True, check=True, **options).stdout

    try:
        # A repository around an unpacked archive is not that of the workflow.
        git("ls-files", "--error-unmatch", "Snakefile")
        commit, date = git("log", "-1", "--format=%H %cI").split()
        changes = git("status", "--porcelain").splitlines()
    except (OSError, subprocess.SubprocessError) as error:
        reason = getattr(error, "stderr", None) or str(error)
        return {"commit": None, "why_unknown": reason.splitlines()[0]}
    return {"commit": commit, "commit_date": date, "uncommitted_changes": changes}


def sha256(file: str | Path) -> str:
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _outputs(done: list, workflow, about_run: dict) -> dict[str, dict]:
    """By path. Final are those that a run is for, which rules without output ask for."""
    outputs, persistence, depending = {}, workflow.persistence, workflow.dag.depending
    persistence._clear_cache()  # where the run's last job is still without its times
    for job in done:
        times = persistence.metadata(job.output[0])
        about_job = {
            "job": str(job.output[0]),
            "rule": job.rule.name,
            "threads": job.threads,
            "wall_s": round(times.endtime - times.starttime, 3) if times else None,
            "environment": environment.of_log(job.log[0]) if job.log else None,
            "final": not depending[job] or any(not user.output for user in depending[job]),
        }
        for name, file in _hashes(job.output).items():
            made = datetime.fromtimestamp(Path(name).stat().st_mtime)
            outputs[name] = file | {"made": _time(made)} | about_job | about_run
    return dict(sorted(outputs.items()))


def _rules(outputs: dict[str, dict]) -> dict[str, dict]:
    """A job that was not run again counts with its time when it was; on a cluster, with waiting."""

    def rule_of(job: dict) -> str:
        return job["rule"]

    rules = {}
    jobs_apart = {file["job"]: file for file in outputs.values()}.values()
    for rule, group in groupby(sorted(jobs_apart, key=rule_of), key=rule_of):
        jobs = list(group)
        times = [job["wall_s"] for job in jobs]
        rules[rule] = {
            "jobs": len(jobs),
            "threads": max(job["threads"] for job in jobs),
            "wall_s": None if None in times else round(sum(times), 3),
            "environments": sorted({job["environment"] for job in jobs} - {None}),
        }
    return rules


def _data(files: Iterable[str]) -> dict[str, dict]:
    """Files that are not the workflow's code; of that, the commit tells."""
    paths = (Path(os.path.abspath(file)) for file in files)
    here = Path.cwd()
    return _hashes(
        path.relative_to(here) if here in path.parents else path
        for path in paths
        if CHECKOUT / "workflow" not in path.parents
    )


def _hashes(files: Iterable[str | Path]) -> dict[str, dict]:
    return {str(file): {"sha256": sha256(file)} for file in sorted(files) if Path(file).is_file()}


def _unchanged(files: dict[str, dict]) -> dict[str, dict]:
    return {
        name: files[name]
        for name, now in _hashes(files).items()
        if now.items() <= files[name].items()
    }


def _record_before() -> dict:
    try:
        record = json.loads(RECORD.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record if record.get("format") == FORMAT else {}


def _seeds(config: dict | list, path: str = ""):
    """All seeds, by where they stand."""
    for key, value in config.items() if isinstance(config, dict) else enumerate(config):
        if key in ("seed", "seeds"):
            yield path + key, value
        elif isinstance(value, dict | list):
            yield from _seeds(value, f"{path}{key}.")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # in a container, often
        return str(os.getuid())


def _time(moment: datetime) -> str:
    return moment.astimezone().isoformat("T", "seconds")
