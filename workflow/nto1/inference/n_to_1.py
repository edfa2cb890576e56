"""Which of the N-to-1 neuron's inputs can be detected? The thesis's experiment.

The neuron hears its N inputs for some minutes. Its voltage is kept as imaging would show it,
and every input's spike train is tested for a connection, beside trains that are no inputs.

    recording = record(N, seed, w_exc, duration)
    trains = choose_trains(recording, 100)
    V = imaged(recording, Signal(ceiling="before_reset", spike_SNR=40, clip_percentile=99.9))
    t = sta_test(V, recording.time_grid.timestep, trains.times).t

Source: the thesis's chapter on connection inference.
"""

from csv import DictReader
from math import inf
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

import numpy as np

from nto1 import checks
from nto1.inference.kinds import EXCITATORY, INHIBITORY, UNCONNECTED
from nto1.jit import jit
from nto1.neurons import Neuron
from nto1.neurons.adex import AdEx
from nto1.random.stream import next_below, seeded
from nto1.simulation.inputs import (
    Inputs,
    TimeGrid,
    TrainSource,
    count_spikes,
    draw_trains,
    locate_trains,
    n_excitatory,
    step_times,
)
from nto1.simulation.runs import (
    add_imaging_noise,
    clip_above_percentile,
    simulate,
)
from nto1.units import ms, nS, pS, s

if TYPE_CHECKING:
    from nto1.config.model import Config

# What differs from the runs in which the weights were searched.
INPUTS = Inputs(drop_last_spike=False, inclusive_arrival=True)


class Recording(NamedTuple):
    """Of one simulation."""

    N: int
    seed: int
    time_grid: TimeGrid
    neuron: Neuron
    V: np.ndarray  # [n_steps] V, the reset voltage at a spike
    spike_steps: np.ndarray  # [n_output_spikes], steps of the resets
    spike_times: np.ndarray  # [n_output_spikes] s
    n_exc: int  # the first n_exc inputs are excitatory
    inputs: TrainSource

    @property
    def output_rate(self) -> float:
        return self.spike_steps.size / self.time_grid.duration


class Signal(NamedTuple):
    """What is made of a recorded voltage, in this order."""

    ceiling: Literal["none", "before_reset", "at_reset"] = "none"  # which sample shows a spike
    spike_SNR: float = inf  # of imaging noise
    noise_seed: int = 1
    clip_percentile: float | None = None  # above it, the voltage is cut down to it


class TrainSet(NamedTuple):
    """Excitatory inputs, most active first; inhibitory ones; trains that are no inputs."""

    times: list[np.ndarray]  # s
    kinds: np.ndarray  # [n_trains] str: excitatory, inhibitory, unconnected
    inputs: np.ndarray  # [n_trains] int64, which input it is, -1 for unconnected trains
    duration: float  # s

    @property
    def n_spikes(self) -> np.ndarray:
        return np.array([times.size for times in self.times])

    @property
    def rates(self) -> np.ndarray:
        """Spikes per duration (Hz)."""
        return self.n_spikes / self.duration

    def subset(self, indices: np.ndarray) -> "TrainSet":
        times = [self.times[i] for i in indices]
        return TrainSet(times, self.kinds[indices], self.inputs[indices], self.duration)

    def columns(self) -> dict[str, np.ndarray]:
        """A table with a row per train."""
        return {"kind": self.kinds, "n_spikes": self.n_spikes, "rate_Hz": self.rates}


