"""Studies: working directories with a config of their own, in which the workflow is run."""

import copy
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import psutil
import pytest
import yaml

from nto1.kernel_cache import CACHE

ROOT = Path(__file__).resolve().parents[1]

SMALL = {
    "experiment": {"duration_s": 0.5, "seeds": [0, 1]},
    "sweep": {"N": 100, "weights_pS": [0, 600, 1200], "weights_per_batch": 1},
    "find_weight": {"N": [10, 20], "N_per_batch": 1, "target_rate_Hz": 10},
    "example": {"N": 100, "weight_pS": 900, "shown_s": 0.2},
    "network": {"duration_s": 0.5, "shown_s": 0.5},
    "adex_network": {"duration_s": 1, "voltage_shown_s": 1, "raster_shown_s": 1},
    "connection_test": {
        "duration_s": 2,
        "n_trains": 10,
        "n_shuffles": 5,
        "window_ms": 20,
        "excerpt": {
            "start_ms": 100,
            "duration_ms": 200,
            "zoom_start_ms": 150,
            "zoom_duration_ms": 7,
        },
        "variants": [{"imaging_spike_SNR": 5}],
    },
    "connection_inference": {"overview": {"N": [20, 50], "duration_s": 5}},
}

# Recordings of published numbers, by the tests these are of; for others, few and small ones.
PUBLISHED = ["sta", "template", "line_fit", "spikes"]
CHEAP = {
    "connection_inference": {
        "overview": {"N": [20], "spike_SNR": [10]},
        "all_inputs": {"N": [5, 20], "methods": PUBLISHED},
        "window": {"N": [5, 20]},
        "noise": {"seeds": [1], "spike_SNR": [float("inf"), 40, 10], "methods": ["sta"]},
        "duration": {"seeds": [1], "duration_s": [10]},
        "N_by_duration": {"N": [20, 100], "duration_s": [10, 30], "seeds": [1]},
        "regression_noise": {"N": [20], "seeds": [1], "spike_SNR": [float("inf"), 40, 0.2]},
        "observed": {"N": 20, "seeds": [1], "share": [0.5, 1], "spike_SNR": [4]},
    },
    "connection_test": {"duration_s": 60, "seeds_up_to_s": 10, "variants": []},
}


