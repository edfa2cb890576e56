"""Where compiled kernels are kept: one folder, named after one hash of this package.

numba looks only at a function's own file to see whether a cached binary is stale, but kernels call
each other across files. With a hash of all files in the folder's name, nothing old can be loaded.
Imports no compiler.
"""

import hashlib
import os
from pathlib import Path

PACKAGE = Path(__file__).parent
# All but what reaches jobs as parameters.
SOURCES = sorted({*PACKAGE.rglob("*.py")} - {*PACKAGE.glob("config/*")})


def _base() -> Path:
    if base := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(base).absolute()
    return PACKAGE / "__pycache__" if os.access(PACKAGE, os.W_OK) else Path.home() / ".cache"


DIGEST = hashlib.sha256(b"".join(file.read_bytes() for file in SOURCES)).hexdigest()[:16]
CACHE = _base() / f"nto1-{DIGEST}"
