"""2^x as a polynomial: within 1 ulp, without branches, the same bits on every machine.

The C library's exp differs between machines, and a loop that calls it can't use the vector
units. Here 2^x = 2^k · 2^r, with k = round(x) and -1/2 ≤ r ≤ 1/2.
"""

from math import log

from nto1.jit import bits_of, double_of, fma, jit_inline

LOG2_E = 1 / log(2)  # e^x is 2^(x · LOG2_E)

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


@jit_inline
def exp2(x):
    """2^x for a double x; below -1000 and above 1000, 2^±1000."""
    x = min(max(x, -1000.0), 1000.0)
    rounded = x + ROUNDER
    r = x - (rounded - ROUNDER)

    # Estrin's scheme, with short chains of dependent operations; the two largest terms come last.
    r2 = r * r
    r4 = r2 * r2
    c2_to_c5 = fma(fma(C5, r, C4), r2, fma(C3, r, C2))
    c6_to_c9 = fma(fma(C9, r, C8), r2, fma(C7, r, C6))
    c10_to_c11 = fma(C11, r, C10)
    c2_on = fma(fma(c10_to_c11, r4, c6_to_c9), r4, c2_to_c5)
    exp2_r = fma(fma(c2_on, r, C1), r, 1.0)

    return double_of(bits_of(exp2_r) + (bits_of(rounded) << 52))
