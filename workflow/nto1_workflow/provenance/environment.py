"""Where jobs run: the interpreter, its packages, the machine. Each job says it for itself."""

import hashlib
import json
import os
import platform
import re
import sys
import sysconfig
from contextlib import suppress
from importlib.metadata import distributions
from pathlib import Path
from typing import TextIO

from nto1_workflow.running.files import write_text

FOLDER = Path("results/logs/environments")


def register(log: TextIO | None = None) -> str:
    """Describe the environment of this process in ``FOLDER``, unless that was done before.

    ``log`` gets a line, its first, from which ``of_log`` tells where its job ran.
    Returns the environment's name.
    """
    path = FOLDER / f"{_digest()}.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(json.dumps(describe(), indent=2) + "\n", path)
    if log:
        print(f"Python {platform.python_version()} on {platform.node()}: {path}", file=log)
    return path.stem


def of_log(log: str | Path) -> str | None:
    """The name of the environment in which the job with this log ran, if the log says so."""
    try:
        with open(log, encoding="utf-8", errors="replace") as stream:
            path = Path(stream.readline().rpartition(": ")[2].strip())
    except FileNotFoundError:
        return None
    return path.stem if path.parent == FOLDER and path.exists() else None


def read(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def describe() -> dict:
    """``packages``: version by name; of those that conda installed, Python's or not, also build and
    channel."""
    packages: dict[str, str | dict] = {d.name.lower(): d.version for d in distributions() if d.name}
    for file in _conda_packages():
        package = json.loads(file.read_text("utf-8"))
        told = {key: package.get(key) for key in ("version", "build", "channel")}
        packages[package["name"].lower()] = told
    return {
        "host": platform.node(),
        "platform": platform.platform(),
        "cpu": _cpu(),
        "logical_cpus": os.cpu_count(),
        "memory_GB": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9,
        "interpreter": sys.executable,
        "python": platform.python_version(),
        "packages": dict(sorted(packages.items())),
    }


def _digest() -> str:
    """Another one for another host, interpreter or package; folders' names tell versions."""
    installed = sorted(Path(sysconfig.get_path("purelib")).glob("*-info"))
    known = [platform.node(), sys.executable, sys.version, *installed, *_conda_packages()]
    return hashlib.sha256("\n".join(map(str, known)).encode("utf-8", "replace")).hexdigest()[:16]


def _conda_packages() -> list[Path]:
    return sorted(Path(sys.prefix, "conda-meta").glob("*.json"))


def _cpu() -> str:
    with suppress(OSError):
        if found := re.search(r"^model name\s*: (.*)", Path("/proc/cpuinfo").read_text(), re.M):
            return found[1]
    return platform.machine()
