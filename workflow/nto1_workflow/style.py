"""What the thesis's figures have in common beyond ``style.mplstyle``."""

import gc
import re
from math import isclose
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import AutoMinorLocator, FixedLocator, FuncFormatter, LogLocator, MaxNLocator

from nto1_workflow.io import atomic_write

# Figures are of many small objects: to look for garbage among them takes a tenth of the time.
gc.disable()

mpl.use("agg")
# On matplotlib's own defaults: a matplotlibrc of the user's changes nothing.
plt.style.use(["default", Path(__file__).with_suffix(".mplstyle")])

MARGIN_WIDTH = 0.28 * 8.3  # inches: the margin of the thesis's A4 pages
COLUMN, PAGE = 3.5, 7.2  # inches: what journals print in one column, and in two
SMALL = 7  # points, where the thesis has smaller text
OFFSET = 10  # points, of an axis line from the plot
WE_LABEL = r"$\mathrm{\Delta} g_\mathrm{exc}$"


def panels(widths, heights, gap: tuple[float, float] = (0, 0), **options):
    """Axes of the thesis's sizes (points), with gaps between them; text is around them."""
    shape = np.atleast_1d(heights), np.atleast_1d(widths)
    size = [sizes.sum() + g * (len(sizes) - 1) for sizes, g in zip(shape, gap[::-1], strict=True)]
    edges = {"left": 0, "right": 1, "bottom": 0, "top": 1}
    spaces = {"hspace": gap[1] / shape[0].mean(), "wspace": gap[0] / shape[1].mean()}
    options |= {"height_ratios": shape[0], "width_ratios": shape[1], "gridspec_kw": edges | spaces}
    return plt.subplots(*map(len, shape), figsize=(size[1] / 72, size[0] / 72), **options)


def page(height: float, nrows=1, ncols=1, width=PAGE, **options):
    """Axes that fill a figure of one or two columns' width, with their text."""
    options |= {"figsize": (width, height), "layout": "constrained"}
    return plt.subplots(nrows, ncols, **options)


def set_up(ax, xlim=None, ylim=None, nbins_x=6, nbins_y=6, xunit="", yunit="") -> None:
    """Axis lines moved outwards, a faint grid with minor lines, the unit on the last tick label.

    ``nbins_x``, ``nbins_y``: how many intervals at most, or the ticks themselves.
    """
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
            is_number = isinstance(nbins, int)
            steps = MaxNLocator(nbins, steps=[1, 2, 5, 10]) if is_number else FixedLocator(nbins)
            axis.set_major_locator(steps)
            axis.set_minor_locator(AutoMinorLocator())
        axis.set_major_formatter(FuncFormatter(_label))
        axis.set_minor_formatter("")
        if unit:
            _put_unit_on_last_label(axis, unit)
    ax.grid(which="minor", color="#f2f2f2")


def covering(values, limits) -> list[float]:
    """The thesis's limits of an axis, or wider ones if values lie outside."""
    return [min([limits[0], *values]), max([limits[1], *values])]


def fitting(ax, limits) -> list[float]:
    """The thesis's limits of what is drawn in it, or, if lines are elsewhere, their own."""
    values = np.concatenate([line.get_ydata() for line in ax.lines])
    if limits[0] <= values.min() and values.max() <= limits[1]:
        return limits
    margin = 0.05 * np.ptp(values)
    return [values.min() - margin, values.max() + margin]


def span(t) -> list[float]:
    """Of samples, to the end of the last one."""
    t = np.asarray(t)
    return [t[0], round(t[-1] + t[1] - t[0], 9)]


def _label(value, _) -> str:
    if abs(value) >= 10_000:
        return f"{value:,.0f}".replace(",", "\N{THIN SPACE}")
    short = f"{value:.4g}"
    return short if isclose(float(short), value) else f"{value:.6g}"


def _put_unit_on_last_label(axis, unit: str) -> None:
    low, high = sorted(axis.get_view_interval())
    margin = 1e-9 * (high - low)
    ticks = [tick for tick in axis.get_majorticklocs() if low <= tick <= high + margin]
    # Along x, spaces keep the number below its tick.
    before = " " * (2 * len(unit) + 1) if axis.axis_name == "x" else ""

    def label(x, i) -> str:
        return f"{before}{_label(x, i)} {unit}" if x == ticks[-1] else _label(x, i)

    axis.set_major_formatter(FuncFormatter(label))


def label_peak(ax, peak: float) -> None:
    """On the axis of a voltage, whose other labels keep their distance."""
    low, high = sorted(ax.get_ylim())
    ticks = [tick for tick in ax.get_yticks() if low <= tick <= peak - 0.12 * (high - low)]
    ax.set_yticks([*ticks, peak], [f"{tick:g}" for tick in ticks] + [f"{peak:g} mV"])


def hylabel(ax, text: str, **options) -> None:
    """A horizontal label of the y-axis, above it."""
    ax.set_title(text, loc="left", pad=6, **options)


def heading(figure, text: str, above: float, x=0.5) -> None:
    """Above all axes, at a distance in points."""
    figure.suptitle(text, x=x, y=1 + above / 72 / figure.get_figheight(), va="bottom")


def hide_x_axis(ax) -> None:
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="x", which="both", bottom=False, labelbottom=False)


def categories(ax, names) -> None:
    """Along x, at 0, 1, …: what has no scale has neither line, ticks nor grid."""
    ax.set_xticks(range(len(names)), names)
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="x", which="both", length=0, pad=-2)
    ax.grid(visible=False, axis="x", which="both")


def save(figure, *paths: str) -> None:
    """Write the figure, without the time and the software's version in it.

    A figure with a layout keeps its size; others are cut to what is drawn.
    """
    nameless = {
        "pdf": dict.fromkeys(("Creator", "Producer", "CreationDate")),
        "svg": dict.fromkeys(("Creator", "Date")),
    }
    bbox = None if figure.get_layout_engine() else "tight"
    for path in paths:
        kind = Path(path).suffix[1:]
        with atomic_write(path) as file:
            figure.savefig(file, format=kind, metadata=nameless[kind], bbox_inches=bbox)
            if kind == "svg":
                text = Path(file).read_text("utf-8")
                Path(file).write_text(without_excess(text), "utf-8")
    plt.close(figure)


def without_excess(svg: str) -> str:
    """Coordinates to a hundredth of a point, no indentation: four fifths of the size."""
    coordinates = re.compile(r' (?:d|x|y)="[^"]*"')
    svg = coordinates.sub(lambda found: re.sub(r"(\.\d\d)\d+", r"\1", found[0]), svg)
    return re.sub(r"\n +<", "\n<", svg)


def percent(axis) -> None:
    """Fractions as percentages."""
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{100 * x:.0f}%"))


def only_ends(axis) -> None:
    """Of an axis whose ends say most: the labels between are faint, and have no ticks."""
    axis.set_tick_params(which="minor", length=0)
    low, high = sorted(axis.get_view_interval())
    margin = 1e-9 * (high - low)
    axis.figure.draw_without_rendering()
    shown = [t for t in axis.get_major_ticks() if low - margin <= t.get_loc() <= high + margin]
    for tick in sorted(shown, key=lambda tick: tick.get_loc())[1:-1]:
        tick.label1.set_color("0.75")
        tick.tick1line.set_visible(False)
