"""What is measured in a study, and in the thesis's own sweep and searches.

A task is a set of parameters as in the configuration, with units in their names: ``experiment``,
``inputs`` and ``neuron``, the number of inputs ``N``, and what a measure needs besides; and
``columns``, to which it adds its own. Tasks that follow each other and have the same inputs share
them: they are drawn once.
"""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from nto1.errors import DivergenceError
from nto1.neurons.adex import AdEx
from nto1.simulation.inputs import Inputs, TimeGrid, n_excitatory
from nto1.simulation.runs import (
    MAX_SAMPLES,
    InputBatch,
    check_divergence,
    draw_inputs,
    simulate_batch,
)
from nto1.simulation.weight_search import (
    Evaluation,
    WeightSearch,
    find_weight,
    mean,
    nearest_to_target,
    rates,
)
from nto1.studies import AROUND
from nto1.units import mV, nS, pS, to_SI

if TYPE_CHECKING:  # jobs start sooner without
    import pandas as pd


def _inputs_of(task: dict) -> tuple[int, TimeGrid, Inputs, list[int]]:
    experiment = task["experiment"]
    inputs = Inputs(**to_SI(task["inputs"]))
    return task["N"], TimeGrid.of(experiment), inputs, experiment["seeds"]


def responses(
    tasks: list[dict], threads: int = 1, report: Callable[[int], None] = lambda n_runs: None
) -> Iterator[dict[str, np.ndarray]]:
    """Median voltage and firing rate, for each task with its ``weights_pS``.

    Yields
    ------
    Columns [n_weights · n_seeds], a value per run: we_pS, seed, median_Vm_mV and output_rate_Hz.

    Raises
    ------
    DivergenceError
        The voltage diverged in some runs: raised after all columns, where these are NaN.
    """
    errors = []
    for (N, time, inputs, seeds), group in groupby(tasks, _inputs_of):
        group = list(group)
        batches = [[] for _ in group]
        n_at_once = max(1, MAX_SAMPLES // time.n_steps)
        for start in range(0, len(seeds), n_at_once):
            drawn = draw_inputs(N, seeds[start : start + n_at_once], time, inputs, threads)
            for task, found in zip(group, batches, strict=True):
                weights = [weight_pS * pS for weight_pS in task["weights_pS"]]
                neuron = AdEx(**to_SI(task["neuron"]))
                batch = simulate_batch(weights, drawn, neuron, True, threads, report)
                try:
                    check_divergence(batch, weights, drawn)
                except DivergenceError as error:
                    errors.append(str(error))
                found.append(batch)
        for task, found in zip(group, batches, strict=True):
            medians = np.concatenate([batch.median_V for batch in found]) / mV
            columns = {
                "we_pS": np.repeat(np.array(task["weights_pS"], float), len(seeds)),
                "seed": np.tile(np.array(seeds), len(task["weights_pS"])),
                "median_Vm_mV": medians.T.ravel(),
                "output_rate_Hz": np.concatenate([batch.rates for batch in found]).T.ravel(),
            }
            n_runs = medians.size
            yield {n: np.full(n_runs, value) for n, value in task["columns"].items()} | columns
    if errors:
        raise DivergenceError("; ".join(errors))


def with_guess(task: dict, sweep: "pd.DataFrame | None", N_of_sweep: int | None) -> dict:
    """The task, with its guess as N and a weight (S) there: that of its configuration, or the
    weight of a sweep whose mean rate is nearest to the target."""
    search = task["search"]
    if search["guess"] == "sweep":
        means = sweep.groupby("we_pS", as_index=False)["output_rate_Hz"].mean()
        nearest_pS = nearest_to_target(
            means["we_pS"], means["output_rate_Hz"], search["target_rate_Hz"]
        )
        guess = N_of_sweep, nearest_pS * pS
    else:
        guess = search["guess"]["N"], search["guess"]["weight_pS"] * pS
    return task | {"search": search | {"guess": guess}}


def weights_for_rate(
    tasks: list[dict],
    threads: int = 1,
    report: Callable[[dict, Evaluation], None] = lambda task, evaluation: None,
    of_seeds: bool = False,
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """The weight at which the mean rate over seeds is the target, for each task (``with_guess``).

    Parameters
    ----------
    report
        Is called after each evaluation.
    of_seeds
        Whether to give the rate of every seed, also at some weights around the one found.

    Yields
    ------
    A row of the table of weights; and rows of N, we_nS, fr_Hz for each weight tried: the mean rate,
    or the rate of each ``seed``.

    Raises
    ------
    NotBracketed
        There is no such weight near the guess.
    """
    for (N, time, inputs, seeds), group in groupby(tasks, _inputs_of):
        drawn = draw_inputs(N, seeds, time, inputs, threads)
        for task in group:
            neuron, evaluated = AdEx(**to_SI(task["neuron"])), {}
            result = _search(task, neuron, drawn, evaluated, threads, report)
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
            if of_seeds:
                row["target_rate_Hz"] = task["search"]["target_rate_Hz"]
                for w_exc in (factor * result.w_exc for factor in AROUND):
                    evaluated[w_exc] = rates(w_exc, drawn, neuron, threads)
            tried = []
            for w_exc, of_weight in evaluated.items():
                step = task["columns"] | {"N": N, "we_nS": w_exc / nS}
                if of_seeds:
                    of_each = zip(seeds, of_weight.tolist(), strict=True)
                    tried += [step | {"seed": seed, "fr_Hz": rate} for seed, rate in of_each]
                else:
                    tried.append(step | {"fr_Hz": mean(of_weight)})
            yield task["columns"] | row, tried


def _search(
    task: dict,
    neuron: AdEx,
    drawn: InputBatch,
    evaluated: dict[float, np.ndarray],
    threads: int,
    report: Callable,
) -> WeightSearch:
    """Leaves in ``evaluated`` the rates of all seeds at each weight tried."""
    search = task["search"]
    N_of_guess, guess = search["guess"]

    def mean_rate(w_exc: float) -> float:
        evaluated[w_exc] = rates(w_exc, drawn, neuron, threads)
        return mean(evaluated[w_exc])

    return find_weight(
        mean_rate,
        search["target_rate_Hz"],
        guess * (N_of_guess / task["N"]),
        search["bracket_factor"],
        search["relative_tolerance"],
        report=lambda evaluation: report(task, evaluation),
    )
