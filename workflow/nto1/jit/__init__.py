"""How this package compiles.

``@jit`` is for functions called from Python, ``@jit_inline`` for the small ones they are made of.
Neither brings a compiler with it until it is needed: to plan a run, the configuration reads the
parameters of neuron models and the options of detection methods, which stand beside their kernels.

Binaries are cached on disk (see ``kernel_cache``), apart for each kind of processor: numba's cache
takes no care of two kinds that write at the same time.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache, cached_property, update_wrapper
from importlib import import_module
from typing import Any, ParamSpec, TypeVar, overload

from nto1.kernel_cache import CACHE, DIGEST, PACKAGE, digest_of_file

P = ParamSpec("P")
R = TypeVar("R")


@cache
def _numba() -> Any:
    """The compiler, with what this package adds to it."""
    import_module("nto1.jit.intrinsics")
    import_module("nto1.jit.locator")
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


class FromNumba(_Lazy):
    """Something of numba's that kernels name: a type, a function."""

    def __init__(self, name: str):
        self.name = name

    @cached_property
    def made(self) -> Any:
        return getattr(_numba(), self.name)


carray: Any = FromNumba("carray")
int64: Any = FromNumba("int64")
uint32: Any = FromNumba("uint32")
uint64: Any = FromNumba("uint64")
bits_of: Any = Intrinsic("bits_of")
column_of: Any = Intrinsic("column_of")
double_of: Any = Intrinsic("double_of")
fma: Any = Intrinsic("fma")
local_doubles: Any = Intrinsic("local_doubles")
unlikely: Any = Intrinsic("unlikely")


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
        """By name and meaning: numba tells cached kernels of one factory apart by a hash of what
        they close over, pickled; its own functions differ in each process."""
        enclosed = (cell.cell_contents for cell in self._function.__closure__ or ())
        name, file = self._function.__qualname__, self._function.__code__.co_filename
        return tuple, ((name, self._function.__module__, digest_of_file(file), *enclosed),)


class Kernel(InlineFunction):
    """A function that is compiled once and kept on the disk."""

    @cached_property
    def made(self) -> Any:
        # In a workflow's job: all at once, and what other jobs need, too, which wait for it.
        if (models := os.environ.pop("NTO1_MODELS", None)) is not None:
            compile_once(filter(None, models.split(",")))
        numba = _numba()
        others = numba.config.CACHE_DIR, numba.config.CACHE_LOCATOR_CLASSES
        numba.config.CACHE_DIR = str(CACHE / processor())
        numba.config.CACHE_LOCATOR_CLASSES = "nto1.jit.locator.Locator,UserProvidedCacheLocator"
        options = {"cache": True, "nogil": True, "error_model": "numpy"} | self._options
        try:
            return numba.njit(**options)(self._function)
        finally:
            numba.config.CACHE_DIR, numba.config.CACHE_LOCATOR_CLASSES = others


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
    """``numba.njit`` with this package's cache, division as in NumPy, and the GIL released, when it
    is needed."""
    if function is None:
        return lambda f: Kernel(f, options)
    return Kernel(function, options)


def compile_once(models: Iterable[str] = ()) -> None:
    """Compile all kernels, and those for ``models`` other than the thesis's, unless that was done
    before. Of processes that want it at the same time, one does it, and the others wait.

    Raises ``RuntimeError``, with what the compiler said, if it fails.
    """
    folder = CACHE / processor()
    for names in ([], *([model] for model in models)):
        compiled = folder / f"{'_'.join(['compiled', DIGEST, *names])}.txt"
        if compiled.exists():
            continue
        folder.mkdir(parents=True, exist_ok=True)
        print("Compiling, once for this version of the code: up to a minute", file=sys.stderr)
        with open(compiled.with_suffix(".lock"), "w") as lock:
            with suppress(OSError):  # a file system without locks
                fcntl.flock(lock, fcntl.LOCK_EX)
            if not compiled.exists():
                _compile(names)
                compiled.touch()


def _compile(names: list[str]) -> None:
    paths = [str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    # Not with the working directory on the path, where a file may be called like a module.
    command = [sys.executable, "-P", "-m", "nto1.compile_all", *names]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(command, env=environment, text=True, capture_output=True)
    if done.returncode:
        raise RuntimeError(f"The kernels could not be compiled: {done.stderr}")
