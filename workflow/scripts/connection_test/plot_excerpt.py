"""On discretising the voltage reset: a spike, closely looked at."""

import numpy as np

from nto1_workflow.io import read_parquet, run
from nto1_workflow.style import covering, label_peak, page, plt, save, set_up

TITLES = {
    "V_m_mV": "Lifted to the peak,\none step early",
    "V_m_late_reset_mV": "Cut off at the peak,\nreset one step late",
}


def with_margins(low: float, high: float) -> list[float]:
    """So that markers at the ends are whole."""
    margin = 0.04 * (high - low)
    return [low - margin, high + margin]


def plot_both_resets(axes, around):
    """Each beside the other one, in grey."""
    peak = around["V_m_mV"].max()
    for ax, (column, title) in zip(axes, TITLES.items(), strict=True):
        ax.axhline(peak, color="0.7", lw=0.8, ls="--")
        (other,) = {*TITLES} - {column}
        ax.plot(around["t_ms"], around[other], color="0.8", lw=1, marker="o", ms=2)
        ax.plot(around["t_ms"], around[column], marker="o", ms=4)
        xlim = with_margins(around["t_ms"].min(), around["t_ms"].max())
        set_up(ax, xlim=xlim, ylim=[0.4 * peak, 1.1 * peak], nbins_y=5)
        ax.set_xticks(around["t_ms"][::3], [f"{t:.1f}" for t in around["t_ms"][::3]])
        label_peak(ax, peak)
        ax.set(xlabel="Time (ms)", ylabel="$V_m$")
        ax.set_title(title, pad=8)


def main(samples, start_ms, duration_ms, output):
    table, start, end = read_parquet(samples), start_ms, start_ms + duration_ms
    half_step = 0.5 * (table["t_ms"].iloc[1] - table["t_ms"].iloc[0])
    zoom = table[table["t_ms"].between(start - half_step, end - half_step)]

    figure, ax = plt.subplots(figsize=(5, 2.4))
    ax.plot(table["t_ms"], table["V_m_mV"])
    ax.axvspan(start, end, alpha=0.3, lw=0)
    span = table["t_ms"].min(), table["t_ms"].max() + 2 * half_step  # of whole time steps
    xlim = with_margins(*span)
    ylim = with_margins(*covering(table["V_m_mV"], [-60, 35]))
    set_up(ax, xlim=xlim, ylim=ylim)
    ax.set_xticks(np.linspace(*span, 9))
    ax.set(xlabel="Time (ms)", ylabel="$V_m$ (mV)")
    save(figure, *output.whole)

    figure, ax = plt.subplots()
    ax.plot(zoom["t_ms"], zoom["V_m_mV"], marker="o", ms=3)
    xlim = with_margins(start, end)
    ylim = with_margins(*covering(zoom["V_m_mV"], [-50, 35]))
    set_up(ax, xlim=xlim, ylim=ylim, nbins_x=10)
    ax.set(xlabel="Time (ms)", ylabel="$V_m$ (mV)")
    save(figure, *output.zoom)

    figure, axes = page(2.6, ncols=2)
    peak = zoom["V_m_mV"].idxmax()
    plot_both_resets(axes, zoom.loc[peak - 6 : peak + 3])
    save(figure, *output.both)


if "snakemake" in globals():
    run(main, snakemake)
