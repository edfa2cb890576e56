"""The run crate, read by the validator of the people who wrote the profiles."""

import hashlib
import json
from importlib.resources import files

import pytest
import requests
from rocrate.rocrate import ROCrate
from rocrate_validator import services
from rocrate_validator.utils.http import HttpRequester

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


def test_it_is_a_workflow_run_crate(thesis, offline):
    assert problems(thesis / "results/run-crate") == []


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        (lambda graph: graph["#run"].pop("instrument"), "MUST have an instrument"),
        (lambda graph: graph["./"].pop("mainEntity"), "Main Workflow must be specified"),
        (lambda graph: graph["./"].pop("license"), "must specify a license"),
    ],
)
def test_the_validator_would_have_said_so(small, offline, broken, complaint):
    path = small / "results/run-crate/ro-crate-metadata.json"
    metadata = json.loads(path.read_text())
    broken({entity["@id"]: entity for entity in metadata["@graph"]})
    path.write_text(json.dumps(metadata))
    assert any(complaint in problem for problem in problems(path.parent))


def test_every_file_is_there_with_its_hash(thesis):
    folder = thesis / "results/run-crate"
    crate = ROCrate(folder)
    described = {entity.id for entity in crate.data_entities}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there == described | {"ro-crate-metadata.json"}
    for entity in crate.data_entities:
        if "sha256" in entity:
            data = (folder / entity.id).read_bytes()
            assert entity["sha256"] == hashlib.sha256(data).hexdigest(), entity.id


def test_it_tells_what_was_run_on_what_and_what_came_out(thesis):
    crate = ROCrate(thesis / "results/run-crate")
    run, record = crate.get("#run"), json.loads((thesis / "results/provenance.json").read_text())
    assert run["instrument"] is crate.mainEntity
    assert {entity.id for entity in run["object"]} == {
        "config.yaml",
        "workflow/resources/published/adex_n_to_1.csv",
        "workflow/resources/published/adex_n_to_1_conditions.yaml",
        "workflow/resources/published/izhikevich_n_to_1.csv",
        "workflow/resources/published/izhikevich_n_to_1_conditions.yaml",
    }
    results = {entity.id for entity in run["result"]}
    assert results == {path for path, file in record["outputs"].items() if file["final"]}
    assert {path.name for path in (thesis / "thesis_figs").iterdir()} <= {
        name.removeprefix("thesis_figs/") for name in results
    }
    assert run["startTime"] == record["started"]


def test_the_copied_workflow_runs(thesis, tmp_path):
    """The crate alone is enough to make its results again."""
    crate = thesis / "results/run-crate"
    study = type(thesis)(tmp_path / "again", {}, crate / "workflow")
    assert study.planned()["simulate"] == 1
