"""Folders and settings that people have: odd names, links, no home, files called like modules."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from nto1 import kernel_cache
from nto1.jit import _compile
from nto1.kernel_cache import CACHE
from study import ROOT, SMALL, Study, copy_checkout

NETWORK = "results/network/spikes.csv"


def test_a_checkout_with_braces_and_no_home(small_run, tmp_path):
    """Snakemake takes braces for wildcards, keeps what it reads in the user's home, and jobs start
    where files may be called like Python's own modules."""
    folder = copy_checkout(tmp_path / "a{b} c")
    kernels = shutil.copytree(CACHE, tmp_path / "{x}" / CACHE.name).parent
    for module in ("random.py", "types.py"):
        (folder / module).write_text("x = 1\n")
    study = Study(folder, SMALL, folder)
    no_home = {"HOME": str(folder / "Snakefile"), "XDG_CACHE_HOME": "", "XDG_CONFIG_HOME": ""}
    study.environment = study.environment | no_home | {"NUMBA_CACHE_DIR": str(kernels)}
    _, _, _, *arguments = study.command(NETWORK, "thesis_figs/network.svg")
    said = study._run([Path(sys.executable).with_name("snakemake"), *arguments])
    assert "Matplotlib created a temporary" not in said
    assert study.outputs().items() <= small_run.outputs().items()
    assert "results/network/spikes.csv" in study.outputs()
    assert (kernels / "cache").is_dir()


def test_compilation_where_files_are_called_like_modules(tmp_path, monkeypatch):
    for module in ("random.py", "types.py"):
        (tmp_path / module).write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RuntimeError, match="KeyError: 'no such model'"):  # all was imported before
        _compile(["no such model"])


def test_kernels_are_kept_where_files_can_be_written(tmp_path, monkeypatch):
    file = tmp_path / "file"  # below which no folder can be made, by root either
    file.touch()
    for name in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert kernel_cache._base() == kernel_cache.PACKAGE / "__pycache__"
    monkeypatch.setattr(kernel_cache, "PACKAGE", file / "nto1")
    assert kernel_cache._base() == tmp_path / "home/.cache/nto1"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert kernel_cache._base() == tmp_path / "xdg/nto1"
    monkeypatch.setenv("XDG_CACHE_HOME", str(file))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert kernel_cache._base() == tmp_path / f"nto1-{os.getuid()}"
    assert kernel_cache._base().stat().st_mode & 0o777 == 0o700
    monkeypatch.setenv("XDG_CACHE_HOME", "~")  # what is left of a home that is not known
    monkeypatch.chdir(tmp_path)
    assert kernel_cache._base() == tmp_path / f"nto1-{os.getuid()}"
    monkeypatch.setenv("NUMBA_CACHE_DIR", "mine")
    assert kernel_cache._base() == tmp_path / "mine"


def test_deleting_all_output_leaves_the_checkout_alone(small):
    kept = {path: path.stat().st_mtime for path in (*CACHE.rglob("*"), *ROOT.glob("thesis_figs/*"))}
    small.snakemake("--delete-all-output")
    assert not small.hashes()
    assert kept == {path: path.stat().st_mtime for path in kept}


PYTHON = """\
#!/bin/sh
# Instead of Python: makes an environment whose programs say what they are given.
[ "$2" = venv ] || exit 0
mkdir -p .venv/bin
printf '#!/bin/sh\\necho "user=$PIP_USER target=$PIP_TARGET" >> said.txt' > .venv/bin/pip
for name in uv python; do printf '#!/bin/sh\\n' > .venv/bin/$name; done
chmod +x .venv/bin/*
"""


def test_an_environment_that_is_a_link_and_settings_of_pip(tmp_path):
    shutil.copytree(ROOT / "envs", tmp_path / "envs")
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "workflow").mkdir()
    python = tmp_path / "python"
    python.write_text(PYTHON)
    python.chmod(0o755)
    others = tmp_path / "somebody's"
    others.mkdir()
    (others / "precious").touch()
    (tmp_path / ".venv").symlink_to(others)
    ready = ".venv/.in-sync-with-lock"
    settings = os.environ | {"PIP_USER": "1", "PIP_TARGET": str(tmp_path)}
    subprocess.run(["make", f"PYTHON={python}", ready], cwd=tmp_path, env=settings, check=True)
    assert [file.name for file in others.iterdir()] == ["precious"]
    assert not (tmp_path / ".venv").is_symlink()
    assert Path(tmp_path, ready).exists()
    assert Path(tmp_path, "said.txt").read_text() == "user=0 target=\n"
