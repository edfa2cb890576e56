"""Tables of the 256-layer ziggurat method (Marsaglia & Tsang 2000).

A density is covered by 256 strips of equal area. Drawing is mostly one table look-up: pick a
layer, a horizontal position m·w[layer], and accept it if m < k[layer].

The tables are computed at import, with 30 decimal digits, in about 10 ms; rounded, they are
those of the published random stream to the last bit.
"""

from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import NamedTuple

import numpy as np


class Ziggurat(NamedTuple):
    """Tables over the layers; layer 0 is the bottom strip, with the tail."""

    k: np.ndarray  # [256] uint64  a mantissa below k[layer] is accepted at once
    w: np.ndarray  # [256] double  width of one unit of mantissa
    f: np.ndarray  # [256] double  the (unnormalised) density at the layer's edge


# Where the tail begins: the edge of the lowest layer, for which 256 equal areas fit.
R_NORMAL = Decimal("3.65415288536100879635194725185604664812733")
R_EXPONENTIAL = Decimal("7.69711747013104971404462804811408952334297")


def _tables(
    R: Decimal, f_R: Decimal, area: Decimal, f_inverse: Callable, mantissa: Decimal
) -> Ziggurat:
    k, w, f = [0] * 256, [0.0] * 256, [1.0] * 256
    k[0], w[0] = int(R * f_R / area * mantissa), float(area / f_R / mantissa)
    w[255], f[255] = float(R / mantissa), float(f_R)
    x, f_x = R, f_R
    for i in range(254, 0, -1):
        f_x = area / x + f_x
        x_above = f_inverse(f_x)
        k[i + 1] = int(x_above / x * mantissa)
        w[i], f[i] = float(x_above / mantissa), float(f_x)
        x = x_above
    return Ziggurat(np.array(k, np.uint64), np.array(w), np.array(f))


def _normal_tail(R: Decimal, f_R: Decimal) -> Decimal:
    """∫ exp(-x²/2) dx from R on, by Laplace's continued fraction."""
    fraction = R
    for i in range(150, 0, -1):
        fraction = R + i / fraction
    return f_R / fraction


def _normal_tables() -> Ziggurat:
    R, f_R = R_NORMAL, (-R_NORMAL * R_NORMAL / 2).exp()
    area = R * f_R + _normal_tail(R, f_R)
    return _tables(R, f_R, area, lambda f: (-2 * f.ln()).sqrt(), Decimal(2**51))


def _exponential_tables() -> Ziggurat:
    R, f_R = R_EXPONENTIAL, (-R_EXPONENTIAL).exp()
    return _tables(R, f_R, (R + 1) * f_R, lambda f: -f.ln(), Decimal(2**52))


with localcontext() as _context:
    _context.prec = 30
    NORMAL = _normal_tables()
    EXPONENTIAL = _exponential_tables()
