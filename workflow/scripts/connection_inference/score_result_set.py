"""How well the tests of a result set tell inputs from other trains; means over seeds, and their
intervals."""

import pandas as pd

from nto1.config.studies import varied_columns
from nto1.inference.scores import score
from nto1.measures.connections import SCORES, can_be_scored, scored
from nto1.measures.measure import measures
from nto1.studies.summary import in_order
from nto1_workflow.io import read_parquet, run, write_parquet, write_table

CASE = ["N", "seed", "spike_SNR", "duration_s", "window_ms", "signal", "method"]


def main(input, chosen, study, scores, means, intervals, trains, thresholds):
    """``chosen``: values that columns may have; other sets' columns are NaN."""
    more = [name for name in varied_columns(study) if name not in (*CASE, "case")]
    case = [*CASE, *more]
    tested = pd.concat([read_parquet(file) for file in input], ignore_index=True)
    tested = tested.reindex(columns=[*tested, *(name for name in chosen if name not in tested)])
    for column, values in chosen.items():
        tested = tested[tested[column].isin(values)]
    tested = tested.drop(columns=[name for name in chosen if name not in (*case, "case")])
    tested = tested.rename(columns={"case": "signal"})
    others = [name for name in tested if name not in case]
    tested = tested.sort_values([*case, "train"], ignore_index=True)[case + others]
    table = scored(tested, case)
    write_table(table, *scores)
    write_parquet(tested.drop(columns="output_rate_Hz"), trains)
    curves = [
        pd.DataFrame(
            dict(zip(case, values, strict=True))
            | score(of_case["t"].to_numpy(), of_case["kind"].to_numpy()).curve._asdict()
        )
        for values, of_case in tested.dropna(subset="t").groupby(case, sort=False, dropna=False)
        if can_be_scored(of_case["kind"])
    ]
    curves = pd.concat(curves, ignore_index=True).rename(columns={"F05": "F_0.5"})
    write_parquet(curves, thresholds)

    keys = [key for key in case if key != "seed"]
    by_case = table.groupby(keys, sort=False, dropna=False)
    values = [*SCORES, "output_rate_Hz"]
    errors = by_case[values].sem().add_suffix("_sem")
    over_seeds = by_case[values].mean().join(errors).assign(n_seeds=by_case.size())
    write_table(over_seeds.reset_index(), *means)

    rows = in_order(table.rename(columns={"signal": "case"}), study)
    of_study = measures()[study.measure].summarise(rows, rows, study)
    write_table(of_study.rename(columns={"case": "signal"}), *intervals)


if "snakemake" in globals():
    run(main, snakemake)
