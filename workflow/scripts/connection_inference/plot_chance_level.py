"""Areas under the ROC curve of random guessing: all of the axis, and a closer look."""

import numpy as np
from matplotlib.patches import ConnectionPatch

from nto1_workflow.io import read_parquet, run
from nto1_workflow.style import heading, only_ends, panels, save, set_up

GREY = {"color": "0.4", "lw": 0.8}


def main(chance, output):
    AUC = read_parquet(chance)["AUC"]
    y = np.random.default_rng(1).uniform(-1, 1, AUC.size)  # so that dots can be told apart
    low, high = 0.025 * np.floor(AUC.min() / 0.025), 0.05 * np.ceil(AUC.max() / 0.05)

    figure, (whole, closer) = panels(256, [18.3] * 2, (0, 45.2))
    for ax, xlim in ((whole, [0, 1]), (closer, [low, high])):
        ax.plot(AUC, y, ".", ms=6, mec="none", clip_on=False)
        set_up(ax, xlim=xlim, ylim=[-3.5, 3.5], nbins_x=5)
        ax.yaxis.set_visible(False)
        ax.spines["left"].set_visible(False)
    only_ends(whole.xaxis)
    closer.axvline(AUC.mean(), color="k", ls="--", lw=2)
    for x, corner in ((low, 0), (high, 1)):
        whole.axvline(x, **GREY)
        where = "data", "axes fraction"
        line = ConnectionPatch(
            (x, -3.5), (corner, 1), *where, axesA=whole, axesB=closer, ls="--", **GREY
        )
        figure.add_artist(line)
    closer.set_xlabel("Area under ROC curve (AUC)", labelpad=8)
    heading(figure, "Performance of random connection classifier", 17)
    save(figure, *output)


if "snakemake" in globals():
    run(main, snakemake)
