"""Every number that was published on connection inference beside the computed one."""

from pathlib import Path

import pandas as pd
import yaml

from nto1.published import DEVIATES, REPLAYED, SKIPPED, compared, differing, headline
from nto1_workflow.io import read_parquet, run, write_csv, write_text

SEEDS_OF_MEANS = {1, 2, 3, 4, 5}

METHODS = ("sta", "template", "line_fit")  # of the thesis; other names are of signals

KEYS = ["N", "seed", "spike_SNR", "duration_s", "window_ms"]


def value_of(number: dict, tables: dict) -> float:
    """The computed value; raises ``LookupError`` if the study doesn't include it."""
    result_set, name, quantity = (
        number[key] for key in ("result_set", "method_or_signal", "quantity")
    )
    if result_set == "chance":
        column, _, statistic = quantity.partition("_")
        return tables["chance"][column].agg(statistic)
    where = {key: float(number[key]) for key in KEYS if number[key] not in ("", "mean")}
    if "percentile" in quantity:
        percentile = float(quantity.rpartition("_")[2])
        asked = {"spike_SNR": where["spike_SNR"], "percentile": percentile}
        return single_value(tables["percentiles"], asked, "V_mV")
    where |= {"method": name} if name in METHODS else {"method": "sta", "signal": name}
    if quantity.startswith("t_"):
        train = int(quantity.rpartition("_")[2]) - 1
        return single_value(tables[f"{result_set}_trains"], where | {"train": train}, "t")
    scores = tables[result_set]
    where = {key: value for key, value in where.items() if key in scores}  # of one method, maybe
    if number["seed"] == "mean":
        chosen = select_rows(scores, where)
        if set(chosen["seed"]) != SEEDS_OF_MEANS:
            raise LookupError("other seeds")
        return chosen[quantity].mean()
    return single_value(scores, where, quantity)


def select_rows(table, where: dict):
    chosen = table
    for column, value in where.items():
        chosen = chosen[chosen[column] == value]
    if chosen.empty:
        raise LookupError(where)
    return chosen


def single_value(table, where: dict, column: str) -> float:
    (value,) = select_rows(table, where)[column]
    return float(value)


def main(numbers, conditions, scores, trains, chance, percentiles, config, comparison, summary):
    published = pd.read_csv(numbers, dtype=str, keep_default_na=False)
    wanted = yaml.safe_load(Path(conditions).read_text("utf-8"))
    obstacle = "; ".join(differing(wanted, config))
    tables = {Path(file).stem: read_parquet(file) for file in [*scores, *trains, chance]}
    tables["percentiles"] = pd.read_csv(percentiles)
    rows = compared(
        published.to_dict("records"),
        lambda number: obstacle,
        lambda number: value_of(number, tables),
        lambda number: "",  # rates, exact elsewhere, were printed with fewer digits here
    )
    table = pd.DataFrame(rows)
    write_csv(table, comparison)
    write_text(summary_of(table), summary)


def summary_of(table) -> str:
    outcome = headline(table.to_dict("records"))
    lines = ["# Published numbers on connection inference, replayed", "", outcome, ""]
    lines += [
        "| result set | numbers | replayed | deviate | skipped |",
        "|---|---:|---:|---:|---:|",
    ]
    for result_set, part in table.groupby("result_set", sort=False):
        n = part["verdict"].value_counts()
        each = " | ".join(str(n.get(v, 0)) for v in (REPLAYED, DEVIATES, SKIPPED))
        lines.append(f"| {result_set} | {len(part)} | {each} |")
    for reason, part in table[table["verdict"] == SKIPPED].groupby("reason"):
        lines += ["", f"{len(part)} numbers were skipped: {reason}."]
    for number in table[table["verdict"] == DEVIATES].to_dict("records"):
        which = ", ".join(f"{key} {value}" for key, value in list(number.items())[:8] if value)
        lines += [
            "",
            f"- {which}: published {number['published']}, computed {number['computed']!r}",
        ]
    return "\n".join(lines) + "\n"


if "snakemake" in globals():
    run(main, snakemake)
