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
        "../scripts/show_costs.py"


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
        "../scripts/show_provenance.py"


RESULTS += [rules.show_costs.output]
