"""False positives and inputs found: means over seeds, and a figure of all methods."""

import matplotlib as mpl
import numpy as np
import pandas as pd

from nto1.inference.method import methods
from nto1.simulation.passive_membrane import OBSERVED, SITUATIONS
from nto1_workflow.io import read_parquet, run, write_table
from nto1_workflow.style import plt, save

CASE = ["situation", "sampling_ms", "method", "null"]
NOMINAL, AIM = 0.05, (0.01, 0.07)
TICKS = {0: "0", 0.05: "5", 0.25: "25", 0.5: "50", 1: "100%"}
SHARE = "false_positive_share"


def means_of(recordings: pd.DataFrame) -> pd.DataFrame:
    """A row for each case: means over seeds."""
    shares = recordings.assign(
        false_positive_share=recordings["false_positives"] / recordings["n_unconnected"],
        false_discovery_rate=recordings["called_wrongly"] / recordings["called"].clip(lower=1),
        has_warnings=recordings["n_warnings"] > 0,
    )
    of_case = shares.groupby(CASE, sort=False)
    rates = [SHARE, "hits", "false_discovery_rate", "found"]
    errors = of_case[rates].sem().add_suffix("_sem")
    means = of_case[[*rates, "n_unconnected", "shift", "spread"]].mean().join(errors)
    with_warnings = of_case["has_warnings"].mean().where(means["shift"].notna())
    means["share_with_warnings"], means["n_seeds"] = with_warnings, of_case.size()
    return means.reset_index()


def plot(means: pd.DataFrame, *paths: str) -> None:
    """Situations as rows, methods as columns: false positives at each time step, and hits."""
    situations = list(dict.fromkeys(means["situation"]))
    of_methods = list(means.groupby(["method", "null"], sort=False))
    size = (1.35 * len(of_methods), 0.2 * len(situations))
    figure, axes = plt.subplots(ncols=len(of_methods), figsize=size, sharey=True, squeeze=False)
    for ax, ((method, null), of_method) in zip(axes.flat, of_methods, strict=True):
        false_positives(ax, of_method, situations)
        title = methods()[method].title + (f"\n{null} null" if null else "")
        ax.set_title(title, loc="left", fontsize=9, pad=14)
    axes[0, -1].legend(loc="upper left", bbox_to_anchor=(1.35, 1), title="Time step")
    label = f"Unconnected trains with p ≤ 5 %, and hits among {OBSERVED.size} inputs"
    axes[0, 0].set_xlabel(label, x=0, ha="left")
    figure.subplots_adjust(0, 0, 1, 1, wspace=0.45)
    save(figure, *paths)


def false_positives(ax, means: pd.DataFrame, situations: list[str]) -> None:
    """Of one method: a dot for each time step, and the mean number of hits."""
    ax.axvspan(*AIM, color="0.88", lw=0)
    ax.axvline(NOMINAL, color="black", lw=0.8, ls="--")
    of_steps = means.groupby("sampling_ms")
    colors = mpl.colormaps["viridis_r"](np.linspace(0.1, 0.95, of_steps.ngroups))
    for (step, at), color in zip(of_steps, colors, strict=True):
        share = at.set_index("situation")[SHARE][situations]
        options = {"color": color, "ms": 7, "mec": "none", "clip_on": False}
        ax.plot(share, range(len(situations)), ".", label=f"{step:g} ms", **options)
    hits = means.groupby("situation")["hits"].mean()[situations]
    for y, text in enumerate(["hits", *(f"{n:.0f}" for n in hits)], start=-1):
        ax.text(1.22, y, text, color="0.4", ha="right", va="center", transform=edge(ax))
    ax.set_xscale("function", functions=(lambda x: np.sqrt(np.abs(x)), np.square))
    ax.set(xlim=[0, 1], ylim=[len(situations) - 0.5, -0.5])
    ax.set_xticks([*TICKS], [*TICKS.values()])
    ax.set_yticks(range(len(situations)), [SITUATIONS[name].title for name in situations])
    ax.tick_params(which="minor", left=False, bottom=False)
    ax.grid(visible=False, which="minor")


def edge(ax) -> mpl.transforms.Transform:
    """Across in parts of the width, down in rows."""
    return mpl.transforms.blended_transform_factory(ax.transAxes, ax.transData)


def main(input, recordings, means, figure):
    table = pd.concat([read_parquet(path) for path in input], ignore_index=True)
    write_table(table, *recordings)
    summary = means_of(table)
    write_table(summary, *means)
    plot(summary, *figure)


if "snakemake" in globals():
    run(main, snakemake)
