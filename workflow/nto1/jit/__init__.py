"""How this package compiles.

``@jit`` is for functions called from Python, ``@jit_inline`` for the small ones they are made of.
Binaries are cached on disk (see ``kernel_cache``), apart for each kind of processor: numba's cache
takes no care of two kinds that write at the same time.
"""

import hashlib
from functools import wraps

import numba
from numba.core.registry import cpu_target

from nto1.kernel_cache import CACHE

_processor = repr(cpu_target.target_context.codegen().magic_tuple()).encode()
PROCESSOR = hashlib.sha256(_processor).hexdigest()[:8]

jit_inline = numba.njit(error_model="numpy")


@wraps(numba.njit)
def jit(function=None, **options):
    """``numba.njit`` with this package's cache, division as in NumPy, and the GIL released."""
    if function is None:
        return lambda f: jit(f, **options)
    others = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(CACHE / PROCESSOR)
    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy", **options)(function)
    finally:
        numba.config.CACHE_DIR = others
