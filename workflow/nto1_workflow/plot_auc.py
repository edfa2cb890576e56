"""AUCs of methods against what is varied, each method in the same style in every figure."""

import numpy as np

from nto1.inference.method import methods
from nto1_workflow.style import categories, set_up

STYLES = {name: {"color": f"C{i}", "lw": 1.2} for i, name in enumerate(methods())}
STYLES["regression"] = {"color": "black", "lw": 2, "zorder": 3}


def title(method: str) -> str:
    return methods()[method].title


def curve(ax, x, AUC, method="", **options) -> None:
    style = {"marker": "o", "ms": 4, "clip_on": False} | STYLES.get(method, {}) | options
    ax.plot(x, AUC, in_layout=False, **style)


def curves(ax, means, places: dict, column: str, **options) -> None:
    """One for each method of the table, at the places of the column's values."""
    for method, of_method in means.sort_values(column).groupby("method", sort=False):
        x = of_method[column].map(places)
        curve(ax, x, of_method["AUC"], method, label=title(method), **options)


def places(values) -> dict:
    """Where values lie along an axis: evenly spaced, in the order given."""
    return {value: i for i, value in enumerate(values)}


def from_strong_to_weak(table) -> dict:
    """Places of signal-to-noise ratios along an axis."""
    return places(sorted(table["spike_SNR"].unique(), reverse=True))


def name_of_SNR(value: float) -> str:
    return "∞" if np.isinf(value) else f"{value:g}"


def finish(ax, names, xlabel: str, chance: float, heading: str = "") -> None:
    # Above the grid, which has a line at 0.25, too.
    ax.axhline(chance, color="0.6", lw=0.8, ls="--", zorder=1.9)
    set_up(ax, xlim=[0, len(names) - 1], ylim=[0, 1])
    categories(ax, names)
    ax.set(xlabel=xlabel, ylabel="AUC", title=heading)
