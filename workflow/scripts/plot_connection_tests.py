"""Spike-triggered averages beside those of shuffled trains, and how well they tell connections."""

import seaborn as sns

from script_io import read_parquet, run
from nto1.units import FACTORS
from style import covering, plt, save, set_up

GROUPS = [
    ("excitatory", True, "C0"),
    ("inhibitory", True, "C3"),
    ("excitatory", False, "0.4"),
    ("inhibitory", False, "0.7"),
]


def name_of(kind, connected) -> str:
    return f"{kind}, {'connected' if connected else 'not connected'}"


def plot_stas(trains, stas, files):
    """The first train of each group."""
    figure, axes = plt.subplots(2, 2, figsize=(6, 4), sharex=True, sharey=True)
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
        set_up(ax, xlim=[0, sta["t_ms"].max()], xunit="ms", yunit="mV", nbins_y=5)
        sign = "<" if train["p_is_bound"] else "="
        p = f"p {sign} {train['p_value']:.3g}" if train["n_windows"] else "no windows"
        ax.set_title(f"Train {train['train']}: {name_of(kind, connected)}, {p}", fontsize=8.33)
    axes.flat[0].legend(loc="upper right")
    figure.tight_layout(h_pad=1.5, w_pad=2)
    save(figure, *files)


def plot_heights(trains, shuffled_heights, files):
    """Heights relative to the mean of a train's shuffles, which lie around 1."""
    mean = trains.set_index("train")["mean_shuffled_height_mV"]
    shuffled = shuffled_heights["height_mV"] / shuffled_heights["train"].map(mean)
    names = [name_of(k, c) for k, c, _ in GROUPS]
    group = [name_of(k, c) for k, c in zip(trains["kind"], trains["connected"], strict=True)]
    heights = trains.assign(group=group)[["relative_height", "group"]].dropna()
    palette = dict(zip(names, (color for *_, color in GROUPS), strict=True))

    figure, (above, below) = plt.subplots(nrows=2, figsize=(5, 4), sharex=True)
    sns.histplot(shuffled, ax=above, bins=30, color="0.85", edgecolor="none")
    options = {"data": heights, "x": "relative_height", "hue": "group", "hue_order": names}
    sns.histplot(**options, ax=below, bins=30, multiple="stack", palette=palette, lw=0)
    sns.rugplot(**options, ax=below, palette=palette, legend=False, height=0.06)
    sns.move_legend(below, "upper left", bbox_to_anchor=(1, 1.2), title="")
    high = max([*shuffled.dropna(), *heights["relative_height"], 1])
    for ax, title in ((above, "Shuffled trains"), (below, "Trains")):
        set_up(ax, xlim=[0, 1.05 * high], nbins_y=4)
        ax.set(xlabel="", ylabel="")
        ax.set_title(title, loc="left")
    below.set_xlabel("Height of the spike-triggered average, relative to shuffled trains")
    figure.tight_layout(h_pad=1.5)
    save(figure, *files)


def plot_roc(roc, files):
    figure, axes = plt.subplots(ncols=3, figsize=(8, 2.6), sharey=True)
    titles = {"TPR": "All", "TPR_exc": "Excitatory", "TPR_inh": "Inhibitory"}
    for ax, (column, title) in zip(axes, titles.items(), strict=True):
        ax.plot([0, 1], [0, 1], color="0.7", lw=0.8)
        for variant, curve in roc.groupby("variant", sort=False):
            options = {"ms": 4, "lw": 1, "label": label_of(variant), "clip_on": False}
            ax.plot(curve["FPR"], curve[column], ".-", **options)
        set_up(ax, xlim=[0, 1], ylim=[0, 1], nbins_x=4, nbins_y=5)
        ax.set_title(title, y=1.05)
        ax.set_xlabel("False-positive rate")
    axes[0].set_ylabel("True-positive rate")
    axes[-1].legend(loc="center left", bbox_to_anchor=(1.1, 0.5))
    figure.tight_layout()
    save(figure, *files)


def plot_areas(performance, files):
    figure, ax = plt.subplots(figsize=(4, 0.8 + 0.25 * len(performance)))
    rows = range(len(performance))
    for column, name, style in (
        ("area", "all", "ko"),
        ("area_exc", "excitatory", "C0>"),
        ("area_inh", "inhibitory", "C3<"),
    ):
        ax.plot(performance[column], rows, style, ms=5, mec="none", label=name, clip_on=False)
    ax.axvline(0.5, color="0.7", lw=0.8)
    xlim = covering(performance.filter(like="area").stack().dropna(), [0.4, 1])
    set_up(ax, xlim=xlim, ylim=[len(performance) - 0.5, -0.5])
    ax.set_yticks(rows, [label_of(variant) for variant in performance["variant"]])
    ax.tick_params(axis="y", which="minor", left=False)
    ax.set_xlabel("Area under the ROC curve")
    ax.legend(loc="center left", bbox_to_anchor=(1.05, 0.5))
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


def main(trains, stas, shuffled_heights, performance, curves, output):
    trains, performance = read_parquet(trains), read_parquet(performance)
    plot_stas(trains, read_parquet(stas), output.averages)
    plot_heights(trains, read_parquet(shuffled_heights), output.heights)
    plot_roc(read_parquet(curves), output.roc)
    plot_areas(performance, output.areas)


if "snakemake" in globals():
    run(main, snakemake)
