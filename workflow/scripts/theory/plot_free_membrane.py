"""The free membrane's mean and standard deviation: simulated (dots) and from theory (line)."""

from nto1_workflow.io import read_parquet, run
from nto1_workflow.style import MARGIN_WIDTH, WE_LABEL, hylabel, plt, save, set_up


def main(runs, output):
    runs = read_parquet(runs)
    by_weight = runs.groupby("we_pS")
    mean, sem = by_weight.mean(numeric_only=True), by_weight.sem()
    figure, axes = plt.subplots(2, figsize=(MARGIN_WIDTH, 1.5 * MARGIN_WIDTH), sharex=True)
    for ax, column, title in (
        (axes[0], "mean_Vm_mV", "Mean $V_m$ (mV)"),
        (axes[1], "sd_Vm_mV", "Standard deviation of $V_m$ (mV)"),
    ):
        ax.plot(mean.index, mean[f"theory_{column}"], label="theory")
        ax.errorbar(
            mean.index, mean[column], sem[column], fmt="k.", ms=4, label="simulated", clip_on=False
        )
        set_up(ax, xlim=[0, mean.index.max() or 1], nbins_x=4)
        hylabel(ax, title)
    axes[0].legend(loc="lower right")
    axes[1].set_xlabel(f"{WE_LABEL} (pS)")
    figure.tight_layout(h_pad=1.4)
    save(figure, *output)


if "snakemake" in globals():
    run(main, snakemake)
