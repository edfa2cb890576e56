"""The package stands by itself: what it needs is declared, and what it reads is part of it."""

import ast
import doctest
import os
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch

import numpy as np
import pytest

import nto1
from nto1 import units
from study import ROOT

PACKAGE = ROOT / "workflow/nto1"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
SOURCES = sorted(PACKAGE.rglob("*.py"))


def imports(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module)
    return {name.partition(".")[0] for name in found}


def test_what_it_imports_is_declared():
    imported = set().union(*(imports(ast.parse(file.read_text("utf-8"))) for file in SOURCES))
    others = imported - sys.stdlib_module_names - {"nto1", "llvmlite"}  # comes with numba
    named, project = {"yaml": "pyyaml"}, PROJECT["project"]
    optional = {*project["optional-dependencies"]["recordings"]}
    assert {named.get(name, name) for name in others} - optional == {*project["dependencies"]}


def test_all_its_files_are_installed():
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["nto1"]
    files = subprocess.run(
        ["git", "ls-files", "."], cwd=PACKAGE, text=True, capture_output=True, check=True
    ).stdout.split()
    data = [file for file in files if not file.endswith(".py")]
    assert "py.typed" in data
    assert [file for file in data if not any(fnmatch(file, p) for p in patterns)] == []


def test_it_needs_nothing_beside_it(tmp_path):
    """Nor a table of the repository; and names are there without what only the workflow needs."""
    shutil.copytree(PACKAGE, tmp_path / "nto1", ignore=shutil.ignore_patterns("__pycache__"))
    code = """if True:
        import sys
        for name in ("snakemake", "matplotlib", "pyarrow", "seaborn"):
            sys.modules[name] = None
        import nto1
        from nto1.config import resolve
        from nto1.inference.n_to_1 import tabled_weight
        from nto1.studies.run import TABLES
        for name in nto1.__all__:
            getattr(nto1, name)
        table = TABLES["weights"](resolve({}), 1)
        print(nto1.__file__, round(tabled_weight(6500, table, 0.0) * 1e12, 6))
    """
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, text=True, capture_output=True
    )
    assert done.stderr == ""
    assert done.stdout.split() == [str(tmp_path / "nto1/__init__.py"), "15.036"]


def test_version():
    assert nto1.__version__ == PROJECT["project"]["version"]
    assert "__version__" in dir(nto1)


SECTIONS = {"Parameters": "----------", "Raises": "------", "Examples": "--------"}


@pytest.mark.parametrize("name", nto1.__all__)
def test_public_names_are_documented_and_their_examples_run(name):
    public = getattr(nto1, name)
    names = {each: getattr(nto1, each) for each in nto1.__all__} | vars(units) | {"np": np}
    tests = doctest.DocTestFinder(recurse=False).find(public, name, globs=names)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    failed, tried = runner.run(tests[0])
    assert tried > 0
    assert failed == 0
    if not isinstance(public, type):
        for section, line in (SECTIONS | {"Returns": "-------"}).items():
            if section == "Returns" and "Yields\n" in public.__doc__:
                continue
            assert f"{section}\n    {line}\n" in public.__doc__, section
