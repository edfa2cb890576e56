"""LLVM primitives that numba lacks."""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from llvmlite import ir
from numba import extending, types
from numba.core import cgutils

P = ParamSpec("P")


def intrinsic(
    prefer_literal: bool = False,
) -> Callable[[Callable[Concatenate[Any, P], Any]], Callable[P, Any]]:
    """numba's, which is called without the typing context."""
    decorate: Any = extending.intrinsic(prefer_literal=prefer_literal)
    return decorate


@intrinsic()
def fma(typing_context, x, y, z):
    """x·y + z, rounded once (IEEE 754): the same bits on every machine."""

    def generate(context, builder, signature, arguments):
        return builder.fma(*arguments)

    return types.float64(types.float64, types.float64, types.float64), generate


@intrinsic()
def bits_of(typing_context, x):
    """The 64 bits of a double, as an integer."""

    def generate(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic()
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


@intrinsic(prefer_literal=True)
def column_of(typing_context, table, column, n):
    """The first n (a constant) doubles in a column of a table [rows, columns], as a tuple."""
    if not isinstance(n, types.IntegerLiteral):
        return None
    doubles = types.UniTuple(types.float64, n.literal_value)

    def generate(context, builder, signature, arguments):
        array = context.make_array(table)(context, builder, arguments[0])
        _, n_columns = cgutils.unpack_tuple(builder, array.shape)
        first = builder.gep(array.data, [arguments[1]])
        rows = [ir.Constant(ir.IntType(64), i) for i in range(doubles.count)]
        places = [builder.gep(first, [builder.mul(row, n_columns)]) for row in rows]
        return context.make_tuple(builder, doubles, [builder.load(place) for place in places])

    return doubles(table, types.int64, n), generate


@intrinsic()
def unlikely(typing_context, condition):
    """A condition that the compiler is told to expect to be false."""

    def generate(context, builder, signature, arguments):
        boolean = ir.IntType(1)
        form = ir.FunctionType(boolean, [boolean, boolean])
        expect = builder.module.declare_intrinsic("llvm.expect", [boolean], form)
        return builder.call(expect, [arguments[0], ir.Constant(boolean, 0)])

    return types.boolean(types.boolean), generate
