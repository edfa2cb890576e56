"""The published stream: checkpoints, an obvious implementation, and sanity of distributions."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from scipy import stats

from nto1.random.stream import (
    add_normals,
    next_exponential,
    next_normal,
    next_uniform,
    next_word,
    seeded,
    words_in_bulk,
)

MASK = 2**64 - 1


def one_by_one(next_value, dtype=np.float64):
    @njit
    def draw(n, state):
        values = np.empty(n, dtype)
        for i in range(n):
            values[i], state = next_value(state)
        return values

    return draw


draw_words = one_by_one(next_word, np.uint64)
draw_uniforms = one_by_one(next_uniform)
draw_exponentials = one_by_one(next_exponential)
normals_one_by_one = one_by_one(next_normal)


@njit
def bulk(n, state):
    return words_in_bulk(n, state)[0]


@njit
def draw_normals(n, state):
    z = np.zeros(n)
    add_normals(z, 1.0, state)
    return z


class Xoshiro:
    """Xoshiro256++ with Python's integers."""

    def __init__(self, state):
        self.s = [int(word) for word in state]

    def __next__(self):
        s = self.s
        total = (s[0] + s[3]) & MASK
        word = (self._rotate(total, 23) + s[0]) & MASK
        t = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = self._rotate(s[3], 45)
        return word

    @staticmethod
    def _rotate(x, n):
        return ((x << n) | (x >> (64 - n))) & MASK


@pytest.mark.parametrize(
    ("seed", "words"),
    [
        (0, "67dbeba77c5b608f 118c381a04770c92 dcb5436233342357"),
        (1, "12c8232d1285f5ce 5967e3e80defcf01 b2e64e3806e9135f"),
        (9, "529af1059923fdb9 05bc932267a960fb 7137b8421be83b02"),
    ],
)
def test_first_words(seed, words):
    assert [f"{word:016x}" for word in draw_words(3, seeded(seed))] == words.split()


def test_first_exponentials():
    assert draw_exponentials(4, seeded(1)).tolist() == [
        0.09423776100793935,
        2.1457972199590083,
        1.3231948887670477,
        5.464092249100119,
    ]


def test_normals_of_a_small_study():
    z = draw_normals(10, seeded(1))
    np.testing.assert_allclose(z[:3], [0.06193274, 0.27840581, -0.59582442], atol=5e-9)
    np.testing.assert_allclose(z[-2:], [0.97202439, 1.54640992], atol=5e-9)


@given(st.integers(0, 2**200))
def test_seeding_and_words_against_plain_integers(seed):
    n_bytes = 4 * max(1, -(-seed.bit_length() // 32))
    digest = hashlib.sha256(seed.to_bytes(n_bytes, "little")).digest()
    state = [int.from_bytes(digest[i : i + 8], "little") for i in range(0, 32, 8)]
    generator = Xoshiro(state)
    assert draw_words(20, seeded(seed)).tolist() == [next(generator) for _ in range(20)]


@given(st.integers(0, 100), st.integers(8, 60))
def test_bulk_words_against_plain_integers(seed, n):
    parent = Xoshiro(seeded(seed))
    factors = (0x02011CE34BCE797F, 0x5A94851FB48A6E05, 0x3688CF5D48899FA7, 0x867B4BB4C42E5661)
    words = [[next(parent) * factor & MASK for _ in range(8)] for factor in factors]
    lanes = [Xoshiro([words[j][lane] for j in range(4)]) for lane in range(8)]
    expected = [next(lane) for _ in range(n // 8) for lane in lanes]
    expected += [next(parent) for _ in range(n % 8)]
    assert bulk(n, seeded(seed)).tolist() == expected


def test_seeds_may_be_numpys():
    assert seeded(np.int64(9)) == seeded(9)
    with pytest.raises(TypeError):
        seeded(1.5)


def test_a_negative_seed_is_refused():
    with pytest.raises(ValueError, match="can't be negative, got -1"):
        seeded(-1)


@pytest.mark.parametrize(
    ("draw", "distribution"),
    [(draw_uniforms, "uniform"), (draw_exponentials, "expon"), (draw_normals, "norm")],
)
def test_distributions(draw, distribution):
    sample = draw(200_000, seeded(12345))
    assert stats.kstest(sample, distribution).pvalue > 1e-3


def test_tails_are_reached():
    # Beyond the lowest layer's edge, where the ziggurat draws another way.
    assert (draw_exponentials(200_000, seeded(3)) > 7.7).sum() == pytest.approx(91, abs=40)
    z = draw_normals(400_000, seeded(3))
    assert (np.abs(z) > 3.6541528853610088).sum() == pytest.approx(103, abs=45)


def test_few_normals_are_drawn_one_by_one():
    assert draw_normals(5, seeded(2)).tolist() == normals_one_by_one(5, seeded(2)).tolist()
