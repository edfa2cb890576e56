"""One run at a time in a folder.

The lock is the operating system's: it ends with its process, whatever ends that. The lock file says
which run has the folder; jobs of another one, which survived it, must not put their outputs there.
"""

import fcntl
import json
import os
import socket
import time
from pathlib import Path

LOCK, CONFIGS = Path(".snakemake/run.lock"), Path(".snakemake/run.configs.json")
OUTPUTS = ("results", "thesis_figs")
RUN = "NTO1_RUN"  # the environment variable by which jobs know their run

_lock = None
_configs: list[dict] = []  # one, unless the workflow is a module that is used more than once


class SupersededError(Exception):
    """This job's run was killed, and another one has begun."""


def acquire() -> None:
    """Hold the folder until this process ends.

    Raises ``WorkflowError`` if another run has the folder, or if nothing can be written to it.
    """
    from snakemake.exceptions import WorkflowError  # not needed in jobs

    global _lock
    for folder in OUTPUTS:
        if Path(folder).exists() and not os.access(folder, os.W_OK):
            raise WorkflowError(
                f"{folder}/ can't be written to. Make it writable, or choose another folder with "
                "--directory."
            )
    lock = open(LOCK, "a+")  # noqa: SIM115
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise WorkflowError(
            f"Another run is at work in this folder ({LOCK.read_text()}). Wait until it has ended, "
            "or give this one a folder of its own, with --directory."
        ) from None
    except OSError:
        pass  # a file system without locks
    run = f"host {socket.gethostname()}, process {os.getpid()}, since {time.strftime('%F %T')}"
    lock.truncate(0)
    lock.write(run)
    lock.flush()
    os.environ[RUN] = run
    _lock = lock
    CONFIGS.write_text(json.dumps(_configs))


def interrupted() -> None:
    """Jobs that have just begun are to end, too."""
    os.environ[RUN] += ", interrupted"
    LOCK.write_text(os.environ[RUN])


def config_of_run(config: dict, is_main_process: bool) -> dict:
    """Jobs that read the Snakefile again, on a cluster, get the config they were sent with, even if
    it has been edited since."""
    _configs.append(config)
    if is_main_process or not CONFIGS.exists():
        return config
    return json.loads(CONFIGS.read_text())[len(_configs) - 1]


def is_superseded() -> bool:
    """Whether the run that started this job was interrupted, or killed, and another one has begun
    since."""
    run = os.environ.get(RUN)
    return run is not None and LOCK.exists() and LOCK.read_text() != run
