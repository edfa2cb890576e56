"""Runs of the N-to-1 experiment: one, with what it recorded, or many at once.

Every number is the same, to the bit, whether a run is made alone or among others, recorded or
not, and with any number of threads.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from nto1 import checks
from nto1.errors import V_MIN, DivergenceError
from nto1.neurons import Levels, Model, Neuron, model_of, with_floats
from nto1.neurons.adex import AdEx
from nto1.random.stream import add_normals, seeded
from nto1.simulation.inputs import Inputs, SpikeCounts, TimeGrid, count_spikes, step_times
from nto1.simulation.medians import BLOCK, Bracket, medians, quantile_range
from nto1.simulation.vectorized import (
    WIDTHS,
    Recorder,
    Summary,
    signals_of,
    sum_rows,
    tile_kernel,
    width_for,
)
from nto1.threads import map_ahead
from nto1.units import pS

# From this value of dt · g / C on, every step goes further past the reversal potential.
EULER_LIMIT = 2

# Samples of all runs that are in memory at a time (335 runs of 10 s): this bounds a job's memory.
MAX_SAMPLES = 2**25

# Medians are guessed with time steps so much longer. Spikes and their upstrokes last longer then:
# the median lies lower among the coarse samples, nearly always within this much of the quantile
# below (fitted up to 150 Hz).
COARSENING = 16
GUESS_HALF_WIDTH = 0.09

# The share of all samples for which there is room around a guessed median.
BRACKET_FRACTION = 3 / 8

# Relative costs of one time step of a tile; and how much more it is if every lane has own inputs.
_TILE_COST = dict(zip(WIDTHS, (19, 25, 40, 80), strict=True))
_OWN_INPUTS = 1.25


class Trace(NamedTuple):
    """The state at the end of each time step, each [n_steps]; what was not recorded is None."""

    t: np.ndarray  # s, when the step began
    V: np.ndarray | None = None  # V, the reset voltage at a spike
    w: np.ndarray | None = None  # A, of AdEx neurons
    g_exc: np.ndarray | None = None  # S
    g_inh: np.ndarray | None = None  # S
    u: np.ndarray | None = None  # A, of Izhikevich neurons


class Simulation(NamedTuple):
    """One run."""

    spike_steps: np.ndarray  # [n_spikes] int32
    spike_times: np.ndarray  # [n_spikes] s
    rate: float  # Hz
    median_V: float | None  # V, spikes ceiled
    trace: Trace


class Batch(NamedTuple):
    """Runs of all combinations of some input realisations and some weights."""

    rates: np.ndarray  # [n_inputs, n_weights] Hz, NaN where the voltage diverged
    median_V: np.ndarray | None  # [n_inputs, n_weights] V, spikes ceiled


@dataclass
class InputColumns:
    """Spike counts of a tile's lanes: one column for all, or each with its own."""

    exc: np.ndarray  # [n_steps, 1 or width] uint16
    inh: np.ndarray

    @classmethod
    def shared(cls, counts: SpikeCounts) -> "InputColumns":
        return cls(*(np.ascontiguousarray(c)[:, np.newaxis] for c in (counts.exc, counts.inh)))

    @cached_property
    def coarse(self) -> "InputColumns":
        """In time steps ``COARSENING`` times as long."""
        return InputColumns(*(sum_rows(counts, COARSENING) for counts in (self.exc, self.inh)))

    def only(self, lanes: np.ndarray) -> "InputColumns":
        """These, as the narrowest tile needs them."""
        if self.exc.shape[1] == 1:
            return self
        few = np.zeros((2, self.exc.shape[0], WIDTHS[0]), self.exc.dtype)
        few[:, :, : lanes.size] = self.exc[:, lanes], self.inh[:, lanes]
        return InputColumns(*few)


class InputBatch:
    """Realisations of the inputs, drawn once to be used in any number of runs."""

    def __init__(self, counts: Iterable[SpikeCounts]):
        self.counts = [
            checks.instance(c, SpikeCounts, f"counts[{i}]", "what count_spikes gives")
            for i, c in enumerate(checks.items(counts, "counts"))
        ]
        if len({c.time_grid for c in self.counts}) != 1:
            raise ValueError("realisations that are run together need one duration and time step")
        self.time_grid = self.counts[0].time_grid
        self._columns: dict[int, InputColumns] = {}

    def __len__(self):
        return len(self.counts)

    def columns(self, lanes: slice) -> InputColumns:
        """Of a group that fits a tile; made once.

        The realisations become views of their columns, so that nothing is kept twice.
        """
        if lanes.start not in self._columns:
            indices = range(lanes.start, lanes.stop)
            shape = (self.time_grid.n_steps, width_for(len(indices)))
            exc, inh = np.zeros(shape, np.uint16), np.zeros(shape, np.uint16)
            for column, i in enumerate(indices):
                exc[:, column], inh[:, column] = self.counts[i].exc, self.counts[i].inh
                self.counts[i] = self.counts[i]._replace(exc=exc[:, column], inh=inh[:, column])
            self._columns[lanes.start] = InputColumns(exc, inh)
        return self._columns[lanes.start]


