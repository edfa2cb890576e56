"""Which of the N-to-1 neuron's inputs can be detected? The thesis's experiment.

The AdEx neuron hears its N inputs for some minutes. Its voltage is kept as imaging would show it,
and every input's spike train is tested for a connection, beside trains that are no inputs.

    recording = record(N, seed, w_exc, duration)
    trains = choose_trains(recording, 100)
    V = imaged(recording, Signal(ceiling="before_reset", spike_SNR=40, clip_percentile=99.9))
    outcome = run_tests(recording, trains, {"SNR 40": V}, ["sta"])

Source: the thesis's chapter on connection inference.
"""

from collections.abc import Mapping, Sequence
from csv import DictReader
from math import inf
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from nto1.inference.line_fit import line_fit_test
from nto1.inference.output_spikes import CountTest
from nto1.inference.scores import EXCITATORY, INHIBITORY, UNCONNECTED
from nto1.inference.sta import HeightTest, STATest
from nto1.inference.template import TemplateTest, template_test
from nto1.inference.windows import check_trains, in_batches
from nto1.jit import jit
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
from nto1.units import ms, nS, s

METHODS = ("sta", "template", "line_fit", "spikes")

# What differs from the runs in which the weights were searched.
INPUTS = Inputs(drop_last_spike=False, inclusive_arrival=True)


class Recording(NamedTuple):
    """Of one simulation."""

    N: int
    seed: int
    time_grid: TimeGrid
    neuron: AdEx
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

    def parts(self, n: int) -> list[np.ndarray]:
        """Indices of trains in n parts with about as many spikes, to be tested apart from each
        other; trains of about the same size are in one part."""
        order = np.argsort(self.n_spikes, kind="stable")
        n_until = np.cumsum(self.n_spikes[order])
        return np.split(order, np.searchsorted(n_until, n_until[-1] * np.arange(1, n) / n))

    def columns(self) -> dict[str, np.ndarray]:
        """A table with a row per train."""
        return {"kind": self.kinds, "n_spikes": self.n_spikes, "rate_Hz": self.rates}


class Outcome(NamedTuple):
    """Of one method on one signal."""

    method: str
    window: float  # s
    t: np.ndarray  # [n_trains]
    details: STATest | TemplateTest | None


def tabled_weight(N: int, table: str | Path, other_weight: float) -> float:
    """The weight (S) for N inputs in a CSV table with the columns N and we_nS, or the other one.

    Raises ``ValueError`` if it is no such table.
    """
    with open(table, newline="", encoding="utf-8") as stream:
        try:
            weights = {int(row["N"]): float(row["we_nS"]) for row in DictReader(stream)}
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"{table} has to be a table of numbers with the columns N and we_nS: {error}"
            ) from None
    return weights[N] * nS if N in weights else other_weight


def record(
    N: int,
    seed: int,
    w_exc: float,
    duration: float = 600 * s,
    timestep: float = 0.1 * ms,
    inputs: Inputs = INPUTS,
    neuron: AdEx = AdEx(),
) -> Recording:
    """Simulate N inputs of weight ``w_exc`` (S) and keep the voltage.

    Raises what ``count_spikes`` and ``simulate`` raise.
    """
    time_grid = TimeGrid(duration, timestep)
    counts = count_spikes(N, seed, time_grid, inputs)
    run = simulate(w_exc, counts, neuron, record=("V",), with_median=False)
    step_times.cache_clear()  # as large as the voltage
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


def imaged(recording: Recording, signal: Signal, in_place: bool = False) -> np.ndarray:
    """The recorded voltage (V) as a signal [n_steps].

    ``in_place`` overwrites the recorded voltage, which saves memory. Raises ``ValueError`` for an
    unknown ceiling or a spike-SNR that is not positive.
    """
    V, neuron = recording.V if in_place else recording.V.copy(), recording.neuron
    if signal.ceiling in ("before_reset", "at_reset"):
        V[recording.spike_steps - (signal.ceiling == "before_reset")] = neuron.V_spike
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
) -> TrainSet:
    """Trains to test: so many of the most active inputs of either kind, and as many others.

    Without ``n_per_kind``, all inputs, and as many unconnected trains as inputs. The rates of
    unconnected trains are drawn from those of the inputs tested, from a generator of seed
    ``rates_seed`` (that of the simulation + 1), which then draws the trains, unless
    ``trains_seed`` says otherwise. Raises ``ValueError`` if there are not so many inputs.
    """
    N, n_exc, drawn = recording.N, recording.n_exc, recording.inputs
    available = min(n_exc, N - n_exc)
    if n_per_kind is not None and not 1 <= n_per_kind <= available:
        raise ValueError(
            f"can't test {n_per_kind} inputs of either kind: N = {N} has {n_exc} excitatory and "
            f"{N - n_exc} inhibitory ones"
        )
    by_activity = np.argsort(-drawn.n_spikes, kind="stable")
    exc = by_activity[by_activity < n_exc][:n_per_kind]
    inh = by_activity[by_activity >= n_exc][:n_per_kind]
    inputs = np.concatenate([exc, inh])
    n_unconnected = n_per_kind or N
    unconnected = draw_unconnected(
        drawn.n_spikes[inputs] / drawn.duration,
        n_unconnected,
        drawn.duration,
        recording.seed + 1 if rates_seed is None else rates_seed,
        trains_seed,
    )
    return TrainSet(
        [drawn[i] for i in inputs] + unconnected,
        np.repeat([EXCITATORY, INHIBITORY, UNCONNECTED], [exc.size, inh.size, n_unconnected]),
        np.concatenate([inputs, np.full(n_unconnected, -1)]),
        drawn.duration,
    )


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


