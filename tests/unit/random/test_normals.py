"""Normals by the block, and NumPy's legacy generator, against the streams they have to be."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from nto1.random import mersenne, stream
from nto1.random.mersenne import MersenneTwister


@njit
def one_by_one(n, state):
    z = np.empty(n)
    for i in range(n):
        z[i], state = stream.next_normal(state)
    return z, state


@njit
def by_the_block(n, state):
    z = np.empty(n)
    state = stream.fill_normals(z, n, state)
    return z, state


@njit
def legacy_normals(n, mt):
    z = np.empty(n)
    mersenne.fill_normals(z, n, mt)
    return z


@given(st.integers(0, 2**70), st.integers(0, 3000))
def test_a_block_is_the_same_stream(seed, n):
    (expected, state), (z, state_after) = (
        draw(n, stream.seeded(seed)) for draw in (one_by_one, by_the_block)
    )
    np.testing.assert_array_equal(z, expected)
    assert state == state_after


def test_rejected_words_are_met():
    """In 100 000 normals, hundreds of words are rejected, and some lie in the tail."""
    z, _ = by_the_block(100_000, stream.seeded(0))
    np.testing.assert_array_equal(z, one_by_one(100_000, stream.seeded(0))[0])
    assert (abs(z) > 3.6541528853610088).any()


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.integers(0, 5), st.integers(0, 700), st.integers(0, 2000))
def test_legacy_stream(seed, n_normals, n_words, n):
    """From any state: with a normal that is kept or without, and any number of words left."""
    ours, theirs = np.random.RandomState(seed), np.random.RandomState(seed)
    for rng in (ours, theirs):
        rng.randn(n_normals)
        rng.randint(2**32, size=n_words, dtype=np.uint32)
    mt = MersenneTwister.of(ours)
    np.testing.assert_allclose(legacy_normals(n, mt), theirs.randn(n), rtol=1e-15, atol=0)
    mt.put_into(ours)
    np.testing.assert_allclose(ours.randn(5), theirs.randn(5), rtol=1e-15, atol=0)
    assert ours.randint(10**9) == theirs.randint(10**9)


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.integers(0, 700), st.integers(0, 1100), st.integers(1, 3))
def test_legacy_permutations(seed, n_words, n, n_orders):
    """After which the generator goes on from the same place."""
    ours, theirs = np.random.RandomState(seed), np.random.RandomState(seed)
    for rng in (ours, theirs):
        rng.randint(2**32, size=n_words, dtype=np.uint32)
    orders, mt = np.empty((n_orders, n), np.int32), MersenneTwister.of(ours)
    mersenne.fill_permutations(orders, mt)
    mt.put_into(ours)
    np.testing.assert_array_equal(orders, [theirs.permutation(n) for _ in range(n_orders)])
    assert ours.randint(2**32, dtype=np.uint32) == theirs.randint(2**32, dtype=np.uint32)
