"""Files that are written whole, or not at all; nothing is left over from runs that were killed."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from nto1_workflow.running.lock import SupersededError, is_superseded

UNFINISHED = ".unfinished"  # how the names of files end while they are written


@contextmanager
def atomic_write(path: str | Path) -> Iterator[str]:
    """A path to write to, that takes its right name only when all of it is on the disk.

    What a killed job leaves has a name that nothing reads, and that the next run removes.
    """
    unfinished = f"{path}.{uuid4().hex[:8]}{UNFINISHED}"
    try:
        yield unfinished
        with open(unfinished, "rb+") as stream:
            os.fsync(stream)
        if is_superseded():
            raise SupersededError(f"{path} is not written: another run has begun.")
        os.replace(unfinished, path)
    finally:
        Path(unfinished).unlink(missing_ok=True)


def write_text(text: str, path: str | Path) -> None:
    """What UTF-8 can't hold (of a path, say) becomes a question mark."""
    with atomic_write(path) as file:
        Path(file).write_text(text, "utf-8", "replace")


def remove_unfinished(folders: Iterable[str]) -> None:
    """What killed runs left half-written."""
    for folder in folders:
        for file in Path(folder).rglob(f"*{UNFINISHED}"):
            file.unlink()
