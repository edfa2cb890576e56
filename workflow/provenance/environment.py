"""Where a run takes place: the machine, its software, the state of the sources."""

import os
import platform
import subprocess
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import archspec.cpu
import psutil
from packaging.requirements import Requirement

THREAD_VARIABLES = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def machine() -> dict:
    cpu = archspec.cpu.host()
    return {
        "host": platform.node(),
        "platform": platform.platform(),
        "cpu": archspec.cpu.brand_string() or cpu.name,
        "cpu_kind": cpu.name,
        "logical_cpus": os.cpu_count(),
        "memory_GB": round(psutil.virtual_memory().total / 1e9, 1),
    }


def software(project: Path) -> dict:
    """Versions of Python, of what the project asks for, and of all that is installed."""
    packages = {d.metadata["Name"].lower(): d.version for d in distributions()}
    return {
        "python": platform.python_version(),
        "direct": {name: packages[name] for name in direct(project) if name in packages},
        "all": dict(sorted(packages.items())),
    }


def direct(project: Path) -> list[str]:
    """The packages that a run uses, as ``pyproject.toml`` names them."""
    if not project.exists():
        return []
    table = tomllib.loads(project.read_text("utf-8"))["project"]
    wanted = [*table["dependencies"], *table["optional-dependencies"]["workflow"]]
    return [Requirement(text).name for text in wanted]


def thread_variables() -> dict:
    return {name: os.environ[name] for name in THREAD_VARIABLES if name in os.environ}


def git_state(folder: Path) -> dict:
    """The commit a folder is at, and what was changed since; or why that isn't known."""
    try:
        # A repository around an unpacked archive is not that of the workflow.
        _git(folder, "ls-files", "--error-unmatch", "Snakefile")
        return {
            "commit": _git(folder, "rev-parse", "HEAD").strip(),
            "commit_date": _git(folder, "log", "-1", "--format=%cI").strip(),
            "uncommitted_changes": _git(folder, "status", "--porcelain").splitlines(),
        }
    except FileNotFoundError:
        reason = "git is not installed"
    except subprocess.TimeoutExpired:
        reason = "git did not answer within a minute"
    except subprocess.CalledProcessError as error:
        reason = f"not a git checkout ({error.stderr.splitlines()[0]})"
    return {"commit": None, "why_unknown": reason}


def _git(folder: Path, *arguments: str) -> str:
    # Without locks: others may be working with the repository.
    command = ["git", "--no-optional-locks", "-C", str(folder), *arguments]
    done = subprocess.run(
        command,
        env=os.environ | {"LC_ALL": "C"},
        text=True,
        capture_output=True,
        check=True,
        timeout=60,
    )
    return done.stdout
