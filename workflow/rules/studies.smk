# Studies of one's own, from the section `studies`: each is a target, and made beside the thesis.
from snakemake.logging import logger

from nto1.config.studies import complete
from nto1_workflow.planning.study_jobs import study_jobs

STUDIES = {name: complete(study) for name, study in config["studies"].items()}
STUDY_JOBS = {name: study_jobs(study, config) for name, study in STUDIES.items()}
STUDY_JOB = "results/studies/{study}/{batch}"
FILES_OF_MEASURE = {
    "response": ["runs"],
    "weight_for_rate": ["found", "evaluations"],
    "connections": ["scores"],
    "connection_test": ["scores"],
}
if workflow.is_main_process:
    for name, jobs in STUDY_JOBS.items():
        logger.info(f"Study {name}: {jobs.description}")
TASKS_OF_STUDIES = {name: jobs.tasks for name, jobs in STUDY_JOBS.items()}


use rule simulate as simulate_study with:
    output:
        f"{STUDY_JOB}_runs.parquet",
    log:
        "results/logs/simulate_study/{study}_{batch}.log",
    params:
        tasks=lookup("{study}/{batch}", within=TASKS_OF_STUDIES),


use rule find_weight as find_weight_of_study with:
    output:
        found=f"{STUDY_JOB}_found.parquet",
        evaluations=f"{STUDY_JOB}_evaluations.parquet",
    log:
        "results/logs/find_weight_of_study/{study}_{batch}.log",
    params:
        tasks=lookup("{study}/{batch}", within=TASKS_OF_STUDIES),
        N_of_sweep=config["sweep"]["N"] if GUESS_FROM_SWEEP else None,
        of_seeds=True,


rule detect_inputs_of_study:
    input:
        KERNELS,
        weights=lambda wildcards: (
            WEIGHTS if STUDIES[wildcards.study]["measure"] == "connections" else []
        ),
    output:
        f"{STUDY_JOB}_scores.parquet",
    log:
        "results/logs/detect_inputs_of_study/{study}_{batch}.log",
    group:
        "inference"
    params:
        tasks=lookup("{study}/{batch}", within=TASKS_OF_STUDIES),
    script:
        "../scripts/studies/detect_inputs.py"


for name, study in STUDIES.items():

    rule:
        name:
            f"study_{name}"
        input:
            **{
                kind: expand(
                    f"{STUDY_JOB}_{kind}.parquet",
                    study=name,
                    batch=(
                        STUDY_JOBS[name].tasks
                        if kind in FILES_OF_MEASURE[study["measure"]]
                        else []
                    ),
                )
                for kind in ("runs", "scores", "found", "evaluations")
            },
            style=STYLE,
        output:
            table=table(f"results/studies/{name}", "Studies", f"Table: {name}", "study"),
            summary=table(
                f"results/studies/{name}_summary",
                "Studies",
                f"Table: {name}, summary",
                "study_summary",
            ),
            figure=figure(f"results/studies/{name}", "Studies", name, "study"),
        log:
            f"results/logs/study/{name}.log",
        params:
            study=study,
        script:
            "../scripts/studies/summarise_study.py"

    RESULTS.append(getattr(rules, f"study_{name}").output)
