# What happens before and after a run.
from provenance import record


onstart:
    run_lock.acquire()
    # Snakemake forgets that a job has failed, or was not reached: the next run would take what was
    # made of its earlier output for up to date. Files marked as incomplete are made again.
    for job in workflow.dag.needrun_jobs():
        workflow.persistence.started(job)


# A record is written when a run has ended; nothing depends on it.
onsuccess:
    record.write(workflow, config, succeeded=True)


onerror:
    record.write(workflow, config, succeeded=False)
