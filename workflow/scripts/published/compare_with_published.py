"""Every published number beside ours."""

from collections.abc import Callable
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

TABLES = ("runs", "means", "weights", "trace", "trains", "performance", "excerpt")
TABLES += ("network_connections", "network_spikes")

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

# How many of its units make ours, where they differ.
PER_OUR_UNIT = {("guess", "pS"): 1000, ("weight", "pS"): 1000}


def connections_and_spikes(matrix, spike_times, timestep_ms) -> dict[str, list[tuple]]:
    """What was published of the network, as rows of our tables: weights relative to excitatory
    ones, and spikes in whole time steps."""
    matrix, steps = np.load(matrix), 1000 / timestep_ms
    with np.load(spike_times) as times:
        spikes = [
            (int(name.removeprefix("neuron_")), step)
            for name in times.files
            for step in np.rint(times[name] * steps).astype(int).tolist()
        ]
    connections = [(i, j, matrix[i, j]) for i, j in np.argwhere(matrix).tolist()]
    return {"connections": connections, "spike times": spikes}


def rows_of(table, *columns: str) -> list[tuple]:
    return list(zip(*(table[column].tolist() for column in columns), strict=True))


def computed_by_group(tables: dict, network_data: dict) -> dict[str, Callable[[dict], float]]:
    """For every group of numbers, a function that finds ours, in our unit; it raises ``KeyError``
    if the study doesn't include it."""
    runs = tables["runs"].set_index(["we_pS", "seed"])
    means = tables["means"].set_index("we_pS")
    weights = tables["weights"].set_index("N")
    trains = tables["trains"].set_index("train")
    excerpt = tables["excerpt"].set_index("step")
    performance = tables["performance"].set_index("variant").loc["base"]

    def of_sweep(number):
        seed, weight = number["seed"], float(number["we_pS"])
        ours = runs.loc[weight, int(seed)] if seed else means.loc[weight]
        return ours[COLUMNS[number["quantity"]]]

    def of_search(number):
        return weights.loc[int(number["N"]), COLUMNS[number["quantity"]]]

    def of_example(number):
        return tables["trace"]["V_m_mV"].iloc[int(number["sample"])]

    def of_connection_test(number):
        match number["quantity"].split("_"):
            case ["voltage"]:
                return excerpt.loc[int(number["sample"]), "V_m_mV"]
            case ["p", "value", *bound]:
                p, is_bound = trains.loc[int(number["train"]), ["p_value", "p_is_bound"]]
                return p if is_bound == bool(bound) else float("nan")
            case ["n", "inhibitory" | "excitatory" as kind, *connected]:
                of_kind = trains[trains["kind"] == kind]
                return of_kind["connected"].sum() if connected else len(of_kind)
            case _:
                return performance[COLUMNS.get(number["quantity"], number["quantity"])]

    def of_network(number):
        ours = {
            "connections": (tables["network_connections"], "from", "to", "relative_weight"),
            "spike times": (tables["network_spikes"], "neuron", "step"),
        }[number["quantity"]]
        return agreement(rows_of(*ours), network_data[number["quantity"]])

    return {
        "adex_network": of_network,
        "sweep": of_sweep,
        "find_weight": of_search,
        "example": of_example,
        "connection_test": of_connection_test,
    }


def with_guess(config: dict, means) -> dict:
    """The config with the guess that the weight search took from the sweep."""
    search = config["find_weight"]
    if search["guess"] != "sweep":
        return config
    weight_pS = nearest_to_target(means["we_pS"], means["output_rate_Hz"], search["target_rate_Hz"])
    guess = {"N": config["sweep"]["N"], "weight_pS": weight_pS}
    return config | {"find_weight": search | {"guess": guess}}


def main(numbers, conditions, matrix, spike_times, input, config, comparison, summary, page):
    tables = {name: read_parquet(file) for name, file in input.items() if name in TABLES}
    published = pd.concat(
        [pd.read_csv(file, dtype=str, keep_default_na=False) for file in numbers]
    ).fillna("")
    of_groups = {}
    for file in conditions:
        of_groups |= yaml.safe_load(Path(file).read_text(encoding="utf-8"))
    config = with_guess(config, tables["means"])
    obstacles = {group: "; ".join(differing(c, config)) for group, c in of_groups.items()}
    network_data = connections_and_spikes(
        matrix, spike_times, config["adex_network"]["timestep_ms"]
    )
    computed = computed_by_group(tables, network_data)

    def value_of(number: dict) -> float:
        value = float(computed[number["group"]](number))
        return value * PER_OUR_UNIT.get((number["quantity"], number["unit"]), 1)

    numbers = published.to_dict("records")
    rows = compared(numbers, lambda number: obstacles[number["group"]], value_of)
    table = pd.DataFrame(rows)
    write_csv(table, comparison)
    write_text(summary_of(table), summary)
    write_page(page, TITLE, outcome(table), table.drop(columns="source"), digits=12)


def outcome(table) -> str:
    return headline(table.to_dict("records"))


def summary_of(table) -> str:
    lines = [f"# {TITLE}", "", outcome(table), ""]
    columns = "group quantity kind numbers replayed deviate skipped".split()
    lines += [f"| {' | '.join(columns)} | largest difference |"]
    lines += ["|---|---|---|---:|---:|---:|---:|---:|"]
    for (group, quantity, kind), part in table.groupby(["group", "quantity", "kind"], sort=False):
        n = part["verdict"].value_counts()
        largest = part["difference"].astype(float).abs().max()
        unit = "/".join(sorted(set(part["unit"]) - {""}))
        counts = [n.get(verdict, 0) for verdict in (REPLAYED, DEVIATES, SKIPPED)]
        lines.append(
            f"| {group} | {quantity} | {kind} | {len(part)} | {' | '.join(map(str, counts))} "
            f"| {'' if pd.isna(largest) else f'{largest:.1e} {unit}'} |"
        )
    for reason, part in table[table["verdict"] == SKIPPED].groupby("reason"):
        lines += ["", f"{len(part)} numbers were skipped: {reason}."]
    deviating = table[table["verdict"] == DEVIATES]
    if len(deviating):
        lines += ["", "| number | published | computed | difference |", "|---|---:|---:|---:|"]
    for number in deviating.to_dict("records"):
        lines.append(
            f"| {name_of(number)} | {number['published']} {number['unit']} "
            f"| {number['computed']!r} | {number['difference']:.1e} |"
        )
    return "\n".join(lines) + "\n"


if "snakemake" in globals():
    run(main, snakemake)
