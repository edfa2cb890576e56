"""Where numba keeps compiled functions of this package."""

from collections.abc import Callable
from pathlib import Path

from numba.core.caching import UserProvidedCacheLocator

from nto1.jit import processor
from nto1.kernel_cache import CACHE, PACKAGE, digest_of_file


class Locator(UserProvidedCacheLocator):
    """What functions mean is in the folder's name; where they stand in files does not matter."""

    def __init__(self, py_func: Callable, py_file: str) -> None:
        module = Path(py_file).relative_to(PACKAGE).with_suffix("")
        self._cache_path = str(CACHE / processor() / module / digest_of_file(py_file))

    def get_source_stamp(self) -> str:
        return ""

    def get_disambiguator(self) -> str:
        return ""

    @classmethod
    def from_function(cls, py_func: Callable, py_file: str) -> "Locator | None":
        is_ours = Path(py_file).is_relative_to(PACKAGE)
        return super().from_function(py_func, py_file) if is_ours else None
