"""All that is to be known of a run, as one record; ``results/provenance.json`` is that."""

import csv
import json
import os
import shlex
import sys
from collections import Counter
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from nto1.published import DEVIATES, REPLAYED, SKIPPED, headline
from provenance import environment, jobs

CHECKOUT = Path(__file__).resolve().parents[2]
RESULTS = Path("results")
COMPARISON = "results/published_comparison.csv"


def of_run(workflow, config: dict, succeeded: bool) -> dict:
    """``workflow`` is Snakemake's, after its last job."""
    dag, process = workflow.dag, psutil.Process()
    source = environment.git_state(CHECKOUT)
    ended = _time(datetime.now())
    files = jobs.outputs(dag)
    for file in files.values():
        file |= {"up_to_date_at": ended, "commit": source["commit"]}
    return {
        "succeeded": succeeded,
        "complete": any(job.rule.name == workflow.default_target for job in dag.jobs),
        "who": process.username(),
        "started": _time(datetime.fromtimestamp(process.create_time())),
        "ended": ended,
        "folder": _readable(Path.cwd()),
        "command_line": _readable(shlex.join(["snakemake", *sys.argv[1:]])),
        "published_numbers": _published(dag),
        "source": {"folder": _readable(CHECKOUT)} | source,
        "machine": environment.machine(),
        "threads": {
            "cores": workflow.resource_settings.cores,
            "variables": environment.thread_variables(),
        },
        "software": {
            "snakemake": version("snakemake"),
            "executor": workflow.executor_plugin.name,
            "deployment": sorted(str(m) for m in workflow.deployment_settings.deployment_method),
        }
        | environment.software(CHECKOUT / "pyproject.toml"),
        "config": config,
        "seeds": dict(_seeds(config)),
        "inputs": jobs.inputs(dag, CHECKOUT),
        "rules": jobs.rules(dag, workflow.persistence),
        "outputs": files,
    }


def with_earlier(record: dict, earlier: Path) -> dict:
    """A record of some outputs, with what an earlier record says of others that are still the same.

    So the record of ``snakemake results/we_sweep.csv`` does not forget the figures.
    """
    try:
        files = json.loads(earlier.read_text("utf-8"))["outputs"]
    except (OSError, ValueError, KeyError):
        return record
    kept = {
        path: file
        for path, file in files.items()
        if Path(path).exists() and jobs.sha256(path) == file["sha256"]
    }
    return record | {"outputs": kept | record["outputs"]}


def _readable(text: str | Path) -> str:
    """As UTF-8, also what the locale can't read."""
    return os.fsencode(text).decode("utf-8", "replace")


def _time(moment: datetime) -> str:
    return moment.astimezone().isoformat("T", "seconds")


def _published(dag) -> str | None:
    """Whether the published numbers were replayed, if that was asked."""
    if not any(COMPARISON in job.output for job in jobs.done(dag)):
        return None
    with open(COMPARISON, encoding="utf-8", newline="") as stream:
        n = Counter(row["verdict"] for row in csv.DictReader(stream))
    return headline(n[REPLAYED], n[DEVIATES], n[SKIPPED])


def _seeds(config: dict, prefix: str = ""):
    for key, value in config.items():
        if key in ("seed", "seeds"):
            yield prefix + key, value
        elif isinstance(value, dict):
            yield from _seeds(value, f"{prefix}{key}.")
