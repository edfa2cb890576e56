"""N Poisson inputs with lognormal rates, excitatory ones first.

One realisation (N, seed) can be had in two ways, from the same random stream: as the spike
times of every train, or straight as the number of spikes that arrive in each time step. The
second stores and sorts nothing: it takes time in proportion to the number of spikes, and
memory in proportion to the number of steps.

Source: the published N-to-1 simulator (Nto1AdEx) used by the notebook of 2023-08-05.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import exp, inf, log, sqrt
from typing import NamedTuple, Protocol

import numpy as np

from nto1 import checks
from nto1.jit import jit, jit_inline
from nto1.jit.growth import ensure_capacity
from nto1.random.stream import add_normals, next_exponential, seeded
from nto1.units import Hz, ms, s


class Inputs(NamedTuple):
    """Distribution of the inputs' rates and types. Defaults: the thesis.

    Examples
    --------
    >>> Inputs(mean_rate=10 * Hz).exc_to_inh
    4
    """

    mean_rate: float = 4 * Hz
    log_rate_variance: float = 0.6  # of ln(rate / Hz)
    exc_to_inh: float = 4  # number of excitatory inputs per inhibitory one
    drop_last_spike: bool = True  # never deliver the very last spike of all inputs
    # Whether a spike at the very time at which a step begins arrives in that step, or in the next.
    inclusive_arrival: bool = False

    def checked(self) -> "Inputs":
        """With floats for whole numbers: kernels are compiled for these.

        Raises ``ValueError`` or ``TypeError`` for what is negative, or no finite number.
        """
        rate, variance, ratio = (
            checks.number(value, f"inputs.{name}", at_least=0)
            for name, value in zip(self._fields, self[:3], strict=False)
        )
        return Inputs(rate, variance, ratio, bool(self[3]), bool(self[4]))


class TimedSection(Protocol):
    """Of a configuration: has a duration and a time step."""

    duration_s: float
    timestep_ms: float


class TimeGrid(NamedTuple):
    """Duration and time step of a simulation (s).

    Examples
    --------
    >>> TimeGrid(duration=600 * s).n_steps
    6000000
    """

    duration: float = 10 * s
    timestep: float = 0.1 * ms

    @classmethod
    def of(cls, section: TimedSection) -> "TimeGrid":
        """From a section of a configuration."""
        return cls(section.duration_s * s, section.timestep_ms * ms)

    def checked(self) -> "TimeGrid":
        """With floats for whole numbers.

        Raises ``ValueError`` or ``TypeError`` for what is not positive, or no finite number.
        """
        duration = checks.number(self.duration, "duration", above=0)
        timestep = checks.number(self.timestep, "timestep", above=0)
        if duration < timestep / 2:
            raise ValueError(f"duration, {duration:g} s, is below one timestep of {timestep:g} s")
        return TimeGrid(duration, timestep)

    @property
    def n_steps(self) -> int:
        return round(self.duration / self.timestep)


@dataclass(frozen=True, eq=False)
class SpikeTrains(Sequence[np.ndarray]):
    """Every spike of one realisation: a list of trains, each an array of spike times (s)."""

    rates: np.ndarray  # [N] Hz
    times: np.ndarray  # [n_spikes] s, ascending within a train, train after train
    n_spikes: np.ndarray  # [N] int64, per train

    def __len__(self) -> int:
        return self.rates.size

    def __getitem__(self, train):
        """Spike times of one train (s), or of several in a list."""
        return _of_each(self._spikes_of, range(len(self))[train])

    @cached_property
    def _ends(self) -> np.ndarray:
        return np.cumsum(self.n_spikes)

    def _spikes_of(self, train: int) -> np.ndarray:
        end = self._ends[train]
        return self.times[end - self.n_spikes[train] : end]


@dataclass(frozen=True, eq=False)
class TrainSource(Sequence[np.ndarray]):
    """Where in the random stream every train of one realisation begins: any of them can be drawn
    at any time, without those before. A list of trains, each an array of spike times (s)."""

    rates: np.ndarray  # [N] Hz, drawn
    n_spikes: np.ndarray  # [N] int64
    states: np.ndarray  # [N, 4] uint64
    duration: float  # s

    def __len__(self) -> int:
        return self.rates.size

    def __getitem__(self, train):
        """Spike times of one train (s), or of several in a list."""
        return _of_each(self._drawn, range(len(self))[train])

    def _drawn(self, train: int) -> np.ndarray:
        times = np.empty(self.n_spikes[train])
        _draw_train(self.rates[train], self.duration, tuple(self.states[train]), times)
        return times


class SpikeCounts(NamedTuple):
    """Number of spikes that arrive in each time step of realisation (N, seed)."""

    N: int
    seed: int
    time_grid: TimeGrid
    exc: np.ndarray  # [n_steps] uint16
    inh: np.ndarray  # [n_steps] uint16
    n_spikes: int  # drawn in all, delivered or not


def _of_each(train: Callable[[int], np.ndarray], chosen: int | range):
    return [train(i) for i in chosen] if isinstance(chosen, range) else train(chosen)


def n_excitatory(N: int, exc_to_inh: float) -> int:
    """How many of N inputs are excitatory. Raises ``ValueError`` if it is no whole number."""
    n_exc = N * exc_to_inh / (exc_to_inh + 1)
    if N < 1 or abs(n_exc - round(n_exc)) > 1e-9 * N:
        raise ValueError(
            f"N = {N} inputs can't be split {exc_to_inh:g} : 1 into whole numbers of excitatory "
            f"and inhibitory inputs"
        )
    return round(n_exc)


@lru_cache(maxsize=4)
def step_times(time_grid: TimeGrid) -> np.ndarray:
    """Time at which each step begins [n_steps] (s): the time step added up, not multiplied.

    The rounding decides in which step a spike on the border lands; published runs added.
    """
    grid = np.full(time_grid.n_steps, time_grid.timestep)
    grid[0] = 0
    np.cumsum(grid, out=grid)
    grid.flags.writeable = False  # shared by all who ask
    return grid


@lru_cache(maxsize=4)
def _border(time_grid: TimeGrid) -> float:
    """How near t / timestep may be to a whole number for the time grid to have to decide."""
    return 1e-6 + 2 * _largest_drift(step_times(time_grid), time_grid.timestep)


def draw_spike_trains(N: int, seed: int, time_grid=TimeGrid(), inputs=Inputs()) -> SpikeTrains:
    """Spike times of N Poisson inputs, drawn from the random stream of a seed.

    Parameters
    ----------
    N
        Number of inputs.
    seed
        Seed of the random number generator, not negative.
    time_grid
        Spikes up to its duration are drawn.
    inputs
        Distribution of the firing rates.

    Returns
    -------
    SpikeTrains
        A list of N trains, each an ascending array of spike times (s): excitatory ones first.
        And ``rates`` [N] (Hz), ``n_spikes`` [N], ``times`` of all trains, one after the other.

    Raises
    ------
    ValueError, TypeError
        An argument is no finite number, or negative; there are no inputs, or there is no duration.

    See Also
    --------
    count_spikes : the same realisation as spike counts, in less time and memory

    Examples
    --------
    >>> trains = draw_spike_trains(N=100, seed=1)
    >>> len(trains), trains[-1].size, trains[0][:2].round(6).tolist()
    (100, 38, [0.391364, 0.405321])
    """
    N, state, time_grid, inputs = _checked(N, seed, time_grid, inputs)
    return SpikeTrains(*_spike_times(N, inputs, time_grid.duration, state))


def locate_trains(N: int, seed: int, time_grid=TimeGrid(), inputs=Inputs()) -> TrainSource:
    """The trains of realisation (N, seed), without memory for their spikes.

    Raises what ``draw_spike_trains`` raises.
    """
    N, state, (duration, _), inputs = _checked(N, seed, time_grid, inputs)
    rates, n_spikes, states = _locate_trains(N, inputs, duration, state)
    return TrainSource(rates, n_spikes, states, duration)


def _checked(N, seed, time_grid, inputs, least=1) -> tuple[int, tuple, TimeGrid, Inputs]:
    """And the generator's state instead of the seed."""
    return (
        checks.whole(N, "N", least),
        seeded(checks.whole(seed, "seed", 0)),
        checks.instance(time_grid, TimeGrid, "time_grid").checked(),
        checks.instance(inputs, Inputs, "inputs").checked(),
    )


