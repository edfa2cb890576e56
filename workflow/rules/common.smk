import sys
from functools import partial
from pathlib import Path

from snakemake.exceptions import WorkflowError

sys.path.insert(0, str(Path(str(workflow.current_basedir)).parent))

from nto1.sources import STAMP
from plan import (
    MEASURED,
    PUBLISHED,
    STYLE,
    N_per_batch,
    batches,
    check_memory,
    figure,
    in_report,
    memory_for_example,
    memory_to_search,
    memory_to_sweep,
    over_the_thesis,
    science,
    table,
    weights_per_batch,
)
from schemas.check import InvalidConfig, check_config

config = over_the_thesis(config)

try:
    check_config(config)
    check_memory(config)
except InvalidConfig as error:
    raise WorkflowError(str(error))


RECORDING = {key: config["experiment"][key] for key in ("duration_s", "timestep_ms")}


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
        mem_mb=500,
        runtime=5,
    script:
        "../scripts/compile_kernels.py"
