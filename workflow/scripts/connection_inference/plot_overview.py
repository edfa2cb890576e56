"""How well several methods tell all inputs from other trains, with and without noise."""

import numpy as np

from nto1.inference.method import methods
from nto1_workflow.io import read_parquet, run
from nto1_workflow.style import plt, save, set_up

# A test that knows nothing gives half of the called inputs the wrong sign.
CHANCE = 0.25


def panel(ax, means, N: dict) -> None:
    """A curve for each method; the best is drawn last."""
    for i, (name, of_method) in enumerate(means.groupby("method", sort=False)):
        style = {"color": "black", "lw": 2} if name == "regression" else {"color": f"C{i}"}
        x = of_method["N"].map(N)
        ax.plot(
            x, of_method["AUC"], "o-", ms=4, clip_on=False, label=methods()[name].title, **style
        )
    ax.axhline(CHANCE, color="0.6", lw=0.8, ls="--", zorder=0)
    ax.annotate("chance", (0, CHANCE), (2, -2), textcoords="offset points", va="top", color="0.4")
    set_up(ax, xlim=[0, len(N) - 1], ylim=[0, 1])
    ax.set_xticks(range(len(N)), N)
    ax.tick_params(axis="x", which="minor", bottom=False)
    ax.grid(visible=False, axis="x", which="both")
    ax.set_xlabel("Number of inputs $N$")


def main(input, output):
    means = read_parquet(input[0]).sort_values("N")
    N = {value: i for i, value in enumerate(sorted(means["N"].unique()))}
    levels = sorted(means["spike_SNR"].unique(), reverse=True)
    size = (3.2 * len(levels) + 0.6, 2.6)
    figure, axes = plt.subplots(ncols=len(levels), figsize=size, sharey=True, squeeze=False)
    for ax, spike_SNR in zip(axes.flat, levels, strict=True):
        panel(ax, means[means["spike_SNR"] == spike_SNR], N)
        noise = "No noise" if np.isinf(spike_SNR) else f"Imaging noise, spike-SNR {spike_SNR:g}"
        ax.set_title(noise, fontsize=8.33)
    axes[0, 0].set_ylabel("AUC")
    axes[0, 0].legend(loc="lower left", bbox_to_anchor=(0, 0.3))
    figure.tight_layout(w_pad=2)
    save(figure, *output)


if "snakemake" in globals():
    run(main, snakemake)
