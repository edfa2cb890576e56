"""2^x as a polynomial: within 1 ulp, without branches, the same bits on every machine.

The C library's exp differs between machines, and a loop that calls it can't use the vector
units. Here 2^x = 2^k · 2^r, with k = round(x) and |r| ≤ 1/2.
"""

from math import log

from nto1.compiled import bits_of, double_of, fma, inner

LN2 = log(2)

# Adding and subtracting this rounds to an integer, which is then in the low bits of the sum.
ROUNDER = 1.5 * 2**52

# (2^r - 1) / r interpolated at the Chebyshev nodes of |r| ≤ 1/2.
(C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11) = COEFFICIENTS = tuple(
    float.fromhex(c)
    for c in (
        "0x1.62e42fefa39efp-1  0x1.ebfbdff82c598p-3  0x1.c6b08d704a0c2p-5  0x1.3b2ab6fba1ddap-7 "
        "0x1.5d87fe78a5276p-10 0x1.430913096fd9fp-13 0x1.ffcbfc670dcd4p-17 0x1.62bfd47773353p-20 "
        "0x1.b524fae627834p-24 0x1.e6063f7217bc6p-28 0x1.e9d3fe3952179p-32"
    ).split()
)


@inner
def exp2(x):
    """2^x for a double x; below -1000 and above 1000, 2^±1000."""
    x = min(max(x, -1000.0), 1000.0)
    rounded = x + ROUNDER
    r = x - (rounded - ROUNDER)

    # Estrin's scheme: short chains of dependent operations.
    r2 = r * r
    c1_to_c4 = fma(fma(C4, r, C3), r2, fma(C2, r, C1))
    c5_to_c8 = fma(fma(C8, r, C7), r2, fma(C6, r, C5))
    c9_to_c11 = fma(C11, r2, fma(C10, r, C9))
    r4 = r2 * r2
    exp2_r = fma(fma(fma(c9_to_c11, r4, c5_to_c8), r4, c1_to_c4), r, 1.0)

    return double_of(bits_of(exp2_r) + (bits_of(rounded) << 52))
