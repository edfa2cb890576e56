"""Rates, spike trains and spike counts: checkpoints, the obvious way, and invariants."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from nto1.simulation.inputs import (
    Inputs,
    TimeGrid,
    count_spikes,
    draw_spike_trains,
    n_excitatory,
    step_times,
)


def counts_from_trains(N, seed, grid, inputs):
    """By looking up every spike, and dropping the last one."""
    trains = draw_spike_trains(N, seed, grid, inputs)
    is_exc = np.repeat(np.arange(N) < n_excitatory(N, inputs.exc_to_inh), trains.n_spikes)
    step = np.searchsorted(step_times(grid), trains.times, side="right")
    arrives = step < grid.n_steps
    if inputs.drop_last_spike and trains.times.size:
        arrives[np.argmax(trains.times)] = False
    return [np.bincount(step[arrives & kind], minlength=grid.n_steps) for kind in (is_exc, ~is_exc)]


@pytest.mark.parametrize(
    ("seed", "rates", "last_rate", "n_spikes", "first_spikes"),
    [
        (
            0,
            [2.4760347, 6.13934148, 4.7046151],
            3.462193461231998,
            263864,
            [0.30761098, 0.65956899, 1.02685771],
        ),
        (
            1,
            [3.10889468, 3.67644619, 1.86781772],
            4.257197212157182,
            263461,
            [0.11804088, 0.16712302, 0.63954909],
        ),
        (
            9,
            [4.03769521, 5.95606774, 1.06391899],
            0.4261674802160522,
            261128,
            [0.15047304, 0.37913272, 0.55051071],
        ),
    ],
)
def test_published_realisations(seed, rates, last_rate, n_spikes, first_spikes):
    trains = draw_spike_trains(6500, seed)
    np.testing.assert_allclose(trains.rates[:3], rates, atol=5e-9)
    assert trains.rates[-1] == pytest.approx(last_rate, rel=1e-15)
    assert trains.times.size == trains.n_spikes.sum() == n_spikes
    np.testing.assert_allclose(trains[0][:3], first_spikes, atol=5e-9)
    assert count_spikes(6500, seed).n_spikes == n_spikes


@given(
    N=st.integers(1, 30).map(lambda k: 5 * k),
    seed=st.integers(0, 1000),
    n_steps=st.integers(1, 3000),
    timestep=st.sampled_from([1e-4, 1e-3, 5e-5, 3e-4]),
    rate=st.sampled_from([0.01, 4.0, 300.0]),
    drop=st.booleans(),
)
def test_counts_are_those_of_the_trains(N, seed, n_steps, timestep, rate, drop):
    grid = TimeGrid(n_steps * timestep, timestep)
    inputs = Inputs(mean_rate=rate, drop_last_spike=drop)
    counts = count_spikes(N, seed, grid, inputs)
    exc, inh = counts_from_trains(N, seed, grid, inputs)
    assert counts.exc.tolist() == exc.tolist()
    assert counts.inh.tolist() == inh.tolist()


def test_counts_are_those_of_the_trains_at_full_size():
    for grid in (TimeGrid(), TimeGrid(100.0, 1e-4)):
        counts = count_spikes(6500 if grid.duration == 10 else 500, 4, grid)
        exc, inh = counts_from_trains(counts.N, 4, grid, Inputs())
        assert (counts.exc == exc).all()
        assert (counts.inh == inh).all()


def test_the_time_grid_adds_up():
    grid = step_times(TimeGrid(1.0, 1e-4))
    t = 0.0
    for step in grid:
        assert step == t
        t += 1e-4
    assert grid[-1] != (grid.size - 1) * 1e-4  # which is why it matters


def test_dropping_the_last_spike_drops_one():
    with_it = count_spikes(10, 3, inputs=Inputs(drop_last_spike=False))
    without = count_spikes(10, 3, inputs=Inputs(drop_last_spike=True))
    difference = (with_it.exc.astype(int) - without.exc) + (with_it.inh.astype(int) - without.inh)
    (step,) = np.flatnonzero(difference)
    assert difference[step] == 1
    assert not with_it.exc[step + 1 :].any()
    assert not with_it.inh[step + 1 :].any()


def test_trains_are_poisson():
    trains = draw_spike_trains(2000, 5)
    intervals = np.concatenate(
        [np.diff(trains[i], prepend=0) * trains.rates[i] for i in range(500)]
    )
    # Intervals that would end after the grid are missing: look at short ones only.
    short = intervals[intervals < 1]
    assert stats.kstest(short, stats.truncexpon(1).cdf).pvalue > 1e-3
    expected = trains.rates * 10
    assert ((trains.n_spikes - expected) ** 2 / expected).mean() == pytest.approx(1, abs=0.15)


def test_rates_are_lognormal_with_the_given_mean():
    rates = draw_spike_trains(100_000, 0, TimeGrid(1e-3, 1e-4)).rates
    assert rates.mean() == pytest.approx(4, rel=0.02)
    assert np.log(rates).var() == pytest.approx(0.6, rel=0.02)
    assert stats.kstest(np.log(rates), "norm", (np.log(4) - 0.3, np.sqrt(0.6))).pvalue > 1e-3


def test_no_spikes_at_all():
    counts = count_spikes(10, 0, TimeGrid(1e-4, 1e-4))
    assert counts.n_spikes == 0
    assert not counts.exc.any()


@pytest.mark.parametrize(("N", "ratio"), [(11, 4), (0, 4), (-5, 4), (10, 2)])
def test_N_that_cannot_be_split(N, ratio):
    with pytest.raises(ValueError, match=f"N = {N} inputs can't be split {ratio} : 1"):
        count_spikes(N, 0, inputs=Inputs(exc_to_inh=ratio))


def test_too_many_spikes_for_a_count():
    crowded = Inputs(mean_rate=1e9, log_rate_variance=0.0)
    with pytest.raises(OverflowError, match=r"65535 input spikes .* time step of 0\.1 ms"):
        count_spikes(5, 0, TimeGrid(3e-4, 1e-4), crowded)
