"""One source of versions; and what Snakemake does with the conda files."""

import ast
import os
import re
import subprocess
import sys
import tomllib

import pytest
import stand_in_for_conda
import yaml
from killing import outputs
from rattler import MatchSpec

from conftest import ROOT, SMALL, Study, copy_checkout

LOCK = (ROOT / "envs/requirements.lock").read_text()
LOCKED = dict(re.findall(r"^([\w.-]+)==([\w.]+)", LOCK, re.MULTILINE))
CONDA_NAMES = {"matplotlib-base": "matplotlib"}
MODULES = {"yaml": "pyyaml", "matplotlib": "matplotlib-base"}

ENVS = sorted((ROOT / "envs").glob("*.yaml"))
RULES = [*ROOT.glob("workflow/rules/*.smk"), *ROOT.glob("benchmarks/*.smk")]
FOLDERS = [ROOT / "workflow/scripts", ROOT / "workflow", ROOT / "tests"]


@pytest.mark.parametrize("file", [env.name for env in ENVS])
def test_conda_files_pin_what_the_lock_pins(file):
    env = yaml.safe_load((ROOT / "envs" / file).read_text())
    assert env["channels"] == ["conda-forge", "nodefaults"]
    for spec in env["dependencies"]:
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


@pytest.mark.parametrize("name", ["requirements.lock", "bootstrap.lock"])
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


@pytest.mark.parametrize("env", ENVS, ids=lambda env: env.name)
def test_every_spec_is_one_that_conda_understands(env):
    for spec in yaml.safe_load(env.read_text())["dependencies"]:
        parsed = MatchSpec(spec, strict=True)
        assert spec == f"{parsed.name.normalized}={str(parsed.version).removesuffix('.*')}"


def test_a_spec_that_conda_would_not_understand_is_noticed():
    with pytest.raises(Exception, match="malformed version"):
        MatchSpec("numpy=2..4", strict=True)


def rules(file) -> dict[str, str]:
    """The text of each rule."""
    parts = re.split(r"^rule (\w+):\n", file.read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


WITH_WORK = [
    (file, name, text)
    for file in RULES
    for name, text in rules(file).items()
    if "    script:" in text or "    shell:" in text
]


@pytest.mark.parametrize(
    ("file", "name", "text"), WITH_WORK, ids=[name for _, name, _ in WITH_WORK]
)
def test_every_rule_names_an_environment_that_has_what_it_needs(file, name, text):
    (env,) = re.findall(r'    conda:\n        "(.*)"', text)
    has = set(yaml.safe_load((file.parent / env).read_text())["dependencies"])
    has = {spec.partition("=")[0] for spec in has}
    for script in re.findall(r'    script:\n        "(.*)"', text):
        assert needed_by(file.parent / script) <= has


def needed_by(script) -> set[str]:
    """Packages that a script imports, or that a file of ours does which it imports."""
    found, todo, done = set(), [script], set()
    while todo:
        done.add(file := todo.pop())
        for module in imported_by(file):
            path = f"{module.replace('.', '/')}.py"
            ours = [folder / path for folder in [file.parent, *FOLDERS]]
            ours = [file for file in ours if file.exists()]
            if ours:
                todo += set(ours[:1]) - done
            elif module.partition(".")[0] not in sys.stdlib_module_names | {"nto1"}:
                found.add(module.partition(".")[0])
    found -= {"llvmlite"}  # comes with numba
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
    stand_in_for_conda.make_channel(folder / "channel", ENVS)
    commands = stand_in_for_conda.make_base(folder / "base", folder / "channel")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{commands}:{os.environ['PATH']}")
        yield


def test_jobs_run_in_their_environments(conda, small, tmp_path):
    study = Study(tmp_path / "with conda", SMALL)
    tables = "results/example_trace.parquet", "thesis_figs/voltage_example.svg"
    said = study.snakemake(*tables, "--sdm", "conda")
    assert "Activating conda environment: .snakemake/conda/" in said
    made = (study / ".snakemake/conda").glob("*/conda-meta")
    assert len(list(made)) == len(ENVS)
    for name, data in outputs(study).items():
        assert data == outputs(small)[name], name


def test_an_environment_that_cannot_be_had_stops_the_run(conda, tmp_path):
    checkout = copy_checkout(tmp_path / "checkout")
    env = checkout / "envs/plot.yaml"
    env.write_text(env.read_text().replace("seaborn=", "seaborn=9"))
    said = Study(tmp_path / "study", SMALL, checkout).snakemake("--sdm", "conda", ok=False)
    assert "Could not create conda environment from" in said
    assert "seaborn 9" in said


def test_containerize_writes_a_dockerfile_with_every_environment(conda, tmp_path):
    checkout = copy_checkout(tmp_path / "checkout")
    command = ["--snakefile", "Snakefile", "--containerize"]
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", *command], cwd=checkout, text=True, capture_output=True
    )
    lines = done.stdout.splitlines()
    assert lines[0].startswith("FROM condaforge/miniforge3:")
    copied = dict(re.findall(r"^COPY (\S+) (/conda-envs/\w+)/environment.yaml$", done.stdout, re.M))
    assert copied.keys() == {f"envs/{env.name}" for env in ENVS}
    for prefix in copied.values():
        create = f"conda env create --prefix {prefix} --file {prefix}/environment.yaml"
        assert create in done.stdout
    for env in ENVS:
        for spec in yaml.safe_load(env.read_text())["dependencies"]:
            assert f"#     - {spec}" in lines
