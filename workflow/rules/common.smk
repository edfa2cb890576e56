import sys
from functools import partial
from pathlib import Path

from snakemake.exceptions import WorkflowError

sys.path.insert(0, str(Path(str(workflow.current_basedir)).parent))

from nto1.sources import STAMP
from plan import (
    PUBLISHED,
    STYLE,
    N_per_batch,
    batches,
    check_memory,
    memory_for_example,
    memory_to_search,
    memory_to_sweep,
    reserve_MB,
    reserve_minutes,
    science,
    seconds_for_example,
    seconds_to_search,
    seconds_to_sweep,
    weights_per_batch,
)
from schemas.check import InvalidConfig, check_config

try:
    check_config(config)
    check_memory(config)
except InvalidConfig as error:
    raise WorkflowError(str(error))


RECORDING = {key: config["experiment"][key] for key in ("duration_s", "timestep_ms")}

# Snakemake records the parameters of a job even if it fails. A rule after simulations thus has
# theirs, too: or the next run would take what it made earlier for up to date.
SIMULATED = [RECORDING, config["inputs"], config["neuron"]]


wildcard_constraints:
    N=r"\d+",
    we_pS=r"[0-9.]+(e[+-]\d+)?",


rule compile_kernels:
    """Once for all jobs. The name of its output changes with the sources."""
    output:
        STAMP,
    log:
        "results/logs/compile_kernels.log",
    conda:
        "../../envs/simulation.yaml"
    resources:
        mem_mb=reserve_MB(500),
        runtime=reserve_minutes(30),
    script:
        "../scripts/compile_kernels.py"
