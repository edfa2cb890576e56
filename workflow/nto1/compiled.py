"""How this package compiles: two decorators, and five LLVM primitives that numba lacks.

``@kernel`` is for functions called from Python, ``@inner`` for the small ones they are made of.

Kernels are cached on disk, in folders of this package's own (see ``sources``), apart for each kind
of processor: numba's cache takes no care of two kinds that write at the same time.
"""

import hashlib
from functools import wraps

import numba
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.registry import cpu_target
from numba.extending import intrinsic

from nto1.sources import FAMILY_OF, cache

_processor = repr(cpu_target.target_context.codegen().magic_tuple()).encode()
PROCESSOR = hashlib.sha256(_processor).hexdigest()[:8]

inner = numba.njit(error_model="numpy")


@wraps(numba.njit)
def kernel(function=None, **options):
    """``numba.njit`` with this package's cache, division as in NumPy, and the GIL released."""
    if function is None:
        return lambda f: kernel(f, **options)
    others = numba.config.CACHE_DIR
    family = FAMILY_OF[function.__module__.rpartition(".")[2]]
    numba.config.CACHE_DIR = str(cache(family) / PROCESSOR)
    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy", **options)(function)
    finally:
        numba.config.CACHE_DIR = others


@intrinsic
def fma(typing_context, x, y, z):
    """x·y + z, rounded once (IEEE 754): the same bits on every machine."""

    def generate(context, builder, signature, arguments):
        return builder.fma(*arguments)

    return types.float64(types.float64, types.float64, types.float64), generate


@intrinsic
def bits_of(typing_context, x):
    """The 64 bits of a double, as an integer."""

    def generate(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def double_of(typing_context, bits):
    """The double with these 64 bits."""

    def generate(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


@intrinsic(prefer_literal=True)
def local_doubles(typing_context, n):
    """n (a constant) uninitialised doubles on the kernel's stack, to be wrapped in ``carray``.

    The compiler knows that nothing else points there: loops over such arrays turn into vector
    instructions without run-time checks for overlap.
    """
    if not isinstance(n, types.IntegerLiteral):
        return None
    size = n.literal_value

    def generate(context, builder, signature, arguments):
        memory = cgutils.alloca_once(builder, ir.ArrayType(ir.DoubleType(), size))
        memory.align = 64
        return builder.bitcast(memory, ir.DoubleType().as_pointer())

    return types.CPointer(types.float64)(n), generate


@intrinsic
def rarely(typing_context, condition):
    """A condition that the compiler is told to expect to be false."""

    def generate(context, builder, signature, arguments):
        boolean = ir.IntType(1)
        form = ir.FunctionType(boolean, [boolean, boolean])
        expect = builder.module.declare_intrinsic("llvm.expect", [boolean], form)
        return builder.call(expect, [arguments[0], ir.Constant(boolean, 0)])

    return types.boolean(types.boolean), generate
