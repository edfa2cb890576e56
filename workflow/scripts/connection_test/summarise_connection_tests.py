"""The base case's trains, and how well every variant of the test does."""

import pandas as pd

from nto1.inference.scores import detection_rates, roc
from nto1_workflow.io import read_parquet, run, write_table


def main(trains, p_values, varied, seeds, significance, base, performance, curves, areas):
    write_table(read_parquet(trains), *base)
    tested = pd.concat([read_parquet(file) for file in p_values], ignore_index=True)
    order = tested["variant"].map(list(varied).index)
    tested = tested.assign(order=order).sort_values(["order", "seed", "train"])
    rows, all_curves, all_areas = [], [], []
    for (_, variant, seed), of_trains in tested.groupby(["order", "variant", "seed"]):
        truth = (of_trains[name].to_numpy() for name in ("connected", "inhibitory"))
        p, truth = of_trains["p_value"].to_numpy(), tuple(truth)
        curve = roc(p, *truth)
        areas_of_curve = curve.areas()
        all_areas.append({"variant": variant, "seed": seed} | areas_of_curve)
        if seed != seeds[variant]:
            continue
        all_curves.append(pd.DataFrame({"variant": variant} | curve._asdict()))
        row = {"variant": variant} | varied[variant]
        row |= of_trains[["n_output_spikes", "output_rate_Hz", "median_Vm_mV"]].iloc[0].to_dict()
        row |= {"n_tested": int((p == p).sum())}
        rates = detection_rates(p, *truth, [significance])
        row |= {name: rate[0] for name, rate in rates._asdict().items()}
        row |= {name: areas_of_curve[name] for name in ("area", "area_exc", "area_inh")}
        rows.append(row)
    write_table(pd.DataFrame(rows).astype({"n_output_spikes": int}), *performance)
    write_table(pd.concat(all_curves, ignore_index=True), *curves)
    write_table(pd.DataFrame(all_areas), *areas)


if "snakemake" in globals():
    run(main, snakemake)
