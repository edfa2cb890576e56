# What happens before and after a run.
import threading

from nto1_workflow.provenance import record
from nto1_workflow.running import display, files, lock, summary

DISPLAY = []  # of the run that is at work


onstart:
    lock.acquire()
    files.remove_unfinished(lock.OUTPUTS)
    changes.plan(workflow)
    # Snakemake forgets that a job has failed, or was not reached: the next run would take what was
    # made of its earlier output for up to date. Files marked as incomplete are made again.
    for job in workflow.dag.needrun_jobs():
        workflow.persistence.started(job)
    DISPLAY.append(display.follow(workflow))


def end(succeeded: bool) -> None:
    """A record is written when a run has ended; nothing depends on it."""
    record.write(workflow, config, succeeded)
    summary.show(workflow, DISPLAY[-1], succeeded)
    # Of Snakemake, which begins to choose jobs again up to a second later, even after the last.
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()


onsuccess:
    end(succeeded=True)


onerror:
    end(succeeded=False)
