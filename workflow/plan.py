"""What the rules share: which files hold the science, and how work is cut into jobs."""

import ast
import hashlib
from pathlib import Path

WORKFLOW = Path(__file__).parent
PACKAGE = WORKFLOW / "nto1"
STYLE = [str(WORKFLOW / "scripts" / name) for name in ("style.py", "thesis.mplstyle")]

# A job should be worth its start, but not so large that one more value in it costs much.
JOB_SECONDS = 120
MOST_PER_BATCH = 4

# Measured: per time step of one run, with its median and without.
SECONDS_PER_STEP_WITH_MEDIAN, SECONDS_PER_STEP = 4e-9, 2.5e-9
EVALUATIONS_PER_SEARCH = 12


def science(module: str) -> list[str]:
    """Files of the package nto1 that make up a module: itself and all it imports from there."""
    files, todo = set(), {module}
    while todo:
        file = PACKAGE / f"{todo.pop()}.py"
        files.add(str(file))
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module.partition(".")[0] == "nto1":
                names = [node.module] if "." in node.module else [a.name for a in node.names]
                todo |= {name.removeprefix("nto1.") for name in names}
        todo -= {Path(file).stem for file in files}
    return sorted(files)


def label(value: float) -> str:
    """A number as it stands in file names: 14, 12.5."""
    return repr(float(value)).removesuffix(".0")


def weights_per_batch(config: dict) -> int:
    """As configured, or as many as a job of a minute or two has time for."""
    n_runs = len(config["experiment"]["seeds"])
    seconds = n_runs * _n_steps(config) * SECONDS_PER_STEP_WITH_MEDIAN
    return _per_batch(config["sweep"]["weights_per_batch"], seconds)


def N_per_batch(config: dict) -> int:
    """As configured, or as many as a job of a minute or two has time for, inputs aside."""
    n_runs = len(config["experiment"]["seeds"]) * EVALUATIONS_PER_SEARCH
    seconds = n_runs * _n_steps(config) * SECONDS_PER_STEP
    return _per_batch(config["find_weight"]["N_per_batch"], seconds)


def _n_steps(config: dict) -> float:
    return config["experiment"]["duration_s"] / (config["experiment"]["timestep_ms"] * 1e-3)


def _per_batch(configured: int | str, seconds_each: float) -> int:
    if configured != "auto":
        return configured
    return max(1, min(int(JOB_SECONDS / seconds_each), MOST_PER_BATCH))


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
