"""How often the intervals of studies contain the value that all seeds together give: the coverage
of what is called a 95 % interval, for every measure and for few seeds as for many."""

import numpy as np
import pandas as pd

from nto1.config.model import Study
from nto1.studies.run import run_study
from nto1.studies.summary import summarise_runs
from nto1_workflow.io import run, write_csv

SIZES = (3, 5, 10, 50)  # seeds of an interval
N_SEEDS = {"response": 1000, "weight_for_rate": 500, "connections": 300, "connection_test": 300}
COLUMNS = {
    "response": ["median_Vm_mV", "output_rate_Hz"],
    "weight_for_rate": ["we_nS"],
    "connections": ["AUC", "F1max"],
    "connection_test": ["area", "ties_halved"],
}
# From far away to where nearly all seeds give 1.
CASES = [
    ("response", {"sweep.N": 6500, "sweep.weights_pS": [14]}),
    ("response", {"sweep.N": 20, "sweep.weights_pS": [1800]}),
    ("weight_for_rate", {"find_weight.N": [100]}),
    ("weight_for_rate", {"find_weight.N": [10]}),
    ("connections", {"recording.N": [100], "recording.spike_SNR": 5}),
    ("connections", {"recording.N": [100]}),
    ("connection_test", {"connection_test.imaging_spike_SNR": 2}),
    ("connection_test", {"connection_test.imaging_spike_SNR": 5}),
]
SHORT = {
    "connections": {"recording.duration_s": 60, "recording.method": "line_fit"},
    "connection_test": {"connection_test.duration_s": 60},
}
SEEDS = {
    "connections": "recording.seeds",
    "connection_test": "connection_test.seeds",
}


def sets_of(n_seeds: int, size: int) -> dict[str, list[int]]:
    """Seeds 0 … n_seeds - 1, none twice."""
    seeds = range(n_seeds)
    return {f"{i}": list(seeds[i : i + size]) for i in range(0, n_seeds - size + 1, size)}


def covered(summary, column: str, truth: float) -> dict:
    low, high = summary[f"{column}_ci95_low"], summary[f"{column}_ci95_high"]
    inside = low.fillna(-np.inf).le(truth) & high.fillna(np.inf).ge(truth)
    share = float(inside.mean())
    return {"n_sets": len(summary), "covered": share, "no_width": float(low.eq(high).mean())}


def of_runs(measure: str, held: dict) -> list[dict]:
    """Of means over seeds: all runs are made once."""
    seeds = {SEEDS.get(measure, "experiment.seeds"): list(range(N_SEEDS[measure]))}
    shown, value = next(iter(held.items()))
    study = {"measure": measure, "vary": {shown: value if isinstance(value, list) else [value]}}
    study["set"] = {**SHORT.get(measure, {}), **held, **seeds}
    del study["set"][shown]
    runs = run_study(study).table
    rows = []
    for size in SIZES:
        sets = sets_of(len(runs), size)
        name_of = {seed: name for name, some in sets.items() for seed in some}
        grouped = runs.assign(case=runs["seed"].map(name_of)).dropna(subset="case")
        study |= {"cases": {name: {} for name in sets}}
        summary = summarise_runs(grouped, Study.model_validate(study))
        for column in COLUMNS[measure]:
            truth = runs[column].mean()
            row = {"quantity": column, "mean": truth, "n_seeds": size}
            rows.append(row | covered(summary, column, truth))
    return rows


def of_weights(held: dict) -> list[dict]:
    """Each set of seeds is a search of its own."""
    rows, n_seeds = [], N_SEEDS["weight_for_rate"]

    def summary(sets):
        cases = {name: {"experiment.seeds": seeds} for name, seeds in sets.items()}
        config = {"find_weight": {"guess": {"N": 6500, "weight_pS": 15}}}
        config |= {"experiment": {"memory_per_job_MB": 4000}}
        study = {"measure": "weight_for_rate", "cases": cases, "set": held}
        return run_study(study, config).summary

    truth = summary(sets_of(n_seeds, n_seeds))["we_nS"].item()
    for size in SIZES:
        row = {"quantity": "we_nS", "mean": truth, "n_seeds": size}
        rows.append(row | covered(summary(sets_of(n_seeds, size)), "we_nS", truth))
    return rows


def main(output):
    rows = []
    for measure, held in CASES:
        of_case = of_weights(held) if measure == "weight_for_rate" else of_runs(measure, held)
        case = ", ".join(f"{key.rpartition('.')[2]} {value}" for key, value in held.items())
        rows += [{"measure": measure, "case": case} | row for row in of_case]
    write_csv(pd.DataFrame(rows), *output)


if "snakemake" in globals():
    run(main, snakemake)
