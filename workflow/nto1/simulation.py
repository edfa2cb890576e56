"""Runs of the N-to-1 experiment: one, with what it recorded, or many at once.

Every number is the same, to the bit, whether a run is made alone or among others, recorded or
not, and with any number of threads.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from nto1.adex import AdEx
from nto1.inputs import Recording, SpikeCounts, count_spikes, draw_spike_trains, time_grid
from nto1.lanes import KERNELS, WIDTHS, Recorder, Summary, sum_rows
from nto1.median import BLOCK, Bracket, medians, quantile_range
from nto1.units import ms, mV, pS

# The voltage has run off if it falls below any that the model's currents could bring about.
V_FLOOR = -1000 * mV

# Where a median lies is guessed from a simulation with time steps this much longer.
COARSENING = 16
GUESSED_QUANTILES = (0.44, 0.56)

# Relative costs of one time step of a tile.
_TILE_COST = dict(zip(WIDTHS, (19, 25, 40, 80), strict=True))


class RunOff(ArithmeticError):
    """The voltage of a run ran off: too large a weight, or too coarse a time step."""


class Trace(NamedTuple):
    """The state at the end of each time step, each [n_steps]."""

    t: np.ndarray  # s, when the step began
    V: np.ndarray  # V, the reset voltage at a spike
    w: np.ndarray  # A
    g_exc: np.ndarray  # S
    g_inh: np.ndarray  # S


class Simulation(NamedTuple):
    """One run."""

    spike_steps: np.ndarray  # [n_spikes] int64
    spike_times: np.ndarray  # [n_spikes] s
    rate: float  # Hz
    median_V: float  # V, spikes ceiled
    trace: Trace | None


class Batch(NamedTuple):
    """Runs of all combinations of some input realisations and some weights."""

    rates: np.ndarray  # [n_inputs, n_weights] Hz
    median_V: np.ndarray | None  # [n_inputs, n_weights] V, spikes ceiled


class Realisations:
    """Realisations of the inputs, made once to be used in any number of runs."""

    def __init__(self, counts: Sequence[SpikeCounts]):
        self.counts = list(counts)
        if len({c.recording for c in self.counts}) != 1:
            raise ValueError("realisations that are run together need one duration and time step")
        self.recording = self.counts[0].recording

    def __len__(self):
        return len(self.counts)

    @cached_property
    def side_by_side(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """exc and inh, [n_steps, width] each, for every group of up to 64 realisations."""
        return [
            tuple(
                _columns([getattr(c, kind) for c in self.counts[lanes]]) for kind in ("exc", "inh")
            )
            for lanes in _groups(len(self))
        ]


def ceil_spikes(V: np.ndarray, spike_steps: np.ndarray, V_spike: float) -> np.ndarray:
    """A copy of V with ``V_spike`` at each spike (``ceil_spikes_jl`` in the notebook)."""
    V = V.copy()
    V[spike_steps] = V_spike
    return V


def simulate(
    w_exc: float, inputs: SpikeCounts, neuron: AdEx = AdEx(), record: bool = False
) -> Simulation:
    """One run with excitatory weight ``w_exc`` (S). With ``record``, its trace is kept.

    Raises ``RunOff`` if the voltage runs off.
    """
    recorder = Recorder.of(1, inputs.exc.size, with_traces=record)
    (tile,) = _tiles(np.array([w_exc]), Realisations([inputs]), neuron)
    median_V = tile.run_with_medians(recorder)
    _check([tile])
    steps = recorder.spike_steps[0, : int(tile.summary.n_spikes[0])]
    grid = time_grid(inputs.recording)
    return Simulation(
        spike_steps=steps,
        spike_times=grid[steps],
        rate=steps.size / inputs.recording.duration,
        median_V=median_V[0],
        trace=Trace(grid, *recorder.traces[0]) if record else None,
    )


def simulate_batch(
    weights: Sequence[float],
    inputs: Realisations,
    neuron: AdEx = AdEx(),
    with_medians: bool = True,
    threads: int = 1,
) -> Batch:
    """Every realisation with every weight (S).

    Raises ``RunOff``, when all runs are done, if the voltage ran off in any.
    """
    tiles = list(_tiles(np.asarray(weights, float), inputs, neuron))
    run = _Tile.run_with_medians if with_medians else _Tile.run
    with ThreadPoolExecutor(threads) as pool:
        medians_of_tiles = list(pool.map(run, tiles))
    _check(tiles)

    rates = np.empty((len(inputs), len(weights)))
    median_V = np.empty_like(rates) if with_medians else None
    for tile, medians_of_tile in zip(tiles, medians_of_tiles, strict=True):
        rates[tile.runs] = tile.summary.n_spikes[: tile.n] / inputs.recording.duration
        if with_medians:
            median_V[tile.runs] = medians_of_tile
    return Batch(rates, median_V)


def compile_all() -> None:
    """Compile every kernel, or load it from the cache."""
    recording = Recording(0.01, 0.1 * ms)
    draw_spike_trains(10, 0, recording)
    for width in WIDTHS:
        realisations = Realisations([count_spikes(10, seed, recording) for seed in range(width)])
        simulate_batch([0], realisations)
        simulate_batch(np.zeros(width), Realisations(realisations.counts[:1]))


@dataclass
class _Tile:
    """Runs that are integrated together, with one realisation for all or each with its own."""

    runs: tuple  # where they are among [realisations, weights]
    counts: list[SpikeCounts]  # [1 or n]
    exc: np.ndarray  # [n_steps, 1 or width]
    inh: np.ndarray
    w_exc: np.ndarray  # [n]
    neuron: AdEx

    @property
    def n(self) -> int:
        return self.w_exc.size

    @property
    def dt(self) -> float:
        return self.counts[0].recording.timestep

    def run(self, bracket=None, recorder=None, coarsening=1) -> None:
        """Integrate, and leave a ``summary``."""
        width = _width(self.n)
        w_exc = np.zeros(width)
        w_exc[: self.n] = self.w_exc
        summary = Summary.of(width)
        KERNELS[width](
            self.exc if coarsening == 1 else sum_rows(self.exc, coarsening),
            self.inh if coarsening == 1 else sum_rows(self.inh, coarsening),
            w_exc,
            self.dt * coarsening,
            self.neuron,
            summary,
            bracket or Bracket.everything(width, 0),
            recorder or Recorder.of(0, 0, with_traces=False),
        )
        self.summary = summary

    def run_with_medians(self, recorder=None) -> np.ndarray:
        """Integrate, leave a ``summary`` and return the medians [n] (V)."""
        n_steps, width = self.exc.shape[0], _width(self.n)
        rough = Bracket.everything(width, n_steps // COARSENING + BLOCK)
        self.run(rough, coarsening=COARSENING)
        bracket = Bracket.around(*quantile_range(rough, *GUESSED_QUANTILES), n_steps // 4 + BLOCK)
        self.run(bracket, recorder)
        median_V = medians(bracket, n_steps)[: self.n]
        for lane in np.flatnonzero(np.isnan(median_V)):
            alone = self.lane(lane)
            bracket = Bracket.everything(WIDTHS[0], n_steps + BLOCK)
            alone.run(bracket)
            median_V[lane] = medians(bracket, n_steps)[0]
        return median_V

    def lane(self, lane: int) -> "_Tile":
        """A tile with this run alone."""
        counts = self.counts[lane if len(self.counts) > 1 else 0]
        exc, inh = counts.exc[:, np.newaxis], counts.inh[:, np.newaxis]
        return _Tile((), [counts], exc, inh, self.w_exc[[lane]], self.neuron)


def _tiles(weights: np.ndarray, inputs: Realisations, neuron: AdEx) -> Iterator[_Tile]:
    """The runs of all realisations with all weights, in the cheaper of two arrangements."""

    def cost(n_lanes):
        return sum(_TILE_COST[_width(len(range(n_lanes)[lanes]))] for lanes in _groups(n_lanes))

    if len(inputs) * cost(weights.size) <= weights.size * cost(len(inputs)):
        for i, counts in enumerate(inputs.counts):
            for lanes in _groups(weights.size):
                exc, inh = counts.exc[:, np.newaxis], counts.inh[:, np.newaxis]
                yield _Tile((i, lanes), [counts], exc, inh, weights[lanes], neuron)
    else:
        for j, weight in enumerate(weights):
            for lanes, (exc, inh) in zip(_groups(len(inputs)), inputs.side_by_side, strict=True):
                counts = inputs.counts[lanes]
                yield _Tile((lanes, j), counts, exc, inh, np.full(len(counts), weight), neuron)


def _groups(n: int) -> list[slice]:
    """0 … n-1 in groups that fit a tile."""
    return [slice(start, min(start + WIDTHS[-1], n)) for start in range(0, n, WIDTHS[-1])]


def _width(n_lanes: int) -> int:
    """The narrowest tile with room for so many lanes."""
    return next(width for width in WIDTHS if width >= n_lanes)


def _columns(arrays: list[np.ndarray]) -> np.ndarray:
    """Arrays [n] side by side [n, width of a tile], zeros in the columns left over."""
    columns = np.zeros((arrays[0].size, _width(len(arrays))), arrays[0].dtype)
    for i, array in enumerate(arrays):
        columns[:, i] = array
    return columns


def _check(tiles: list[_Tile]) -> None:
    """Raise ``RunOff`` if any lane did."""
    failures = []
    for tile in tiles:
        summary, p = tile.summary, tile.neuron
        unstable = tile.dt * (p.g_L + summary.g_peak) / p.C >= 2
        ran_off = unstable | ~np.isfinite(summary.V_end) | ~(summary.V_lowest > V_FLOOR)
        lanes = np.flatnonzero(ran_off[: tile.n])
        failures.extend(_describe_run_off(tile.lane(lane)) for lane in lanes)
    if failures:
        n_runs = sum(tile.n for tile in tiles)
        raise RunOff(
            f"the voltage ran off in {len(failures)} of {n_runs} runs, for too large a weight or "
            "too coarse a time step: " + "; ".join(failures[:5]) + (" …" if failures[5:] else "")
        )


def _describe_run_off(tile: _Tile) -> str:
    """Which run ran off (the tile's only one), and when."""
    dt, p, (counts,) = tile.dt, tile.neuron, tile.counts
    recorder = Recorder.of(1, counts.exc.size, with_traces=True)
    tile.run(recorder=recorder)
    V, _, g_exc, g_inh = recorder.traces[0]
    g_syn = (g_exc + g_inh) / (1 - dt / p.τ_g)  # before it decayed
    bad = ~(V > V_FLOOR) | (dt * (p.g_L + g_syn) / p.C >= 2 * (1 - 1e-9))
    t = time_grid(counts.recording)[np.argmax(bad)]
    return f"w_e = {tile.w_exc[0] / pS:g} pS, N = {counts.N}, seed {counts.seed} at t = {t:.4f} s"
