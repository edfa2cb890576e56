"""Spike-triggered averages beside those of shuffled trains, and how well they tell connections."""

import numpy as np
from matplotlib.colors import to_rgba

from nto1.units import FACTORS
from nto1_workflow.io import read_parquet, run
from nto1_workflow.style import COLUMN, SMALL, hide_x_axis, page, save, set_up, span

GROUPS = [
    ("excitatory", True, "C0"),
    ("inhibitory", True, "C3"),
    ("excitatory", False, "0.4"),
    ("inhibitory", False, "0.7"),
]

ROC_COLUMNS = 8

# Trains, the ends of their columns' names, and colours.
KINDS = [("all", "", "0"), ("excitatory", "_exc", "C0"), ("inhibitory", "_inh", "C3")]


def name_of(kind, connected) -> str:
    return f"{kind}, {'connected' if connected else 'not connected'}"


def plot_stas(trains, stas, files):
    """The first train of each group."""
    figure, axes = page(4.6, 2, 2, sharex=True, sharey=True)
    for ax, (kind, connected, color) in zip(axes.flat, GROUPS, strict=True):
        group = trains[(trains["kind"] == kind) & (trains["connected"] == connected)]
        if group.empty:
            ax.set_title(f"No train is {name_of(kind, connected)}")
            continue
        train = group.iloc[0]
        sta = stas[stas["train"] == train["train"]]
        band = ("shuffled_5_percent_mV", "shuffled_95_percent_mV")
        ax.fill_between(sta["t_ms"], *(sta[b] for b in band), color="0.85", label="shuffled: 90 %")
        ax.plot(sta["t_ms"], sta["shuffled_mean_mV"], color="0.6", lw=1, label="shuffled: mean")
        ax.plot(sta["t_ms"], sta["sta_mV"], color=color, lw=1)
        set_up(ax, xlim=span(sta["t_ms"]), xunit="ms", yunit="mV", nbins_y=5)
        sign = "<" if train["p_is_bound"] else "="
        p = f"p {sign} {train['p_value']:.3g}" if train["n_windows"] else "no windows"
        title = f"Train {train['train']}, {p}:\n{name_of(kind, connected)}"
        ax.set_title(title)
    for ax in axes[:, 0]:
        ax.set_ylabel("Mean $V_m$")
    for ax in axes[-1]:
        ax.set_xlabel("Time after spike")
    handles = next((ax.get_legend_handles_labels() for ax in axes.flat if ax.lines), ([], []))
    figure.legend(*handles, loc="outside lower center", ncols=2)
    save(figure, *files)


def plot_heights(trains, shuffled_heights, files):
    """Heights relative to the mean of a train's shuffles, which lie around 1."""
    mean = trains.set_index("train")["mean_shuffled_height_mV"]
    shuffled = shuffled_heights["height_mV"] / shuffled_heights["train"].map(mean)
    shuffled, heights = shuffled.dropna(), trains.dropna(subset="relative_height")

    figure, (above, below) = page(3.6, nrows=2, width=COLUMN, sharex=True)
    n, edges = np.histogram(shuffled, 30)
    bars = {"width": np.diff(edges), "align": "edge", "edgecolor": "none"}
    above.bar(edges[:-1], n, color=to_rgba("0.85", 0.75), **bars)
    edges = np.histogram_bin_edges(heights["relative_height"], 30)
    bottom, options = np.zeros(30), {"width": np.diff(edges), "align": "edge", "lw": 0}
    patches, rug_colors = {}, np.empty(len(heights), object)
    for kind, connected, color in reversed(GROUPS):
        group = (heights["kind"] == kind) & (heights["connected"] == connected)
        rug_colors[group] = color
        n, _ = np.histogram(heights["relative_height"][group], edges)
        options |= {"color": to_rgba(color, 0.75), "edgecolor": "black"}
        patches[name_of(kind, connected)] = below.bar(edges[:-1], n, bottom=bottom, **options)[0]
        bottom += n
    rug = {"lw": 1, "colors": rug_colors, "transform": below.get_xaxis_transform()}
    below.vlines(heights["relative_height"], 0, 0.06, **rug)
    below.set_ylim(0, 1.17 * max(bottom.max(), 1))
    names = list(patches)[::-1]
    handles = [patches[name] for name in names]
    compact = {"columnspacing": 1, "handlelength": 1.2}
    figure.legend(handles, names, loc="outside upper center", ncols=2, **compact)
    high = max([*shuffled, *heights["relative_height"], 1])
    for ax, title in ((above, "shuffled trains"), (below, "trains")):
        set_up(ax, xlim=[0, 1.05 * high], nbins_y=4)
        ax.set(xlabel="", ylabel=f"Number of\n{title}")
    below.set_xlabel("Height relative to the mean of shuffles")
    save(figure, *files)


