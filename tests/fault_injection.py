"""Runs that are killed at random moments."""

import random
import signal
import time
from contextlib import suppress
from pathlib import Path
from subprocess import Popen

import psutil


def workers(run: Popen) -> list[psutil.Process]:
    """Processes of a run that are at work on a script."""
    with suppress(psutil.NoSuchProcess):
        return [
            process
            for process in psutil.Process(run.pid).children(recursive=True)
            if any(Path(word).parent.name == "scripts" for word in _words(process))
        ]
    return []


def wait_for_worker(run: Popen, script: str = "") -> psutil.Process:
    """The first process that is at work on a script (of this name), as soon as there is one."""
    while run.poll() is None:
        for worker in workers(run):
            if any(word.endswith(f"{script}.py") for word in _words(worker)):
                return worker
        time.sleep(0.01)
    raise AssertionError("the run ended before: " + run.stdout.read())


def kill_main(run: Popen, after_s: float) -> bool:
    """``kill -9`` of Snakemake alone, its workers live on. False if it had ended before."""
    time.sleep(after_s)
    alive = run.poll() is None
    run.kill()
    run.wait()
    return alive


def kill_worker(run: Popen, after_s: float, rng: random.Random) -> bool:
    """``kill -9`` of one of its workers, the next one that there is after so long."""
    time.sleep(after_s)
    while run.poll() is None:
        with suppress(psutil.NoSuchProcess):
            for worker in rng.sample(found := workers(run), min(1, len(found))):
                worker.send_signal(signal.SIGKILL)
                run.communicate()
                return True
        time.sleep(0.005)
    return False


def _words(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return process.cmdline()
    return []
