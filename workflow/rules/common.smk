import sys
from functools import partial
from pathlib import Path

from snakemake.exceptions import WorkflowError

sys.path.insert(0, str(Path(str(workflow.current_basedir)).parent))

import one_run
from nto1.sources import CACHES, FAMILIES, STAMP, stamp
from needs import (
    check_memory,
    memory_for_example,
    memory_for_network,
    memory_to_search,
    memory_to_sweep,
    memory_to_test,
    reserve_MB,
    reserve_minutes,
    seconds_for_example,
    seconds_for_network,
    seconds_to_search,
    seconds_to_sweep,
    seconds_to_test,
)
from plan import (
    MEASURED,
    PUBLISHED,
    SCRIPTS,
    STYLE,
    N_per_batch,
    batches,
    check_size,
    connection_tests,
    figure,
    in_report,
    network_tables,
    over_the_thesis,
    recording_of,
    science,
    table,
    weights_per_batch,
    without,
)
from schemas.check import InvalidConfig, check_config

# Jobs on a cluster read this again: their config is that of the run that sent them.
if not workflow.is_main_process:
    config = one_run.config_of_this_run(config)
config = over_the_thesis(config)

try:
    check_config(config)
    check_size(config)
    check_memory(config)
except InvalidConfig as error:
    raise WorkflowError(str(error))


if workflow.is_main_process and not workflow.output_settings.dryrun:
    one_run.begin(config, SCRIPTS.parent, PUBLISHED, *CACHES.glob("nto1-*"))


onstart:
    try:
        one_run.check()
    except one_run.Refused as error:
        raise WorkflowError(str(error))


RECORDING = {key: config["experiment"][key] for key in ("duration_s", "timestep_ms")}


wildcard_constraints:
    N=r"\d+",
    digest=r"[0-9a-f]{16}",
    family=r"\w+",
    we_pS=r"[0-9.]+(e[+-]\d+)?",
    variant=r"[\w=,.+-]+",


rule compile_kernels:
    """Once for all jobs. The name of its output changes with the sources."""
    output:
        CACHES / "nto1-{family}-{digest}" / STAMP,
    log:
        "results/logs/compile_kernels/{family}_{digest}.log",
    conda:
        "../../envs/simulation.yaml"
    resources:
        mem_mb=reserve_MB(500),
        runtime=reserve_minutes(30),
    script:
        "../scripts/compile_kernels.py"