def count_spikes(N: int, seed: int, time_grid=TimeGrid(), inputs=Inputs()) -> SpikeCounts:
    """Number of input spikes that arrive in each time step, drawn from the random stream of a seed.

    A spike at time t arrives in the first step that begins after t, or at t with
    ``inputs.inclusive_arrival``; spikes within the last step are not delivered.
    ``inputs.drop_last_spike`` leaves out one more, the very last of all inputs, as the published
    code did because of an off-by-one error.

    Parameters
    ----------
    N
        Number of inputs, which ``inputs.exc_to_inh`` splits into whole numbers of excitatory and
        inhibitory ones.
    seed
        Seed of the random number generator, not negative.
    time_grid
        Duration and time step.
    inputs
        Distribution of the firing rates, and proportion of excitatory inputs.

    Returns
    -------
    SpikeCounts
        ``exc`` and ``inh``, the numbers of excitatory and inhibitory spikes in each step [n_steps];
        and ``n_spikes``, how many were drawn in all.

    Raises
    ------
    ValueError, TypeError
        An argument is no finite number, or negative; there is no duration; N can't be split.
    OverflowError
        More than 65535 spikes arrive in one step.

    Examples
    --------
    >>> count_spikes(N=6500, seed=1).n_spikes
    263461
    """
    N, state, time_grid, inputs = _checked(N, seed, time_grid, inputs, least=-inf)
    n_exc = n_excitatory(N, inputs.exc_to_inh)
    grid = step_times(time_grid)
    exc, inh = np.zeros((2, grid.size), np.uint16)
    border = _border(time_grid)
    n_spikes, overflow = _count_spikes(N, n_exc, inputs, time_grid, grid, border, state, exc, inh)
    if overflow:
        raise OverflowError(
            f"more than 65535 input spikes arrive in one time step of {time_grid.timestep / ms:g} "
            f"ms (N = {N}): take a smaller time step or fewer inputs"
        )
    return SpikeCounts(N, int(seed), time_grid, exc, inh, n_spikes)


