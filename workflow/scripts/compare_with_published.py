"""Every published number beside ours."""

import pandas as pd
import yaml

from job import job, whole
from nto1.comparison import DEVIATES, REPLAYED, SKIPPED, compare, differing, headline
from pages import write_page
from tables import read_parquet

TITLE = "Published numbers, replayed"

# What a printed quantity is called in our tables, and how many of its units make ours.
COLUMNS = {
    "median_Vm": ("median_Vm_mV", {"mV": 1}),
    "mean_median_Vm": ("median_Vm_mV", {"mV": 1}),
    "output_rate": ("output_rate_Hz", {"Hz": 1}),
    "mean_output_rate": ("output_rate_Hz", {"Hz": 1}),
    "guess": ("w0_nS", {"nS": 1, "pS": 1000}),
    "guess_rate": ("w0_fr_Hz", {"Hz": 1}),
    "weight": ("we_nS", {"nS": 1, "pS": 1000}),
    "rate": ("fr_Hz", {"Hz": 1}),
    "factor": ("factor", {"": 1}),
    "iterations": ("iterations", {"": 1}),
    "voltage": ("V_m_mV", {"mV": 1}),
}


def main(numbers, conditions, runs, means, weights, trace, config, files):
    published = pd.read_csv(numbers, dtype=str, keep_default_na=False)
    with open(conditions) as stream:
        conditions = yaml.safe_load(stream)
    runs = read_parquet(runs).set_index(["we_pS", "seed"])
    means = read_parquet(means).set_index("we_pS")
    weights = read_parquet(weights).set_index("N")
    trace = read_parquet(trace)

    def computed(number):
        """Ours; raises ``KeyError`` if the study doesn't include it."""
        column, units = COLUMNS[number["quantity"]]
        if number["group"] == "find_weight":
            ours = weights.loc[int(number["N"])]
        elif number["group"] == "example":
            ours = trace.iloc[int(number["sample"])]
        elif number["seed"]:
            ours = runs.loc[float(number["we_pS"]), int(number["seed"])]
        else:
            ours = means.loc[float(number["we_pS"])]
        return float(ours[column]) * units[number["unit"]]

    obstacles = {group: "; ".join(differing(c, config)) for group, c in conditions.items()}
    rows = []
    for number in published.to_dict("records"):
        row = number | {"computed": None, "difference": None, "verdict": SKIPPED, "reason": ""}
        if obstacles[number["group"]]:
            row["reason"] = obstacles[number["group"]]
        else:
            try:
                row["computed"] = computed(number)
            except KeyError:
                row["reason"] = "not part of this study"
            else:
                row["difference"], row["verdict"] = compare(
                    number["quantity"], number["published"], row["computed"]
                )
        rows.append(row)
    table = pd.DataFrame(rows)
    with whole(files.table) as file:
        table.to_csv(file, index=False, lineterminator="\n")
    with whole(files.summary) as file, open(file, "w") as stream:
        stream.write(summary(table))
    write_page(files.page, TITLE, outcome(table), table.drop(columns="source"))


def outcome(table) -> str:
    n = table["verdict"].value_counts()
    return headline(*(n.get(verdict, 0) for verdict in (REPLAYED, DEVIATES, SKIPPED)))


def summary(table) -> str:
    lines = [f"# {TITLE}", "", outcome(table), ""]
    lines += ["| group | quantity | numbers | replayed | deviate | skipped | largest difference |"]
    lines += ["|---|---|---:|---:|---:|---:|---:|"]
    for (group, quantity), part in table.groupby(["group", "quantity"], sort=False):
        n = part["verdict"].value_counts()
        largest = part["difference"].astype(float).abs().max()
        unit = "/".join(sorted(set(part["unit"]) - {""}))
        lines.append(
            f"| {group} | {quantity} | {len(part)} | {n.get(REPLAYED, 0)} | {n.get(DEVIATES, 0)} "
            f"| {n.get(SKIPPED, 0)} | {'' if pd.isna(largest) else f'{largest:.1e} {unit}'} |"
        )
    for reason, part in table[table["verdict"] == SKIPPED].groupby("reason"):
        lines += ["", f"{len(part)} numbers were skipped: {reason}."]
    deviating = table[table["verdict"] == DEVIATES]
    if len(deviating):
        lines += ["", "| number | published | computed | difference |", "|---|---:|---:|---:|"]
    for number in deviating.to_dict("records"):
        which = ", ".join(
            f"{key} {number[key]}" for key in ("N", "we_pS", "seed", "sample") if number[key]
        )
        lines.append(
            f"| {number['quantity']} ({which}) | {number['published']} {number['unit']} "
            f"| {number['computed']!r} | {number['difference']:.1e} |"
        )
    return "\n".join(lines) + "\n"


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.numbers,
            snakemake.input.conditions,
            snakemake.input.runs,
            snakemake.input.means,
            snakemake.input.weights,
            snakemake.input.trace,
            snakemake.params.config,
            snakemake.output,
        )
