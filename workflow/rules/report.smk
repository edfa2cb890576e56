# What the report shows beside the experiments' own figures and tables, which say so themselves.
import os


report: "../report/workflow.rst"


rule show_costs:
    input:
        measured=BENCHMARKS / "measured/measured.csv",
        figure=report_item(
            BENCHMARKS / "measured/measured.svg", "Costs", "Times of simulators"
        ),
    output:
        report_item("results/costs.html", "Costs", "Table: times of simulators"),
    log:
        "results/logs/show_costs.log",
    script:
        "../scripts/report/show_costs.py"


rule show_provenance:
    """Not part of a run, as its record is written when it has ended: make report asks for it."""
    input:
        record=ancient("results/provenance.json"),
    output:
        report_item(
            "results/provenance.html", "Provenance", "The run that made all this"
        ),
    log:
        "results/logs/show_provenance.log",
    script:
        "../scripts/report/show_provenance.py"


# Tables of the experiments, as said in the rules before this one.
TABLES_OF_RESULTS = [
    file
    for results in RESULTS
    for file in results
    if str(file).endswith(".parquet")
    and Path(file).with_suffix(".html") in map(Path, results)
]


# What a reader of charts has to know: what differs from the thesis's configuration, but for how work
# is divided.
THESIS = resolve(yaml.safe_load(OF_THESIS.read_text("utf-8"))).as_written()
CHANGED = {
    f"{section}.{key}": value
    for section, values in CONFIG.as_written().items()
    for key, value in values.items()
    if value != THESIS[section].get(key)
    and key not in ("weights_per_batch", "N_per_batch", "memory_per_job_MB")
}


rule explore:
    """Interactive charts of all tables."""
    input:
        **CHARTS,
        tables=TABLES_OF_RESULTS
        + [
            "results/network/neurons.parquet",
            "results/network/connections.parquet",
            "results/adex_network/spikes.parquet",
        ],
        traces=[
            "results/example_trace.parquet",
            "results/network/voltages.parquet",
            "results/adex_network/voltages.parquet",
        ],
        averages=["results/connection_test/base/stas.parquet"],
        trains=["results/connection_test/trains.parquet"],
    output:
        page="results/explore.html",
    log:
        "results/logs/explore.log",
    params:
        changed=CHANGED,
    script:
        "../scripts/report/explore.py"


# Pages of targets of their own.
DETECTION_TABLES = [
    *(f"{name}{what}" for name in RESULT_SETS for what in ("", "_means")),
    *("imaging_2021", "regression_limit", "chance"),
]
for folder, tables in (
    ("connection_inference", DETECTION_TABLES),
    ("izhikevich_network", ["neurons", "path_lengths", "connections", "spikes"]),
):

    rule:
        name:
            f"explore_{folder}"
        input:
            **CHARTS,
            tables=expand(
                "results/{folder}/{table}.parquet", folder=folder, table=tables
            ),
            traces=[],
            averages=[],
            trains=[],
        output:
            page=f"results/{folder}/explore.html",
        log:
            f"results/logs/explore_{folder}.log",
        params:
            changed=CHANGED,
        script:
            "../scripts/report/explore.py"


RESULTS += [rules.explore.output]
if not HAS_BRACES:  # where what was measured would be measured again
    RESULTS += [rules.show_costs.output]


rule everything_made:
    """For `make report`: what was made beside that of a run."""
    input:
        [
            str(file)  # which belongs, in the report, to the rule that makes it
            for each in rules_in(workflow, HERE)
            for files in [each.output or each.input]
            if not each.has_wildcards() and are_made(files)
            for file in files
        ],
