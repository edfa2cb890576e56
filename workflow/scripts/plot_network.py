"""When every neuron of the network spiked, and the voltages of the recorded ones."""

from script_io import read_parquet, run
from style import covering, plt, save, set_up

MOST_TRACES = 10


def main(spikes, voltages, shown_s, output):
    spikes, voltages = read_parquet(spikes), read_parquet(voltages)
    shown_ms = shown_s * 1000
    spikes = spikes[spikes["t_ms"] <= shown_ms]
    voltages = voltages[voltages["t_ms"] <= shown_ms]
    traces = [name for name in voltages if name != "t_ms"][:MOST_TRACES]

    figure, (raster, *axes) = plt.subplots(
        nrows=1 + len(traces), figsize=(5, 1.2 + 1.2 * len(traces)), sharex=True
    )
    raster.plot(spikes["t_ms"], spikes["neuron"], "k|", ms=6, mew=0.8)
    last = max(spikes["neuron"].max() if len(spikes) else 0, 3)
    set_up(raster, xlim=[0, shown_ms], ylim=[last + 0.5, -0.5], xunit="ms", nbins_y=4)
    raster.set_title("Spikes of neuron", loc="left")
    for ax, name in zip(axes, traces, strict=True):
        ax.plot(voltages["t_ms"], voltages[name], lw=0.8)
        ylim = covering(voltages[name], [-80, 40])
        set_up(ax, xlim=[0, shown_ms], ylim=ylim, xunit="ms", yunit="mV", nbins_y=4)
        ax.set_title(f"$V_m$ of neuron {name.split('_')[2]}", loc="left")
    figure.tight_layout()
    save(figure, *output)


if "snakemake" in globals():
    run(main, snakemake)
