# What the report shows beside the experiments' own figures and tables, which say so themselves.


report: "../report/workflow.rst"


rule show_costs:
    input:
        measured=BENCHMARKS / "measured/measured.csv",
        figure=report_item(
            BENCHMARKS / "measured/measured.svg", "Costs", "Ratios and costs"
        ),
    output:
        report_item("results/costs.html", "Costs", "Table: beside others"),
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


rule explore:
    """Interactive charts of all tables."""
    input:
        tables=TABLES_OF_RESULTS,
        traces=["results/example_trace.parquet", "results/network/voltages.parquet"],
        averages=["results/connection_test/base/stas.parquet"],
        trains=["results/connection_test/trains.parquet"],
        template=SCRIPTS / "report/explore_page.html",
    output:
        page=report_item("results/explore.html", "Explore", "Interactive charts"),
    log:
        "results/logs/explore.log",
    script:
        "../scripts/report/explore.py"


use rule explore as explore_connection_inference with:
    input:
        tables=[
            f"results/connection_inference/{name}.parquet"
            for name in (
                *(f"{name}{what}" for name in RESULT_SETS for what in ("", "_means")),
                *("imaging_2021", "regression_limit", "chance"),
            )
        ],
        traces=[],
        averages=[],
        trains=[],
        template=SCRIPTS / "report/explore_page.html",
    output:
        page=report_item(
            "results/connection_inference/explore.html",
            CATEGORY,
            "Interactive charts",
        ),
    log:
        "results/logs/explore_connection_inference.log",


RESULTS += [rules.explore.output]
if not HAS_BRACES:  # where what was measured would be measured again
    RESULTS += [rules.show_costs.output]
