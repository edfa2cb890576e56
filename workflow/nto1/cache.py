"""Where compiled kernels are kept, without importing the compiler.

numba looks only at a function's own file to see whether a cached binary is stale; the kernels
of this package call each other across files. So the folder is named after a hash of all its
sources: after any edit, nothing old can be loaded.
"""

import hashlib
import os
from pathlib import Path

_PACKAGE = Path(__file__).parent


def _folder() -> Path:
    sources = b"".join(path.read_bytes() for path in sorted(_PACKAGE.glob("*.py")))
    name = f"nto1-{hashlib.sha256(sources).hexdigest()[:16]}"
    if base := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(base).absolute() / name
    if os.access(_PACKAGE, os.W_OK):
        return _PACKAGE / "__pycache__" / name
    return Path.home() / ".cache" / name


FOLDER = _folder()
STAMP = str(FOLDER / "all-kernels-are-compiled.txt")
