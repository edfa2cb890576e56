"""How well inputs are detected by spike-triggered averages, against noise or duration."""

import numpy as np

from nto1_workflow.io import read_parquet, run
from nto1_workflow.style import (
    categories,
    covering,
    heading,
    hide_x_axis,
    hylabel,
    only_ends,
    panels,
    percent,
    save,
    set_up,
)

DURATIONS = {6: "6 sec", 60: "1 min", 600: "10 min", 6000: "1 hr 40"}
SEEDS = {"color": "0.75", "mec": "none", "clip_on": False}


def plot_dots_and_means(ax, x, scores, means, key, column, color):
    dots = dict(zip(means[key], x, strict=True))
    ax.plot(scores[key].map(dots), scores[column], ".", ms=5.5, **SEEDS)
    ax.plot(x, means[column], "o-", color=color, ms=4, clip_on=False)


def main(scores, means, chance, key, output):
    scores, means = (read_parquet(path).query("method == 'sta'") for path in (scores, means))
    chance_AUC = read_parquet(chance)["AUC"].mean()
    is_noise = key == "spike_SNR"
    means = means.sort_values(key, ascending=not is_noise)
    x = np.arange(len(means)) if is_noise else means[key].to_numpy()

    sizes = (261.5, [107.5, 129.6], (0, 34)) if is_noise else (249, [105.4, 127], (0, 33.4))
    figure, (above, below) = panels(*sizes, sharex=True)
    if not is_noise:
        below.set_xscale("log")
    plot_dots_and_means(above, x, scores, means, key, "F1max", "C0")
    plot_dots_and_means(below, x, scores, means, key, "AUC", "black")
    below.axhline(chance_AUC, color="0.6", lw=0.8, ls="--")
    where = (0, "left") if is_noise else (1, "right")
    below.text(
        where[0],
        chance_AUC + 0.02,
        "Chance level",
        ha=where[1],
        color="0.5",
        transform=below.get_yaxis_transform(),
    )

    xlim = [x[0], x[-1]] if is_noise else [6, 6000]
    set_up(above, xlim=xlim, ylim=covering(means["F1max"], [0.4, 1]))
    set_up(below, xlim=xlim, ylim=[0, 1], nbins_y=5)
    percent(above.yaxis)
    if is_noise:
        categories(below, ["∞" if np.isinf(value) else f"{value:g}" for value in means[key]])
        above.grid(visible=False, axis="x", which="both")
        xlabel = "Voltage imaging noise (spike-SNR)"
    else:
        below.set_xticks(list(DURATIONS), list(DURATIONS.values()))
        xlabel = "Recording duration"
    hide_x_axis(above)
    for ax in (above, below):
        only_ends(ax.yaxis)
    below.set_xlabel(xlabel, weight="bold", labelpad=9)
    hylabel(above, "Maximum $F_1$-score (mean of Recall & Precision)")
    hylabel(below, "Area under ROC curve (AUC)")
    heading(figure, "Connection detection performance of STA test", 27, x=0.45)
    save(figure, *output)


if "snakemake" in globals():
    run(main, snakemake)
