"""The random stream of the published runs: what Julia 1.7+ draws after ``Random.seed!(seed)``.

Xoshiro256++ (Blackman & Vigna 2021) seeded by SHA-256, and 256-layer ziggurats for normals
and exponentials. The generator's state is a tuple of four uint64 that goes into every draw
and comes out of it, so that compiled loops keep it in registers.
"""

import hashlib
from math import log
from operator import index

import numpy as np

from nto1.jit import bits_of, double_of, int64, jit, jit_inline, uint64, unlikely
from nto1.jit.exp2 import LOG2_E, exp2
from nto1.random.ziggurat import EXPONENTIAL, NORMAL, R_EXPONENTIAL, R_NORMAL

# Module constants, so that they are compiled in.
_k_normal, _w_normal, _f_normal = NORMAL
_k_exponential, _w_exponential, _f_exponential = EXPONENTIAL
_R_normal, _R_exponential = float(R_NORMAL), float(R_EXPONENTIAL)
_inverse_R_normal = float(1 / R_NORMAL)

_TWO_52_BITS = 0x4330000000000000  # of the double 2^52, whose last bit is worth 1

_LANES = 8
_FORK = np.array(
    [0x02011CE34BCE797F, 0x5A94851FB48A6E05, 0x3688CF5D48899FA7, 0x867B4BB4C42E5661], np.uint64
)


