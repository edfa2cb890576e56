# Studies of one's own, from the section `studies`: each is a target, and made beside the thesis.
from snakemake.logging import logger

from nto1.measures.measure import measures
from nto1.studies.work import work_of
from nto1_workflow.planning.jobs import jobs_of

MEASURES = {name: measures()[study.measure] for name, study in CONFIG.studies.items()}
STUDY_JOBS = {
    name: jobs_of(MEASURES[name], work_of([study], CONFIG))
    for name, study in CONFIG.studies.items()
}
STUDY_JOB = "results/studies/{study}/{job}.parquet"
if workflow.is_main_process:
    for name, jobs in STUDY_JOBS.items():
        logger.info(f"Study {name}: {jobs.description}")
STUDY_TABLES = {
    "weights": WEIGHTS,
    "sweep": "results/we_sweep.parquet" if GUESS_FROM_SWEEP else [],
    "network": sorted({*CONFIG.network.tables().values()}),
}


use rule test_inputs as run_study_job with:
    input:
        **{
            table: lambda wildcards, table=table, path=path: (
                path if table in MEASURES[wildcards.study].tables else []
            )
            for table, path in STUDY_TABLES.items()
        },
    output:
        STUDY_JOB,
    log:
        "results/logs/run_study_job/{study}_{job}.log",
    threads: lambda wildcards: STUDY_JOBS[wildcards.study].by_name[wildcards.job].threads
    resources:
        mem_mb=lambda wildcards, attempt: (
            STUDY_JOBS[wildcards.study].by_name[wildcards.job].mem_mb(attempt)
        ),
    params:
        measure=lambda wildcards: MEASURES[wildcards.study].name,
        tasks=lambda wildcards: STUDY_JOBS[wildcards.study].by_name[wildcards.job].tasks,


for name, study in CONFIG.studies.items():

    rule:
        name:
            f"study_{name}"
        input:
            **CHARTS,
            jobs=expand(STUDY_JOB, study=name, job=STUDY_JOBS[name].by_name),
        output:
            table=table(f"results/studies/{name}", "Studies", f"Table: {name}", "study"),
            summary=table(
                f"results/studies/{name}_summary",
                "Studies",
                f"Table: {name}, summary",
                "study_summary",
            ),
            figure=figure(f"results/studies/{name}", "Studies", name, "study"),
            page=f"results/studies/{name}_explore.html",
            details=(
                f"results/studies/{name}_{MEASURES[name].details}.parquet"
                if MEASURES[name].details
                else []
            ),
        log:
            f"results/logs/study/{name}.log",
        params:
            study=typed(study),
            measure=study.measure,
            description=MEASURES[name].description,
        script:
            "../scripts/studies/summarise_study.py"

    RESULTS.append(getattr(rules, f"study_{name}").output)
