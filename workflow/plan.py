"""What the rules share: which files hold the science, and how work is cut into jobs."""

import ast
import hashlib
from pathlib import Path

PACKAGE = Path(__file__).parent / "nto1"

# A batch should be worth the start of its job, but not so large that adding a weight costs much.
BATCH_SECONDS = 120
MOST_WEIGHTS_PER_BATCH = 4

# Measured: seconds per input spike, and per time step of a run with its median.
SECONDS_PER_SPIKE, SECONDS_PER_STEP = 6e-9, 4e-9


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


def weight_label(weight_pS: float) -> str:
    """A weight as it stands in file names: 14, 12.5."""
    return repr(float(weight_pS)).removesuffix(".0")


def weights_per_batch(config: dict) -> int:
    """As configured, or so that a batch takes a minute or two at most."""
    if config["sweep"]["weights_per_batch"] != "auto":
        return config["sweep"]["weights_per_batch"]
    experiment, n_seeds = config["experiment"], len(config["experiment"]["seeds"])
    n_steps = experiment["duration_s"] / (experiment["timestep_ms"] * 1e-3)
    seconds_per_weight = n_seeds * n_steps * SECONDS_PER_STEP
    return max(1, min(int(BATCH_SECONDS / seconds_per_weight), MOST_WEIGHTS_PER_BATCH))


def batches(weights_pS: list, size: int) -> dict[str, list]:
    """Weights in batches of about ``size``, by the label of each batch's first weight.

    A batch begins at every weight whose hash is a multiple of ``size``. Where batches begin thus
    depends on the weights themselves, not on how many there are: one more weight changes no other
    batch than its own.
    """
    result = {}
    for weight in sorted(weights_pS):
        label = weight_label(weight)
        digest = hashlib.sha256(label.encode()).digest()
        if not result or int.from_bytes(digest[:8]) % size == 0:
            batch = result[label] = []
        batch.append(weight)
    return result
