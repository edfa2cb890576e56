"""What every script needs around its work: the package, a log, and tables written whole."""

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from time import monotonic
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from one_run import UNFINISHED, is_over


class Superseded(Exception):
    """This job's run was killed, and another one has begun."""


@contextmanager
def job(log: str) -> Iterator[None]:
    """Send stderr to the log. If the work fails, end with its reason there and on the terminal."""
    with open(log, "w", 1, "utf-8", "backslashreplace") as stream:
        terminal, sys.stderr = sys.stderr, stream
        try:
            yield
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            print(f"Failed: {reason}\n(more in {log})", file=terminal)
            with suppress(OSError):  # the disk may be full
                traceback.print_exc()
            sys.exit(1)
        finally:
            with suppress(OSError):
                # Exact, as benchmarks by polling are not: jobs are short.
                note(f"{sum(os.times()[:4]):.2f} s of CPU time")
            sys.stderr = terminal


def note(message: str) -> None:
    """A line in the log."""
    print(message, file=sys.stderr)


def progress(n_all: int, what: str, every_s: float = 5) -> Callable[[int], None]:
    """A function to be told how many more are done; a line in the log every few seconds."""
    n_done, last, alone = 0, monotonic(), Lock()

    def add(n: int) -> None:
        nonlocal n_done, last
        with alone:
            n_done += n
            if n_done == n_all or monotonic() - last >= every_s:
                note(f"{n_done} of {n_all} {what} done")
                last = monotonic()

    return add


@contextmanager
def whole(path: str) -> Iterator[str]:
    """A path to write to, that takes its right name only when all of it is on the disk.

    What a killed job leaves has a name that nothing reads, and that the next run removes.
    """
    unfinished = f"{path}.{uuid4().hex[:8]}{UNFINISHED}"
    try:
        yield unfinished
        with open(unfinished, "rb+") as stream:
            os.fsync(stream)
        if is_over():
            raise Superseded(f"{path} is not written: another run has begun.")
        os.replace(unfinished, path)
    finally:
        Path(unfinished).unlink(missing_ok=True)
