"""How well the tests of a result set tell inputs from other trains, and means over seeds."""

import pandas as pd

from nto1.inference.scores import score
from nto1_workflow.io import read_parquet, run, write_parquet, write_table

CASE = ["N", "seed", "spike_SNR", "duration_s", "window_ms", "signal", "method"]
SCORES = ["AUC", "AUC_exc", "AUC_inh", "F1max"]


def main(input, chosen, scores, means, trains, thresholds):
    """``chosen``: values that columns may have."""
    tested = pd.concat([read_parquet(file) for file in input], ignore_index=True)
    for column, values in chosen.items():
        tested = tested[tested[column].isin(values)]
    tested = tested.sort_values([*CASE, "train"], ignore_index=True)
    rows, curves = [], []
    for values, of_case in tested.groupby(CASE, sort=False):
        case = dict(zip(CASE, values, strict=True))
        result = score(of_case["t"].to_numpy(), of_case["kind"].to_numpy())
        row = case | {name: getattr(result, name) for name in SCORES}
        row |= {"n_tested": len(of_case), "output_rate_Hz": of_case["output_rate_Hz"].iloc[0]}
        rows.append(row)
        curve = pd.DataFrame(case | result.curve._asdict())
        curves.append(curve.rename(columns={"F05": "F_0.5"}))
    table = pd.DataFrame(rows)
    write_table(table, *scores)
    write_parquet(tested.drop(columns="output_rate_Hz"), trains)
    write_parquet(pd.concat(curves, ignore_index=True), thresholds)

    by_case = table.groupby([key for key in CASE if key != "seed"], sort=False)
    values = [*SCORES, "output_rate_Hz"]
    errors = by_case[values].sem().add_suffix("_sem")
    over_seeds = by_case[values].mean().join(errors).assign(n_seeds=by_case.size())
    write_table(over_seeds.reset_index(), *means)


if "snakemake" in globals():
    run(main, snakemake)
