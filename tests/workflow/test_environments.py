"""One source of versions; and what Snakemake does with the conda file."""

import ast
import os
import re
import sys
import tomllib

import pytest
import yaml
from rattler import MatchSpec

import fake_conda
from study import ROOT, SMALL, Study


def locked(name: str) -> dict[str, str]:
    """Versions of a lock."""
    text = (ROOT / "envs" / name).read_text()
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE))


THESIS, RECORDINGS = locked("requirements.lock"), locked("recordings.lock")
LOCKED = THESIS | RECORDINGS
CONDA_NAMES = {"matplotlib-base": "matplotlib", "python-neo": "neo"}
MODULES = {"yaml": "pyyaml", "matplotlib": "matplotlib-base"}

ENV = ROOT / "envs/workflow.yaml"
SPECS = yaml.safe_load(ENV.read_text())["dependencies"]
SCRIPTS = [*ROOT.glob("workflow/scripts/*/*.py"), *ROOT.glob("benchmarks/*.py")]


def test_the_conda_file_pins_what_the_lock_pins():
    assert yaml.safe_load(ENV.read_text())["channels"] == ["conda-forge", "nodefaults"]
    for spec in SPECS:
        name, version = re.fullmatch(r"([\w-]+)=([\d.]+)", spec).groups()
        if name == "python":
            assert version in ("3.11", "3.12", "3.13")
        else:
            assert LOCKED[CONDA_NAMES.get(name, name)] == version, name


def test_every_direct_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = project["optional-dependencies"].values()
    wanted = {*project["dependencies"], *(name for group in groups for name in group)}
    assert wanted <= LOCKED.keys()


def test_recordings_add_packages_and_change_none():
    assert {name: THESIS.get(name, version) for name, version in RECORDINGS.items()} == RECORDINGS
    assert {"neo", "pynwb"} <= RECORDINGS.keys() - THESIS.keys()


@pytest.mark.parametrize("name", ["requirements.lock", "recordings.lock", "bootstrap.lock"])
def test_locks_are_hashed_and_name_no_host(name):
    text = (ROOT / "envs" / name).read_text()
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert "index-url" not in text


def test_the_bootstrap_installs_the_locked_uv():
    (version,) = re.findall(
        r"^uv==([\d.]+)", (ROOT / "envs/bootstrap.lock").read_text(), re.MULTILINE
    )
    assert LOCKED["uv"] == version


def test_every_spec_is_one_that_conda_understands():
    for spec in SPECS:
        parsed = MatchSpec(spec, strict=True)
        assert spec == f"{parsed.name.normalized}={str(parsed.version).removesuffix('.*')}"


def test_the_environment_has_what_scripts_import():
    has = {spec.partition("=")[0] for spec in SPECS}
    assert set().union(*map(needed_by, SCRIPTS)) <= has


def needed_by(script) -> set[str]:
    """Packages that a script imports, or that a file of ours does which it imports."""
    found, todo, done = set(), [script], set()
    while todo:
        done.add(file := todo.pop())
        for module in imported_by(file):
            path = module.replace(".", "/")
            ours = [
                folder / name
                for folder in (file.parent, ROOT / "workflow")
                for name in (f"{path}.py", f"{path}/__init__.py")
                if (folder / name).exists()
            ]
            if ours:
                todo += set(ours[:1]) - done
            elif module.partition(".")[0] not in sys.stdlib_module_names | {"snakemake"}:
                found.add(module.partition(".")[0])
    found.discard("llvmlite")  # comes with numba
    return {MODULES.get(name, name) for name in found}


def imported_by(file) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
    return names


@pytest.fixture(scope="module")
def conda(tmp_path_factory):
    """A stand-in: the solver is real, the packages are empty."""
    folder = tmp_path_factory.mktemp("conda")
    fake_conda.make_channel(folder / "channel", [ENV])
    commands = fake_conda.make_base(folder / "base", folder / "channel")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{commands}:{os.environ['PATH']}")
        yield


def test_jobs_run_in_their_environment(conda, small_run, tmp_path):
    study = Study(tmp_path / "with conda", SMALL)
    files = "results/example_trace.parquet", "thesis_figs/voltage_example.svg"
    said = study.snakemake(*files, "--sdm", "conda")
    assert "Activating conda environment: .snakemake/conda/" in said
    assert len(list((study / ".snakemake/conda").glob("*/conda-meta"))) == 1
    assert study.outputs().items() <= small_run.outputs().items()
