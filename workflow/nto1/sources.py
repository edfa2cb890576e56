"""Which files numbers depend on, and where compiled kernels are kept. Imports no compiler.

numba looks only at a function's own file to see whether a cached binary is stale; the kernels
of this package call each other across files. So their folder is named after a hash of all files
with kernels: after an edit to any, nothing old can be loaded.
"""

import hashlib
import os
import re
from pathlib import Path

PACKAGE = Path(__file__).parent


def used_by(*files: Path) -> list[Path]:
    """The files of this package that Python files import, directly or not, in order of name.

    Files that are part of the package themselves are included.
    """
    found, todo = set(), set(files)
    while todo:
        file = todo.pop()
        found.add(file)
        text = file.read_text("utf-8")
        imports = re.findall(r"^from nto1(?:\.(\w+))? import (.+)$", text, re.MULTILINE)
        names = [name for module, names in imports for name in (module or names).split(", ")]
        todo |= {PACKAGE / f"{name}.py" for name in names} - found
    return sorted(file for file in found if file.parent == PACKAGE)


def digest(files: list[Path]) -> str:
    """A hash of the contents of files."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _cache_folder() -> Path:
    name = "nto1-" + digest(used_by(PACKAGE / "lanes.py", PACKAGE / "inputs.py"))[:16]
    if base := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(base).absolute() / name
    if os.access(PACKAGE, os.W_OK):
        return PACKAGE / "__pycache__" / name
    return Path.home() / ".cache" / name


CACHE = _cache_folder()
STAMP = str(CACHE / "all-kernels-are-compiled.txt")