class NToOne(NamedTuple):
    """A recording that is to be simulated, and which trains are tested in it."""

    N: int
    seed: int
    duration_s: float
    timestep_ms: float
    weight_pS: float | None  # None: that of a table
    other_weight_nS: float  # for N that are not in it
    n_tested: int | None  # of each kind, if there are so many; None: all inputs
    observed_share: float  # of the inputs, of which those to be tested are chosen
    unconnected_seed: int
    inputs: Inputs
    neuron: Neuron

    @classmethod
    def of(cls, config: "Config", N: int, seed: int) -> "NToOne":
        """From the sections recording, connection_inference, inputs and neuron."""
        recording, section = config.recording, config.connection_inference
        # Here, the last spike is delivered.
        inputs = config.inputs.in_SI() | {"drop_last_spike": INPUTS.drop_last_spike}
        return cls(
            *(N, seed, float(recording.duration_s), section.timestep_ms),
            *(recording.weight_pS, section.other_weight_nS),
            None if section.n_tested == "all" else section.n_tested,
            float(recording.observed_share),
            seed + section.unconnected_seed_offset,
            INPUTS._replace(**inputs),
            config.neuron.parameters,
        )

    @property
    def time_grid(self) -> TimeGrid:
        return TimeGrid(self.duration_s, self.timestep_ms * ms)

    @property
    def seconds(self) -> float:
        """To draw the inputs, simulate the neuron, and find the trains to test, on one core."""
        return self.N * self.inputs.mean_rate * self.duration_s * 60e-9

    @property
    def n_tested_spikes(self) -> float:
        """To be expected of all tested trains."""
        N, ratio, mean_Hz = self.N, self.inputs.exc_to_inh, self.inputs.mean_rate
        n_inh, σ = N / (ratio + 1), self.inputs.log_rate_variance**0.5
        if self.n_tested is None:
            return 2 * N * self.observed_share * mean_Hz * self.duration_s
        rates = 0.0
        for n in (N - n_inh, n_inh):
            share = min(self.n_tested / n, 1)
            z = NormalDist().inv_cdf(1 - share) if share < 1 else -inf
            rates += 1.5 * n * mean_Hz * NormalDist().cdf(σ - z)
        return rates * self.duration_s

    def record(self, weights: str | Path) -> tuple[Recording, TrainSet]:
        """The simulation, and the trains that are tested: those with spikes. ``weights`` is a CSV
        table with the columns N and we_nS."""
        if self.weight_pS is None:
            w_exc = tabled_weight(self.N, weights, self.other_weight_nS * nS)
        else:
            w_exc = self.weight_pS * pS
        recording = record(
            *(self.N, self.seed, w_exc, *self.time_grid),
            *(self.inputs, self.neuron),
        )
        fewest = min(recording.n_exc, self.N - recording.n_exc)
        n = self.n_tested and min(self.n_tested, max(1, round(self.observed_share * fewest)))
        trains = choose_trains(
            recording, n, self.unconnected_seed, observed_share=self.observed_share
        )
        return recording, trains.subset(np.flatnonzero(trains.n_spikes))


def tabled_weight(N: int, table: str | Path, other_weight: float) -> float:
    """The weight (S) for N inputs in a CSV table with the columns N and we_nS, or the other one.

    Raises ``ValueError`` if it is no such table, or has an N twice, or a weight that is negative.
    """
    weights: dict[int, float] = {}
    with open(table, newline="", encoding="utf-8-sig") as stream:  # Excel begins with a mark
        try:
            for row in DictReader(stream):
                n = checks.whole(float(row["N"]), "N", 1)
                if n in weights:
                    raise ValueError(f"it has N = {n} twice")
                weights[n] = checks.number(float(row["we_nS"]), f"we_nS at N = {n}", at_least=0)
            if not weights:
                raise ValueError("it has no rows")
        except (KeyError, TypeError, ValueError) as error:
            reason = f"there is no column {error}" if isinstance(error, KeyError) else error
            raise ValueError(
                f"{table} has to be a table of numbers with the columns N and we_nS: {reason}"
            ) from None
    return weights[N] * nS if N in weights else other_weight


def record(
    N: int,
    seed: int,
    w_exc: float,
    duration: float = 600 * s,
    timestep: float = 0.1 * ms,
    inputs: Inputs = INPUTS,
    neuron: Neuron = AdEx(),
) -> Recording:
    """Simulate N inputs of weight ``w_exc`` (S) and keep the voltage.

    Raises what ``count_spikes`` and ``simulate`` raise.
    """
    time_grid = TimeGrid(duration, timestep)
    counts = count_spikes(N, seed, time_grid, inputs)
    run = simulate(w_exc, counts, neuron, record=("V",), with_median=False)
    step_times.cache_clear()  # as large as the voltage
    assert run.trace.V is not None
    return Recording(
        N=N,
        seed=seed,
        time_grid=time_grid,
        neuron=neuron,
        V=run.trace.V,
        spike_steps=run.spike_steps,
        spike_times=run.spike_times,
        n_exc=n_excitatory(N, inputs.exc_to_inh),
        inputs=locate_trains(N, seed, time_grid, inputs),
    )


