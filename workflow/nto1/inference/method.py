"""Detection methods: which there are, and how they are run beside each other.

A method is a module of this package that has a ``METHOD``. Nothing else lists it: the
configuration, studies, result sets and figures ask ``methods()``.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np

from nto1 import checks, inference
from nto1.inference.windows import in_batches
from nto1.registry import offered_in
from nto1.units import to_SI

# Options that several methods share: keys of the section ``connection_inference``. A method's own
# are called there as in its ``METHOD``, with its name before them: ``line_fit_window_ms``.
SHUFFLING = ("n_shuffles", "shuffle_seed", "shuffle_seed_per_train")


class Option(NamedTuple):
    """A key of the configuration that is a method's own."""

    default: Any
    description: str
    limits: Mapping[str, float] = {}  # as of pydantic's Field: gt, ge, lt, le
    choices: tuple[str, ...] = ()  # of text

    @property
    def type(self) -> Any:
        return Literal[self.choices] if self.choices else type(self.default)


class Problem(NamedTuple):
    """Spike trains that may be a neuron's inputs, and what was recorded of it."""

    signals: Sequence[np.ndarray]  # V, each [n_steps]
    dt: float  # s
    trains: Sequence[np.ndarray]  # s, ascending
    output_times: np.ndarray  # s, the neuron's own spikes
    indices: np.ndarray  # [n_trains] which seeds of shuffles they have, if each has its own
    threads: int = 1

    @property
    def n_steps(self) -> int:
        return self.signals[0].size

    @property
    def duration(self) -> float:
        return self.n_steps * self.dt

    def of(self, trains: np.ndarray) -> "Problem":
        """With some of the trains."""
        return self._replace(trains=[self.trains[i] for i in trains], indices=self.indices[trains])


class Outcome(NamedTuple):
    """Of one method on one signal."""

    t: np.ndarray  # [n_trains] positive: excitatory; negative: inhibitory
    columns: Mapping[str, np.ndarray] = {}  # more for the table of trains, each [n_trains]
    details: Any = None


def p_of_shuffles(t: np.ndarray) -> np.ndarray:
    """p-values of t = ± (1 - p), without what was rounded."""
    return np.round(1 - np.abs(t), 12)


class Test(NamedTuple):
    """A method, and its options by their keys in the configuration, with units."""

    method: str
    items: tuple[tuple[str, Any], ...]

    @property
    def options(self) -> dict[str, Any]:
        return dict(self.items)

    @property
    def window_ms(self) -> float:
        """NaN for a method without."""
        key = methods()[self.method].window
        return float(self.options[key]) if key else np.nan

    def in_SI(self) -> dict[str, Any]:
        """``window``, ``line_fit_window``, ``n_shuffles``, …"""
        return to_SI(self.options)

    def seeds(self, problem: Problem) -> int | np.ndarray:
        """Of all shuffles, or of those of each train."""
        seed = self.options["shuffle_seed"]
        per_train = self.options["shuffle_seed_per_train"]
        return seed + problem.indices if per_train else seed


class WindowTest(Protocol):
    """What ``in_batches`` calls; it is prepared for some tests of one method."""

    @property
    def windows(self) -> Sequence[int]:
        """In steps."""

    def __call__(self, batch: np.ndarray, windows: Any) -> tuple[np.ndarray, ...]: ...

    def outcomes(self, found: list[np.ndarray]) -> list[list[Outcome]]:
        """Of each test, for every signal."""


class Method(NamedTuple):
    """A way to tell which trains are inputs.

    ``run(problem, test, first_pass)`` gives an outcome for every signal. A method that looks at
    windows after the spikes of trains and of their shuffles may share them with others: it has
    ``on_windows(problem, tests)`` instead.
    """

    name: str
    title: str  # in figures
    description: str  # what it looks at, in a few words
    run: Callable[[Problem, Test, list[Outcome] | None], list[Outcome]] | None = None
    on_windows: Callable[[Problem, list[Test]], WindowTest] | None = None
    first_pass: str = ""  # a method whose outcomes it needs
    shared: tuple[str, ...] = ()  # options that it has in common with others
    own: Mapping[str, Option] = {}
    window: str = ""  # which option is the length of its window
    # On one core, for a number of spikes, a window (steps) and a number of shuffles.
    seconds: Callable[[float, float, int], float] = lambda *_: 0.0
    # Beside signals and trains, of a test, a number of spikes, a duration (s) and threads.
    n_bytes: Callable[[Test, float, float, int], float] = lambda *_: 0.0
    # Two-sided p-values from its t, if its outcomes have no column p.
    p_of_t: Callable[[np.ndarray], np.ndarray] = p_of_shuffles
    # What its p-values are worth on recordings of one's own, of a method that is not calibrated.
    caution: str = "whether its p-values can be trusted has not been measured"
    place: int = 100  # in tables and legends

    @property
    def options(self) -> tuple[str, ...]:
        """All keys of the section ``connection_inference`` that it depends on."""
        of_first = methods()[self.first_pass].options if self.first_pass else ()
        own = (f"{self.name}_{key}" for key in self.own)
        return tuple(dict.fromkeys((*self.shared, *own, *of_first)))

    def p_values(self, outcome: Outcome) -> np.ndarray:
        """Of every train, as the method means them [n_trains]."""
        return outcome.columns.get("p", self.p_of_t(outcome.t))

    def test(self, section: Mapping[str, Any]) -> Test:
        """With the options that the section ``connection_inference`` says."""
        return Test(self.name, tuple((key, section[key]) for key in self.options))


