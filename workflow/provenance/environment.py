"""Where jobs run: the interpreter, its packages, the machine. Each job says it for itself."""

import hashlib
import json
import os
import platform
import sys
import sysconfig
from importlib.metadata import distributions
from pathlib import Path
from typing import TextIO

FOLDER = Path("results/logs/environments")


def register(log: TextIO | None = None) -> str:
    """Describe the environment of this process in ``FOLDER``, unless that was done before.

    ``log`` gets a line from which ``of_log`` tells where its job ran; it must be the first one.
    Returns the environment's name.
    """
    path = FOLDER / f"{_digest()}.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, json.dumps(describe(), indent=2) + "\n")
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
    """``packages``: version by name; of a conda environment's also build and channel."""
    packages = {}
    for d in distributions():
        by_conda = _conda_packages() and (d.read_text("INSTALLER") or "").strip() == "conda"
        if d.name and not by_conda:
            packages[d.name.lower()] = {"version": d.version}
    for file in _conda_packages():
        package = json.loads(file.read_text("utf-8"))
        packages[package["name"]] = {k: package.get(k) for k in ("version", "build", "channel")}
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


def write(path: Path, text: str) -> None:
    """All of a file or nothing. What UTF-8 can't hold (of a path, say) becomes a question mark."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.unfinished")
    try:
        unfinished.write_text(text, "utf-8", "replace")
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _digest() -> str:
    """Another one for another host, interpreter or package; folders' names tell versions."""
    installed = sorted(Path(sysconfig.get_path("purelib")).glob("*-info"))
    known = [platform.node(), sys.executable, sys.version, *installed, *_conda_packages()]
    return hashlib.sha256("\n".join(map(str, known)).encode("utf-8", "replace")).hexdigest()[:16]


def _conda_packages() -> list[Path]:
    return sorted(Path(sys.prefix, "conda-meta").glob("*.json"))


def _cpu() -> str:
    try:
        import archspec.cpu
    except ModuleNotFoundError:  # not among what jobs need, so not in their conda environments
        return platform.machine()
    cpu = archspec.cpu.host()
    return f"{archspec.cpu.brand_string() or cpu.vendor} ({cpu.name})"
