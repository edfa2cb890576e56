"""How well inputs are detected by spike-triggered averages, against noise or duration."""

import numpy as np

from nto1_workflow.io import read_parquet, run
from nto1_workflow.style import grey_inner_labels, hide_x_axis, hylabel, percent, plt, save, set_up

DURATIONS = {6: "6 sec", 60: "1 min", 600: "10 min", 6000: "1 hr 40"}


def plot_dots_and_means(ax, x, scores, means, key, column, color):
    dots = dict(zip(means[key], x, strict=True))
    ax.plot(scores[key].map(dots), scores[column], ".", ms=4, color="0.75", mec="none")
    ax.plot(x, means[column], "o-", color=color, ms=4.5, clip_on=False)


def main(scores, means, chance, key, output):
    scores, means = (read_parquet(path).query("method == 'sta'") for path in (scores, means))
    chance_AUC = read_parquet(chance)["AUC"].mean()
    is_noise = key == "spike_SNR"
    means = means.sort_values(key, ascending=not is_noise)
    x = np.arange(len(means)) if is_noise else means[key].to_numpy()

    figure, (above, below) = plt.subplots(nrows=2, figsize=(4.2, 4.6), sharex=True)
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
        fontsize=8.33,
        transform=below.get_yaxis_transform(),
    )

    xlim = [x[0], x[-1]] if is_noise else [6, 6000]
    low = min(0.4, scores["F1max"].min())
    set_up(above, xlim=xlim, ylim=[low, 1], nbins_y=6)
    set_up(below, xlim=xlim, ylim=[0, 1], nbins_y=5)
    percent(above.yaxis)
    for ax in (above, below):
        grey_inner_labels(ax.yaxis)
    hide_x_axis(above)
    if is_noise:
        labels = ["∞" if np.isinf(value) else f"{value:g}" for value in means[key]]
        below.set_xticks(x, labels)
        below.tick_params(axis="x", which="minor", bottom=False)
        below.set_xlabel("Voltage imaging noise (spike-SNR)", weight="bold")
    else:
        below.set_xticks(list(DURATIONS), list(DURATIONS.values()))
        below.set_xlabel("Recording duration", weight="bold")
    hylabel(above, "Maximum $F_1$-score (mean of Recall & Precision)")
    hylabel(below, "Area under ROC curve (AUC)")
    figure.suptitle("Connection detection performance of STA test", weight="bold", fontsize=9)
    figure.tight_layout(h_pad=1)
    save(figure, *output)


if "snakemake" in globals():
    run(main, snakemake)
