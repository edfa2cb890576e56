"""Means over seeds, and how well they are known."""

from math import inf, sqrt

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from nto1.config.model import Study
from nto1.config.studies import varied_columns
from nto1.measures.measure import measures

LEVEL = 0.95


def in_order(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """A study's table: first the columns that were varied, by which it is sorted, then those that
    were measured."""
    by = [*varied_columns(study), *({"seed"} & {*table})]
    order = {name: i for i, name in enumerate(study.cases)}
    table = table.sort_values(
        by, ignore_index=True, key=lambda c: c.map(order) if c.name == "case" else c
    )
    measure = measures()[study.measure]
    others = (*measure.given, *measure.measured, *measure.also)
    return table[by + [name for name in others if name in table and name not in by]]


def summarise_runs(runs: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Of each case: means over seeds, standard errors and 95 % confidence intervals.

    Intervals are Student's: the mean ± t standard errors, with a degree of freedom less than there
    are seeds. They cover for few seeds, too, if what was measured is about normal.

    Parameters
    ----------
    runs
        A row per run: the columns that distinguish cases, and those that were measured.
    study
        Says which columns these are.

    Returns
    -------
    A row per case: of each measure the mean under its own name, ``…_sem``, ``…_ci95_low`` and
    ``…_ci95_high``; and ``n_seeds``.
    """
    groups = runs.groupby(varied_columns(study), sort=False, dropna=False)
    table = groups.size().rename("n_seeds").reset_index()
    n = table.pop("n_seeds").to_numpy()
    order = np.argsort(groups.ngroup().to_numpy(), kind="stable")
    limits_of = measures()[study.measure].limits
    for measure in measures()[study.measure].measured:
        per_case = np.split(runs[measure].to_numpy()[order], np.cumsum(n)[:-1])
        means = np.array([values.mean() for values in per_case])
        sem = np.array([_standard_error(values) for values in per_case])
        half, limits = _t(n) * sem, limits_of.get(measure, (-inf, inf))
        table[measure], table[f"{measure}_sem"] = means, sem
        table[f"{measure}_ci95_low"] = np.clip(means - half, *limits)
        table[f"{measure}_ci95_high"] = np.clip(means + half, *limits)
    return table.assign(n_seeds=n)


def _standard_error(values: np.ndarray) -> np.ndarray:
    """Of the mean over the last axis; NaN for a single value."""
    n = values.shape[-1]
    if n == 1:
        return np.full(values.shape[:-1], np.nan)
    return values.std(axis=-1, ddof=1) / sqrt(n)


def _t(n: np.ndarray | int) -> np.ndarray:
    """How many standard errors an interval reaches to either side of a mean of n values."""
    return stdtrit(np.asarray(n) - 1, (1 + LEVEL) / 2)


def summarise_weights(found: pd.DataFrame, evaluations: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Of each case: the weight found, and how well it is known from so many seeds.

    The interval holds all weights at which the mean rate may be the target, by Student's t: where
    the target lies within the interval of the mean rate. Between the weights tried, means and
    intervals of rates are joined by straight lines. An end beyond all weights tried is NaN.

    Parameters
    ----------
    found
        A row per case: the columns that distinguish cases, N, we_nS, fr_Hz and target_rate_Hz.
    evaluations
        A row for each of its seeds and weights tried: these columns, we_nS, seed and fr_Hz.
    study
        Says which columns these are.

    Returns
    -------
    A row per case: we_nS, we_nS_sem (half of what lies within one standard error of the rate),
    we_nS_ci95_low, we_nS_ci95_high, fr_Hz, fr_Hz_sem, n_seeds.
    """
    columns = varied_columns(study)
    of_case = dict(list(evaluations.groupby(columns, dropna=False)))
    rows = []
    for row in found.to_dict("records"):
        case = {name: row[name] for name in columns}
        rates = of_case[tuple(case.values())].pivot(index="we_nS", columns="seed", values="fr_Hz")
        n = rates.shape[1]
        weights, target = rates.index.to_numpy(), row["target_rate_Hz"]
        low, high = _weights_within(weights, rates.to_numpy(), target, _t(n))
        below, above = _weights_within(weights, rates.to_numpy(), target, 1)
        rows.append(
            case
            | {"we_nS": row["we_nS"], "we_nS_sem": (above - below) / 2}
            | {"we_nS_ci95_low": low, "we_nS_ci95_high": high, "fr_Hz": row["fr_Hz"]}
            | {"fr_Hz_sem": _standard_error(rates.loc[row["we_nS"]].to_numpy()), "n_seeds": n}
        )
    return pd.DataFrame(rows)


def _weights_within(
    weights: np.ndarray, rates: np.ndarray, target_rate: float, n_errors: float | np.ndarray
) -> tuple[float, float]:
    """From rates [n_weights, n_seeds] at ascending weights: the lowest and the highest weight at
    which the mean rate is within so many standard errors of the target."""
    means, error = rates.mean(axis=1), n_errors * _standard_error(rates)
    return (
        crossing_weight(weights, means + error, target_rate),
        crossing_weight(weights, means - error, target_rate),
    )


def crossing_weight(weights: np.ndarray, rates: np.ndarray, target_rate: float) -> float:
    """Where straight lines through rates at ascending weights first reach the target; NaN if they
    don't, or are above it from the first on."""
    reached = rates >= target_rate
    if reached[0] or not reached.any():
        return np.nan
    above = reached.argmax()
    between = slice(above - 1, above + 1)
    return float(np.interp(target_rate, rates[between], weights[between]))
