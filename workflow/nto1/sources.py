"""Which files numbers depend on, and where compiled kernels are kept. Imports no compiler.

numba looks only at a function's own file to see whether a cached binary is stale; the kernels
of this package call each other across files. So the folder of each family of kernels is named
after a hash of all files that they are made from: after an edit to any, nothing old can be loaded.
"""

import hashlib
import os
import re
from pathlib import Path

PACKAGE = Path(__file__).parent

# Modules whose kernels are used, and compiled, together.
FAMILIES = {
    "adex": ("inputs", "lanes", "median"),
    "imaging": ("connection_test", "voltage_imaging"),
    "network": ("network",),
}


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


def _folder_of_caches() -> Path:
    if base := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(base).absolute()
    if os.access(PACKAGE, os.W_OK):
        return PACKAGE / "__pycache__"
    return Path.home() / ".cache"


def cache(family: str) -> Path:
    """The folder of a family's compiled kernels."""
    files = used_by(*(PACKAGE / f"{module}.py" for module in FAMILIES[family]))
    return CACHES / f"nto1-{family}-{digest(files)[:16]}"


def stamp(family: str) -> str:
    """A file that is there once all kernels of a family are compiled."""
    return str(cache(family) / STAMP)


CACHES = _folder_of_caches()
STAMP = "compiled.txt"
FAMILY_OF = {module: family for family, modules in FAMILIES.items() for module in modules}
