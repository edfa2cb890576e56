"""The conda files and the lock name the same versions, and the lock names no host."""

import re
import tomllib

import pytest
import yaml

from conftest import ROOT

LOCK = (ROOT / "envs/requirements.lock").read_text()
LOCKED = dict(re.findall(r"^([\w.-]+)==([\w.]+)", LOCK, re.MULTILINE))
CONDA_NAMES = {"matplotlib-base": "matplotlib"}


@pytest.mark.parametrize("file", sorted(path.name for path in (ROOT / "envs").glob("*.yaml")))
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
