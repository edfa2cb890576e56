"""Where compiled kernels are kept: a folder for each file, named after what its code means.

numba looks only at a function's own file to see whether a cached binary is stale, but kernels call
each other across files. With a digest of a file and of all that it imports in the folder's name,
nothing old can be loaded, and an edit compiles again what it changes, and nothing else. (Functions
that a loop is made for, such as those of a neuron model, are part of the cache's key.) Imports no
compiler.
"""

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from nto1.source_digest import digest_of, remembered

PACKAGE = Path(__file__).parent


def users_cache() -> Path:
    """Relative, where there is no home."""
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))


def can_write(folder: Path) -> bool:
    """Whether files can be put there; it is made if need be."""
    with suppress(OSError):
        if folder.is_absolute():
            folder.mkdir(parents=True, exist_ok=True)
            return os.access(folder, os.W_OK)
    return False


def _base() -> Path:
    """The first folder that can be written to."""
    if base := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(base).absolute()
    for folder in (PACKAGE / "__pycache__", users_cache() / "nto1"):
        if can_write(folder):
            return folder
    folder = Path(tempfile.gettempdir(), f"nto1-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    # What others put there is not to be run.
    return folder if folder.stat().st_uid == os.getuid() else Path(tempfile.mkdtemp())


def _digests() -> dict[str, str]:
    with_kernels = {file for file in SOURCES if b"nto1.jit" in file.read_bytes()}
    # What reaches kernels as parameters: checked, configured, and found as methods and measures.
    without = {PACKAGE / name for name in ("checks.py", "inference/method.py", "compile_all.py")}
    without.update(*(PACKAGE.glob(f"{room}/*.py") for room in ("config", "measures")))
    digests = {
        file.relative_to(PACKAGE).as_posix(): digest_of([file], PACKAGE.parent, without - {file})
        for file in sorted(with_kernels)
    }
    # What is compiled beforehand, by itself.
    compiled = PACKAGE / "compile_all.py"
    others = {*SOURCES} - {compiled}
    return digests | {compiled.name: digest_of([compiled], PACKAGE.parent, others)}


def digest_of_file(file: str | Path) -> str:
    """Of a file with kernels, or the functions that they are made of, and of what it imports; empty
    for one that is not of this package."""
    path = Path(file)
    is_ours = path.is_relative_to(PACKAGE)
    return DIGESTS[path.relative_to(PACKAGE).as_posix()] if is_ours else ""


def are_compiled() -> bool:
    """All kernels, as they are now, on some kind of processor."""
    return any(CACHE.glob(f"*/compiled_{DIGEST}.txt"))


SOURCES = [*PACKAGE.rglob("*.py")]
BASE = _base()
DIGESTS = remembered(SOURCES, BASE, _digests)
DIGEST = hashlib.sha256("".join(DIGESTS.values()).encode()).hexdigest()[:16]
CACHE = BASE / "nto1-kernels"
