from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

min_version(
    "9.20"
)  # tried with 9.20 to 9.27; what depends on it is in snakemake_internals.py

HERE = Path(str(workflow.current_basedir))
if not HERE.is_dir():
    raise WorkflowError(
        f"The workflow can't be run straight from {HERE}: scripts and package need each other. "
        "Clone it, and give the Snakefile of the clone."
    )


include: "workflow/rules/common.smk"
include: "workflow/rules/we_sweep.smk"
include: "workflow/rules/find_weight.smk"
include: "workflow/rules/example.smk"
include: "workflow/rules/network.smk"
include: "workflow/rules/adex_network.smk"
include: "workflow/rules/connection_test.smk"
include: "workflow/rules/connection_inference.smk"
include: "workflow/rules/calibration.smk"
include: "workflow/rules/studies.smk"
include: "workflow/rules/recordings.smk"
include: "workflow/rules/external_checks.smk"
include: "workflow/rules/theory.smk"
include: "workflow/rules/published.smk"
include: "workflow/rules/izhikevich_network.smk"
include: "workflow/rules/report.smk"
include: "benchmarks/benchmark.smk"
include: "workflow/rules/hooks.smk"


rule all:
    default_target: True
    input:
        RESULTS,


set_defaults()
