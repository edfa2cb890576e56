"""A study in a notebook or script: without Snakemake, on threads."""

import os
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from nto1.config import ConfigError, resolve
from nto1.config.studies import complete
from nto1.studies.connection_tests import connection_test_areas
from nto1.studies.detection import detection_scores
from nto1.studies.measures import responses, weights_for_rate, with_guess
from nto1.studies.summary import in_order, summarise_runs, summarise_weights
from nto1.studies.tasks import task_of, tasks_of, units_of

PUBLISHED_WEIGHTS = Path(__file__).parents[3] / "resources/published/weights_for_4Hz.csv"


class StudyTables(NamedTuple):
    """What comes of a study, as in ``results/studies``."""

    table: pd.DataFrame  # a row per run, or per weight found
    summary: pd.DataFrame  # a row per case: means over seeds, and their 95 % intervals


def run_study(study: dict, config: dict | None = None, threads: int = 0) -> StudyTables:
    """Run a study as the workflow does, with the same numbers.

    Parameters
    ----------
    study
        As below ``studies`` in a config file: ``measure``, and ``vary`` or ``cases``; ``set``.
    config
        Other sections of a configuration, over the thesis's.
    threads
        Groups of runs that are simulated at a time; 0: as many as there are processors.

    Raises
    ------
    nto1.config.ConfigError
        Something in the study or the configuration is not valid.
    nto1.errors.DivergenceError, nto1.simulation.weight_search.NotBracketed
        The voltage diverged, or no weight gives the target rate.

    Examples
    --------
    >>> vary = {"neuron.b_pA": [0, 65], "sweep.weights_pS": [10, 15, 20]}
    >>> run_study({"measure": "response", "vary": vary}).summary
    """
    resolved = resolve((config or {}) | {"studies": {"study": study}})
    study, threads = complete(study), threads or os.cpu_count() or 1
    tasks = tasks_of(units_of(study, resolved))
    if study["measure"] == "response":
        parts = [pd.DataFrame(part) for part in responses(tasks, threads)]
    elif study["measure"] == "connections":
        parts = [pd.DataFrame(detection_scores(tasks, _table_of_weights(resolved), threads))]
    elif study["measure"] == "connection_test":
        parts = [pd.DataFrame(connection_test_areas(tasks, threads))]
    else:
        return _weights(tasks, study, resolved, threads)
    table = in_order(parts, study)
    return StudyTables(table, summarise_runs(table, study))


def _weights(tasks: list[dict], study: dict, config: dict, threads: int) -> StudyTables:
    sweep = None
    if config["find_weight"]["guess"] == "sweep":
        own = {key: config["sweep"][key] for key in ("N", "weights_pS")}
        (columns,) = responses([task_of(config, **own)], threads)
        sweep = pd.DataFrame(columns)
    tasks = [with_guess(task, sweep, config["sweep"]["N"]) for task in tasks]
    rows, evaluations = zip(*weights_for_rate(tasks, threads, of_seeds=True), strict=True)
    found = in_order([pd.DataFrame(rows)], study)
    evaluations = pd.DataFrame([step for steps in evaluations for step in steps])
    return StudyTables(found, summarise_weights(found, evaluations, study))


def _table_of_weights(config: dict) -> str | Path:
    """Of weights for 4 Hz."""
    weights = config["connection_inference"]["weights"]
    if weights == "search":
        raise ConfigError(
            "connection_inference.weights: search takes the results of a run of the workflow. Give "
            "published, or the name of a table."
        )
    return PUBLISHED_WEIGHTS if weights == "published" else weights
