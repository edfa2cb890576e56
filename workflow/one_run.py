"""One run at a time in a folder, and nothing left over from runs that were killed.

A run holds a lock of the operating system, which ends with its process, whatever ends that. So
Snakemake's own locks, which are files, can be cleared when they are nobody's. The lock file says
which run it is: jobs of another one, that survived it, may not put their outputs in place.
"""

import atexit
import fcntl
import json
import os
import shutil
import socket
import time
from contextlib import suppress
from pathlib import Path

STATE = Path(".snakemake")
LOCK, CONFIGS = STATE / "run.lock", STATE / "run.configs.json"
SNAKEMAKES_LOCKS = STATE / "locks"

OUTPUTS = ("results", "thesis_figs")
UNFINISHED = ".unfinished"
HOST = f"host {socket.gethostname()},"
RUN = "NTO1_RUN"  # the environment variable by which jobs know their run

# Of two runs that start together, Snakemake may stop the one that has the lock: time to leave it.
PATIENCE_S = 3

_lock = None
_configs = []  # one, unless the workflow is a module that is used more than once


class Refused(Exception):
    """There can't be a run in this folder now; why, and what to do."""


def begin(config: dict, *sources: Path) -> None:
    """Take the folder if it is free, and put in order what earlier runs left there."""
    _configs.append(config)
    with suppress(OSError):  # a read-only folder, or a file system without locks
        if _take():
            _remove_unfinished()
            _no_times_in_the_future(*sources)


def check() -> None:
    """Raise ``Refused`` if another run has the folder, or if nothing can be written to it."""
    with suppress(OSError):
        patience = time.monotonic() + PATIENCE_S
        while not _take() and time.monotonic() < patience:
            time.sleep(0.1)
        if not _take():
            raise Refused(
                f"Another run is at work in this folder ({LOCK.read_text()}). Wait until it has "
                "ended, or give this one a folder of its own, with --directory."
            )
    for folder in OUTPUTS:
        if Path(folder).exists() and not os.access(folder, os.W_OK):
            raise Refused(
                f"{folder}/ can't be written to. Make it writable, or choose another folder with "
                "--directory."
            )


def config_of_this_run(config: dict) -> dict:
    """For jobs that read the Snakefile again: the config they were sent with, as it was then."""
    _configs.append(config)
    if LOCK.exists() and LOCK.read_text():
        return json.loads(CONFIGS.read_text())[len(_configs) - 1]
    return config


def is_over() -> bool:
    """Whether the run that started this job was killed, and another one has begun since."""
    run = os.environ.get(RUN)
    return run is not None and LOCK.exists() and LOCK.read_text() != run


def _take() -> bool:
    """Hold the folder until this process ends; false if another one does."""
    global _lock
    if _lock is None:
        STATE.mkdir(exist_ok=True)
        lock = open(LOCK, "a+")  # noqa: SIM115
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        if not _clear_locks_left_by(LOCK.read_text()):
            return False
        this = f"{HOST} process {os.getpid()}, since {time.strftime('%F %T')}"
        lock.truncate(0)
        lock.write(this)
        lock.flush()
        os.environ[RUN] = this
        atexit.register(lock.truncate, 0)
        _lock = lock
    CONFIGS.write_text(json.dumps(_configs))
    return True


def _clear_locks_left_by(run: str) -> bool:
    """Whether there are none now. A run on another host may be alive: its locks stay."""
    if run.startswith(HOST):
        shutil.rmtree(SNAKEMAKES_LOCKS, ignore_errors=True)
    return not run or not any(SNAKEMAKES_LOCKS.glob("*"))


def _remove_unfinished() -> None:
    for folder in OUTPUTS:
        for file in Path(folder).rglob(f"*{UNFINISHED}"):
            file.unlink()


def _no_times_in_the_future(*sources: Path) -> None:
    """Snakemake refuses outputs that are older than their inputs; and clocks do go wrong."""
    now = time.time()
    for folder in (*OUTPUTS, *sources):
        for file in Path(folder).rglob("*"):
            if file.lstat().st_mtime > now:
                os.utime(file, (now, now))
