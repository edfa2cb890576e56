"""A study's figure: what was measured against what was varied, with 95 % intervals as bands."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter

from nto1.config.model import Study
from nto1.config.studies import varied_columns
from nto1.measures.measure import measures
from nto1.units import GREEK
from nto1_workflow.style import COLUMN, MARGIN_WIDTH, PAGE, save

LABELS = {
    "median_Vm_mV": "Median $V_m$ (mV)",
    "output_rate_Hz": "Firing rate (Hz)",
    "we_nS": "Weight (nS)",
    "we_pS": "Weight (pS)",
}
UNITS = ("per_ms", "pS", "nS", "pF", "pA", "mV", "ms", "s", "Hz")


def label(column: str) -> str:
    """``tau_w_ms`` is called $τ_w$ (ms)."""
    if column in LABELS:
        return LABELS[column]
    name = column.rpartition(".")[2]
    unit = next((unit for unit in UNITS if name.endswith(f"_{unit}")), None)
    unit_text = f" ({unit})" if unit else ""
    return in_words(name.removesuffix(f"_{unit}")) + unit_text.replace("per_ms", "1/ms")


def in_words(name: str) -> str:
    """A symbol with its index, as in tau_w and E_exc; else words."""
    symbol, _, index = name.partition("_")
    if symbol not in GREEK and len(symbol) > 1:
        return name.replace("_", " ")
    index = rf"_\mathrm{{{index.replace('_', ',')}}}" if index else ""
    return f"${GREEK.get(symbol, symbol)}{index}$"


def is_spaced_logarithmically(values) -> bool:
    """Whether ratios differ less than distances do."""
    values = np.unique(values)
    if values.dtype.kind not in "if" or len(values) < 3 or values[0] <= 0:
        return False
    steps, ratios = np.diff(values), np.diff(np.log(values))
    return (
        values[-1] >= 5 * values[0]
        and np.ptp(ratios) / ratios.mean() < np.ptp(steps) / steps.mean()
    )


class Panels(sns.FacetGrid):
    """Spaced once, at the end: seaborn lays all panels out again and again."""

    def tight_layout(self, *args, **kwargs):
        return self


def axes_of(study: Study, table) -> dict[str, Any]:
    """What is along x, and told by colour, columns and rows: as said, or in the order given. Of
    named cases, what is varied among them comes first."""
    columns = varied_columns(study)
    varied = [name for name in columns if table[name].nunique() > 1] or columns[:1]
    varied.sort(key=lambda name: name == "case")
    chosen = {axis: getattr(study, axis) for axis in ("x", "hue", "col", "row")}
    left = [name for name in varied if name not in chosen.values()]
    for axis in chosen:
        chosen[axis] = chosen[axis] or (left.pop(0) if left else None)
    return chosen


def draw(ax, data, color, x) -> None:
    if data[x].dtype.kind in "if":
        data = data.sort_values(x)
    ax.fill_between(data[x], data["low"], data["high"], color=color, alpha=0.25, lw=0)
    ax.plot(data[x], data["mean"], ".-", color=color, ms=5, lw=1.2, clip_on=False)


def make_logarithmic(axis, values=()) -> None:
    """With ticks at the values, if they are few."""
    axis._set_axes_scale("log")
    axis.set_minor_formatter("")
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    if 0 < len(values) <= 8:
        axis.set_major_locator(FixedLocator(values))


def long_form(table, measures: list[str], row: str | None):
    """A row for every measure, with the panel it belongs to."""
    parts = []
    for measure in measures:
        part = table.rename(columns={measure: "mean"})
        part[["low", "high"]] = table[[f"{measure}_ci95_low", f"{measure}_ci95_high"]]
        title = label(measure)
        of_row = (
            table[row].map(lambda value, t=title: f"{t}\n{named(row, value)}") if row else title
        )
        parts.append(part.assign(panel=of_row))
    return pd.concat(parts, ignore_index=True)


def named(column: str, value) -> str:
    value = f"{value:g}" if isinstance(value, float) else value
    name, _, unit = label(column).partition(" (")
    return f"{value}" if column == "case" else f"{name} = {value} {unit[:-1]}".strip()


@mpl.rc_context({"xtick.minor.visible": False, "ytick.minor.visible": False})
def plot(table, study: Study, paths: list[str]) -> None:
    """``table``: a row per case, with means and intervals."""
    axes, measure = axes_of(study, table), measures()[study.measure]
    x, hue = axes["x"], axes["hue"]
    panels = long_form(table, list(measure.shown), axes["row"])
    grid = Panels(
        panels,
        row="panel",
        col=axes["col"],
        sharey="row",
        despine=False,
    )
    rows, columns = grid.axes.shape
    width = PAGE if columns > 1 or hue else COLUMN
    grid.figure.set_size_inches(width, 0.9 * MARGIN_WIDTH * rows + 0.3)
    grid.figure.set_layout_engine("constrained")
    values = table[hue].unique() if hue else [None]
    is_number = hue and table[hue].dtype.kind in "if"
    palette = sns.color_palette("viridis" if is_number else None, len(values))
    colors = dict(zip(sorted(values) if is_number else values, palette, strict=True))
    for ax in grid.axes.flat:
        ax.autoscale(False)  # once is enough
    for (row, col, _), data in grid.facet_data():
        for value, color in colors.items():
            draw(grid.axes[row, col], data[data[hue] == value] if hue else data, color, x)
    for (row, col), ax in np.ndenumerate(grid.axes):
        ax.autoscale()
        ax.set_title(named(axes["col"], grid.col_names[col]) if axes["col"] and row == 0 else "")
        ax.set_ylabel(grid.row_names[row] if col == 0 else "")
        ax.set_xlabel(label(x) if row == len(grid.row_names) - 1 else "")
        if is_spaced_logarithmically(table[x]):
            make_logarithmic(ax.xaxis, table[x].unique())
        if measure.logarithmic:
            make_logarithmic(ax.yaxis)
        ax.grid(False, which="minor")
    if hue:
        grid.figure.legend(
            [Line2D([], [], marker=".", color=color, ms=5, lw=1.2) for color in colors.values()],
            [named(hue, value).rpartition(" = ")[2] for value in colors],
            title="" if hue == "case" else label(hue).partition(" (")[0],
            loc="outside right center",
            frameon=False,
        )
    save(grid.figure, *paths)
