"""Every published number beside ours."""

from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from nto1.published import (
    DEVIATES,
    REPLAYED,
    SKIPPED,
    agreement,
    compared,
    differing,
    headline,
    name_of,
)
from nto1.simulation.weight_search import nearest_to_target
from nto1_workflow.io import read_parquet, run, write_csv, write_page, write_text

TITLE = "Published numbers, replayed"

# What a printed quantity is called in our tables, if not the same.
COLUMNS = {
    "median_Vm": "median_Vm_mV",
    "mean_median_Vm": "median_Vm_mV",
    "output_rate": "output_rate_Hz",
    "mean_output_rate": "output_rate_Hz",
    "guess": "w0_nS",
    "guess_rate": "w0_fr_Hz",
    "weight": "we_nS",
    "rate": "fr_Hz",
    "factor": "factor",
    "iterations": "iterations",
}

METHODS = ("sta", "template", "line_fit")  # of the thesis; other names are of signals
SEEDS_OF_MEANS = {1, 2, 3, 4, 5}

# How many of its units make ours, where they differ.
PER_OUR_UNIT = {("guess", "pS"): 1000, ("weight", "pS"): 1000}


def connections_and_spikes(matrix, spike_times, timestep_ms) -> dict[str, list[tuple]]:
    """What was published of the network, as rows of our tables: weights relative to excitatory
    ones, and spikes in whole time steps."""
    spikes = [
        (int(name.removeprefix("neuron_")), step)
        for name, times in spike_times.items()
        for step in np.rint(times * (1000 / timestep_ms)).astype(int).tolist()
    ]
    connections = [(i, j, matrix[i, j]) for i, j in np.argwhere(matrix).tolist()]
    return {"connections": connections, "spike times": spikes}


def rows_of(table, *columns: str) -> list[tuple]:
    return list(zip(*(table[column].tolist() for column in columns), strict=True))


def of_sweep(number, tables):
    runs = tables["runs" if number["seed"] else "means"]
    return single_value(runs, where_of(number, "we_pS", "seed"), COLUMNS[number["quantity"]])


def of_search(number, tables):
    return single_value(tables["weights"], where_of(number, "N"), COLUMNS[number["quantity"]])


def of_example(number, tables):
    return tables["trace"]["V_m_mV"].iloc[int(number["sample"])]


def of_connection_test(number, tables):
    trains = tables["trains"]
    match number["quantity"].split("_"):
        case ["voltage"]:
            return single_value(tables["excerpt"], {"step": int(number["sample"])}, "V_m_mV")
        case ["p", "value", *bound]:
            where = where_of(number, "train")
            is_bound = single_value(trains, where, "p_is_bound")
            return single_value(trains, where, "p_value") if is_bound == bool(bound) else np.nan
        case ["n", "inhibitory" | "excitatory" as kind, *connected]:
            of_kind = trains[trains["kind"] == kind]
            return of_kind["connected"].sum() if connected else len(of_kind)
        case _:
            column = COLUMNS.get(number["quantity"], number["quantity"])
            return single_value(tables["performance"], {"variant": "base"}, column)


def of_network(number, tables):
    ours = {
        "connections": (tables["network_connections"], "from", "to", "relative_weight"),
        "spike times": (tables["network_spikes"], "neuron", "step"),
    }[number["quantity"]]
    return agreement(rows_of(*ours), tables[number["quantity"]])


def of_izhikevich_network(number, tables):
    neurons, paths = tables["neurons"], tables["path_lengths"]
    is_input = neurons["hops_to_first"] == 1
    match number["quantity"].split("_"):
        case ["connections"]:
            return single_value(paths, {"hops": 1}, "n_pairs")
        case ["neuron", "pairs"]:
            return single_value(paths, {"hops": int(number["sample"])}, "n_pairs")
        case ["neurons", *_]:
            return single_value(paths, {"hops": int(number["sample"])}, "n_to_first")
        case ["n", kind, _]:
            return (is_input & (neurons["kind"] == kind)).sum()
        case ["hops", *_]:
            return single_value(neurons, {"neuron": int(number["sample"])}, number["quantity"])
    tested = neurons.loc[neurons["is_tested"] & ~is_input, "neuron"]
    return tested.iloc[int(number["train"]) - 1] + 1  # published numbers count from 1


def of_result_set(number, tables):
    result_set, name, quantity = (
        number[key] for key in ("result_set", "method_or_signal", "quantity")
    )
    if result_set == "chance":
        column, _, statistic = quantity.partition("_")
        return tables["chance"][column].agg(statistic)
    where = where_of(number, "N", "seed", "spike_SNR", "duration_s", "window_ms")
    if "percentile" in quantity:
        percentile = float(quantity.rpartition("_")[2])
        asked = {"spike_SNR": where["spike_SNR"], "percentile": percentile}
        return single_value(tables["percentiles"], asked, "V_mV")
    where |= {"method": name} if name in METHODS else {"method": "sta", "signal": name}
    if quantity.startswith("t_"):
        where["train"] = int(quantity.rpartition("_")[2]) - 1
        return single_value(tables[f"{result_set}_trains"], where, "t")
    scores = tables[result_set]
    where = {key: value for key, value in where.items() if key in scores}  # of one method, maybe
    if number["seed"] == "mean":
        chosen = select_rows(scores, where)
        if set(chosen["seed"]) != SEEDS_OF_MEANS:
            raise LookupError("other seeds")
        return chosen[quantity].mean()
    return single_value(scores, where, quantity)


