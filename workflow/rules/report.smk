# What the report shows beside the experiments' own figures and tables, which say so themselves.


report: "../report/workflow.rst"


rule show_costs:
    input:
        table=MEASURED / "measured.csv",
        figure=report(
            MEASURED / "measured.svg",
            caption="../report/measured.rst",
            category="Costs",
            labels={"result": "Ratios and costs"},
        ),
    output:
        report(
            "results/costs.html",
            caption="../report/costs.rst",
            category="Costs",
            labels={"result": "Table: beside others"},
        ),
    log:
        "results/logs/show_costs.log",
    conda:
        "../../envs/simulation.yaml"
    resources:
        mem_mb=500,
        runtime=5,
    script:
        "../scripts/show_costs.py"