class Recorded(Protocol):
    """What a signal is made of."""

    @property
    def V(self) -> np.ndarray: ...

    @property
    def spike_steps(self) -> np.ndarray: ...

    @property
    def neuron(self) -> Neuron: ...


def imaged(recording: Recorded, signal: Signal, in_place: bool = False) -> np.ndarray:
    """The recorded voltage (V) as a signal [n_steps].

    ``in_place`` overwrites the recorded voltage, which saves memory. Raises ``ValueError`` for an
    unknown ceiling or a spike-SNR that is not positive.
    """
    V, neuron = recording.V if in_place else recording.V.copy(), recording.neuron
    if signal.ceiling in ("before_reset", "at_reset"):
        peaks = recording.spike_steps - (signal.ceiling == "before_reset")
        V[peaks[peaks < V.size]] = neuron.peak
    elif signal.ceiling != "none":
        raise ValueError(
            f"spikes are ceiled before_reset, at_reset or none of them, not {signal.ceiling}"
        )
    add_imaging_noise(V, signal.spike_SNR, neuron, signal.noise_seed)
    if signal.clip_percentile is not None:
        clip_above_percentile(V, signal.clip_percentile)
    return V


def choose_trains(
    recording: Recording,
    n_per_kind: int | None = None,
    rates_seed: int | None = None,
    trains_seed: int | None = None,
    observed_share: float = 1,
) -> TrainSet:
    """Trains to test: so many of the most active inputs of either kind, and as many others.

    Without ``n_per_kind``, all inputs, and as many unconnected trains as inputs. With an
    ``observed_share``, inputs are chosen among that share of either kind, drawn at random. The
    rates of unconnected trains are drawn from those of the inputs tested, from a generator of
    seed ``rates_seed`` (that of the simulation + 1), which then draws the trains, unless
    ``trains_seed`` says otherwise. Raises ``ValueError`` if there are not so many inputs.
    """
    N, n_exc, drawn = recording.N, recording.n_exc, recording.inputs
    available = min(n_exc, N - n_exc)
    if n_per_kind is not None and not 1 <= n_per_kind <= available:
        raise ValueError(
            f"can't test {n_per_kind} inputs of either kind: N = {N} has {n_exc} excitatory and "
            f"{N - n_exc} inhibitory ones"
        )
    rates_seed = recording.seed + 1 if rates_seed is None else rates_seed
    by_activity = np.argsort(-drawn.n_spikes, kind="stable")
    exc, inh = by_activity[by_activity < n_exc], by_activity[by_activity >= n_exc]
    if observed_share < 1:
        rng = np.random.default_rng(rates_seed)
        exc, inh = (_some(kind, observed_share, rng) for kind in (exc, inh))
    exc, inh = exc[:n_per_kind], inh[:n_per_kind]
    inputs = np.concatenate([exc, inh])
    n_unconnected = n_per_kind or inputs.size
    unconnected = draw_unconnected(
        drawn.n_spikes[inputs] / drawn.duration,
        n_unconnected,
        drawn.duration,
        rates_seed,
        trains_seed,
    )
    return TrainSet(
        [drawn[i] for i in inputs] + unconnected,
        np.repeat([EXCITATORY, INHIBITORY, UNCONNECTED], [exc.size, inh.size, n_unconnected]),
        np.concatenate([inputs, np.full(n_unconnected, -1)]),
        drawn.duration,
    )


def _some(trains: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """At least one of them, in their order."""
    n = max(1, round(share * trains.size))
    return trains[np.sort(rng.permutation(trains.size)[:n])]


def draw_unconnected(
    rates: np.ndarray, n: int, duration: float, seed: int, trains_seed: int | None = None
) -> list[np.ndarray]:
    """n Poisson trains (s) whose rates are drawn, with replacement, from the given ones (Hz)."""
    times, n_spikes = _draw_unconnected(
        rates,
        n,
        duration,
        seeded(seed),
        seeded(seed if trains_seed is None else trains_seed),
        trains_seed is not None,
    )
    return np.split(times, np.cumsum(n_spikes)[:-1])


@jit
def _draw_unconnected(rates, n, duration, state, state_for_trains, starts_anew):
    """Spike times of n trains one after the other, and the number in each train."""
    drawn = np.empty(n)
    for i in range(n):
        rate, state = next_below(rates.size, state)
        drawn[i] = rates[rate]
    return draw_trains(drawn, duration, state_for_trains if starts_anew else state)