def run_tests(
    recording: Recording,
    trains: TrainSet,
    signals: Mapping[str, np.ndarray],
    methods: Sequence[str] = ("sta",),
    window: float = 20 * ms,
    line_fit_window: float = 10 * ms,
    more_sta_windows: Sequence[float] = (),
    n_shuffles: int = 100,
    shuffle_seed: int | Sequence[int] = 1,
    template_quantile: float = 0.99,
    template_window: float = 100 * ms,
    threads: int = 1,
) -> dict[str, list[Outcome]]:
    """Every method on every signal: outcomes of a signal, in the order of the methods; then those
    of method ``sta`` with further windows (s), which come nearly for free if they are shorter.

    ``spikes`` needs no signal: its outcome is the same for all. ``shuffle_seed`` is one for all
    trains, or one for each. Raises ``ValueError`` for an unknown method, or what the tests raise.
    """
    if unknown := set(methods) - set(METHODS):
        raise ValueError(f"there is no method {', '.join(unknown)}, but {', '.join(METHODS)}")
    dt, n_steps = recording.time_grid.timestep, recording.time_grid.n_steps
    shuffling = {"n_shuffles": n_shuffles, "seed": shuffle_seed, "threads": threads}
    sta_windows = [window] * bool({"sta", "template"} & set(methods)) + [*more_sta_windows]

    # Methods that need no other's results share the shuffles.
    heights = counts = None
    if sta_windows:
        heights = HeightTest(list(signals.values()), dt, sta_windows, n_shuffles)
    if "spikes" in methods:
        counts = CountTest(recording.spike_times, trains.duration, dt, window, n_shuffles)
    tests = [test for test in (heights, counts) if test]
    if tests:
        steps = [round(length / dt) for length in [window, *sta_windows]]
        times = check_trains(trains.times, n_steps * dt, max(steps) * dt)
        found = dict(
            zip(tests, in_batches(times, dt, n_steps, steps, tests, **shuffling), strict=True)
        )

    def outcome(method, t, window=window, details=None):
        return Outcome(method, window, t, details)

    of_heights = heights.results(found[heights]) if heights else [[]] * len(signals)
    of_counts = outcome("spikes", counts.result(found[counts])) if counts else None

    outcomes = {}
    for (name, V), of_windows in zip(signals.items(), of_heights, strict=True):
        outcomes[name] = []
        for method in methods:
            if method == "sta":
                outcomes[name].append(outcome(method, of_windows[0].t, details=of_windows[0]))
            elif method == "template":
                test = template_test(
                    *(V, dt, trains.times, window),
                    **shuffling,
                    quantile=template_quantile,
                    template_window=template_window,
                    first_pass=of_windows[0],
                )
                outcomes[name].append(outcome(method, test.t, details=test))
            elif method == "line_fit":
                t = line_fit_test(V, dt, trains.times, line_fit_window, threads)
                outcomes[name].append(outcome(method, t, line_fit_window))
            else:
                outcomes[name].append(of_counts)
        more = of_windows[len(sta_windows) - len(more_sta_windows) :]
        for length, test in zip(more_sta_windows, more, strict=True):
            outcomes[name].append(outcome("sta", test.t, length, test))
    return outcomes


@jit
def _draw_unconnected(rates, n, duration, state, state_for_trains, starts_anew):
    """Spike times of n trains one after the other, and the number in each train."""
    drawn = np.empty(n)
    for i in range(n):
        rate, state = next_below(rates.size, state)
        drawn[i] = rates[rate]
    return draw_trains(drawn, duration, state_for_trains if starts_anew else state)
