# What happens before and after a run.
from nto1_workflow.provenance import record
from nto1_workflow.running import display, files, lock, summary
from nto1_workflow.running.snakemake_internals import (
    end_scheduler,
    let_jobs_end_silently,
    mark_unfinished,
)

DISPLAY = []  # of the run that is at work
SECONDS = {
    file.format(pool=name, study=name, job=job): of_job.seconds
    for file, pools in (
        (JOB_FILE, POOLS),
        (STUDY_JOB, {name: jobs.by_name for name, jobs in STUDY_JOBS.items()}),
    )
    for name, jobs in pools.items()
    for job, of_job in jobs.items()
}
if IS_MAIN:
    display.begin(workflow)
    let_jobs_end_silently()


onstart:
    lock.acquire()
    files.remove_unfinished(lock.OUTPUTS)
    changes.plan(workflow)
    mark_unfinished(workflow)
    DISPLAY.append(display.follow(workflow, SECONDS))


def end(succeeded: bool) -> None:
    """A record is written when a run has ended; nothing depends on it."""
    record.write(workflow, config, succeeded)
    summary.show(workflow, DISPLAY[-1], succeeded)
    end_scheduler()


onsuccess:
    end(succeeded=True)


onerror:
    end(succeeded=False)
