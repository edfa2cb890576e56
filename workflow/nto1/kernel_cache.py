"""Where compiled kernels are kept: one folder, named after what their code means.

numba looks only at a function's own file to see whether a cached binary is stale, but kernels call
each other across files. With a digest of all in the folder's name, nothing old can be loaded, and
an edit that changes no meaning compiles nothing. Imports no compiler.
"""

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


def _digest() -> dict[str, str]:
    with_kernels = [file for file in SOURCES if b"nto1.jit" in file.read_bytes()]
    # What reaches kernels as parameters: the configuration, and what finds methods and measures.
    without = {PACKAGE / "inference/method.py", PACKAGE / "compile_all.py"}
    without.update(*(PACKAGE.glob(f"{room}/*.py") for room in ("config", "measures")))
    return {"kernels": digest_of(with_kernels, PACKAGE.parent, without - {*with_kernels})}


SOURCES = [*PACKAGE.rglob("*.py")]
BASE = _base()
DIGEST = remembered(SOURCES, BASE, _digest)["kernels"]
CACHE = BASE / f"nto1-{DIGEST}"