class Study:
    """A working directory with a config of its own, in which the workflow is run."""

    where = ("--cores", "2")
    environment: Mapping[str, str] = MappingProxyType({"COLUMNS": "200"})

    def __init__(self, folder: Path, config: dict, checkout: Path = ROOT):
        self.folder, self.config, self.checkout = folder, copy.deepcopy(config), checkout
        self.started = []
        folder.mkdir(parents=True, exist_ok=True)

    def snakemake(self, *arguments, ok=True) -> str:
        """Run snakemake there; its output. With ``ok=False`` it has to fail. What waits for ever,
        for a job that no node can take, say, is ended."""
        return self._run(self.command(*arguments), ok)

    def make(self, target: str) -> str:
        """Run ``make`` in the checkout, for this is a clone that is worked in; its output."""
        return self._run(["make", "--no-print-directory", target])

    def _run(self, command: list, ok=True) -> str:
        done = subprocess.run(
            command, text=True, stderr=subprocess.STDOUT, timeout=900, **self.surroundings()
        )
        if (done.returncode == 0) != ok:
            pytest.fail("\n".join(done.stdout.splitlines()[-60:]))
        return done.stdout

    def start(self, *arguments) -> subprocess.Popen:
        """Run snakemake there, in the background."""
        run = subprocess.Popen(
            self.command(*arguments), text=True, stderr=subprocess.STDOUT, **self.surroundings()
        )
        self.started.append(run)
        return run

    def end(self) -> None:
        """Leave nothing running, whatever came of a test."""
        for run in self.started:
            if run.poll() is None:
                for process in [*psutil.Process(run.pid).children(recursive=True), run]:
                    process.kill()
                run.wait()

    def command(self, *arguments) -> list:
        config_file = self.folder / "my.yaml"
        config_file.write_text(yaml.safe_dump(self.config, sort_keys=False))
        command = [sys.executable, "-m", "snakemake", *self.where, "--nocolor", *arguments]
        command += ["--snakefile", self.checkout / "Snakefile"]
        return command + ["--directory", self.folder, "--configfile", config_file]

    def surroundings(self) -> dict:
        environment = os.environ | self.environment
        return {"cwd": self.checkout, "env": environment, "stdout": subprocess.PIPE}

    def planned(self, *arguments) -> dict[str, int]:
        """Jobs by rule that would be run."""
        output = self.snakemake(*arguments, "--dry-run", "--quiet", "rules")
        jobs = dict(re.findall(r"^(\w+) +(\d+)$", output, re.MULTILINE))
        return {rule: int(n) for rule, n in jobs.items() if rule not in ("all", "total")}

    def outputs(self) -> dict[str, str]:
        """SHA-256 of every file made, by path; but for logs and the records of runs, which say when
        they were."""
        files = [f for folder in ("results", "thesis_figs") for f in (self / folder).rglob("*")]
        names = {file.relative_to(self.folder): file for file in files if file.is_file()}
        return {
            str(name): hashlib.sha256(file.read_bytes()).hexdigest()
            for name, file in names.items()
            if not {"logs", "run-crate"} & {*name.parts} and name.stem != "provenance"
        }

    def hashes(self) -> dict[str, str]:
        """Of every table and figure."""
        kinds = (".csv", ".parquet", ".pdf", ".svg")
        return {name: hash for name, hash in self.outputs().items() if name.endswith(kinds)}

    def copy_to(self, folder: Path) -> "Study":
        """The same with all that was made, to be changed."""
        for made in ("results", "thesis_figs", ".snakemake"):
            shutil.copytree(self / made, folder / made)
        return Study(folder, self.config, self.checkout)

    def __truediv__(self, path: str) -> Path:
        return self.folder / path


def copy_checkout(folder: Path) -> Path:
    """The parts of the project that the workflow needs, without what was made by it but for
    compiled kernels, which take half a minute."""
    for name in ("benchmarks", "config", "envs", "profiles", "resources", "workflow"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Snakefile", "pyproject.toml"):  # which has the version
        shutil.copy(ROOT / name, folder)
    copy_kernels(folder)
    return folder


NOT_CLONED = (".git", ".venv", "results", "thesis_figs", ".snakemake", "__pycache__", "_build")


def clone(folder: Path) -> Path:
    """The project as it is cloned, but for figures, which are to be made. What is set up for the
    tests stands in for the set-up, which continuous integration does on a clean checkout."""
    ignore = shutil.ignore_patterns(*NOT_CLONED, ".*_cache", ".hypothesis")
    shutil.copytree(ROOT, folder, ignore=ignore, dirs_exist_ok=True)
    (folder / ".venv").mkdir()
    for part in ("bin", "lib", "pyvenv.cfg"):
        (folder / ".venv" / part).symlink_to(Path(sys.prefix, part))
    (folder / ".venv/.in-sync-with-lock").touch()
    copy_kernels(folder)
    return folder


def copy_kernels(checkout: Path) -> None:
    shutil.copytree(CACHE, checkout / "workflow/nto1/__pycache__" / CACHE.name, dirs_exist_ok=True)


def with_messages(text: str) -> list:
    """Parameters of a test, from lines ``what is wrong, in YAML -> message``."""
    pairs = re.findall(r"^(\S.*?)\s+-> (.*)$", text, re.MULTILINE)
    return [pytest.param(yaml.safe_load(wrong), message, id=message) for wrong, message in pairs]


def need(*programs: str) -> None:
    """Skip a test whose programs are not installed; where all should be, let it fail."""
    if missing := [name for name in programs if not shutil.which(name)]:
        reason = f"needs {', '.join(missing)} (Debian: chromium, chromium-driver, graphviz)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
