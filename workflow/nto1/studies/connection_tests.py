"""Connection tests of the experiment of 2021, with other parameters and other seeds: the measure
``connection_test`` of studies."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

import numpy as np

from nto1.inference.scores import roc
from nto1.inference.sta import TrainTest, p_value, shuffle_test
from nto1.inference.windows import digitise
from nto1.simulation.voltage_imaging import (
    Experiment,
    ExperimentDraw,
    Response,
    add_imaging_noise,
    draw_experiment,
    simulate_voltage,
)
from nto1.studies import MAX_TESTS_AT_ONCE, recording_of
from nto1.units import to_SI


def simulated_tests(
    tests: list[dict], neuron: dict, threads: int = 1
) -> tuple[ExperimentDraw, Response, Iterator[list[TrainTest]]]:
    """What was drawn, the simulation, and for each train in turn the results of all tests, which
    differ in noise or p-value alone: keys of the section connection_test, with a seed."""
    experiment, values = Experiment.of(tests[0], neuron), to_SI(tests[0])
    dt = experiment.timestep
    drawn = draw_experiment(experiment, tests[0]["seed"])
    simulated = simulate_voltage(drawn, experiment)
    noise = drawn.rng.randn(simulated.v.size)
    voltages = [
        digitise(
            add_imaging_noise(simulated.v, test["imaging_spike_SNR"], experiment.neuron, noise)
        )
        for test in tests
    ]
    del noise

    window, n_shuffles = round(values["window"] / dt), tests[0]["n_shuffles"]
    tested = shuffle_test(drawn.times, voltages, dt, window, n_shuffles, drawn.rng, threads)
    return drawn, simulated, tested


def connection_test_areas(
    tasks: list[dict], threads: int = 1, report: Callable[[int], None] = lambda n_tests: None
) -> Iterator[dict[str, Any]]:
    """Areas under ROC curves, for each task with its ``test`` and ``neuron`` (``simulated_tests``).

    Tasks that follow each other and have the same recording, but for its noise, share it.

    Yields
    ------
    A row: what distinguishes the task, its seed, and the areas.
    """
    for _, group in groupby(tasks, lambda task: (task["neuron"], recording_of(task["test"]))):
        group = list(group)
        for start in range(0, len(group), MAX_TESTS_AT_ONCE):
            some = group[start : start + MAX_TESTS_AT_ONCE]
            tests = [task["test"] for task in some]
            drawn, _, tested = simulated_tests(tests, some[0]["neuron"], threads)
            p = np.array(
                [
                    [
                        p_value(r.height, r.shuffled_heights, test["p_value"] == "published").p
                        for test, r in zip(tests, of_train, strict=True)
                    ]
                    for of_train in tested
                ]
            )
            for task, test, p_of_test in zip(some, tests, p.T, strict=True):
                truth = drawn.connectivity.connected, drawn.connectivity.inhibitory
                yield task["columns"] | {"seed": test["seed"]} | roc(p_of_test, *truth).areas()
            report(len(some))
