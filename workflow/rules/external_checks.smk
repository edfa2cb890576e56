# The methods on data that were made elsewhere, a target of its own:
# snakemake external_checks --config external_checks='{folder: FOLDER}'
from nto1_workflow.planning.recordings import external_files


rule external_checks:
    input:
        **external_files(CONFIG.external_checks.folder),
        stored=PUBLISHED / "simulated_cultures.csv",
    output:
        table=table(
            "results/external_checks", "External checks", "Table: data made elsewhere"
        ),
    log:
        "results/logs/external_checks.log",
    threads: 2
    params:
        checks=typed(CONFIG.external_checks),
    script:
        "../scripts/external_checks/check_external_data.py"
