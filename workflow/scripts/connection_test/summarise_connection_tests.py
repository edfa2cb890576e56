"""The base case's trains, and how well every variant of the test does."""

import pandas as pd

from nto1.inference.scores import detection_rates, roc
from nto1_workflow.io import read_parquet, run, write_table


def main(trains, runs, repeats, tests, significance, base, performance, curves, areas):
    rows, all_curves, all_areas = [], [], []
    varied = [
        key
        for key, value in tests["base"].items()
        if any(test[key] != value for test in tests.values())
    ]
    for variant, trains_file, run_file in zip(tests, trains, runs, strict=True):
        of_trains, response = read_parquet(trains_file), read_parquet(run_file)
        if variant == "base":
            write_table(of_trains, *base)
        truth = of_trains["connected"].to_numpy(), (of_trains["kind"] == "inhibitory").to_numpy()
        p = of_trains["p_value"].to_numpy()
        curve, rates = roc(p, *truth), detection_rates(p, *truth, [significance])
        all_curves.append(pd.DataFrame(curve._asdict()).assign(variant=variant))
        row = {"variant": variant} | {key: tests[variant][key] for key in varied}
        row |= response.iloc[0].to_dict() | {"n_tested": int((p == p).sum())}
        row |= {name: rate[0] for name, rate in rates._asdict().items()}
        areas_of_curve = curve.areas()
        row |= {name: areas_of_curve[name] for name in ("area", "area_exc", "area_inh")}
        rows.append(row)
        all_areas.append({"variant": variant, "seed": tests[variant]["seed"]} | areas_of_curve)
    table = pd.DataFrame(rows).astype({"n_output_spikes": int})
    write_table(table, *performance)
    table = pd.concat(all_curves, ignore_index=True)
    write_table(table[["variant", *table.columns.drop("variant")]], *curves)
    for path in repeats:
        all_areas += read_parquet(path).rename(columns={"case": "variant"}).to_dict("records")
    order = list(tests)
    all_areas.sort(key=lambda row: (order.index(row["variant"]), row["seed"]))
    write_table(pd.DataFrame(all_areas), *areas)


if "snakemake" in globals():
    run(main, snakemake)