# By group of numbers, what finds ours, in our unit; it raises ``LookupError`` if the study doesn't
# include it.
VALUE_OF = {
    "adex_network": of_network,
    "izhikevich_network": of_izhikevich_network,
    "sweep": of_sweep,
    "find_weight": of_search,
    "example": of_example,
    "connection_test": of_connection_test,
    "connection_inference": of_result_set,
}


def where_of(number: dict, *keys: str) -> dict[str, float]:
    return {key: float(number[key]) for key in keys if number[key] not in ("", "mean")}


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


def with_guess(config: dict, means) -> dict:
    """The config with the guess that the weight search took from the sweep."""
    search = config["find_weight"]
    if search["guess"] != "sweep":
        return config
    weight_pS = nearest_to_target(means["we_pS"], means["output_rate_Hz"], search["target_rate_Hz"])
    guess = {"N": config["sweep"]["N"], "weight_pS": weight_pS}
    return config | {"find_weight": search | {"guess": guess}}


def read(file: str):
    match Path(file).suffix:
        case ".parquet":
            return read_parquet(file)
        case ".csv":
            return pd.read_csv(file)
    return np.load(file)


def main(numbers, conditions, input, config, comparison, summary, page):
    named = {name: input[name] for name in input.keys() - {"numbers", "conditions"}}
    tables = {name: read(file) for name, file in named.items()}
    published = pd.concat(
        [pd.read_csv(file, dtype=str, keep_default_na=False) for file in numbers]
    ).fillna("")
    of_groups = {}
    for file in conditions:
        of_groups |= yaml.safe_load(Path(file).read_text(encoding="utf-8"))
    if "means" in tables:
        config = with_guess(config, tables["means"])
    if "matrix" in tables:
        published_data = tables.pop("matrix"), tables.pop("spike_times")
        timestep_ms = config["adex_network"]["timestep_ms"]
        tables |= connections_and_spikes(*published_data, timestep_ms)
    obstacles = {group: "; ".join(differing(c, config)) for group, c in of_groups.items()}

    def value_of(number: dict) -> float:
        value = float(VALUE_OF[group_of(number)](number, tables))
        return value * PER_OUR_UNIT.get((number["quantity"], number.get("unit")), 1)

    rows = compared(
        published.to_dict("records"),
        lambda number: obstacles[group_of(number)],
        value_of,
        # Rates, exact elsewhere, were printed with fewer digits in result sets.
        lambda number: number["quantity"] if "group" in number else "",
    )
    table = pd.DataFrame(rows)
    write_csv(table, comparison)
    write_text(summary_of(table), summary)
    shown = table.drop(columns="source", errors="ignore")
    write_page(page, TITLE, outcome(table), shown, digits=12)


def group_of(number: dict) -> str:
    return number.get("group", "connection_inference")


def outcome(table) -> str:
    return headline(table.to_dict("records"))


def summary_of(table) -> str:
    lines = [f"# {TITLE}", "", outcome(table), ""]
    by = ["group", "quantity", "kind"] if "group" in table else ["result_set", "kind"]
    columns = [*by, "numbers", "replayed", "deviate", "skipped"]
    lines += [f"| {' | '.join(columns)} | largest difference |"]
    lines += [f"|{'---|' * len(by)}---:|---:|---:|---:|---:|"]
    for which, part in table.groupby(by, sort=False):
        n = part["verdict"].value_counts()
        largest = part["difference"].astype(float).abs().max()
        unit = "/".join(sorted({*part.get("unit", [])} - {""}))
        counts = [n.get(verdict, 0) for verdict in (REPLAYED, DEVIATES, SKIPPED)]
        lines.append(
            f"| {' | '.join([*which, str(len(part)), *map(str, counts)])} "
            f"| {'' if pd.isna(largest) else f'{largest:.1e} {unit}'} |"
        )
    for reason, part in table[table["verdict"] == SKIPPED].groupby("reason"):
        lines += ["", f"{len(part)} numbers were skipped: {reason}."]
    deviating = table[table["verdict"] == DEVIATES]
    if len(deviating):
        lines += ["", "| number | published | computed | difference |", "|---|---:|---:|---:|"]
    for number in deviating.to_dict("records"):
        lines.append(
            f"| {name_of(number)} | {number['published']} {number.get('unit', '')} "
            f"| {number['computed']!r} | {number['difference']:.1e} |"
        )
    return "\n".join(lines) + "\n"


if "snakemake" in globals():
    run(main, snakemake)
