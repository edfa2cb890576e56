import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
import yaml
from hypothesis import settings

from browser import Browser

ROOT = Path(__file__).resolve().parents[1]

# The first example of a test may compile; the same examples every time.
settings.register_profile("here", deadline=None, derandomize=True)
settings.load_profile("here")

SMALL = {
    "experiment": {"duration_s": 0.5, "seeds": [0, 1]},
    "sweep": {"N": 100, "weights_pS": [0, 600, 1200], "weights_per_batch": 1},
    "find_weight": {"N": [10, 20], "N_per_batch": 1, "target_rate_Hz": 10},
    "example": {"N": 100, "weight_pS": 900, "shown_s": 0.2},
    "network": {"duration_s": 0.5, "shown_s": 0.5},
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
}


class Study:
    """A working directory with a config of its own, in which the workflow is run."""

    where = ("--cores", "2")
    environment: Mapping[str, str] = MappingProxyType({"COLUMNS": "200"})

    def __init__(self, folder: Path, config: dict, checkout: Path = ROOT):
        self.folder, self.config, self.checkout = folder, config, checkout
        folder.mkdir(parents=True, exist_ok=True)

    def snakemake(self, *arguments, ok=True) -> str:
        """Run snakemake there; its output. With ``ok=False`` it has to fail."""
        done = subprocess.run(
            self.command(*arguments), text=True, stderr=subprocess.STDOUT, **self.surroundings()
        )
        if (done.returncode == 0) != ok:
            pytest.fail("\n".join(done.stdout.splitlines()[-60:]))
        return done.stdout

    def start(self, *arguments) -> subprocess.Popen:
        """Run snakemake there, in the background."""
        return subprocess.Popen(
            self.command(*arguments), text=True, stderr=subprocess.STDOUT, **self.surroundings()
        )

    def command(self, *arguments) -> list:
        config_file = self.folder / "my.yaml"
        config_file.write_text(yaml.safe_dump(self.config))
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

    def hashes(self) -> dict[str, str]:
        """SHA-256 of every table and figure, by path."""
        paths = [*self.folder.glob("results/**/*"), *self.folder.glob("thesis_figs/*")]
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in paths
            if path.suffix in (".csv", ".parquet", ".pdf", ".svg")
            and not {"run-crate", ".kept"} & {*path.parts}
        }

    def __truediv__(self, path: str) -> Path:
        return self.folder / path


def copy_checkout(folder: Path) -> Path:
    """The parts of the project that the workflow needs, without what was made by it."""
    for name in ("benchmarks", "config", "envs", "profiles", "resources", "workflow"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Snakefile", folder)
    return folder


@pytest.fixture(scope="session")
def thesis(tmp_path_factory) -> Study:
    """The real thing, run in another folder."""
    study = Study(tmp_path_factory.mktemp("thesis"), {})
    study.output = study.snakemake()
    return study


@pytest.fixture(scope="session")
def _small(tmp_path_factory) -> Study:
    study = Study(tmp_path_factory.mktemp("small"), SMALL)
    study.snakemake()
    return study


@pytest.fixture
def small(_small, tmp_path) -> Study:
    """A small study that has been run, in a folder of the test's own."""
    shutil.copytree(_small.folder, tmp_path / "small", dirs_exist_ok=True)
    return Study(tmp_path / "small", yaml.safe_load(yaml.safe_dump(SMALL)))


def need(*programs: str) -> None:
    """Skip a test whose programs are not installed; where all should be, let it fail."""
    if missing := [name for name in programs if not shutil.which(name)]:
        reason = f"needs {', '.join(missing)} (Debian: chromium, chromium-driver, graphviz)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)


@pytest.fixture(scope="session")
def browser():
    need("chromium", "chromedriver")
    with Browser() as browser:
        yield browser
