"""When every neuron of the network spiked, and the voltages of the recorded ones."""

from pathlib import Path

import pyarrow.csv
import pyarrow.parquet

from nto1_workflow.io import read_parquet, run
from nto1_workflow.style import covering, label_peak, plt, save, set_up

MOST_TRACES = 10
FEW_NEURONS = 10  # whose spikes are drawn as lines, and labelled one by one


def n_neurons(E_syn_mV: list | str) -> int:
    """In the list, or the table, in which each has its reversal potential."""
    if isinstance(E_syn_mV, list):
        return len(E_syn_mV)
    if Path(E_syn_mV).suffix.lower() == ".csv":
        return pyarrow.csv.read_csv(E_syn_mV).num_rows
    return pyarrow.parquet.read_metadata(E_syn_mV).num_rows


def plot_raster(ax, spikes, n, xlim, xunit):
    """A row for each of n neurons, from above."""
    few = n <= FEW_NEURONS
    marker = {"marker": "|", "ms": 6, "mew": 0.8} if few else {"marker": ".", "ms": 1.5, "mew": 0}
    ax.plot(spikes.iloc[:, 1], spikes["neuron"], "k", ls="", **marker)
    set_up(ax, xlim=xlim, ylim=[n - 0.5, -0.5], xunit=xunit, nbins_y=5)
    if few:
        ax.set_yticks(range(n))
        ax.tick_params(axis="y", which="minor", left=False)
        ax.grid(which="minor", axis="y", visible=False)
    ax.set(xlabel="Time", ylabel="Neuron")


def main(spikes, voltages, E_syn_mV, shown_s, output):
    spikes, voltages = read_parquet(spikes), read_parquet(voltages)
    shown_ms = shown_s * 1000
    spikes = spikes[spikes["t_ms"] <= shown_ms]
    voltages = voltages[voltages["t_ms"] <= shown_ms]
    traces = [name for name in voltages if name.startswith("V_m_")][:MOST_TRACES]

    rows = 1 + len(traces)
    figure, axes = plt.subplots(rows, figsize=(5, 1 + 1.2 * rows), sharex=True, squeeze=False)
    raster, *axes = axes[:, 0]
    plot_raster(raster, spikes, n_neurons(E_syn_mV), [0, shown_ms], "ms")
    for ax, name in zip(axes, traces, strict=True):
        v = voltages[name]
        ax.plot(voltages["t_ms"], v, lw=0.8, clip_on=False)
        ylim = covering(v, [-80, 40])
        set_up(ax, xlim=[0, shown_ms], ylim=ylim, xunit="ms", yunit="mV", nbins_y=4)
        if v.max() > 0:
            label_peak(ax, v.max())
        ax.set_ylabel(f"$V_m$ of neuron {name.split('_')[2]}")
    for ax in (raster, *axes)[:-1]:
        ax.set_xlabel("")
    (raster, *axes)[-1].set_xlabel("Time")
    figure.align_ylabels()
    figure.tight_layout(h_pad=1.5)
    save(figure, *output)


if "snakemake" in globals():
    run(main, snakemake)