def seeded(seed: int) -> tuple:
    """State (four uint64) of a generator freshly seeded with a non-negative integer.

    The state is the SHA-256 digest of the seed's little-endian 32-bit words. Raises
    ``ValueError`` for a negative seed, ``TypeError`` for one that is no whole number.
    """
    seed = index(seed)
    if seed < 0:
        raise ValueError(f"a seed can't be negative, got {seed}")
    words = max(1, -(-seed.bit_length() // 32))
    digest = hashlib.sha256(seed.to_bytes(4 * words, "little")).digest()
    return tuple(np.frombuffer(digest, "<u8").astype(np.uint64))


@jit_inline
def _rotate_left(x, n):
    return (x << uint64(n)) | (x >> uint64(64 - n))


@jit_inline
def next_word(state):
    """64 random bits, and the state after."""
    s0, s1, s2, s3 = state
    word = _rotate_left(s0 + s3, 23) + s0
    t = s1 << uint64(17)
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = _rotate_left(s3, 45)
    return word, (s0, s1, s2, s3)


@jit_inline
def next_uniform(state):
    """A double in [0, 1), and the state after."""
    word, state = next_word(state)
    return (word >> uint64(11)) * 2.0**-53, state


@jit_inline
def next_exponential(state):
    """A standard exponential, and the state after."""
    word, state = next_word(state)
    m = word >> uint64(12)
    layer = m & uint64(255)
    x = int64(m) * _w_exponential[layer]
    if unlikely(m >= _k_exponential[layer]):
        return _exponential_unlikely(m, state)
    return x, state


@jit_inline
def _exponential_unlikely(m, state):
    """1.1 % of the draws: outside the part of its strip that lies wholly under the density."""
    while True:
        layer = m & uint64(255)
        x = int64(m) * _w_exponential[layer]
        if m < _k_exponential[layer]:
            return x, state
        u, state = next_uniform(state)
        if layer == 0:
            return _R_exponential - log(u), state
        f, f_below = _f_exponential[layer], _f_exponential[layer - uint64(1)]
        if (f_below - f) * u + f < exp2(-x * LOG2_E):
            return x, state
        word, state = next_word(state)
        m = word >> uint64(12)


@jit_inline
def normal_from(word, state):
    """The standard normal that starts from 64 given bits, and the state after: further bits
    are drawn only if these are rejected (0.7 %)."""
    while True:
        m = int64(word >> uint64(13))
        negative = (word >> uint64(12)) & uint64(1)
        layer = m & 255
        x = (-m if negative else m) * _w_normal[layer]
        if m < int64(_k_normal[layer]):
            return x, state
        if layer == 0:
            while True:
                u1, state = next_uniform(state)
                u2, state = next_uniform(state)
                beyond, yy = -_inverse_R_normal * log(u1), -log(u2)
                if yy + yy > beyond * beyond:
                    x = _R_normal + beyond
                    return (-x if (m >> 8) & 1 else x), state
        u, state = next_uniform(state)
        f, f_below = _f_normal[layer], _f_normal[layer - 1]
        if (f_below - f) * u + f < exp2(-0.5 * x * x * LOG2_E):
            return x, state
        word, state = next_word(state)


@jit_inline
def next_normal(state):
    """A standard normal, and the state after."""
    word, state = next_word(state)
    return normal_from(word, state)


@jit_inline
def fill_normals(z, n, state):
    """Fill z[:n] with the same normals as n calls of ``next_normal``, in a sixth of the time; the
    state after.

    What is done with nearly all words has no branches: the sign is a bit, and an integer below
    2^52 becomes a double by its bits.
    """
    for i in range(n):
        word, state = next_word(state)
        m = int64(word >> uint64(13))
        layer = m & 255
        x = (double_of(m | _TWO_52_BITS) - 2.0**52) * _w_normal[layer]
        sign = int64((word >> uint64(12)) << uint64(63))
        z[i] = double_of(bits_of(x) | sign)
        if unlikely(m >= int64(_k_normal[layer])):
            z[i], state = normal_from(word, state)
    return state


@jit_inline
def _fork(state):
    """States [8, 4] of an 8-lane generator forked off this one, and the state after."""
    lanes = np.empty((_LANES, 4), np.uint64)
    for j in range(4):
        for lane in range(_LANES):
            word, state = next_word(state)
            lanes[lane, j] = word * _FORK[j]
    return lanes, state


@jit_inline
def words_in_bulk(n, state):
    """n ≥ 8 random words [n], and the state after, from an 8-lane generator forked off this
    one. The last n mod 8 words come from the generator itself."""
    lanes, state = _fork(state)
    words = np.empty(n, np.uint64)
    whole = n - n % _LANES
    for lane in range(_LANES):
        lane_state = (lanes[lane, 0], lanes[lane, 1], lanes[lane, 2], lanes[lane, 3])
        for i in range(lane, whole, _LANES):
            words[i], lane_state = next_word(lane_state)
    for i in range(whole, n):
        words[i], state = next_word(state)
    return words, state


@jit_inline
def uniforms(n, state):
    """n doubles in [0, 1) [n], and the state after: drawn in bulk from 8 on."""
    u = np.empty(n)
    if n < _LANES:
        for i in range(n):
            u[i], state = next_uniform(state)
    else:
        words, state = words_in_bulk(n, state)
        for i in range(n):
            u[i] = (words[i] >> uint64(11)) * 2.0**-53
    return u, state


@jit
def add_normals(x, σ, state):
    """Add σ z to x [n] in place, with standard normals z; the state after.

    From 8 on, all words are those of ``words_in_bulk``, as in the published runs (whose N is never
    below 10); they are made as they are needed, so that n may be large. Fewer are drawn one by one.
    """
    n = x.size
    if n < _LANES:
        for i in range(n):
            z, state = next_normal(state)
            x[i] += σ * z
        return state
    lanes, state = _fork(state)
    whole = n - n % _LANES
    rest = np.empty(n - whole, np.uint64)
    for i in range(rest.size):  # drawn before any word that replaces a rejected one
        rest[i], state = next_word(state)
    for start in range(0, whole, _LANES):
        for lane in range(_LANES):
            lane_state = (lanes[lane, 0], lanes[lane, 1], lanes[lane, 2], lanes[lane, 3])
            word, (lanes[lane, 0], lanes[lane, 1], lanes[lane, 2], lanes[lane, 3]) = next_word(
                lane_state
            )
            z, state = normal_from(word, state)
            x[start + lane] += σ * z
    for i in range(rest.size):
        z, state = normal_from(rest[i], state)
        x[whole + i] += σ * z
    return state


@jit_inline
def _high_and_low(x, y):
    """The 128 bits of x · y, as two words."""
    low_32 = uint64(0xFFFFFFFF)
    x_high, x_low = x >> uint64(32), x & low_32
    y_high, y_low = y >> uint64(32), y & low_32
    low, middle = x_low * y_low, x_high * y_low
    other = x_low * y_high + (low >> uint64(32)) + (middle & low_32)
    high = x_high * y_high + (middle >> uint64(32)) + (other >> uint64(32))
    return high, x * y


@jit_inline
def next_below(n, state):
    """A whole number (int64) in 0 … n - 1, and the state after.

    Nearly divisionless: the high word of word · n, drawn again if the low one says that the
    result would be more probable than others (Lemire 2019, doi:10.1145/3230636).
    """
    n = uint64(n)
    word, state = next_word(state)
    high, low = _high_and_low(word, n)
    if low < n:
        surplus = (uint64(0) - n) % n
        while low < surplus:
            word, state = next_word(state)
            high, low = _high_and_low(word, n)
    return int64(high), state


@jit
def ordered_sample(n, k, state):
    """k of the numbers 0 … n - 1, in ascending order [k], and the state after.

    Each number in turn is passed over or taken (algorithm A of Vitter 1984,
    doi:10.1145/358105.893), with a uniform for each that is taken.
    """
    chosen = np.empty(k, np.int64)
    place = 0
    for i in range(k):
        u, state = next_uniform(state)
        wanted = k - i
        if wanted == 1:
            place += int64(u * (n - place))
        else:
            passed_over = (n - place - wanted) / (n - place)
            while passed_over > u:
                place += 1
                passed_over *= (n - place - wanted) / (n - place)
        chosen[i] = place
        place += 1
    return chosen, state
