"""NumPy's legacy generator in compiled code: what ``RandomState.randn`` and ``permutation`` draw.

MT19937 (Matsumoto & Nishimura 1998), doubles of 53 bits, normals by Marsaglia's polar method, of
which every second one is kept for the next call; permutations by Fisher and Yates, with places from
words' lower bits, drawn again until they fit.
"""

from math import log, sqrt
from typing import Any, NamedTuple

import numpy as np

from nto1.jit import int64, jit, jit_inline, uint32

_N, _M = 624, 397


class MersenneTwister(NamedTuple):
    """A generator's state, which draws change in place."""

    key: np.ndarray  # [624] uint32
    position: np.ndarray  # [1] int64
    kept: np.ndarray  # [2] double, whether a normal is kept, and that normal

    @classmethod
    def of(cls, rng: np.random.RandomState) -> "MersenneTwister":
        """A copy of a legacy generator's state."""
        state: Any = rng.get_state()
        _, key, position, has_kept, kept = state
        return cls(key.astype(np.uint32), np.array([position]), np.array([has_kept, kept], float))

    def put_into(self, rng: np.random.RandomState) -> None:
        """Let a legacy generator go on from here."""
        has_kept, kept = self.kept
        rng.set_state(("MT19937", self.key, int(self.position[0]), int(has_kept), float(kept)))


@jit_inline
def _mix(high, low):
    """The upper bit of one word and the others of the next, through the recurrence's matrix."""
    y = (high & uint32(0x80000000)) | (low & uint32(0x7FFFFFFF))
    return (y >> uint32(1)) ^ (uint32(0x9908B0DF) if y & uint32(1) else uint32(0))


@jit_inline
def _renew(key):
    for i in range(_N - _M):
        key[i] = key[i + _M] ^ _mix(key[i], key[i + 1])
    for i in range(_N - _M, _N - 1):
        key[i] = key[i + _M - _N] ^ _mix(key[i], key[i + 1])
    key[_N - 1] = key[_M - 1] ^ _mix(key[_N - 1], key[0])


@jit_inline
def _next_word(key, position):
    """A word as the recurrence gives it, and the position after."""
    if position == _N:
        _renew(key)
        position = int64(0)
    return key[position], position + 1


@jit_inline
def _tempered(y):
    y ^= y >> uint32(11)
    y ^= (y << uint32(7)) & uint32(0x9D2C5680)
    y ^= (y << uint32(15)) & uint32(0xEFC60000)
    return y ^ (y >> uint32(18))


@jit_inline
def _uniform(high, low):
    """A double in [0, 1) from two words."""
    high, low = _tempered(high) >> uint32(5), _tempered(low) >> uint32(6)
    return (high * 67108864.0 + low) / 9007199254740992.0


@jit_inline
def fill_normals(z, n, mt):
    """Fill z[:n] with standard normals.

    All in one loop: a function for each normal would count references to the arrays every time,
    which takes longer than drawing it.
    """
    key, position = mt.key, mt.position[0]
    i = 0
    if n > 0 and mt.kept[0]:
        z[0], mt.kept[0] = mt.kept[1], 0
        i = 1
    while i < n:
        if position + 4 <= _N:
            a, b, c, d = key[position], key[position + 1], key[position + 2], key[position + 3]
            position += 4
        else:
            a, position = _next_word(key, position)
            b, position = _next_word(key, position)
            c, position = _next_word(key, position)
            d, position = _next_word(key, position)
        x, y = 2.0 * _uniform(a, b) - 1.0, 2.0 * _uniform(c, d) - 1.0
        r2 = x * x + y * y
        if not 0.0 < r2 < 1.0:
            continue
        factor = sqrt(-2.0 * log(r2) / r2)
        z[i] = factor * y
        if i + 1 < n:
            z[i + 1] = factor * x
        else:
            mt.kept[0], mt.kept[1] = 1, factor * x
        i += 2
    mt.position[0] = position


@jit
def fill_permutations(orders, mt):
    """Fill orders [n_orders, n] with permutations of n things.

    The places that are swapped are drawn first, which takes no branches.
    """
    key, position, n = mt.key, mt.position[0], orders.shape[1]
    places = np.empty(n, np.int64)
    for order in orders:
        mask = uint32(0)
        while mask < n - 1:
            mask = (mask << uint32(1)) | uint32(1)
        i = n - 1
        while i > 0:
            until = int64(mask >> uint32(1))
            while i > until:
                word, position = _next_word(key, position)
                places[i] = _tempered(word) & mask  # overwritten by the next one if too large
                i -= int64(places[i] <= i)
            mask >>= uint32(1)
        for i in range(n):
            order[i] = i
        for i in range(n - 1, 0, -1):
            order[i], order[places[i]] = order[places[i]], order[i]
    mt.position[0] = position
