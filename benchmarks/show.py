"""The measurements as a page, a table and a figure."""

import json
from datetime import date
from pathlib import Path

import pandas as pd
import seaborn as sns

from nto1_workflow.io import run, write_csv, write_text
from nto1_workflow.style import hylabel, plt, save, set_up

PAGE = """\
# What it costs

Measured on {date}, by `snakemake benchmark`, on one core
({machine}).
Times are the smallest of several; ratios are medians over rounds in which both took turns. Only
ratios carry over to other machines.

![Ratios and costs](measured.svg)

## Beside others

{compared}

Peers are timed without compilation and set-up (Arbor: {set_up_ms:.0f} ms more for each run);
ours includes everything but loading the program. Arbor integrates the same equations with a solver
of its own.

## Lanes: runs that are integrated together

Nanoseconds per run and time step.

{lanes}

## Inputs

{inputs}

## The voltage-imaging experiment

All of it: 30 trains, 600 s of voltage, 100 shuffles of each train, 1000 samples per window.

{imaging_experiment}

## Memory

Of one process, with one run.

{memory}

## Where the time of the default run goes

Its simulations take {thesis_s:.2g} s of one core. The rest is programs that start:

{default_run}
"""


def page_of(measured: dict) -> str:
    def table(rows):
        return pd.DataFrame(rows).to_markdown(index=False, floatfmt=".3g")

    compared = pd.DataFrame(measured["compared"])
    names = measured.keys() - {"machine", "compared"}
    return PAGE.format(
        date=f"{date.today():%-d %B %Y}",
        machine=", ".join(f"{key} {value}" for key, value in measured["machine"].items()),
        compared=table(compared.drop(columns="their_set_up_ms")),
        set_up_ms=compared["their_set_up_ms"].max(),
        thesis_s=compared.loc[compared["what"].str.startswith("the thesis"), "ours_ms"].item()
        / 1e3,
        **{name: table(measured[name]) for name in names},
    )


def plot(measured: dict, paths) -> None:
    fig, axes = plt.subplots(ncols=3, figsize=(10, 2.4), width_ratios=[1.3, 1, 1])

    compared = pd.DataFrame(measured["compared"])
    others = compared[compared["their_set_up_ms"].notna()]
    sns.barplot(others, x="ratio", y="against", color="C0", ax=axes[0])
    axes[0].set(xscale="log", xlim=[1, 3000], xlabel="", ylabel="")
    axes[0].tick_params(axis="y", which="both", left=False)
    axes[0].grid(axis="y", visible=False, which="both")
    hylabel(axes[0], "One full run: times faster than")

    names = {
        "integration_ns": "ours",
        "with_median_ns": "ours, with exact medians",
        "plain_loop_ns": "plain loop",
    }
    lanes = pd.DataFrame(measured["lanes"]).rename(columns=names)
    lanes = lanes.melt("lanes", var_name="code", value_name="ns")
    sns.lineplot(lanes, x="lanes", y="ns", hue="code", marker="o", ax=axes[1])
    axes[1].set(xscale="log", yscale="log", xlabel="Runs together", ylabel="")
    axes[1].legend(title=None, loc="center right")
    set_up(axes[1], xlim=[1, 1000], ylim=[1, 100])
    hylabel(axes[1], "Per run and step (ns)")

    inputs = pd.DataFrame(measured["inputs"])
    sns.lineplot(inputs, x="N", y="ms", marker="o", ax=axes[2])
    axes[2].set(xscale="log", yscale="log", xlabel="Num inputs $N$", ylabel="")
    set_up(axes[2], xlim=[10, 100_000], ylim=[0.01, 100])
    hylabel(axes[2], "Inputs for 10 s (ms)")

    fig.tight_layout()
    save(fig, *paths)


def main(measurements, page, table, figure):
    measured = json.loads(Path(measurements).read_text("utf-8"))
    write_csv(pd.DataFrame(measured["compared"]), table)
    plot(measured, figure)
    write_text(page_of(measured), page)


if "snakemake" in globals():
    run(main, snakemake)
