"""Median voltage and firing rate of each run, with the sweep's N and weights."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nto1.errors import DivergenceError
from nto1.measures.measure import Columns, Measure, Report, Work, name_of
from nto1.neurons import Neuron
from nto1.simulation.inputs import Inputs, TimeGrid
from nto1.units import mV, pS

if TYPE_CHECKING:
    from nto1.config.model import Config
    from nto1.config.studies import Case

# Measured: per time step of one run with its median; and per spike, to draw it.
SECONDS_PER_STEP, SECONDS_PER_INPUT_SPIKE = 3.5e-9, 12e-9

# Seeds are run in blocks, so that later ones make runs of their own.
SEEDS_PER_BLOCK = 128


class Runs(NamedTuple):
    """Runs with all combinations of some seeds and weights."""

    columns: Mapping[str, Any]  # that distinguish the case
    N: int
    time_grid: TimeGrid
    inputs: Inputs
    seeds: tuple[int, ...]
    neuron: Neuron
    weights_pS: tuple[float, ...] = ()

    @classmethod
    def of(cls, config: "Config", columns: Mapping[str, Any], N: int, **own) -> "Runs":
        """From sections of the configuration, for the seeds of ``experiment``."""
        experiment, inputs = config.experiment, Inputs(**config.inputs.in_SI())
        time_grid, seeds = TimeGrid.of(experiment), tuple(experiment.seeds)
        return cls(columns, N, time_grid, inputs, seeds, config.neuron.parameters)._replace(**own)

    @property
    def n_steps(self) -> int:
        """Of a weight, with all seeds."""
        return len(self.seeds) * self.time_grid.n_steps

    @property
    def n_input_spikes(self) -> float:
        return len(self.seeds) * self.N * self.inputs.mean_rate * self.time_grid.duration


class Response(Measure):
    name = "response"
    description = "median voltage and firing rate of each run, with the sweep's N and weights"
    sections = ("experiment", "inputs", "neuron", "sweep")
    lists = {"sweep.weights_pS": "we_pS", "experiment.seeds": "seed"}
    not_varied = frozenset({"experiment.memory_per_job_MB", "sweep.weights_per_batch"})
    measured = shown = ("median_Vm_mV", "output_rate_Hz")
    limits = {"output_rate_Hz": (0, inf)}

    def work(self, cases: Mapping[str, "Case"]) -> Iterator[Work]:
        for name, case in cases.items():
            runs = Runs.of(case.config, case.columns, case.config.sweep.N)
            for block, seeds in groupby(sorted(runs.seeds), lambda seed: seed // SEEDS_PER_BLOCK):
                some = runs._replace(seeds=tuple(seeds))
                shared = name_of(some.N, some.time_grid, some.inputs, block)
                seconds_shared = some.n_input_spikes * SECONDS_PER_INPUT_SPIKE
                for weight_pS in case.config.sweep.weights_pS:
                    task = some._replace(weights_pS=(weight_pS,))
                    yield Work(
                        *(shared, name, (weight_pS,), task, len(some.seeds)),
                        *(some.n_steps * SECONDS_PER_STEP, seconds_shared),
                    )

    def tasks(self, work: Sequence[Work]) -> list[Runs]:
        """Runs that differ in their weight alone are one task."""
        return [
            some[0]._replace(weights_pS=tuple(w for task in some for w in task.weights_pS))
            for _, group in groupby(work, lambda piece: piece.name[:2])
            for some in [[piece.task for piece in group]]
        ]

    def run(
        self, tasks: Iterable[Runs], tables: Mapping[str, Any], threads: int, report: Report
    ) -> Iterator[Columns]:
        return responses(tasks, threads, report)


def responses(
    tasks: Iterable[Runs], threads: int = 1, report: Report = lambda n_runs: None
) -> Iterator[Columns]:
    """Median voltage and firing rate. Tasks that follow each other and have the same inputs share
    them: they are drawn once.

    Yields
    ------
    Columns [n_weights · n_seeds], a value per run: those of the task, we_pS, seed, median_Vm_mV and
    output_rate_Hz.

    Raises
    ------
    DivergenceError
        The voltage diverged in some runs: raised after all columns, where these are NaN.
    """
    from nto1.simulation.runs import MAX_SAMPLES, check_divergence, draw_inputs, simulate_batch

    errors = []
    for (N, time, inputs, seeds), same in groupby(tasks, lambda task: task[1:5]):
        group = list(same)
        batches: list[list] = [[] for _ in group]
        n_at_once = max(1, MAX_SAMPLES // time.n_steps)
        for start in range(0, len(seeds), n_at_once):
            drawn = draw_inputs(N, seeds[start : start + n_at_once], time, inputs, threads)
            for task, found in zip(group, batches, strict=True):
                weights = [weight_pS * pS for weight_pS in task.weights_pS]
                batch = simulate_batch(weights, drawn, task.neuron, True, threads, report)
                try:
                    check_divergence(batch, weights, drawn)
                except DivergenceError as error:
                    errors.append(str(error))
                found.append(batch)
        for task, found in zip(group, batches, strict=True):
            medians = np.concatenate([batch.median_V for batch in found]) / mV
            columns = {
                "we_pS": np.repeat(np.array(task.weights_pS, float), len(seeds)),
                "seed": np.tile(np.array(seeds), len(task.weights_pS)),
                "median_Vm_mV": medians.T.ravel(),
                "output_rate_Hz": np.concatenate([batch.rates for batch in found]).T.ravel(),
            }
            n_runs = medians.size
            yield {n: np.full(n_runs, value) for n, value in task.columns.items()} | columns
    if errors:
        raise DivergenceError("; ".join(errors))


MEASURE = Response()
