# What happens before and after a run.
import summary
import terminal
from provenance import record

DISPLAY = []  # of the run that is at work


onstart:
    run_lock.acquire()
    # Snakemake forgets that a job has failed, or was not reached: the next run would take what was
    # made of its earlier output for up to date. Files marked as incomplete are made again.
    for job in workflow.dag.needrun_jobs():
        workflow.persistence.started(job)
    DISPLAY.append(terminal.follow(workflow))


# A record is written when a run has ended; nothing depends on it.
onsuccess:
    record.write(workflow, config, succeeded=True)
    summary.show(workflow, DISPLAY[-1], succeeded=True)


onerror:
    record.write(workflow, config, succeeded=False)
    summary.show(workflow, DISPLAY[-1], succeeded=False)
