"""A study in a notebook or script: without Snakemake, on threads."""

import os
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from nto1.config import ConfigError, resolve
from nto1.config.studies import complete
from nto1.measures.measure import measures
from nto1.measures.response import Runs, responses
from nto1.studies.summary import in_order
from nto1.studies.work import work_of

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
    measure = measures()[study["measure"]]
    tables = {name: TABLES[name](resolved, threads) for name in measure.tables}
    tasks = measure.tasks(work_of([study], resolved))
    parts = measure.run(tasks, tables, threads, lambda n_runs: None)
    made = pd.concat([pd.DataFrame(part) for part in parts], ignore_index=True)
    rows = in_order(measure.rows(made), study)
    return StudyTables(rows, measure.summarise(made, rows, study))


def _sweep(config: dict, threads: int) -> pd.DataFrame | None:
    """Of which searches take their guess, if they have none."""
    if config["find_weight"]["guess"] != "sweep":
        return None
    weights_pS = tuple(config["sweep"]["weights_pS"])
    runs = Runs.of(config, {}, config["sweep"]["N"], weights_pS=weights_pS)
    (columns,) = responses([runs], threads)
    return pd.DataFrame(columns)


def _weights(config: dict, threads: int) -> str | Path:
    """The table of weights for 4 Hz."""
    weights = config["connection_inference"]["weights"]
    if weights == "search":
        raise ConfigError(
            "connection_inference.weights: search takes the results of a run of the workflow. Give "
            "published, or the name of a table."
        )
    return PUBLISHED_WEIGHTS if weights == "published" else weights


TABLES = {"sweep": _sweep, "weights": _weights}
