"""What the rules share: which files hold the science, and how work is cut into jobs."""

import hashlib
from math import ceil
from pathlib import Path

import yaml
from snakemake.io import report
from snakemake.utils import update_config

from nto1.memory import fit_sweep, search_MB, sweep_MB, trace_MB
from nto1.sources import used_by
from schemas.check import InvalidConfig

SCRIPTS = Path(__file__).parent / "scripts"
THESIS = Path(__file__).parents[1] / "config" / "config.yaml"
PUBLISHED = Path(__file__).parents[1] / "resources" / "published"
MEASURED = Path(__file__).parents[1] / "benchmarks" / "measured"
STYLE = [str(SCRIPTS / name) for name in ("style.py", "thesis.mplstyle")]

# A job should be worth its start, of about a second, and leave work for other cores.
JOB_SECONDS = 10

# Measured: per time step of one run, with its median and without.
SECONDS_PER_STEP_WITH_MEDIAN, SECONDS_PER_STEP = 4e-9, 2.5e-9
EVALUATIONS_PER_SEARCH = 12


def science(script: str) -> list[str]:
    """Files of the package nto1 that a script uses."""
    return [str(file) for file in used_by(SCRIPTS / script)]


def over_the_thesis(config: dict) -> dict:
    """The thesis's config, changed by this one. That of a module says only what is different."""
    thesis = yaml.safe_load(THESIS.read_text())
    update_config(thesis, config)
    return thesis


def figure(path: str, category: str, shows: str, caption: str = "") -> list:
    """The files of a figure, of which the report shows one."""
    return [f"{path}.pdf", in_report(f"{path}.svg", category, shows, caption)]


def table(path: str, category: str, shows: str, caption: str = "") -> list:
    """The files of a table, of which the report shows the last: a page with its rows."""
    files = [f"{path}.csv", f"{path}.parquet"]
    return [*files, in_report(f"{path}.html", category, shows, caption)]


def in_report(path: str | Path, category: str, shows: str, caption: str = ""):
    """A file that the report shows. Its caption in workflow/report is named like it, by default."""
    caption = f"../report/{caption or Path(path).stem}.rst"
    return report(path, caption=caption, category=category, labels={"result": shows})


def label(value: float) -> str:
    """A number as it stands in file names: 14, 12.5."""
    return repr(float(value)).removesuffix(".0")


def weights_per_batch(config: dict) -> int:
    """As configured, or as many as a job of some seconds has time for."""
    n_runs = len(config["experiment"]["seeds"])
    seconds = n_runs * _n_steps(config) * SECONDS_PER_STEP_WITH_MEDIAN
    return _per_batch(config["sweep"]["weights_per_batch"], seconds)


def N_per_batch(config: dict) -> int:
    """As configured, or as many as a job of some seconds has time for, inputs aside."""
    n_runs = len(config["experiment"]["seeds"]) * EVALUATIONS_PER_SEARCH
    seconds = n_runs * _n_steps(config) * SECONDS_PER_STEP
    return _per_batch(config["find_weight"]["N_per_batch"], seconds)


def memory_to_sweep(config: dict, wildcards=None, threads: int = 1) -> int:
    """Megabytes for a job of the sweep: what it could use, but not more than it may."""
    N, n_steps = config["sweep"]["N"], _n_steps(config)
    n_weights = min(weights_per_batch(config), len(config["sweep"]["weights_pS"]))
    may = config["experiment"]["memory_per_job_MB"]
    fit = fit_sweep(N, n_steps, len(config["experiment"]["seeds"]), n_weights, threads, may)
    return ceil(sweep_MB(N, n_steps, *fit, threads))


def memory_to_search(config: dict, wildcards=None, threads: int = 1) -> int:
    """Megabytes for a job that searches weights."""
    largest = max(config["find_weight"]["N"])
    return ceil(search_MB(largest, _n_steps(config), len(config["experiment"]["seeds"]), threads))


def memory_for_example(config: dict, wildcards=None, threads: int = 1) -> int:
    """Megabytes for the one run with its trace."""
    return ceil(trace_MB(config["example"]["N"], _n_steps(config)))


def check_memory(config: dict) -> None:
    """Raise ``InvalidConfig`` if a job needs more memory than it may have."""
    may = config["experiment"]["memory_per_job_MB"]
    for section, needed in (
        ("sweep", memory_to_sweep(config)),
        ("find_weight", memory_to_search(config)),
        ("example", memory_for_example(config)),
    ):
        if needed > may:
            raise InvalidConfig(
                f"{section}: a job needs {needed} MB, more than experiment.memory_per_job_MB "
                f"({may}). Raise it, or choose shorter runs, fewer seeds or fewer inputs."
            )


def _n_steps(config: dict) -> int:
    experiment = config["experiment"]
    return round(experiment["duration_s"] / (experiment["timestep_ms"] * 1e-3))


def _per_batch(configured: int | str, seconds_each: float) -> int:
    if configured != "auto":
        return configured
    return max(1, int(JOB_SECONDS / seconds_each))


def batches(values: list, size: int) -> dict[str, list]:
    """Values in batches of about ``size``, by the label of each batch's first value.

    A batch begins at every value whose hash is a multiple of ``size``. Where batches begin thus
    depends on the values themselves, not on how many there are: one more value changes no other
    batch than the one it falls in.
    """
    result = {}
    for value in sorted(values):
        digest = hashlib.sha256(label(value).encode()).digest()
        if not result or int.from_bytes(digest[:8]) % size == 0:
            batch = result[label(value)] = []
        batch.append(value)
    return result