def draw_inputs(
    N: int, seeds: Sequence[int], time_grid=TimeGrid(), inputs=Inputs(), threads: int = 1
) -> InputBatch:
    """Realisations of N inputs, one for each seed, to be used in any number of simulations.

    Parameters
    ----------
    N
        Number of inputs.
    seeds
        Seeds of the realisations.
    time_grid
        Duration and time step.
    inputs
        Distribution of the firing rates, and proportion of excitatory inputs.
    threads
        Number of realisations that are drawn at a time.

    Returns
    -------
    InputBatch
        For ``simulate_batch``, ``mean_rate`` and others. Its length is the number of seeds.

    Raises
    ------
    ValueError, TypeError, OverflowError
        As ``count_spikes``; there is no seed.

    Examples
    --------
    >>> len(draw_inputs(N=100, seeds=range(3), time_grid=TimeGrid(0.1, 1e-4)))
    3
    """
    seeds = [checks.whole(s, f"seeds[{i}]", 0) for i, s in enumerate(checks.items(seeds, "seeds"))]
    threads = checks.whole(threads, "threads", 1)
    return InputBatch(
        map_ahead(lambda seed: count_spikes(N, seed, time_grid, inputs), seeds, threads)
    )


def ceil_spikes(V: np.ndarray, spike_steps: np.ndarray, V_spike: float) -> np.ndarray:
    """A copy of V with ``V_spike`` at each spike (``ceil_spikes_jl`` in the notebook)."""
    V = V.copy()
    V[spike_steps] = V_spike
    return V


def clip_above_percentile(V: np.ndarray, percentile: float) -> float:
    """Cut V down, in place, to its percentile (linearly interpolated), which is returned (V)."""
    threshold = float(np.percentile(V, percentile))
    np.minimum(V, threshold, out=V)
    return threshold


def add_imaging_noise(V: np.ndarray, spike_SNR: float, neuron: Neuron, seed: int) -> None:
    """Add, in place, normal noise of standard deviation (peak - rest) / spike_SNR to V.

    An infinite ``spike_SNR`` adds none. Raises ``ValueError`` if it is not positive.
    """
    if not spike_SNR > 0:
        raise ValueError(f"a spike-SNR must be positive, got {spike_SNR:g}")
    if np.isfinite(spike_SNR):
        V_rest, _ = neuron.rest
        add_normals(V, (neuron.peak - V_rest) / spike_SNR, seeded(seed))


def simulate(
    w_exc: float,
    inputs: SpikeCounts,
    neuron: Neuron = AdEx(),
    record: Sequence[str] = (),
    with_median: bool = True,
) -> Simulation:
    """Simulate one run, and record selected signals.

    Parameters
    ----------
    w_exc
        Weight of excitatory inputs (S): the conductance step of a spike.
    inputs
        One realisation of the inputs, from ``count_spikes``.
    neuron
        Parameters of the neuron and its synapses, of any model.
    record
        Names of the signals to record, among V, g_exc, g_inh and w (AdEx) or u (Izhikevich).
    with_median
        Whether to compute the median voltage.

    Returns
    -------
    Simulation
        ``spike_steps``, ``spike_times`` (s) and ``rate`` (Hz) of the neuron's spikes; ``median_V``
        (V); and ``trace``, with what was recorded in each step [n_steps].

    Raises
    ------
    ValueError, TypeError
        There is no signal of that name; a weight or parameter is no finite number, negative where
        it can't be, or a time constant that is not longer than the time step.
    DivergenceError
        The voltage diverged.

    Examples
    --------
    >>> simulate(14 * pS, count_spikes(N=6500, seed=1)).rate
    4.1
    """
    w_exc = checks.weight(w_exc)
    checks.instance(inputs, SpikeCounts, "inputs", "what count_spikes gives")
    checks.neuron(neuron, inputs.time_grid.timestep)
    record = [record] if isinstance(record, str) else list(record)
    signals = signals_of(model_of(neuron))
    if unknown := set(record) - set(signals):
        raise ValueError(
            f"record: there is no {', '.join(map(str, unknown))}, but {', '.join(signals)}"
        )
    recorder = Recorder.of(1, inputs.exc.size, [signals.index(name) for name in record])
    (tile,) = _tiles(np.array([w_exc]), InputBatch([inputs]), neuron)
    median_V = None
    if with_median:
        median_V = float(tile.run_with_medians(recorder)[0])
    else:
        tile.run(recorder=recorder)
    if tile.diverged().any():
        raise divergence_error([(w_exc, inputs)], 1)
    steps = recorder.spike_steps[0, : int(tile.summary.n_spikes[0])]
    grid = step_times(inputs.time_grid)
    return Simulation(
        spike_steps=steps,
        spike_times=grid[steps],
        rate=steps.size / inputs.time_grid.duration,
        median_V=median_V,
        trace=Trace(grid, **dict(zip(record, recorder.traces[0], strict=True))),
    )


