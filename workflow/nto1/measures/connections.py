"""How well a neuron's inputs are told from other trains, in recordings like ``recording``."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

import numpy as np

from nto1.inference.kinds import EXCITATORY, INHIBITORY, UNCONNECTED
from nto1.inference.method import Outcome, Problem, Test, methods, run_tests
from nto1.inference.n_to_1 import NToOne, Recorded, Signal, imaged
from nto1.inference.scores import score
from nto1.measures.measure import Columns, Measure, Report, Work, name_of
from nto1.simulation.inputs import TimeGrid
from nto1.units import ms

if TYPE_CHECKING:
    import pandas as pd

    from nto1.config.model import NetworkRecording, OneRecording
    from nto1.config.studies import Case

    AnyRecording = OneRecording | NetworkRecording

# Samples of all signals that are tested together: this bounds memory.
MAX_SAMPLES = 2**26

PROGRAM_MB = 300  # without any data

SCORES = ("AUC", "AUC_exc", "AUC_inh", "F1max")

LEVEL = 0.05
CALLS = ("unconnected_p_below_5_percent", "n_called", "n_called_wrongly")


class Item(NamedTuple):
    """A test in a signal, and what tells its rows from others."""

    columns: Mapping[str, Any]
    signal: Signal
    test: Test


def seconds_of(items: Sequence[Item], time_grid: TimeGrid, n_spikes: float) -> float:
    """To make all signals and test trains with so many spikes, on one core."""
    seconds = len({item.signal for item in items}) * 100e-9 * time_grid.n_steps
    for _, test in {(item.signal, item.test) for item in items}:
        window = test.window_ms / (time_grid.timestep / ms)
        n_shuffles = test.options.get("n_shuffles", 0)
        seconds += methods()[test.method].seconds(n_spikes, window, n_shuffles)
    return seconds


def memory_MB_of(
    items: Sequence[Item], time_grid: TimeGrid, n_spikes: float, n_voltages: int, threads: int
) -> float:
    """At most, with so many voltages kept, on some threads."""
    n_signals = len({item.signal for item in items})
    together = min(n_signals, max(1, MAX_SAMPLES // time_grid.n_steps))
    n_bytes = 8 * (time_grid.n_steps * (n_voltages + together) + n_spikes)
    of_tests = (
        methods()[item.test.method].n_bytes(item.test, n_spikes, time_grid.duration, threads)
        for item in items
    )
    return PROGRAM_MB + (n_bytes + max(of_tests)) / 1e6


class Detection(NamedTuple):
    """A recording, simulated once, and all that is tested in it."""

    recording: NToOne
    items: tuple[Item, ...]

    @property
    def seconds(self) -> float:
        """On one core."""
        recording = self.recording
        return recording.seconds + seconds_of(
            self.items, recording.time_grid, recording.n_tested_spikes
        )

    def memory_MB(self, threads: int) -> float:
        """At most, on some threads."""
        recording = self.recording
        return memory_MB_of(self.items, recording.time_grid, recording.n_tested_spikes, 2, threads)


class Connections(Measure):
    name = "connections"
    description = "how well inputs are told from other trains, in recordings like recording"
    sections = ("inputs", "neuron", "recording", "connection_inference")
    lists = {"recording.N": "N", "recording.seeds": "seed"}
    # In recordings, the last spike is delivered.
    not_varied = frozenset(
        {
            "inputs.drop_last_spike",
            *("connection_inference.weights", "connection_inference.duration_s"),
        }
    )
    measured: ClassVar[tuple[str, ...]] = (*SCORES, "output_rate_Hz")
    limits = dict.fromkeys(SCORES, (0, 1)) | {"output_rate_Hz": (0, inf)}
    also: ClassVar[tuple[str, ...]] = ("n_tested", *CALLS)
    shown: ClassVar[tuple[str, ...]] = ("AUC", "F1max")
    runs = ("recording", "recordings")
    tables = ("weights",)

    def work(self, cases: Mapping[str, "Case"]) -> Iterator[Work]:
        """A recording is simulated once, for all cases that test it."""
        items: dict[NToOne, list[Item]] = {}
        for case in cases.values():
            settings = case.config.recording
            item = item_of(case, settings)
            for N, seed in product(settings.N, settings.seeds):
                its = items.setdefault(NToOne.of(case.config, N, seed), [])
                its += [item] if item not in its else []
        for recording, its in items.items():
            task = Detection(recording, tuple(its))
            yield Work(name_of(recording), "", (), task, len(its), task.seconds)

    def run(
        self, tasks: Iterable[Detection], tables: Mapping[str, Any], threads: int, report: Report
    ) -> Iterator[Columns]:
        for task in tasks:
            yield from trains_of(task, tables["weights"], threads)
            report(len(task.items))

    def memory_MB(self, tasks: Sequence[Detection], threads: int) -> float:
        return max(task.memory_MB(threads) for task in tasks)

    def rows(self, made: "pd.DataFrame") -> "pd.DataFrame":
        columns = list(made.columns)  # first those that tell recordings and tests apart
        return scored(made, columns[: columns.index("output_rate_Hz")])


def item_of(case: "Case", settings: "AnyRecording") -> Item:
    """The test and the signal of a case. ``settings``: its recording or network_recording."""
    section = case.config.connection_inference
    signal = Signal(
        *(settings.ceiling, float(settings.spike_SNR), section.noise_seed),
        settings.clip_percentile,
    )
    return Item(case.columns, signal, methods()[settings.method].test(dict(section)))


class TestedRecording(Recorded, Protocol):
    @property
    def spike_times(self) -> np.ndarray: ...

    @property
    def time_grid(self) -> TimeGrid: ...


def outcomes_of(
    recording: TestedRecording,
    times: Sequence[np.ndarray],
    indices: np.ndarray,
    items: Sequence[Item],
    threads: int = 1,
) -> Iterator[tuple[Item, Outcome]]:
    """What each item's test makes of its signal. ``times`` and ``indices`` of trains: as in a
    ``Problem``. The recorded voltage is overwritten."""
    signals: dict[Signal, list[Test]] = {}
    for item in items:
        signals.setdefault(item.signal, []).append(item.test)
    max_together = max(1, MAX_SAMPLES // recording.V.size)
    found: dict[tuple[Signal, Test], Outcome] = {}
    while signals:
        tests = list(dict.fromkeys(next(iter(signals.values()))))
        together = [each for each in signals if {*signals[each]} == {*tests}][:max_together]
        for signal in together:
            del signals[signal]
        voltages = [
            imaged(recording, signal, in_place=not signals and signal == together[-1])
            for signal in together
        ]
        problem = Problem(
            *(voltages, recording.time_grid.timestep, times, recording.spike_times),
            *(indices, threads),
        )
        for test, outcomes in zip(tests, run_tests(problem, tests), strict=True):
            found |= {(s, test): o for s, o in zip(together, outcomes, strict=True)}
        del voltages, problem
    for item in items:
        yield item, found[item.signal, item.test]


def trains_of(task: Detection, weights: str | Path, threads: int = 1) -> Iterator[Columns]:
    """Every tested train of each item: N, seed, the signal's and the test's own columns and those
    of the item; output_rate_Hz; and of the train what it is, and t.

    Raises ``ValueError``: what the tests raise.
    """
    recording, trains = task.recording.record(weights)
    n = len(trains.times)
    tested = outcomes_of(recording, trains.times, np.arange(n), task.items, threads)
    for (columns, signal, test), outcome in tested:
        own = {
            "N": recording.N,
            "seed": recording.seed,
            "spike_SNR": signal.spike_SNR,
            "duration_s": task.recording.duration_s,
            "window_ms": test.window_ms,
            "method": test.method,
        }
        varied = {name: value for name, value in columns.items() if own.get(name) != value}
        shared = {**own, **varied, "output_rate_Hz": recording.output_rate}
        yield {name: np.full(n, value) for name, value in shared.items()} | {
            "train": np.arange(n),
            "input": trains.inputs,
            **trains.columns(),
            "t": outcome.t,
            **outcome.columns,
        }


def scored(tested: "pd.DataFrame", by: list[str]) -> "pd.DataFrame":
    """A row for each combination of values in some columns, in order: the scores of its trains that
    have a t, how many these are, and output_rate_Hz."""
    import pandas as pd

    rows = []
    for values, trains in tested.groupby(by, sort=False, dropna=False):
        known = trains[trains["t"].notna()]
        row = dict(zip(by, values, strict=True)) | scores_of(known["t"], known["kind"])
        row |= {"n_tested": len(known), "output_rate_Hz": trains["output_rate_Hz"].iloc[0]}
        rows.append(row | (calls(known) if "p" in known else {}))
    return pd.DataFrame(rows)


def scores_of(t: "pd.Series", kinds: "pd.Series") -> dict[str, float]:
    """NaN if either connected or other trains are missing."""
    if not can_be_scored(kinds):
        return dict.fromkeys(SCORES, np.nan)
    result = score(t.to_numpy(), kinds.to_numpy())
    return {name: getattr(result, name) for name in SCORES}


def can_be_scored(kinds: "pd.Series") -> bool:
    return bool((kinds == UNCONNECTED).any() and (kinds != UNCONNECTED).any())


def calls(trains: "pd.DataFrame") -> dict[str, float]:
    """Of a method with p-values (NaN for others): the share of unconnected trains with p < 5 %; and
    with false discoveries limited to 5 % how many trains are called, and how many of them wrongly.
    """
    unconnected = trains["kind"] == UNCONNECTED
    is_called = trains["q"] <= LEVEL
    called_kind = np.where(trains["t"] > 0, EXCITATORY, INHIBITORY)
    counts = {
        "unconnected_p_below_5_percent": (trains["p"] < LEVEL)[unconnected].mean(),
        "n_called": is_called.sum(),
        "n_called_wrongly": (is_called & (trains["kind"] != called_kind)).sum(),
    }
    known = trains["p"].notna().any()
    return {name: float(value) if known else np.nan for name, value in counts.items()}


MEASURE = Connections()
