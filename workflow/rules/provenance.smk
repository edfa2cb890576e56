# No rule: what a run was is known when it has ended. Nothing depends on these files, so that
# writing them makes nothing stale; a run with nothing to do does not come here.
from provenance import record


onsuccess:
    record.write(workflow, config, succeeded=True)


onerror:
    record.write(workflow, config, succeeded=False)
