"""Connection tests of the experiment of 2021, with other parameters and other seeds: the measure
``connection_test`` of studies."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from nto1.inference.scores import roc
from nto1.inference.sta import (
    NoiseLevel,
    PValue,
    TrainTest,
    one_by_one,
    p_value,
    train_test,
)
from nto1.inference.windows import Windows, digitise, sum_windows
from nto1.simulation.voltage_imaging import (
    Experiment,
    ExperimentDraw,
    Response,
    draw_experiment,
    imaging_noise,
    simulate_voltage,
)
from nto1.studies import MAX_TESTS_AT_ONCE, recording_of
from nto1.units import to_SI


class TrainResult(NamedTuple):
    p: list[PValue]  # of each test
    first: TrainTest | None  # averages of the first one, if they are kept


def simulated_tests(
    tests: list[dict], neuron: dict, threads: int = 1, keep_first: bool = False
) -> tuple[ExperimentDraw, Response, Iterator[TrainResult]]:
    """What was drawn, the simulation, and for each train in turn the results of all tests, which
    differ in noise or p-value alone: keys of the section connection_test, with a seed."""
    experiment, values = Experiment.of(tests[0], neuron), to_SI(tests[0])
    dt = experiment.timestep
    drawn = draw_experiment(experiment, tests[0]["seed"])
    simulated = simulate_voltage(drawn, experiment)
    z = drawn.rng.randn(simulated.v.size)
    σ = [imaging_noise(test["imaging_spike_SNR"], experiment.neuron) for test in tests]
    published = [test["p_value"] == "published" for test in tests]
    # Other levels differ from the first, or from no noise.
    σ_0 = σ[0] if keep_first else 0.0
    v = digitise(simulated.v + σ_0 * z, 24 if keep_first else 15)
    levels = [
        NoiseLevel(simulated.v + each * z, each - σ_0, way)
        for each, way in zip(σ[keep_first:], published[keep_first:], strict=True)
    ]
    noise = digitise(z, 15)
    window, n_shuffles = round(values["window"] / dt), tests[0]["n_shuffles"]

    def test(windows: Windows) -> TrainResult:
        sums_v, sums_z = (sum_windows(x.samples, windows, window) for x in (v, noise))
        p = [level.p_value(windows, v, sums_v, noise, sums_z) for level in levels]
        if not keep_first:
            return TrainResult(p, None)
        first = train_test(v, windows, sums_v)
        return TrainResult([p_value(first.height, first.shuffled_heights, published[0]), *p], first)

    n_steps = simulated.v.size
    tested = one_by_one(drawn.times, test, n_steps, dt, window, n_shuffles, drawn.rng, threads)
    return drawn, simulated, tested


class RecordingTest(NamedTuple):
    """One connection test of all trains of a recording."""

    task: dict[str, Any]
    drawn: ExperimentDraw
    response: Response
    p: np.ndarray  # [n_trains]


def connection_tests(
    tasks: list[dict], threads: int = 1, report: Callable[[int], None] = lambda n_tests: None
) -> Iterator[RecordingTest]:
    """Of each task, with its ``test`` and ``neuron`` (``simulated_tests``).

    Tasks that follow each other and have the same recording, but for its noise, share it.
    """
    for _, same in groupby(tasks, lambda task: (task["neuron"], recording_of(task["test"]))):
        group = list(same)
        for start in range(0, len(group), MAX_TESTS_AT_ONCE):
            some = group[start : start + MAX_TESTS_AT_ONCE]
            tests = [task["test"] for task in some]
            drawn, response, tested = simulated_tests(tests, some[0]["neuron"], threads)
            p = np.array([[each.p for each in train.p] for train in tested])
            for task, p_of_test in zip(some, p.T, strict=True):
                yield RecordingTest(task, drawn, response, p_of_test)
            report(len(some))


def connection_test_areas(
    tasks: list[dict], threads: int = 1, report: Callable[[int], None] = lambda n_tests: None
) -> Iterator[dict[str, Any]]:
    """Areas under ROC curves, for each task (``connection_tests``).

    Yields
    ------
    A row: what distinguishes the task, its seed, and the areas.
    """
    for task, drawn, _, p in connection_tests(tasks, threads, report):
        areas = roc(p, drawn.connectivity.connected, drawn.connectivity.inhibitory).areas()
        yield task["columns"] | {"seed": task["test"]["seed"]} | areas
