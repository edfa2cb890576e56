"""Random draws of the connection experiment, against checkpoints of the published stream."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import plain_connection_tests as plain
from nto1.inference.n_to_1 import choose_trains, draw_unconnected, record, tabled_weight
from nto1.inference.shuffles import draw_orders
from nto1.jit import jit
from nto1.random.stream import (
    add_normals,
    next_below,
    next_word,
    normal_from,
    seeded,
    uniforms,
    words_in_bulk,
)
from nto1.simulation.inputs import (
    Inputs,
    TimeGrid,
    _arrival_step,
    count_spikes,
    draw_spike_trains,
    locate_trains,
    step_times,
)
from nto1.units import nS, s


@jit
def words(n, state):
    result = np.empty(n, np.uint64)
    for i in range(n):
        result[i], state = next_word(state)
    return result


@jit
def indices_below(below, n, state):
    result = np.empty(n, np.int64)
    for i in range(n):
        result[i], state = next_below(below, state)
    return result


@jit
def bulk(n, state):
    return words_in_bulk(n, state)[0]


@jit
def normals_in_bulk(n, state):
    z = np.empty(n)
    words, state = words_in_bulk(n, state)
    for i in range(n):
        z[i], state = normal_from(words[i], state)
    return z, state


@jit
def draw_uniforms(n, state):
    return uniforms(n, state)[0]


def test_unconnected_trains_have_the_published_rates():
    """Seed 1 in place of 2, N = 6500, 100 of each kind."""
    drawn = locate_trains(6500, 1, TimeGrid(600 * s), Inputs())
    exc, inh = (-np.sort(-part)[:100] for part in np.split(drawn.n_spikes, [5200]))
    assert exc[:5].tolist() == [58522, 35312, 24428, 20653, 18898]
    assert inh[:5].tolist() == [21808, 21054, 16402, 14905, 14429]
    measured = np.concatenate([exc, inh]) / 600
    rates = measured[indices_below(200, 100, seeded(1))]
    assert rates[[0, 1, 18, 71, 98, 99]] == pytest.approx(
        [25.882, 17.095, 17.737, 11.005, 10.38, 8.918], abs=5e-4
    )


@given(below=st.one_of(st.integers(1, 100), st.integers(2**61, 2**63 - 1)), seed=st.integers(0, 99))
def test_indices_are_drawn_without_bias(below, seed):
    """As by arithmetic with numbers of any size."""
    stream, expected = iter(words(100, seeded(seed)).tolist()), []
    for _ in range(5):
        while (product := next(stream) * below) % 2**64 < (2**64 - below) % below:
            pass
        expected.append(product >> 64)
    assert indices_below(below, 5, seeded(seed)).tolist() == expected


def permutations(n, n_shuffles, state):
    orders = np.empty((n_shuffles, n), np.int32)
    draw_orders(orders, state)
    return orders


@given(n=st.integers(1, 70), seed=st.integers(0, 99))
def test_permutations_are_those_of_the_shuffle(n, seed):
    stream = iter(words(10_000, seeded(seed)).tolist())
    _, *expected = plain.shuffles(np.cumsum(np.arange(n)), 3, stream.__next__)
    for order, times in zip(permutations(n, 3, seeded(seed)), expected, strict=True):
        assert np.cumsum(order).tolist() == times.tolist()
        assert sorted(order) == list(range(n))


def test_every_order_is_as_frequent():
    orders, counts = np.unique(permutations(4, 24_000, seeded(0)), axis=0, return_counts=True)
    assert len(orders) == 24
    assert counts == pytest.approx(1000, abs=150)


def test_shuffles_keep_intervals():
    times = np.array([0.5, 0.75, 2.0, 2.125])
    trains = plain.draw_shuffles(times, 10, 1)
    assert trains.shape == (10, 4)
    for train in trains:
        assert sorted(np.diff(train, prepend=0)) == [0.125, 0.25, 0.5, 1.25]
    assert len({tuple(train) for train in trains}) > 3
    np.testing.assert_array_equal(trains, plain.draw_shuffles(times, 10, 1))


@pytest.mark.parametrize("n", [8, 9, 15, 1003])
def test_normals_are_drawn_in_bulk(n):
    x = np.linspace(-1, 1, n)
    z, state = normals_in_bulk(n, seeded(3))
    y = x.copy()
    assert add_normals(y, 0.25, seeded(3)) == state
    np.testing.assert_array_equal(y, x + 0.25 * z)


def test_uniforms_are_drawn_in_bulk():
    np.testing.assert_array_equal(
        draw_uniforms(20, seeded(2)), (bulk(20, seeded(2)) >> np.uint64(11)) * 2.0**-53
    )
    assert draw_uniforms(7, seeded(2)).tolist() == [
        (int(word) >> 11) * 2.0**-53 for word in words(7, seeded(2))
    ]


@given(N=st.sampled_from([5, 10, 45]), seed=st.integers(0, 20))
def test_trains_are_found_in_the_stream(N, seed):
    grid = TimeGrid(5 * s)
    located, drawn = locate_trains(N, seed, grid), draw_spike_trains(N, seed, grid)
    np.testing.assert_array_equal(located.n_spikes, drawn.n_spikes)
    np.testing.assert_array_equal(located.rates, drawn.rates)
    for train in reversed(range(N)):
        np.testing.assert_array_equal(located[train], drawn[train])


def test_a_spike_at_the_beginning_of_a_step_arrives_there_if_that_is_wanted():
    grid = step_times(TimeGrid(1.0, 0.125))
    arrival = jit(lambda t, step, inclusive: _arrival_step(t, step, grid, inclusive))
    for step in range(7):
        for near in range(8):
            assert arrival(grid[step], near, False) == step + 1
            assert arrival(grid[step], near, True) == step
            assert arrival(grid[step] + 0.01, near, True) == step + 1


def test_all_spikes_arrive_in_the_experiment():
    with_last = count_spikes(10, 3, inputs=Inputs(drop_last_spike=False, inclusive_arrival=True))
    without = count_spikes(10, 3, inputs=Inputs())
    n = [int(c.exc.sum()) + int(c.inh.sum()) for c in (with_last, without)]
    assert n[0] == n[1] + 1


def test_most_active_first():
    recording = record(20, 4, 1.856241 * nS, 20 * s)
    trains = choose_trains(recording, 3)
    kinds = ["excitatory", "inhibitory", "unconnected"]
    assert trains.kinds.tolist() == np.repeat(kinds, 3).tolist()
    n = trains.n_spikes
    for kind, its_inputs in ((slice(0, 3), range(16)), (slice(3, 6), range(16, 20))):
        assert all(a >= b for a, b in pairwise(n[kind]))
        assert set(trains.inputs[kind]) <= set(its_inputs)
        assert n[kind][0] == recording.inputs.n_spikes[its_inputs].max()
    assert (trains.inputs[6:] == -1).all()
    everything = choose_trains(recording)
    assert len(everything.times) == 40
    assert sorted(everything.inputs[:20]) == list(range(20))


def test_the_seed_of_unconnected_trains():
    recording = record(10, 4, 0.0, 20 * s)
    default, same, other = (choose_trains(recording, 2, *seeds) for seeds in ((), (5,), (5, 9)))
    rates = recording.inputs.n_spikes[default.inputs[:4]] / 20
    for a, b, c in zip(
        default.times[4:], same.times[4:], draw_unconnected(rates, 2, 20.0, 5), strict=True
    ):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(a, c)
    assert not np.array_equal(other.times[4], default.times[4])
    np.testing.assert_array_equal(other.times[0], default.times[0])


def test_weights_of_a_table(tmp_path):
    table = tmp_path / "weights.csv"
    table.write_text("N,we_nS\n20,1.8\n")
    assert tabled_weight(20, table, 0.2 * nS) == 1.8 * nS
    assert tabled_weight(5, table, 0.2 * nS) == 0.2 * nS
    table.write_bytes(b"\xef\xbb\xbfN,we_nS\r\n20.0,1.8\r\n")  # as Excel writes it
    assert tabled_weight(20, table, 0.2 * nS) == 1.8 * nS


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("number,we_nS\n20,1.8\n", "there is no column 'N'"),
        ("N;we_nS\n20;1,8\n", "there is no column 'N'"),
        ("N,we_nS\n20,0.5\n30,1\n20,0.9\n", "it has N = 20 twice"),
        ("", "it has no rows"),
        ("N,we_nS\n", "it has no rows"),
        ("N,we_nS\n20,-0.5\n", "we_nS at N = 20 has to be a finite number, at least 0, not -0.5"),
        ("N,we_nS\n20,nan\n", "we_nS at N = 20 has to be a finite number"),
        ("N,we_nS\n20,\n", "could not convert string to float"),
        ("N,we_nS\n20\n", "NoneType"),
        ("N,we_nS\n20.5,1\n", "N has to be a whole number, not 20.5"),
        ("N,we_nS\nzwanzig,1\n", "'zwanzig'"),
        ("N,we_nS,Größe\n20,1,2\n", "can't decode byte"),
    ],
)
def test_what_is_no_table_of_weights(tmp_path, text, message):
    table = tmp_path / "weights.csv"
    table.write_text(text, encoding="latin-1")
    with pytest.raises(ValueError, match=rf"weights\.csv has to be a table of .*: .*{message}"):
        tabled_weight(5, table, 0.2 * nS)
