"""How this package compiles.

``@jit`` is for functions called from Python, ``@jit_inline`` for the small ones they are made of.
The latter bring no compiler with them until they are needed: to plan a run, the configuration reads
the parameters of neuron models, which stand beside their equations.

Binaries are cached on disk (see ``kernel_cache``), apart for each kind of processor: numba's cache
takes no care of two kinds that write at the same time.
"""

import hashlib
from collections.abc import Callable
from functools import cache, cached_property, update_wrapper
from importlib import import_module
from typing import Any, ParamSpec, TypeVar, overload

from nto1.kernel_cache import CACHE

P = ParamSpec("P")
R = TypeVar("R")


@cache
def _numba() -> Any:
    """The compiler, with what this package adds to it."""
    import_module("nto1.jit.intrinsics")
    return import_module("numba")


@cache
def processor() -> str:
    """This kind of processor, as a short hash."""
    from numba.core.registry import cpu_target

    magic = repr(cpu_target.target_context.codegen().magic_tuple()).encode()
    return hashlib.sha256(magic).hexdigest()[:8]


class _Lazy:
    """What a kernel sees of a function that is made when it is first needed."""

    made: Any

    @property
    def _numba_type_(self) -> Any:
        from numba.core.registry import cpu_target

        return cpu_target.typing_context.resolve_value_type(self.made)


class Intrinsic(_Lazy):
    """One of ``nto1.jit.intrinsics``."""

    def __init__(self, name: str):
        self.name = name

    @cached_property
    def made(self) -> Any:
        _numba()
        return getattr(import_module("nto1.jit.intrinsics"), self.name)


class InlineFunction(_Lazy):
    """A function that kernels are made of; it can be called from Python, too."""

    def __init__(self, function: Callable, options: dict[str, Any]):
        update_wrapper(self, function)
        self._function, self._options = function, options

    @cached_property
    def made(self) -> Any:
        return _numba().njit(error_model="numpy", **self._options)(self._function)

    def __call__(self, *arguments: Any) -> Any:
        return self.made(*arguments)

    def __reduce__(self) -> tuple:
        """By name: numba tells cached kernels of one factory apart by a hash of what they close
        over, pickled; its own functions differ in each process."""
        enclosed = (cell.cell_contents for cell in self._function.__closure__ or ())
        return tuple, ((self._function.__module__, self._function.__qualname__, *enclosed),)


@overload
def jit_inline(function: Callable[P, R]) -> Callable[P, R]: ...
@overload
def jit_inline(**options: Any) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def jit_inline(function=None, **options):
    """``numba.njit`` with division as in NumPy, when it is needed."""
    if function is None:
        return lambda f: InlineFunction(f, options)
    return InlineFunction(function, options)


@overload
def jit(function: Callable[P, R]) -> Callable[P, R]: ...
@overload
def jit(**options: Any) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def jit(function=None, **options):
    """``numba.njit`` with this package's cache, division as in NumPy, and the GIL released."""
    if function is None:
        return lambda f: jit(f, **options)
    numba = _numba()
    others = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(CACHE / processor())
    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy", **options)(function)
    finally:
        numba.config.CACHE_DIR = others
