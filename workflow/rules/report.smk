# What the report shows beside the experiments' own figures and tables, which say so themselves.


report: "../report/workflow.rst"


rule show_costs:
    input:
        table=MEASURED / "measured.csv",
        figure=in_report(MEASURED / "measured.svg", "Costs", "Ratios and costs"),
    output:
        in_report("results/costs.html", "Costs", "Table: beside others"),
    log:
        "results/logs/show_costs.log",
    localrule: True
    conda:
        "../../envs/simulation.yaml"
    resources:
        mem_mb=500,
        runtime=5,
    script:
        "../scripts/show_costs.py"


rule show_provenance:
    """Not part of a run, as its record is written when it has ended: make report asks for it."""
    input:
        record=ancient("results/provenance.json"),
    output:
        in_report("results/provenance.html", "Provenance", "The run that made all this"),
    log:
        "results/logs/show_provenance.log",
    localrule: True
    conda:
        "../../envs/simulation.yaml"
    resources:
        mem_mb=500,
        runtime=5,
    script:
        "../scripts/show_provenance.py"
