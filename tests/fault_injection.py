"""Jobs of a run, to be killed or halted at work."""

import time
from contextlib import suppress
from pathlib import Path
from subprocess import Popen

import psutil


def workers(run: Popen) -> list[psutil.Process]:
    """Processes of a run that are at work on a script, without their shells."""
    with suppress(psutil.NoSuchProcess):
        return [
            process
            for process in psutil.Process(run.pid).children(recursive=True)
            if process.name() != "bash"
            and any(Path(word).parent.name == "scripts" for word in _words(process))
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


def _words(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return process.cmdline()
    return []
