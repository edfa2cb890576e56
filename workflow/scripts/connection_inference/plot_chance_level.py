"""Areas under the ROC curve of random guessing: all of the axis, and a closer look."""

import numpy as np
from matplotlib.patches import ConnectionPatch

from nto1_workflow.io import read_parquet, run
from nto1_workflow.style import grey_inner_labels, plt, save, set_up


def main(chance, output):
    AUC = read_parquet(chance)["AUC"]
    y = np.random.default_rng(1).uniform(-1, 1, AUC.size)  # so that dots can be told apart
    low, high = 0.025 * np.floor(AUC.min() / 0.025), 0.05 * np.ceil(AUC.max() / 0.05)

    figure, (whole, closer) = plt.subplots(nrows=2, figsize=(4.6, 2))
    for ax, xlim in ((whole, [0, 1]), (closer, [low, high])):
        ax.plot(AUC, y, ".", ms=3.5, mec="none", clip_on=False)
        set_up(ax, xlim=xlim, ylim=[-6, 6], nbins_x=5)
        ax.yaxis.set_visible(False)
        ax.spines["left"].set_visible(False)
    grey_inner_labels(whole.xaxis)
    closer.plot([AUC.mean()] * 2, [-4, 4], "k--", lw=2)
    for x, corner in ((low, 0), (high, 1)):
        whole.plot([x, x], [-6, 6], color="0.5", lw=1)
        line = ConnectionPatch(
            (x, -6),
            (corner, 1),
            "data",
            "axes fraction",
            axesA=whole,
            axesB=closer,
            color="0.5",
            ls="--",
        )
        figure.add_artist(line)
    closer.set_xlabel("Area under ROC curve (AUC)")
    figure.suptitle("Performance of random connection classifier", weight="bold", fontsize=10)
    figure.tight_layout(h_pad=2)
    save(figure, *output)


if "snakemake" in globals():
    run(main, snakemake)
