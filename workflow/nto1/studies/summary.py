"""Means over seeds, and how well they are known."""

from collections.abc import Sequence
from math import sqrt

import numpy as np
import pandas as pd
from scipy import stats

from nto1.config.studies import varied_columns

MEASURES = {
    "response": ("median_Vm_mV", "output_rate_Hz"),
    "connections": ("AUC", "AUC_exc", "AUC_inh", "F1max", "output_rate_Hz"),
    "connection_test": (
        *("area", "area_exc", "area_inh"),
        *("ties_halved", "ties_halved_exc", "ties_halved_inh"),
    ),
}
FOUND = ("target_rate_Hz", "we_nS", "fr_Hz", "iterations", "function_calls")
N_RESAMPLES = 2000
RESAMPLING_SEED = 1

# Values of resamples that are in memory at a time.
MAX_VALUES = 1_000_000


def in_order(parts: Sequence[pd.DataFrame], study: dict) -> pd.DataFrame:
    """A study's table: first the columns that were varied, by which it is sorted, then those that
    were measured."""
    table = pd.concat(parts, ignore_index=True)
    by = [*varied_columns(study), *({"seed"} & {*table})]
    order = {name: i for i, name in enumerate(study["cases"])}
    table = table.sort_values(
        by, ignore_index=True, key=lambda c: c.map(order) if c.name == "case" else c
    )
    measured = (*MEASURES.get(study["measure"], FOUND), *({"n_tested"} & {*table}))
    return table[by + [name for name in measured if name not in by]]


def summarise_runs(runs: pd.DataFrame, study: dict) -> pd.DataFrame:
    """Of each case: means over seeds, standard errors and 95 % confidence intervals.

    Intervals are percentiles of means of seeds that are drawn again with replacement (SciPy's
    bootstrap), the same draws for all cases with as many seeds.

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
    of_case = groups.ngroup().to_numpy()
    order = np.argsort(of_case, kind="stable")
    ends = np.cumsum(table["n_seeds"].to_numpy())
    for measure in MEASURES[study["measure"]]:
        per_case = np.split(runs[measure].to_numpy()[order], ends[:-1])
        table[measure] = [values.mean() for values in per_case]
        sem, low, high = np.full((3, len(table)), np.nan)
        for n in table["n_seeds"].unique():
            (same,) = np.nonzero(table["n_seeds"] == n)
            if n > 1:
                values = np.array([per_case[i] for i in same])
                sem[same] = values.std(axis=1, ddof=1) / sqrt(n)
                low[same], high[same] = _interval_of_means(values)
        for name, column in (("sem", sem), ("ci95_low", low), ("ci95_high", high)):
            table[f"{measure}_{name}"] = column
    return table[[name for name in table if name != "n_seeds"] + ["n_seeds"]]


def _interval_of_means(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each row of values [n_cases, n_seeds]."""
    return stats.bootstrap(
        (values,),
        np.mean,
        axis=-1,
        n_resamples=N_RESAMPLES,
        batch=max(1, MAX_VALUES // values.size),
        method="percentile",
        rng=np.random.default_rng(RESAMPLING_SEED),
    ).confidence_interval


def summarise_weights(found: pd.DataFrame, evaluations: pd.DataFrame, study: dict) -> pd.DataFrame:
    """Of each case: the weight found, and how well it is known from so many seeds.

    Seeds are drawn again with replacement (SciPy's bootstrap); each time, the weight is where the
    mean of their rates at the weights tried, joined by straight lines, passes the target.

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
    A row per case: we_nS, we_nS_sem (the standard deviation of resampled weights), we_nS_ci95_low,
    we_nS_ci95_high, fr_Hz, fr_Hz_sem, n_seeds.
    """
    columns = varied_columns(study)
    of_case = dict(list(evaluations.groupby(columns, dropna=False)))
    rows = []
    for row in found.to_dict("records"):
        case = {name: row[name] for name in columns}
        rates = of_case[tuple(case.values())].pivot(index="we_nS", columns="seed", values="fr_Hz")
        at_weight = rates.loc[row["we_nS"]].to_numpy()
        n = rates.shape[1]
        low = high = sem = np.nan
        if n > 1:
            low, high, sem = _interval_of_weight(
                rates.index.to_numpy(), rates.to_numpy(), row["target_rate_Hz"]
            )
        rows.append(
            case
            | {"we_nS": row["we_nS"], "we_nS_sem": sem}
            | {"we_nS_ci95_low": low, "we_nS_ci95_high": high, "fr_Hz": row["fr_Hz"]}
            | {"fr_Hz_sem": at_weight.std(ddof=1) / sqrt(n) if n > 1 else np.nan, "n_seeds": n}
        )
    return pd.DataFrame(rows)


def _interval_of_weight(
    weights: np.ndarray, rates: np.ndarray, target_rate: float
) -> tuple[float, float, float]:
    """From rates [n_weights, n_seeds] at ascending weights: both ends, and the standard deviation
    of resampled weights."""
    n_seeds = rates.shape[1]

    def weight(seeds: np.ndarray, axis: int = -1) -> np.ndarray:
        return crossing_weight(weights, rates[:, seeds.astype(int)].mean(axis=-1), target_rate)

    result = stats.bootstrap(
        (np.arange(n_seeds),),
        weight,
        vectorized=True,
        n_resamples=N_RESAMPLES,
        batch=max(1, MAX_VALUES // rates.size),
        method="percentile",
        rng=np.random.default_rng(RESAMPLING_SEED),
    )
    return *result.confidence_interval, result.standard_error


def crossing_weight(weights: np.ndarray, rates: np.ndarray, target_rate: float) -> np.ndarray:
    """Where straight lines through rates [n_weights, …] at ascending weights first reach the
    target; the last weight where they don't, the first one where they are above it throughout."""
    reached = rates >= target_rate
    above = np.where(reached.any(axis=0), reached.argmax(axis=0), len(weights) - 1)
    below = np.maximum(above - 1, 0)
    rate_below = np.take_along_axis(rates, below[np.newaxis], 0)[0]
    rate_above = np.take_along_axis(rates, above[np.newaxis], 0)[0]
    rise = rate_above - rate_below
    share = np.divide(target_rate - rate_below, rise, out=np.ones_like(rise), where=rise != 0)
    return weights[below] + np.clip(share, 0, 1) * (weights[above] - weights[below])