@jit
def _largest_drift(grid, timestep):
    """How far, in steps, a grid of added steps gets away from multiples of the step."""
    largest = 0.0
    for i in range(grid.size):
        largest = max(largest, abs(grid[i] / timestep - i))
    return largest


@jit_inline
def _draw_rates(N, inputs, state):
    """Lognormal rates [N] (Hz), and the state after."""
    σ = sqrt(inputs.log_rate_variance)
    μ = log(inputs.mean_rate) - σ**2 / 2
    rates = np.full(N, μ)
    state = add_normals(rates, σ, state)
    for i in range(N):
        rates[i] = exp(rates[i])
    return rates, state


@jit_inline
def _next_spike(t, rate, state):
    """Time of a Poisson train's next spike after t, and the state after."""
    interval, state = next_exponential(state)
    return t + interval / rate, state


@jit
def draw_trains(rates, duration, state):
    """Spike times of Poisson trains, one after the other, and the number in each train."""
    times = np.empty(int(1.2 * rates.sum() * duration) + 100)
    n_spikes = np.zeros(rates.size, np.int64)
    n = 0
    for train in range(rates.size):
        t, state = _next_spike(0.0, rates[train], state)
        while t <= duration:
            times = ensure_capacity(times, n)
            times[n] = t
            n += 1
            n_spikes[train] += 1
            t, state = _next_spike(t, rates[train], state)
    return times[:n].copy(), n_spikes


@jit
def _spike_times(N, inputs, duration, state):
    """Rates, spike times of all trains one after the other, and the number in each train."""
    rates, state = _draw_rates(N, inputs, state)
    times, n_spikes = draw_trains(rates, duration, state)
    return rates, times, n_spikes


@jit
def _draw_train(rate, duration, state, times):
    """Draw a Poisson train; its first spikes fill ``times``. The number of all, and the state
    after."""
    n = 0
    t, state = _next_spike(0.0, rate, state)
    while t <= duration:
        if n < times.size:
            times[n] = t
        n += 1
        t, state = _next_spike(t, rate, state)
    return n, state


@jit
def _locate_trains(N, inputs, duration, state):
    """Rates [N], numbers of spikes [N] and the states [N, 4] from which trains are drawn."""
    rates, state = _draw_rates(N, inputs, state)
    n_spikes = np.empty(N, np.int64)
    states = np.empty((N, 4), np.uint64)
    nowhere = np.empty(0)
    for train in range(N):
        states[train, 0], states[train, 1], states[train, 2], states[train, 3] = state
        n_spikes[train], state = _draw_train(rates[train], duration, state, nowhere)
    return rates, n_spikes, states


@jit_inline
def _begins_too_early(step_time, t, inclusive):
    return step_time < t if inclusive else step_time <= t


@jit_inline
def _arrival_step(t, step, grid, inclusive):
    """The first step that begins after t (inclusive: at t or after), searched from one near it."""
    while step < grid.size and _begins_too_early(grid[step], t, inclusive):
        step += 1
    while step > 0 and not _begins_too_early(grid[step - 1], t, inclusive):
        step -= 1
    return step


@jit
def _count_spikes(N, n_exc, inputs, time_grid, grid, border, state, exc, inh):
    """Add each spike to ``exc`` or ``inh`` [n_steps, zeros] at the step it arrives in.

    Returns the number of spikes drawn, and whether a count overflowed.
    """
    duration, timestep = time_grid
    rates, state = _draw_rates(N, inputs, state)
    n_spikes = n_arrived = 0
    t_last, last_is_exc = -1.0, False
    for train in range(N):
        is_exc = train < n_exc
        counts = exc if is_exc else inh
        t, state = _next_spike(0.0, rates[train], state)
        while t <= duration:
            steps = t / timestep
            step = int(steps)
            if border < steps - step < 1 - border:
                step += 1
            else:
                step = _arrival_step(t, step, grid, inputs.inclusive_arrival)
            if step < grid.size:
                counts[step] += 1
                n_arrived += 1
            n_spikes += 1
            if t > t_last:
                t_last, last_is_exc = t, is_exc
            t, state = _next_spike(t, rates[train], state)

    overflow = exc.sum() + inh.sum() != n_arrived
    if inputs.drop_last_spike and n_spikes:
        step = _arrival_step(t_last, int(t_last / timestep), grid, inputs.inclusive_arrival)
        if step < grid.size:
            counts = exc if last_is_exc else inh
            counts[step] -= 1
    return n_spikes, overflow