def plot_roc(roc, files):
    """A column for each variant, a row for each kind of trains: no curve is on another."""
    variants = list(dict.fromkeys(roc["variant"]))
    blocks = -(-len(variants) // ROC_COLUMNS)
    options = {"sharex": True, "sharey": True, "squeeze": False}
    figure, axes = page(
        2.8 * blocks, len(KINDS) * blocks, min(ROC_COLUMNS, len(variants)), **options
    )
    for ax in axes.flat:
        ax.set_visible(False)
    for i, variant in enumerate(variants):
        block, column = divmod(i, ROC_COLUMNS)
        curve = roc[roc["variant"] == variant]
        of_variant = axes[len(KINDS) * block : len(KINDS) * (block + 1), column]
        name = label_of(variant).replace(", ", ",\n").replace(" SNR", "\nSNR")
        of_variant[0].set_title(name, size=SMALL)
        for ax, (kind, end, color) in zip(of_variant, KINDS, strict=True):
            ax.set_visible(True)
            ax.plot([0, 1], [0, 1], color="0.7", lw=0.8)
            ax.plot(curve["FPR"], curve[f"TPR{end}"], color=color, clip_on=False)
            set_up(ax, xlim=[0, 1], ylim=[0, 1], nbins_x=1, nbins_y=1)
            ax.set_aspect("equal")
            if ax is not of_variant[-1]:
                hide_x_axis(ax)
            if column == 0:
                ax.set_ylabel(kind, size=SMALL)
    figure.supxlabel("False-positive rate")
    figure.supylabel("True-positive rate")
    save(figure, *files)


def plot_areas(areas, files):
    """Every seed, and the means, with ties as half and as loss."""
    tests = {label_of(variant): rows for variant, rows in areas.groupby("variant", sort=False)}
    n = len(tests)
    figure, ax = page(0.8 + 0.42 * n)
    dots = {"s": 9, "edgecolor": "black", "lw": 0, "alpha": 0.4, "zorder": 3}
    for i, rows in enumerate(tests.values()):
        for (_, end, color), offset in zip(KINDS, (-4 / 15, 0, 4 / 15), strict=True):
            x, y = rows[f"ties_halved{end}"], np.full(len(rows), i + offset)
            ax.scatter(x, y, c=[color] * len(x), **dots)
    bold = {"marker": "|", "markersize": 9, "markeredgewidth": 2}
    hollow = {"marker": "D", "markersize": 4, "markerfacecolor": "none", "markeredgewidth": 0.8}
    means = {"ties_halved": bold, "area": hollow}
    for name, style in means.items():
        for (_, end, color), offset in zip(KINDS, (-0.2665, 0, 0.2665), strict=True):
            mean = [rows[f"{name}{end}"].mean() for rows in tests.values()]
            ax.plot(mean, np.arange(n) + offset, ls="none", color=color, **style)
    for kind, _, color in KINDS:
        ax.plot([], [], "s", color=color, ms=5, label=kind)
    ax.scatter([], [], c="0", label="a seed", **dots)
    ax.plot([], [], "k", ls="none", label="mean of seeds", **bold)
    ax.plot([], [], "k", ls="none", label="mean, ties\nas losses", **hollow)
    ax.axvline(0.5, color="0.7", lw=0.8)
    low = areas.filter(regex="^(ties_halved|area)").min(axis=None)
    ax.set_xlim(min(0.4, low - 0.02) if low == low else 0.4, 1.02)
    ax.set_xlabel("Area under the ROC curve")
    ax.set_yticks(range(n), tests)
    ax.set_ylim(n - 0.5, -0.5)
    ax.tick_params(axis="y", which="minor", left=False)
    ax.grid(visible=False, axis="y", which="both")
    ax.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))
    save(figure, *files)


def label_of(variant: str) -> str:
    """``duration_s=60,imaging_spike_SNR=5`` for people: duration 60 s, imaging spike SNR 5."""
    labels = []
    for change in variant.split(","):
        key, _, value = change.partition("=")
        name, _, unit = key.rpartition("_")
        words = (name, value, unit) if unit in FACTORS else (key, value)
        labels.append(" ".join(words).strip().replace("_", " "))
    return ", ".join(labels)


def main(trains, stas, shuffled_heights, areas, curves, output):
    trains = read_parquet(trains)
    plot_stas(trains, read_parquet(stas), output.averages)
    plot_heights(trains, read_parquet(shuffled_heights), output.heights)
    plot_roc(read_parquet(curves), output.roc)
    plot_areas(read_parquet(areas), output.variants)


if "snakemake" in globals():
    run(main, snakemake)
