"""The input strength needed at every N, and which N were chosen."""

from nto1_workflow.io import read_parquet, run
from nto1_workflow.style import WE_LABEL, covering, plt, save, set_up


def plot_weights(ax, weights, target_rate_Hz):
    ax.set(xscale="log", yscale="log")
    ax.plot(weights["N"], weights["w0_nS"], ".-", label="Initial guess", clip_on=False)
    ax.plot(weights["N"], weights["we_nS"], ".-", label=f"Actual {WE_LABEL} needed", clip_on=False)
    xlim = covering(weights["N"], [10, 7000])
    ylim = covering([*weights["w0_nS"], *weights["we_nS"]], [0.01, 10])
    set_up(ax, xlim=xlim, ylim=ylim, yunit="nS")
    ax.set(xlabel="Num inputs $N$", ylabel=f"Synaptic strength {WE_LABEL}")
    ax.set_title(
        f"Input needed to reach output firing rate of {target_rate_Hz:.1f} Hz", y=1.05, size=10
    )
    ax.legend(borderaxespad=0.2)


def plot_strip(ax, N):
    ax.set_xscale("log")
    ax.plot(N, [1] * len(N), ".", clip_on=False)
    set_up(ax, xlim=covering(N, [10, 10_000]))
    ax.set_xlabel("Number of inputs $N$")
    ax.yaxis.set_visible(False)
    ax.spines["left"].set_visible(False)


def main(weights, target_rate_Hz, N_subset, needed, all_N, subset):
    weights = read_parquet(weights)
    figure, ax = plt.subplots()
    plot_weights(ax, weights, target_rate_Hz)
    save(figure, *needed)

    some_N = weights["N"][weights["N"].isin(N_subset)]
    for N, files in ((weights["N"], all_N), (some_N, subset)):
        figure, ax = plt.subplots(figsize=(4, 0.2))
        plot_strip(ax, N)
        save(figure, *files)


if "snakemake" in globals():
    run(main, snakemake)