@cache
def methods() -> dict[str, Method]:
    """All methods by name."""
    found = sorted(offered_in(inference, "METHOD"), key=lambda method: method.place)
    return {method.name: method for method in found}


def run_tests(problem: Problem, tests: Sequence[Test]) -> list[list[Outcome]]:
    """Of each test, its outcome on every signal.

    t is NaN for trains without a spike that is early enough for the longest window. Raises
    ``ValueError``: what the methods raise.
    """
    windows = (
        value for test in tests for name, value in test.in_SI().items() if name.endswith("window")
    )
    latest = problem.duration - max(windows, default=0.0)
    testable = [i for i, train in enumerate(problem.trains) if train.size and train[0] <= latest]
    n_trains = len(problem.trains)
    if len(testable) == n_trains:
        return _outcomes(problem, tests)
    if not testable:
        return [[Outcome(np.full(n_trains, np.nan))] * len(problem.signals)] * len(tests)

    def of_all(values: np.ndarray) -> np.ndarray:
        whole = np.full(n_trains, np.nan)
        whole[testable] = values
        return whole

    return [
        [
            Outcome(of_all(o.t), {name: of_all(c) for name, c in o.columns.items()}, o.details)
            for o in of_test
        ]
        for of_test in _outcomes(problem.of(np.array(testable)), tests)
    ]


def _outcomes(problem: Problem, tests: Sequence[Test]) -> list[list[Outcome]]:
    """Methods that look at shuffled trains come first, and together."""
    todo = list(tests)
    for test in tests:
        if name := methods()[test.method].first_pass:
            first = methods()[name].test(test.options)
            todo += [first] if first not in todo else []
    found: list[list[Outcome]] = [[] for _ in todo]
    on_windows = [i for i, test in enumerate(todo) if methods()[test.method].on_windows]
    while on_windows:
        shuffling = _shuffling(todo[on_windows[0]])
        together = [i for i in on_windows if _shuffling(todo[i]) == shuffling]
        on_windows = [i for i in on_windows if i not in together]
        of_some = _on_shared_windows(problem, [todo[i] for i in together])
        for i, outcomes in zip(together, of_some, strict=True):
            found[i] = outcomes
    for i, test in enumerate(todo):
        method = methods()[test.method]
        if method.run:
            of_first = None
            if method.first_pass:
                of_first = found[todo.index(methods()[method.first_pass].test(test.options))]
            found[i] = method.run(problem, test, of_first)
    return found[: len(tests)]


def _shuffling(test: Test) -> dict[str, Any]:
    return {key: test.options[key] for key in SHUFFLING}


def _on_shared_windows(problem: Problem, tests: list[Test]) -> list[list[Outcome]]:
    by_method: dict[str, list[int]] = {}
    for i, test in enumerate(tests):
        by_method.setdefault(test.method, []).append(i)
    prepared = [
        prepare(problem, [tests[i] for i in its])
        for name, its in by_method.items()
        if (prepare := methods()[name].on_windows)
    ]
    windows = [steps for test in prepared for steps in test.windows]
    found = in_batches(
        checks.trains(problem.trains, problem.duration, max(windows) * problem.dt),
        *(problem.dt, problem.n_steps, windows, prepared),
        tests[0].options["n_shuffles"],
        tests[0].seeds(problem),
        problem.threads,
    )
    outcomes: list[list[Outcome]] = [[] for _ in tests]
    for of_method, arrays, its in zip(prepared, found, by_method.values(), strict=True):
        for i, of_signals in zip(its, of_method.outcomes(arrays), strict=True):
            outcomes[i] = of_signals
    return outcomes
