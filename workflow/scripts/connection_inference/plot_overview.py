"""How well several methods tell all inputs from other trains, with and without noise."""

import numpy as np

from nto1_workflow.io import read_parquet, run
from nto1_workflow.plot_auc import curves, finish, from_strong_to_weak, places
from nto1_workflow.style import page, save

# Random guessing gives half of the called inputs the wrong sign.
CHANCE = 0.25


def main(input, output):
    means = read_parquet(input[0])
    N, levels = places(sorted(means["N"].unique())), from_strong_to_weak(means)
    figure, axes = page(2.6, ncols=len(levels), sharey=True, squeeze=False)
    for ax, spike_SNR in zip(axes.flat, levels, strict=True):
        curves(ax, means[means["spike_SNR"] == spike_SNR], N, "N")
        noise = "No noise" if np.isinf(spike_SNR) else f"Imaging noise, spike-SNR {spike_SNR:g}"
        finish(ax, list(N), "Number of inputs $N$", CHANCE, noise)
        ax.annotate(
            "chance", (0, CHANCE), (2, -2), textcoords="offset points", va="top", color="0.4"
        )
        ax.set_ylabel("AUC" if ax is axes[0, 0] else "")
    axes[0, 0].legend(loc="lower left", bbox_to_anchor=(0, 0.3))
    save(figure, *output)


if "snakemake" in globals():
    run(main, snakemake)
