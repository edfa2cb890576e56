"""The run crate, read by the validator of the people who wrote the profiles."""

import hashlib
import json
import shutil
from importlib.resources import files

import pytest
import requests
import yaml
from rocrate.rocrate import ROCrate
from rocrate_validator import services
from rocrate_validator.utils.http import HttpRequester

from nto1_workflow.provenance.crate import TITLE, sources
from study import ROOT

# What terms meant in RO-Crate 1.1, to which the profiles 0.5 belong, if not what they mean in the
# version whose vocabulary comes with the package rocrate.
BIOSCHEMAS = "https://bioschemas.org/"
TERMS_OF_1_1 = {
    "ComputationalWorkflow": f"{BIOSCHEMAS}ComputationalWorkflow",
    "FormalParameter": f"{BIOSCHEMAS}FormalParameter",
    "input": f"{BIOSCHEMAS}ComputationalWorkflow#input",
    "output": f"{BIOSCHEMAS}ComputationalWorkflow#output",
}


@pytest.fixture
def offline(monkeypatch):
    """The validator gets RO-Crate's vocabulary from here, and nothing else from anywhere."""
    context = json.loads(files("rocrate").joinpath("data/ro-crate.jsonld").read_text())["@context"]

    def get(self, url, **options):
        assert url == "https://w3id.org/ro/crate/1.1/context"
        response = requests.Response()
        response.status_code, response.url = 200, url
        response.headers["Content-Type"] = "application/ld+json"
        response._content = json.dumps({"@context": context | TERMS_OF_1_1}).encode()
        return response

    monkeypatch.setattr(HttpRequester, "get", get, raising=False)


def problems(folder) -> list[str]:
    result = services.validate(
        {"rocrate_uri": str(folder), "profile_identifier": "workflow-run-crate"}
    )
    assert {profile.identifier for profile in result.context.profiles} >= {"workflow-run-crate-0.5"}
    return [f"{issue.check.identifier}: {issue.message}" for issue in result.get_issues()]


def test_it_is_a_workflow_run_crate(workflow, offline):
    assert problems(workflow / "results/run-crate") == []


def test_the_validator_would_have_said_so(workflow, offline, tmp_path):
    copy = shutil.copytree(workflow / "results/run-crate", tmp_path / "crate")
    path = copy / "ro-crate-metadata.json"
    metadata = json.loads(path.read_text())
    graph = {entity["@id"]: entity for entity in metadata["@graph"]}
    del graph["#run"]["instrument"], graph["./"]["license"]
    path.write_text(json.dumps(metadata))
    found = "\n".join(problems(copy))
    assert "MUST have an instrument" in found
    assert "must specify a license" in found


def test_every_file_is_there_with_its_hash(workflow):
    folder = workflow / "results/run-crate"
    crate = ROCrate(folder)
    described = {entity.id for entity in crate.data_entities}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there == described | {"ro-crate-metadata.json"}
    for entity in crate.data_entities:
        if "sha256" in entity:
            data = (folder / entity.id).read_bytes()
            assert entity["sha256"] == hashlib.sha256(data).hexdigest(), entity.id
            assert entity["contentSize"] == str(len(data))


def test_it_tells_what_was_run_on_what_and_what_came_out(workflow):
    crate = ROCrate(workflow / "results/run-crate")
    run, record = crate.get("#run"), workflow.record
    assert run["instrument"] is crate.mainEntity
    assert {entity.id for entity in run["object"]} == {"config.yaml", "inputs/data.csv"}
    results = {"results/table.csv", "results/figure.svg"}
    assert {entity.id for entity in run["result"]} == results
    assert run["startTime"] == record["started"]
    sources = {"Snakefile", "LICENSE", "config/config.yaml", "envs/requirements.lock"}
    sources |= {"workflow/nto1/units.py", "workflow/rules/report.smk"}
    assert all(crate.get(f"workflow/{source}") for source in sources)


def test_folders_of_runs_in_a_checkout_are_no_sources(tmp_path):
    for name in ("config/config.yaml", "config/my-study/my.yaml", "workflow/rules/a.smk"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / ".snakemake").mkdir()  # the checkout is worked in, too
    (tmp_path / "config/my-study/.snakemake").mkdir()
    (tmp_path / "config/my-study/results/run-crate").mkdir(parents=True)
    (tmp_path / "config/my-study/results/run-crate/large.csv").touch()
    found = [str(path.relative_to(tmp_path)) for path in sources(tmp_path)]
    assert found == ["config/config.yaml", "workflow/rules/a.smk"]


def test_it_is_called_like_the_project():
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["title"] == TITLE
