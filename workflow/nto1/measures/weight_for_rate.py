"""The weight that gives the target rate of ``find_weight``, for its N."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nto1.measures.measure import Columns, Measure, Report, Work, name_of
from nto1.measures.response import SECONDS_PER_INPUT_SPIKE, Runs
from nto1.units import nS, pS

if TYPE_CHECKING:
    import pandas as pd

    from nto1.config.model import Config, Study
    from nto1.config.studies import Case
    from nto1.simulation.weight_search import Evaluation

# Measured: per time step of one run without its median.
SECONDS_PER_STEP = 2e-9
EVALUATIONS_PER_SEARCH = 12

# Around a weight that was found, rates are measured at these multiples of it, too: there, the rate
# averaged over other choices of the seeds passes the target.
AROUND = (0.7, 0.8, 0.9, 0.95, 0.98, 1.02, 1.05, 1.1, 1.2, 1.35)


class Guess(NamedTuple):
    """This weight at this N, in inverse proportion at others."""

    N: int
    weight_pS: float | None  # None: that of the sweep's whose mean rate is nearest to the target


class Search(NamedTuple):
    """The search for a weight, with the inputs and the neuron of ``runs``."""

    runs: Runs
    target_rate_Hz: float
    bracket_factor: float
    relative_tolerance: float
    guess: Guess

    @classmethod
    def of(cls, config: "Config", columns: Mapping[str, Any], N: int) -> "Search":
        """From sections of the configuration."""
        section = config.find_weight
        guess = section.guess
        return cls(
            Runs.of(config, columns, N),
            section.target_rate_Hz,
            section.bracket_factor,
            section.relative_tolerance,
            Guess(config.sweep.N, None) if guess == "sweep" else Guess(guess.N, guess.weight_pS),
        )

    def with_guess(self, sweep: "pd.DataFrame | None") -> "Search":
        """With a weight, if need be from the runs of the sweep."""
        from nto1.simulation.weight_search import nearest_to_target

        if self.guess.weight_pS is not None or sweep is None:
            return self
        means = sweep.groupby("we_pS", as_index=False)["output_rate_Hz"].mean()
        nearest_pS = nearest_to_target(means["we_pS"], means["output_rate_Hz"], self.target_rate_Hz)
        return self._replace(guess=self.guess._replace(weight_pS=nearest_pS))

    @property
    def seconds(self) -> float:
        return self.runs.n_steps * SECONDS_PER_STEP * EVALUATIONS_PER_SEARCH


class WeightForRate(Measure):
    name = "weight_for_rate"
    description = "the weight that gives the target rate of find_weight, for its N"
    sections = ("experiment", "inputs", "neuron", "find_weight")
    lists = {"find_weight.N": "N"}
    columns = {"experiment.seeds": "seed"}
    not_varied = frozenset(
        {
            "experiment.memory_per_job_MB",
            *("find_weight.N_per_batch", "find_weight.N_subset"),
            *("find_weight.only_subset", "find_weight.guess"),
        }
    )
    given = ("target_rate_Hz",)
    measured = ("we_nS", "fr_Hz", "iterations", "function_calls")
    shown = ("we_nS",)
    logarithmic = True
    runs = ("search", "searches")
    tables = ("sweep",)

    def work(self, cases: Mapping[str, "Case"]) -> Iterator[Work]:
        for name, case in cases.items():
            for N in case.config.find_weight.N:
                search = Search.of(case.config, case.columns, N)
                runs = search.runs
                seconds = search.seconds + runs.n_steps * SECONDS_PER_STEP * len(AROUND)
                shared = name_of(N, runs.time_grid, runs.inputs, runs.seeds)
                seconds_shared = runs.n_input_spikes * SECONDS_PER_INPUT_SPIKE
                yield Work(shared, name, (N,), search, 1, seconds, seconds_shared)

    def run(
        self, tasks: Iterable[Search], tables: Mapping[str, Any], threads: int, report: Report
    ) -> Iterator[Columns]:
        """With what was tried: weights, seeds, and a list of their rates for each weight."""
        searches = (task.with_guess(tables.get("sweep")) for task in tasks)
        for found in weights_for_rate(searches, threads, around=AROUND):
            tried = {
                "tried_nS": [w_exc / nS for w_exc in found.evaluated],
                "seeds": list(found.search.runs.seeds),
                "rates_Hz": [rates.tolist() for rates in found.evaluated.values()],
            }
            columns = {**found.search.runs.columns, **found.row}
            columns |= {"target_rate_Hz": found.search.target_rate_Hz} | tried
            yield {name: [value] for name, value in columns.items()}
            report(1)

    def summarise(
        self, made: "pd.DataFrame", rows: "pd.DataFrame", study: "Study"
    ) -> "pd.DataFrame":
        """With intervals of the weight, from the rates of each seed at the weights tried."""
        from nto1.studies.summary import summarise_weights

        tried = made.explode(["tried_nS", "rates_Hz"]).explode(["seeds", "rates_Hz"])
        tried = tried.drop(columns=["we_nS", "fr_Hz"])
        tried = tried.rename(columns={"tried_nS": "we_nS", "seeds": "seed", "rates_Hz": "fr_Hz"})
        tried = tried.astype({"we_nS": float, "seed": int, "fr_Hz": float})
        return summarise_weights(rows, tried, study)


class Found(NamedTuple):
    search: Search
    row: dict[str, Any]  # of the table of weights
    evaluated: dict[float, np.ndarray]  # rates of all seeds (Hz) at each weight tried (S)


def weights_for_rate(
    tasks: Iterable[Search],
    threads: int = 1,
    report: Callable[[Search, "Evaluation"], None] = lambda task, evaluation: None,
    around: Iterable[float] = (),
) -> Iterator[Found]:
    """The weight at which the mean rate over seeds is the target, for each task with a guess.

    Tasks that follow each other and have the same inputs share them: they are drawn once.

    Parameters
    ----------
    report
        Is called after each evaluation.
    around
        Multiples of the weight found at which rates are measured, too.

    Raises
    ------
    NotBracketed
        There is no such weight near the guess.
    """
    from nto1.simulation.inputs import n_excitatory
    from nto1.simulation.runs import draw_inputs
    from nto1.simulation.weight_search import find_weight, mean, rates

    around = tuple(around)
    for (N, time, inputs, seeds), same in groupby(tasks, lambda task: task.runs[1:5]):
        drawn = draw_inputs(N, seeds, time, inputs, threads)
        for task in same:
            evaluated: dict[float, np.ndarray] = {}

            def mean_rate(w_exc: float, task=task, drawn=drawn, evaluated=evaluated) -> float:
                evaluated[w_exc] = rates(w_exc, drawn, task.runs.neuron, threads)
                return mean(evaluated[w_exc])

            N_of_guess, weight_pS = task.guess
            assert weight_pS is not None, "a search begins with a weight: with_guess"
            result = find_weight(
                mean_rate,
                task.target_rate_Hz,
                weight_pS * pS * (N_of_guess / N),
                task.bracket_factor,
                task.relative_tolerance,
                report=partial(report, task),
            )
            row = {
                "N": N,
                "N_exc": n_excitatory(N, inputs.exc_to_inh),
                "we_nS": result.w_exc / nS,
                "fr_Hz": result.rate,
                "factor": result.guess / result.w_exc,
                "w0_nS": result.guess / nS,
                "w0_fr_Hz": result.guess_rate,
                "iterations": result.iterations,
                "function_calls": result.function_calls,
            }
            for factor in around:
                mean_rate(factor * result.w_exc)
            yield Found(task, row, evaluated)


MEASURE = WeightForRate()