def simulate_batch(
    weights: ArrayLike,
    inputs: InputBatch,
    neuron: Neuron = AdEx(),
    with_medians: bool = True,
    threads: int = 1,
    report: Callable[[int], None] = lambda n_runs: None,
) -> Batch:
    """Simulate every realisation of the inputs with every weight.

    Where the voltage diverges, rate and median are NaN: see ``check_divergence``.

    Parameters
    ----------
    weights
        Weights of excitatory inputs [n_weights] (S).
    inputs
        Realisations of the inputs, from ``draw_inputs``.
    neuron
        Parameters of the neuron and its synapses.
    with_medians
        Whether to compute median voltages.
    threads
        Number of groups of runs that are simulated at a time. Results do not depend on it.
    report
        Is called after each group of runs, with their number, in the thread that ran them.

    Returns
    -------
    Batch
        ``rates`` (Hz) and ``median_V`` (V, or None) of all runs [n_inputs, n_weights].

    Raises
    ------
    ValueError, TypeError
        As ``simulate``; there is no weight.

    Examples
    --------
    >>> simulate_batch([10 * pS, 14 * pS], draw_inputs(N=6500, seeds=[1])).rates.tolist()
    [[0.0, 4.1]]
    """
    weights = checks.weights(weights, "weights")
    checks.instance(inputs, InputBatch, "inputs", "what draw_inputs gives")
    checks.neuron(neuron, inputs.time_grid.timestep)
    threads = checks.whole(threads, "threads", 1)
    tiles = list(_tiles(weights, inputs, neuron))

    def run(tile):
        medians_of_tile = tile.run_with_medians() if with_medians else tile.run()
        report(tile.n)
        return medians_of_tile

    medians_of_tiles = map_ahead(run, tiles, threads)

    rates = np.empty((len(inputs), len(weights)))
    median_V = np.empty_like(rates) if with_medians else None
    for tile, medians_of_tile in zip(tiles, medians_of_tiles, strict=True):
        diverged = tile.diverged()
        rates[tile.runs] = tile.summary.n_spikes[: tile.n] / inputs.time_grid.duration
        rates[tile.runs][diverged] = np.nan
        if median_V is not None:
            median_V[tile.runs] = medians_of_tile
            median_V[tile.runs][diverged] = np.nan
    return Batch(rates, median_V)


def check_divergence(batch: Batch, weights: Sequence[float], inputs: InputBatch) -> None:
    """Raise ``DivergenceError`` if the voltage diverged in any run of a batch."""
    if np.isnan(batch.rates).any():
        failed = np.argwhere(np.isnan(batch.rates))
        raise divergence_error(
            [(weights[j], inputs.counts[i]) for i, j in failed], batch.rates.size
        )


def divergence_error(failed: list[tuple[float, SpikeCounts]], n_runs: int) -> DivergenceError:
    """Names weight, number of inputs and seed of the runs whose voltage diverged."""
    shown = "; ".join(
        f"w_e = {w_exc / pS:g} pS, N = {counts.N}, seed {counts.seed}"
        for w_exc, counts in failed[:5]
    )
    return DivergenceError(
        f"the voltage diverged in {len(failed)} of {n_runs} runs, for too large a weight or too "
        f"coarse a time step: {shown}{' …' if failed[5:] else ''}"
    )


