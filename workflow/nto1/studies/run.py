"""A study in a notebook or script: without Snakemake, on threads."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from nto1 import checks
from nto1.config import ConfigError, resolve
from nto1.config.model import Config
from nto1.measures.measure import measures
from nto1.measures.response import Runs, responses
from nto1.published import WEIGHTS_FOR_4HZ
from nto1.studies.summary import in_order
from nto1.studies.work import work_of


class StudyTables(NamedTuple):
    """What comes of a study, as in ``results/studies``."""

    table: pd.DataFrame  # a row per run, or per weight found
    summary: pd.DataFrame  # a row per case: means over seeds, and their 95 % intervals


def run_study(
    study: Mapping[str, Any], config: Mapping[str, Any] | None = None, threads: int = 0
) -> StudyTables:
    """Run a study as the workflow does, with the same numbers.

    Parameters
    ----------
    study
        As below ``studies`` in a config file: ``measure``, and ``vary`` or ``cases``; ``set``.
    config
        Other sections of a configuration, over the thesis's.
    threads
        Groups of runs that are simulated at a time; 0: as many as there are processors.

    Returns
    -------
    StudyTables
        ``table``, with a row per run or weight found; and ``summary``, with a row per case. The
        columns are those of the workflow's tables, with units in their names.

    Raises
    ------
    nto1.config.ConfigError
        Something in the study or the configuration is not valid: a ``ValueError``.
    TypeError
        Study or configuration are no mappings.
    nto1.errors.DivergenceError, nto1.simulation.weight_search.NotBracketed
        The voltage diverged, or no weight gives the target rate.

    Examples
    --------
    >>> study = {"measure": "response", "vary": {"neuron.b_pA": [0, 65]}}
    >>> short = {"experiment": {"duration_s": 1, "seeds": [0, 1]}, "sweep": {"weights_pS": [15]}}
    >>> short["example"] = {"weight_pS": 15}
    >>> run_study(study, short).summary[["b_pA", "output_rate_Hz", "n_seeds"]]
       b_pA  output_rate_Hz  n_seeds
    0     0            36.5        2
    1    65             5.0        2
    """
    given = {"studies": {"study": dict(checks.mapping(study, "study"))}}
    threads = checks.whole(threads, "threads", 0) or os.cpu_count() or 1
    resolved = resolve(dict(checks.mapping(config or {}, "config")) | given)
    whole = resolved.studies["study"]
    measure = measures()[whole.measure]
    tables = {name: TABLES[name](resolved, threads) for name in measure.tables}
    tasks = measure.tasks(work_of([whole], resolved))
    parts = measure.run(tasks, tables, threads, lambda n_runs: None)
    made = pd.concat([pd.DataFrame(part) for part in parts], ignore_index=True)
    rows = in_order(measure.rows(made), whole)
    return StudyTables(rows, measure.summarise(made, rows, whole))


def _sweep(config: Config, threads: int) -> pd.DataFrame | None:
    """Of which searches take their guess, if they have none."""
    if config.find_weight.guess != "sweep":
        return None
    sweep = config.sweep
    runs = Runs.of(config, {}, sweep.N, weights_pS=tuple(sweep.weights_pS))
    (columns,) = responses([runs], threads)
    return pd.DataFrame(columns)


def _weights(config: Config, threads: int) -> str | Path:
    """The table of weights for 4 Hz."""
    weights = config.connection_inference.weights
    if weights == "search":
        raise ConfigError(
            [
                "connection_inference.weights: search takes the results of a run of the workflow. "
                "Give published, or the name of a table."
            ]
        )
    return WEIGHTS_FOR_4HZ if weights == "published" else weights


# Those of a network are read by whoever needs them.
TABLES = {"sweep": _sweep, "weights": _weights, "network": lambda config, threads: None}
