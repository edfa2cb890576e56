"""The voltage of one run, its first second."""

from nto1_workflow.io import read_parquet, run
from nto1_workflow.style import covering, hylabel, plt, save, set_up


def main(trace, shown_s, output):
    trace = read_parquet(trace)
    shown = trace[trace["t_ms"] <= shown_s * 1000]
    figure, ax = plt.subplots()
    ax.plot(shown["t_ms"], shown["V_m_mV"])
    ylim = covering(shown["V_m_mV"], [-80, 40])
    set_up(ax, xlim=[0, shown_s * 1000], ylim=ylim, xunit="ms", yunit="mV", nbins_y=7)
    ax.set_xlabel("Time")
    hylabel(ax, "Membrane voltage $V_m$")
    save(figure, *output)


if "snakemake" in globals():
    run(main, snakemake)