@dataclass
class _Tile:
    """Runs that are integrated together, with one realisation for all or each with its own."""

    runs: tuple  # where they are among [realisations, weights]
    inputs: InputColumns
    w_exc: np.ndarray  # [n]
    dt: float  # s
    neuron: Neuron
    model: Model

    @property
    def n(self) -> int:
        return self.w_exc.size

    def run(self, bracket=None, recorder=None, coarse=False) -> None:
        """Integrate, and leave a ``summary``."""
        inputs = self.inputs.coarse if coarse else self.inputs
        width = width_for(self.n)
        w_exc = np.zeros(width)
        w_exc[: self.n] = self.w_exc
        summary = Summary.of(width)
        tile_kernel(self.model, width)(
            inputs.exc,
            inputs.inh,
            w_exc,
            self.dt * COARSENING if coarse else self.dt,
            self.neuron,
            Levels.of(self.neuron),
            summary,
            bracket or Bracket.everything(width, 0, 0),
            recorder or Recorder.of(0, 0),
        )
        self.summary = summary

    def run_with_medians(self, recorder=None) -> np.ndarray:
        """Integrate, leave a ``summary`` and return the medians [n] (V)."""
        n_steps, width = self.inputs.exc.shape[0], width_for(self.n)
        n_coarse = n_steps // COARSENING
        rough = Bracket.everything(width, self.n, n_coarse + BLOCK)
        self.run(rough, coarse=True)
        spiking = self.summary.n_spikes / max(1, n_coarse)
        middle = 0.5 - 1.3 * spiking / (0.5 + spiking)
        guess = quantile_range(rough, middle - GUESS_HALF_WIDTH, middle + GUESS_HALF_WIDTH)
        low, high = guess
        bracket = Bracket.around(low, high, int(n_steps * BRACKET_FRACTION) + BLOCK)
        self.run(bracket, recorder)
        median_V = medians(bracket, n_steps)[: self.n]
        failed = np.flatnonzero(np.isnan(median_V))
        n_at_once = min(max(1, MAX_SAMPLES // n_steps), WIDTHS[0])
        for start in range(0, failed.size, n_at_once):
            few = failed[start : start + n_at_once]
            again = self.only(few)
            bracket = Bracket.everything(WIDTHS[0], few.size, n_steps + BLOCK)
            again.run(bracket)
            median_V[few] = medians(bracket, n_steps)[: few.size]
        return median_V

    def diverged(self) -> np.ndarray:
        """Of each lane in use, whether its voltage diverged in the last run [n]."""
        summary, p = self.summary, self.neuron
        unstable = self.dt * (p.g_leak + summary.g_peak) / p.C >= EULER_LIMIT
        diverged = unstable | ~np.isfinite(summary.V_end) | ~(summary.V_lowest > V_MIN)
        return diverged[: self.n]

    def only(self, lanes: np.ndarray) -> "_Tile":
        """A tile with these runs, which fit the narrowest."""
        return _Tile(
            (), self.inputs.only(lanes), self.w_exc[lanes], self.dt, self.neuron, self.model
        )


def _tiles(weights: np.ndarray, inputs: InputBatch, neuron: Neuron) -> Iterator[_Tile]:
    """The runs of all realisations with all weights: of each group of realisations, in the cheaper
    of two arrangements.

    The longer the runs, the narrower the tiles: their memory is bounded.
    """
    neuron, model = with_floats(neuron), model_of(neuron)
    room = MAX_SAMPLES // inputs.time_grid.n_steps
    max_width = max(width for width in WIDTHS if width <= max(room, WIDTHS[0]))
    dt = inputs.time_grid.timestep
    groups_of_weights = _groups(weights.size, max_width)
    cost_by_weight = sum(_cost(lanes) for lanes in groups_of_weights)

    for group in _groups(len(inputs), max_width):
        n = group.stop - group.start
        if n * cost_by_weight <= _OWN_INPUTS * weights.size * _cost(group):
            for i in range(group.start, group.stop):
                shared = InputColumns.shared(inputs.counts[i])
                for lanes in groups_of_weights:
                    yield _Tile((i, lanes), shared, weights[lanes], dt, neuron, model)
        else:
            columns = inputs.columns(group)
            for j, weight in enumerate(weights):
                yield _Tile((group, j), columns, np.full(n, weight), dt, neuron, model)


def _cost(lanes: slice) -> int:
    return _TILE_COST[width_for(lanes.stop - lanes.start)]


def _groups(n: int, width: int) -> list[slice]:
    """0 … n-1 in groups that fit a tile: as wide as allowed, and the rest as is cheapest."""
    groups, start = [], 0
    while start < n:
        size = min(n - start, width)
        if size < width:
            narrower = [w for w in WIDTHS if w < size]
            if (
                narrower
                and _TILE_COST[narrower[-1]] + _TILE_COST[width_for(size - narrower[-1])]
                < _TILE_COST[width_for(size)]
            ):
                size = narrower[-1]
        groups.append(slice(start, start + size))
        start += size
    return groups
