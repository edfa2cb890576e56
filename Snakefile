from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

min_version("9.0")

HERE = Path(str(workflow.current_basedir))
if not HERE.is_dir():
    raise WorkflowError(
        f"The workflow can't be run straight from {HERE}: scripts and package need each other. "
        "Clone it, and give the Snakefile of the clone."
    )


# The thesis's config comes with the workflow, wherever the working directory is;
# config/config.yaml there, --configfile and --config change parts of it.
configfile: str(HERE / "config/config.yaml")


if Path("config/config.yaml").exists():

    configfile: "config/config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/we_sweep.smk"
include: "workflow/rules/find_weight.smk"
include: "workflow/rules/example.smk"
include: "workflow/rules/network.smk"
include: "workflow/rules/connection_test.smk"
include: "workflow/rules/published.smk"
include: "workflow/rules/report.smk"
include: "benchmarks/benchmark.smk"
include: "workflow/rules/provenance.smk"


rule all:
    default_target: True
    input:
        rules.plot_input_drive.output,
        rules.plot_weights.output,
        rules.plot_example.output,
        rules.plot_network.output,
        rules.plot_excerpt.output,
        rules.plot_connection_tests.output,
        rules.summarise_sweep.output,
        rules.summarise_weights.output,
        rules.summarise_connection_tests.output,
        rules.compare_with_published.output,
        rules.verify_published.output,
        rules.show_costs.output,
        # All that lies between, too. Otherwise, after a job has failed, the next run would not
        # miss its output, and take what was made of an earlier one for up to date.
        rules.simulate_example.output,
        rules.simulate_network.output,
        rules.simulate_excerpt.output,
        rules.summarise_sweep.input,
        rules.summarise_weights.input,
        expand(rules.test_connections.output, variant=TESTS),
