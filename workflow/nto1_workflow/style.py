"""What the thesis's figures have in common beyond ``style.mplstyle``."""

import gc
from math import isclose
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.ticker import AutoMinorLocator, FuncFormatter, LogLocator, MaxNLocator

from nto1_workflow.io import atomic_write

# Figures are of many small objects: to look for garbage among them takes a tenth of the time.
gc.disable()

mpl.use("agg")
# On matplotlib's own defaults: a matplotlibrc of the user's changes nothing.
plt.style.use(["default", Path(__file__).with_suffix(".mplstyle")])

MARGIN_WIDTH = 0.28 * 8.3  # inches: the margin of the thesis's A4 pages
OFFSET = 10  # points, of an axis line from the plot
WE_LABEL = r"$\mathrm{\Delta} g_\mathrm{exc}$"


def set_up(ax, xlim=None, ylim=None, nbins_x=6, nbins_y=6, xunit="", yunit="") -> None:
    """Axis lines moved outwards, a faint grid with minor lines, the unit on the last tick label."""
    for axis, side, limits, nbins, unit in (
        (ax.xaxis, "bottom", xlim, nbins_x, xunit),
        (ax.yaxis, "left", ylim, nbins_y, yunit),
    ):
        ax.spines[side].set_position(("outward", OFFSET))
        if limits is not None:
            (ax.set_xlim if axis is ax.xaxis else ax.set_ylim)(limits)
        if axis.get_scale() == "log":
            axis.set_major_locator(LogLocator(numticks=12))
            axis.set_minor_locator(LogLocator(subs=range(2, 10), numticks=12))
        else:
            axis.set_major_locator(MaxNLocator(nbins, steps=[1, 2, 5, 10]))
            axis.set_minor_locator(AutoMinorLocator())
        axis.set_major_formatter(FuncFormatter(_label))
        axis.set_minor_formatter("")
        if unit:
            _put_unit_on_last_label(axis, unit)
    ax.grid(which="minor", color="#f2f2f2")


def covering(values, limits) -> list[float]:
    """The thesis's limits of an axis, or wider ones if values lie outside."""
    return [min([limits[0], *values]), max([limits[1], *values])]


def _label(value, _) -> str:
    short = f"{value:.4g}"
    return short if isclose(float(short), value) else f"{value:.6g}"


def _put_unit_on_last_label(axis, unit: str) -> None:
    low, high = sorted(axis.get_view_interval())
    margin = 1e-9 * (high - low)
    ticks = [tick for tick in axis.get_majorticklocs() if low <= tick <= high + margin]
    axis.set_major_formatter(
        FuncFormatter(lambda x, i: _label(x, i) + (f" {unit}" if x == ticks[-1] else ""))
    )


def label_peak(ax, peak: float) -> None:
    """On the axis of a voltage, whose other labels keep their distance."""
    low, high = sorted(ax.get_ylim())
    ticks = [tick for tick in ax.get_yticks() if low <= tick <= peak - 0.12 * (high - low)]
    ax.set_yticks([*ticks, peak], [f"{tick:g}" for tick in ticks] + [f"{peak:g} mV"])


def hylabel(ax, text: str) -> None:
    """A horizontal label of the y-axis, above it."""
    ax.set_title(text, loc="left", fontsize=mpl.rcParams["axes.labelsize"], pad=8)


def hide_x_axis(ax) -> None:
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="x", which="both", bottom=False, labelbottom=False)


def save(figure, *paths: str, bbox="tight") -> None:
    """Write the figure, without the time and the software's version in it.

    ``bbox``: what of it, in inches; else, for every file, what is drawn is looked for.
    """
    nameless = {
        "pdf": dict.fromkeys(("Creator", "Producer", "CreationDate")),
        "svg": dict.fromkeys(("Creator", "Date")),
    }
    for path in paths:
        kind = Path(path).suffix[1:]
        with atomic_write(path) as file:
            figure.savefig(file, format=kind, metadata=nameless[kind], bbox_inches=bbox)
    plt.close(figure)


def percent(axis) -> None:
    """Fractions as percentages."""
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:.0f}%"))


def grey_inner_labels(axis) -> None:
    """Of an axis whose ends say most: the labels between are faint."""
    low, high = sorted(axis.get_view_interval())
    axis.figure.draw_without_rendering()
    for tick in axis.get_major_ticks():
        is_end = min(abs(tick.get_loc() - low), abs(tick.get_loc() - high)) < 1e-9 * (high - low)
        tick.label1.set_color("black" if is_end else "0.7")
