"""The voltage of a neuron of the AdEx network, and when all of them spiked."""

from nto1_workflow.io import read_parquet, run
from nto1_workflow.style import covering, label_peak, page, save, set_up


def main(spikes, voltages, N, voltage_shown_s, raster_shown_s, voltage, raster):
    spikes, voltages = read_parquet(spikes), read_parquet(voltages)
    voltages = voltages[voltages["t_ms"] <= voltage_shown_s * 1000]
    name = voltages.columns[1]
    figure, ax = page(2.4)
    ax.plot(voltages["t_ms"], voltages[name], lw=0.8, clip_on=False)
    ylim = covering(voltages[name], [-80, 40])
    set_up(ax, [0, voltage_shown_s * 1000], ylim, xunit="ms", yunit="mV", nbins_y=7)
    if voltages[name].max() > 0:
        label_peak(ax, voltages[name].max())
    ax.set(xlabel="Time", ylabel=f"$V_m$ of neuron {name.split('_')[2]}")
    save(figure, *voltage)

    spikes = spikes[spikes["t_ms"] <= raster_shown_s * 1000]
    figure, ax = page(3.2)
    ax.plot(spikes["t_ms"] / 1000, spikes["neuron"], "k.", ms=1.5, mew=0, clip_on=False)
    set_up(ax, [0, raster_shown_s], [-0.5, N - 0.5], xunit="s")
    ax.set(xlabel="Time", ylabel="Neuron")
    save(figure, *raster)


if "snakemake" in globals():
    run(main, snakemake)
