"""How well inputs are detected, for every number of inputs and length of the recording."""

import seaborn as sns

from nto1_workflow.io import read_parquet, run
from nto1_workflow.plot_auc import title
from nto1_workflow.style import SMALL, page, save


def duration_label(seconds: float) -> str:
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= length and seconds % length == 0:
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} s"


def main(means, method, output):
    means = read_parquet(means)
    AUC = means[means["method"] == method].pivot(index="N", columns="duration_s", values="AUC")
    AUC = AUC.sort_index(ascending=False).rename(columns=duration_label)
    figure, ax = page(2.8)
    options = {"vmin": 0.25, "vmax": 1, "cmap": "viridis", "annot": True, "fmt": ".2f"}
    sns.heatmap(AUC, ax=ax, cbar_kws={"label": "AUC"}, annot_kws={"size": SMALL}, **options)
    ax.set(xlabel="Recording duration", ylabel="Number of inputs $N$", title=title(method))
    ax.tick_params(which="both", length=0)
    ax.tick_params(axis="x", rotation=0)
    ax.tick_params(axis="y", rotation=0)
    save(figure, *output)


if "snakemake" in globals():
    run(main, snakemake)
