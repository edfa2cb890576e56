"""The base case's trains, and how well every variant of the test does."""

import pandas as pd

from job import job
from nto1.connections.sta import performance, roc
from tables import read_parquet, write_table


def varied(tests: dict) -> list[str]:
    """The parameters that are not the same in all tests."""
    base = tests["base"]
    return [key for key in base if any(test[key] != base[key] for test in tests.values())]


def main(trains, runs, tests, significance, trains_files, performance_files, roc_files):
    rows, curves = [], []
    for variant, trains_file, run_file in zip(tests, trains, runs, strict=True):
        of_trains, run = read_parquet(trains_file), read_parquet(run_file)
        if variant == "base":
            write_table(of_trains, *trains_files)
        truth = (of_trains["connected"].to_numpy(), (of_trains["kind"] == "inhibitory").to_numpy())
        p = of_trains["p_value"].to_numpy()
        curve, rates = roc(p, *truth), performance(p, *truth, [significance])
        curves.append(pd.DataFrame(curve._asdict()).assign(variant=variant))
        row = {"variant": variant} | {key: tests[variant][key] for key in varied(tests)}
        row |= run.iloc[0].to_dict() | {"n_tested": int((p == p).sum())}
        row |= {name: rate[0] for name, rate in rates._asdict().items()}
        row |= dict(zip(("area", "area_exc", "area_inh"), curve.areas(), strict=True))
        rows.append(row)
    table = pd.DataFrame(rows).astype({"n_output_spikes": int})
    write_table(table, *performance_files)
    curves = pd.concat(curves, ignore_index=True)
    write_table(curves[["variant", *curves.columns.drop("variant")]], *roc_files)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.trains,
            snakemake.input.runs,
            **dict(snakemake.params.items()),
            trains_files=snakemake.output.trains,
            performance_files=snakemake.output.performance,
            roc_files=snakemake.output.roc,
        )
