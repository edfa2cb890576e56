"""How this package compiles.

``@jit`` is for functions called from Python, ``@jit_inline`` for the small ones they are made of.
Binaries are cached on disk (see ``kernel_cache``), apart for each kind of processor: numba's cache
takes no care of two kinds that write at the same time.
"""

import hashlib
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, overload

import numba
from numba.core.registry import cpu_target

from nto1.kernel_cache import CACHE

_processor = repr(cpu_target.target_context.codegen().magic_tuple()).encode()
PROCESSOR = hashlib.sha256(_processor).hexdigest()[:8]

P = ParamSpec("P")
R = TypeVar("R")


def jit_inline(function: Callable[P, R]) -> Callable[P, R]:
    """``numba.njit`` with division as in NumPy."""
    return numba.njit(error_model="numpy")(function)


@overload
def jit(function: Callable[P, R]) -> Callable[P, R]: ...
@overload
def jit(**options: Any) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def jit(function=None, **options):
    """``numba.njit`` with this package's cache, division as in NumPy, and the GIL released."""
    if function is None:
        return lambda f: jit(f, **options)
    config: Any = numba.config  # numba sets its attributes at run time
    others = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE / PROCESSOR)
    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy", **options)(function)
    finally:
        config.CACHE_DIR = others
