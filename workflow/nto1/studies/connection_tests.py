"""Connection tests of the experiment of 2021, with other parameters and other seeds: the measure
``connection_test`` of studies."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from nto1.inference.sta import (
    NoiseLevel,
    PValue,
    TrainTest,
    one_by_one,
    p_value,
    train_test,
)
from nto1.inference.windows import Windows, digitise, sum_windows
from nto1.measures.connection_test import MAX_TESTS_AT_ONCE, ImagingTest
from nto1.simulation.voltage_imaging import (
    ExperimentDraw,
    Response,
    draw_experiment,
    imaging_noise,
    simulate_voltage,
)


class TrainResult(NamedTuple):
    p: list[PValue]  # of each test
    first: TrainTest | None  # averages of the first one, if they are kept


def simulated_tests(
    tests: Sequence[ImagingTest], threads: int = 1, keep_first: bool = False
) -> tuple[ExperimentDraw, Response, Iterator[TrainResult]]:
    """What was drawn, the simulation, and for each train in turn the results of all tests, which
    share a recording."""
    experiment, seed, seconds, n_shuffles = tests[0].recording
    dt = experiment.timestep
    window = round(seconds / dt)
    drawn = draw_experiment(experiment, seed)
    simulated = simulate_voltage(drawn, experiment)
    z = drawn.rng.randn(simulated.v.size)
    σ = [imaging_noise(test.spike_SNR, experiment.neuron) for test in tests]
    published = [test.is_published for test in tests]
    # Other levels differ from the first, or from no noise.
    σ_0 = σ[0] if keep_first else 0.0
    v = digitise(simulated.v + σ_0 * z, 24 if keep_first else 15)
    levels = [
        NoiseLevel(simulated.v + each * z, each - σ_0, way)
        for each, way in zip(σ[keep_first:], published[keep_first:], strict=True)
    ]
    noise = digitise(z, 15)

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

    test: ImagingTest
    drawn: ExperimentDraw
    response: Response
    p: np.ndarray  # [n_trains]


def connection_tests(
    tests: Iterable[ImagingTest],
    threads: int = 1,
    report: Callable[[int], None] = lambda n_tests: None,
) -> Iterator[RecordingTest]:
    """Tests that follow each other and have the same recording share it."""
    for _, same in groupby(tests, lambda test: test.recording):
        group = list(same)
        for start in range(0, len(group), MAX_TESTS_AT_ONCE):
            some = group[start : start + MAX_TESTS_AT_ONCE]
            drawn, response, tested = simulated_tests(some, threads)
            p = np.array([[each.p for each in train.p] for train in tested])
            for test, p_of_test in zip(some, p.T, strict=True):
                yield RecordingTest(test, drawn, response, p_of_test)
            report(len(some))
