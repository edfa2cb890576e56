"""A run as a Workflow Run RO-Crate: sources, config, inputs and outputs in one described folder.

Written after the profiles https://w3id.org/ro/wfrun/process/0.5 and …/workflow/0.5.
"""

import os
import shutil
from io import StringIO
from mimetypes import guess_type
from pathlib import Path

import yaml
from rocrate.model import ContextEntity, Person
from rocrate.rocrate import ROCrate

from nto1_workflow.hashes import sha256

# What makes a checkout, of which a run needs the most.
SOURCES = (
    *("LICENSE", "README.md", "pyproject.toml", "workflow", "config", "envs", "profiles"),
    *("resources", "benchmarks"),
)
RESULTS = (".csv", ".parquet", ".pdf", ".svg")
LICENSE = "https://spdx.org/licenses/MIT"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
TYPES = {".yaml": "application/yaml", ".parquet": "application/vnd.apache.parquet"}
TITLE = "nto1: detecting a neuron's inputs from its voltage"  # as in CITATION.cff
DESCRIPTION = "A run of this workflow: its sources, configuration, inputs, tables and figures."


def write(folder: Path, record: dict, checkout: Path, as_json: Path, as_page: Path) -> None:
    """Make ``folder`` anew, with copies of all that the run was made from and has made."""
    crate = ROCrate(version="1.1")
    crate.metadata.extra_terms["sha256"] = "https://w3id.org/ro/terms/workflow-run#sha256"
    crate.name, crate.description, crate.datePublished = TITLE, DESCRIPTION, record["ended"]
    who = crate.root_dataset["author"] = crate.add(Person(crate, "#who", {"name": record["who"]}))
    crate.license, *profiles = (
        crate.add(ContextEntity(crate, url, {"@type": "CreativeWork", "name": name}))
        for url, name in ({LICENSE: "MIT License"} | PROFILES).items()
    )
    crate.root_dataset["conformsTo"] = profiles

    for path in sources(checkout):
        _add(crate, path, f"workflow/{path.relative_to(checkout)}")
    about = {"name": TITLE, "description": DESCRIPTION, "encodingFormat": "text/plain"}
    about |= {"version": record["source"]["commit"] or "unknown"}
    workflow = crate.add_workflow(
        checkout / "Snakefile",
        "workflow/Snakefile",
        main=True,
        lang="snakemake",
        lang_version=record["snakemake"]["snakemake"],
        properties=about,
    )
    workflow["license"] = crate.license

    config = yaml.safe_dump(record["config"], sort_keys=False, allow_unicode=True)
    objects = [_add(crate, StringIO(config), "config.yaml")]
    for name in record["inputs"]:
        source = crate.get(f"workflow/{os.path.relpath(name, checkout)}")
        objects.append(source or _add(crate, Path(name), f"inputs/{name.lstrip('/')}"))
    results = [
        _add(crate, Path(name), name)
        for name, file in record["outputs"].items()
        if file["final"] and Path(name).suffix in RESULTS
    ]
    about = {"name": f"Run of {record['ended']}", "description": record["command_line"]}
    about |= {"startTime": record["started"], "endTime": record["ended"]}
    about |= {"actionStatus": "http://schema.org/CompletedActionStatus"}
    run = crate.add_action(workflow, "#run", objects, results, about)
    run["agent"], crate.root_dataset["mentions"] = who, run
    _add(crate, as_json, as_json.name)["about"] = run
    _add(crate, as_page, "README.md")["about"] = crate.root_dataset

    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    crate.write(unfinished)
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)


def sources(checkout: Path) -> list[Path]:
    """The files of a checkout, without what Python and editors leave there, and without folders in
    which runs were made."""
    found, folders = [], [checkout / name for name in SOURCES]
    while folders:
        path = folders.pop()
        if path.name == "__pycache__" or path.name.startswith("."):
            continue
        if path.is_file():
            found.append(path)
        elif path.is_dir() and not (path / ".snakemake").exists():
            folders += path.iterdir()
    return sorted(found)


def _add(crate: ROCrate, source: Path | StringIO, name: str):
    kind = TYPES.get(Path(name).suffix) or guess_type(name)[0] or "text/plain"
    file = crate.add_file(source, name, properties={"encodingFormat": kind}, record_size=True)
    if isinstance(source, Path):
        file["sha256"] = sha256(source)
    return file
