# What happens before and after a run.
from nto1_workflow.provenance import record
from nto1_workflow.running import display, files, lock, summary
from nto1_workflow.running.snakemake_internals import end_scheduler, mark_unfinished

DISPLAY = []  # of the run that is at work


onstart:
    lock.acquire()
    files.remove_unfinished(lock.OUTPUTS)
    changes.plan(workflow)
    mark_unfinished(workflow)
    DISPLAY.append(display.follow(workflow))


def end(succeeded: bool) -> None:
    """A record is written when a run has ended; nothing depends on it."""
    record.write(workflow, config, succeeded)
    summary.show(workflow, DISPLAY[-1], succeeded)
    end_scheduler()


onsuccess:
    end(succeeded=True)


onerror:
    end(succeeded=False)
