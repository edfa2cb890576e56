"""Median voltage and firing rate against the input strength."""

from nto1_workflow.io import read_parquet, run
from nto1_workflow.style import (
    MARGIN_WIDTH,
    WE_LABEL,
    covering,
    hide_x_axis,
    hylabel,
    panels,
    plt,
    save,
    set_up,
)

X_LABEL = f"{WE_LABEL} (pS)"


def plot_dots_and_means(ax, runs, column):
    means = runs.groupby("we_pS")[column].mean()
    ax.plot(means.index, means, "-", lw=2, clip_on=False)
    ax.plot(runs["we_pS"], runs[column], "k.", ms=4, mec="none", clip_on=False)


def plot_median(ax, runs, ylim, **options):
    plot_dots_and_means(ax, runs, "median_Vm_mV")
    set_up(ax, ylim=covering(runs["median_Vm_mV"], ylim), **options)
    hylabel(ax, "Median $V_m$ (mV)")


def plot_rate(ax, runs, ylim, **options):
    ax.axhline(0, c="black", lw=1)
    plot_dots_and_means(ax, runs, "output_rate_Hz")
    set_up(ax, ylim=covering(runs["output_rate_Hz"], ylim), **options)
    hylabel(ax, "Output firing rate (Hz)")


def main(runs, input_drive, median, rate):
    runs = read_parquet(runs)
    xlim = [0, runs["we_pS"].max() or 1]

    figure, ax = plt.subplots(figsize=(0.9 * MARGIN_WIDTH, 0.6 * MARGIN_WIDTH))
    plot_median(ax, runs, xlim=xlim, ylim=[-65.2, -50])
    ax.set_xlabel(X_LABEL)
    save(figure, *median)

    figure, ax = plt.subplots(figsize=(0.9 * MARGIN_WIDTH, 0.6 * MARGIN_WIDTH))
    plot_rate(ax, runs, xlim=xlim, ylim=[-0.2, 15])
    ax.set_xlabel(X_LABEL)
    save(figure, *rate)

    figure, (above, below) = panels(113.7, [80.4] * 2, (0, 31.8))
    plot_median(above, runs, xlim=xlim, ylim=[-65, -50], nbins_x=4)
    plot_rate(below, runs, xlim=xlim, ylim=[0, 15], nbins_x=4)
    hide_x_axis(above)
    below.set_xlabel(X_LABEL)
    save(figure, *input_drive)


if "snakemake" in globals():
    run(main, snakemake)
