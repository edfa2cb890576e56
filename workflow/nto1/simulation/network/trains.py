"""Input spike trains: drawn, read from a table, and brought onto the time grid."""

import numpy as np
from numpy.typing import ArrayLike

from nto1 import checks
from nto1.random.stream import seeded
from nto1.simulation.inputs import TimeGrid, draw_trains, step_times

ARRIVALS = ("nearest", "next")


def poisson_trains(rates: ArrayLike, duration: float, seed: int) -> list[np.ndarray]:
    """Spike times (s) of Poisson trains with these rates (Hz), one train after the other from the
    project's random stream. (Trains whose rates are lognormal: ``draw_spike_trains``.)

    Raises ``ValueError`` for a negative seed, or rates that are negative or not finite.
    """
    rates = checks.vector(np.atleast_1d(rates), "rates")
    if not (rates >= 0).all():
        raise ValueError("rates of Poisson trains have to be finite, and not negative")
    n_spikes = np.zeros(rates.size, np.int64)
    times, n_spikes[rates > 0] = draw_trains(rates[rates > 0], float(duration), seeded(seed))
    return np.split(times, np.cumsum(n_spikes)[:-1])


def trains_from_table(train: ArrayLike, time: ArrayLike, n_trains: int) -> list[np.ndarray]:
    """Spike times (s) of every train, from a table with a row per spike, in any order of trains.

    Raises ``ValueError`` for columns of different lengths, or a train that doesn't exist.
    """
    train, time = checks.vector(train, "train"), checks.vector(time, "time")
    if train.size != time.size:
        raise ValueError(
            f"every spike needs a train and a time: there are {train.size} and {time.size}"
        )
    unknown = train[~((train >= 0) & (train < n_trains) & (train % 1 == 0))]
    if unknown.size:
        raise ValueError(f"there is no train {unknown[0]:g}, only 0 … {n_trains - 1}")
    order = np.argsort(train, kind="stable")
    ends = np.cumsum(np.bincount(train.astype(np.int64), minlength=n_trains))
    return np.split(time[order], ends[:-1])


def arrival_steps(
    times: ArrayLike, time_grid: TimeGrid, arrival: str = "nearest", train: int = 0
) -> np.ndarray:
    """The samples [n_spikes] int64 from which on a train's spikes (s) are felt.

    "nearest" takes the time step nearest to the spike, as the experiment of 2021 did; "next" the
    first one that begins after it, as the N-to-1 sweep does (where steps begin is found by adding
    up). Raises ``ValueError`` for times that are negative, beyond the end or not in order, naming
    the train.
    """
    duration, dt = time_grid
    times = checks.vector(times, f"trains[{train}]")
    if (np.diff(times) < 0).any():
        raise ValueError(f"spike times of input train {train} are not in order: sort them")
    if times.size and times[0] < 0:
        raise ValueError(f"input train {train} has a spike at a negative time, {times[0]:g} s")
    if times.size and times[-1] > duration:
        raise ValueError(
            f"input train {train} has a spike at {times[-1]:g} s, but the simulation ends at "
            f"{duration:g} s: leave out what comes later, or simulate for longer"
        )
    if arrival == "nearest":
        return np.rint(times / dt).astype(np.int64)
    if arrival == "next":
        return np.searchsorted(step_times(time_grid), times, side="right")
    raise ValueError(f"spikes can arrive at {' or '.join(ARRIVALS)}, not at {arrival!r}")
