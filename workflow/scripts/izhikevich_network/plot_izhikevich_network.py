"""How many synapses lie between neurons; when they spiked, and how often."""

import numpy as np

from nto1_workflow.io import read_parquet, run
from nto1_workflow.style import hylabel, panels, plt, save, set_up

BIN_HZ = 0.1


def plot_paths(hops, n, xlabel, ylabel, files):
    figure, ax = panels(117, 77.3)
    ax.bar(hops, n, width=0.6)
    digit = 10 ** int(np.log10(n.max()))
    set_up(ax, [0.5, hops.max() + 0.5], [0, -(-n.max() // digit) * digit], nbins_y=4)
    ax.set_xticks(hops)
    ax.tick_params(axis="x", which="minor", bottom=False)
    ax.grid(visible=False, axis="x", which="minor")
    ax.set_xlabel(xlabel, labelpad=9)
    ax.set_ylabel(ylabel)
    save(figure, *files)


def plot_raster(spikes, network, shown_s, files):
    figure, ax = panels(257, 127.8)
    shown = spikes[spikes["t_ms"] <= shown_s * 1000]
    ax.plot(shown["t_ms"] / 1000, shown["neuron"] + 1, "k.", ms=3, mew=0, clip_on=False)
    set_up(ax, [0, shown_s], [0, network.N])
    ax.set_xlabel("Time (s)", loc="right")
    ax.set_ylabel("Neuron number")
    n_inh = network.N - network.N_exc
    hylabel(ax, f"Spike times of {network.N_exc} excitatory, {n_inh} inhibitory neurons")
    save(figure, *files)


def plot_rates(spikes, network, files):
    """Both histograms from zero, the inhibitory one in front."""
    rates = np.bincount(spikes["neuron"], minlength=network.N) / network.duration_s
    n_bins = int(rates.max() / BIN_HZ) + 2
    edges = np.arange(n_bins) * BIN_HZ - 1e-9  # rates are whole numbers of spikes per run
    figure, ax = plt.subplots()
    kinds = {"Excitatory": slice(network.N_exc), "Inhibitory": slice(network.N_exc, None)}
    for name, some in kinds.items():
        ax.hist(rates[some], edges, label=f"{name} neurons")
    ax.margins(y=0)
    set_up(ax, [0, max(3, edges[-1])], ax.get_ylim(), nbins_y=7)
    ax.set_xlabel("Spike rate (Hz)", loc="right")
    ax.set_ylabel("Number of neurons in bin")
    ax.legend(borderaxespad=0.2)
    save(figure, *files)


def main(path_lengths, spikes, network, shown_s, to_first, of_all, raster, rates):
    paths, spikes = read_parquet(path_lengths), read_parquet(spikes)
    hops, starting = paths["hops"], "Nr of starting neurons"
    plot_paths(hops, paths["n_to_first"], "Hops to neuron 1", starting, to_first)
    plot_paths(hops, paths["n_pairs"], "Shortest path length", "Nr of neuron pairs", of_all)
    plot_raster(spikes, network, shown_s, raster)
    plot_rates(spikes, network, rates)


if "snakemake" in globals():
    run(main, snakemake)
