"""A run as a Workflow Run RO-Crate: sources, config, inputs and outputs in one described folder.

Written after the profiles https://w3id.org/ro/wfrun/process/0.5 and …/workflow/0.5.
"""

import shutil
from io import StringIO
from mimetypes import guess_type
from pathlib import Path

import yaml
from rocrate.model import ContextEntity, Person, SoftwareApplication
from rocrate.rocrate import ROCrate

from provenance.jobs import describe

# What makes a checkout, of which a run needs the most.
SOURCES = ("Snakefile", "LICENSE", "README.md", "pyproject.toml", "workflow", "config", "envs")
SOURCES += ("profiles", "resources", "benchmarks")

PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
LICENSE = "https://spdx.org/licenses/MIT"
PARQUET = "application/vnd.apache.parquet"
NAME = "How strong must an input be?"
DESCRIPTION = (
    "One AdEx neuron with N Poisson inputs: its median voltage and firing rate against the "
    "strength of its inputs, and the strength at which it fires at a given rate. A run of the "
    "workflow, with its sources, configuration, inputs, tables and figures."
)


def write_crate(folder: Path, record: dict, checkout: Path, as_json: Path, as_page: Path) -> None:
    """Make ``folder`` anew, with copies of all that the run was made from and has made.

    The record itself is there as JSON and, as a page, for the README.
    """
    crate = ROCrate(version="1.1")
    crate.metadata.extra_terms["sha256"] = "https://w3id.org/ro/terms/workflow-run#sha256"
    _describe(crate, record)
    workflow = _add_sources(crate, record, checkout)
    action = _add_run(crate, record, workflow)
    _add_file(crate, as_json, as_json.name, {"about": action})
    _add_file(crate, as_page, "README.md", {"about": crate.root_dataset})

    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    crate.write(unfinished)
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)


def _describe(crate: ROCrate, record: dict) -> None:
    crate.name, crate.description, crate.datePublished = NAME, DESCRIPTION, record["ended"]
    crate.license = crate.add(
        ContextEntity(crate, LICENSE, {"@type": "CreativeWork", "name": "MIT License"})
    )
    crate.root_dataset["conformsTo"] = [
        crate.add(
            ContextEntity(
                crate,
                url,
                {"@type": "CreativeWork", "name": name, "version": url.rpartition("/")[2]},
            )
        )
        for url, name in PROFILES.items()
    ]


def _add_sources(crate: ROCrate, record: dict, checkout: Path):
    """The sources, below ``workflow/``; returns the main one."""
    source, software = record["source"], record["software"]
    workflow = crate.add_workflow(
        checkout / "Snakefile",
        "workflow/Snakefile",
        main=True,
        lang="snakemake",
        lang_version=software["snakemake"],
        properties={"name": NAME, "description": DESCRIPTION, "encodingFormat": "text/plain"},
    )
    workflow["license"] = crate.license
    workflow["version"] = source["commit"] or "unknown"
    workflow["softwareRequirements"] = [
        crate.add(
            SoftwareApplication(
                crate,
                f"pkg:pypi/{name}@{version}",
                {"name": name, "softwareVersion": version},
            )
        )
        for name, version in software["direct"].items()
    ]
    for path in sources(checkout):
        if path != checkout / "Snakefile":
            _add_file(crate, path, f"workflow/{path.relative_to(checkout)}")
    return workflow


def sources(checkout: Path) -> list[Path]:
    """The files of a checkout, without what Python and editors leave there."""
    paths = [path for name in SOURCES for path in (checkout / name, *(checkout / name).rglob("*"))]
    return sorted(
        path
        for path in paths
        if path.is_file()
        and not any(p == "__pycache__" or p[0] == "." for p in path.relative_to(checkout).parts)
    )


def _add_run(crate: ROCrate, record: dict, workflow):
    """The run, its inputs and its outputs."""
    config = yaml.safe_dump(record["config"], sort_keys=False, allow_unicode=True)
    objects = [_add_file(crate, StringIO(config), "config.yaml", {"name": "Config, as resolved"})]
    objects += [crate.get(f"workflow/{path}") for path in record["inputs"]]
    results = [
        _add_file(crate, Path(path), path)
        for path, file in record["outputs"].items()
        if file["final"]
    ]
    workflow["input"] = [_parameter(crate, "input", entity) for entity in objects]
    workflow["output"] = [_parameter(crate, "output", entity) for entity in results]
    crate.root_dataset["author"] = crate.add(Person(crate, "#who", {"name": record["who"]}))
    action = crate.add(
        ContextEntity(
            crate,
            "#run",
            {
                "@type": "CreateAction",
                "name": f"Run of {record['ended']}",
                "description": record["command_line"],
                "startTime": record["started"],
                "endTime": record["ended"],
                "actionStatus": "http://schema.org/CompletedActionStatus",
            },
        )
    )
    action["instrument"], action["agent"] = workflow, crate.root_dataset["author"]
    action["object"], action["result"] = objects, results
    crate.root_dataset["mentions"] = action
    return action


def _add_file(crate: ROCrate, source, name: str, properties: dict | None = None):
    described = {"name": Path(name).name, "encodingFormat": _format(name)}
    if isinstance(source, Path):
        known = describe(source)
        described |= {"sha256": known["sha256"], "contentSize": str(known["bytes"])}
    return crate.add_file(source, name, properties=described | (properties or {}))


def _format(name: str) -> str:
    if name.endswith((".yaml", ".yml")):
        return "application/yaml"
    return PARQUET if name.endswith(".parquet") else guess_type(name)[0] or "text/plain"


def _parameter(crate: ROCrate, role: str, entity):
    """The slot of the workflow that a file fills."""
    parameter = crate.add(
        ContextEntity(
            crate,
            f"#{role}/{entity.id}",
            {"@type": "FormalParameter", "additionalType": "File", "name": Path(entity.id).stem},
        )
    )
    parameter["workExample"], entity["exampleOfWork"] = entity, parameter
    return parameter
