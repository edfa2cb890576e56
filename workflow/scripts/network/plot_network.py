"""When every neuron of the network spiked, and what was recorded of some."""

import re

import numpy as np

from nto1_workflow.io import read_parquet, run
from nto1_workflow.style import covering, label_peak, page, save, set_up

MOST_TRACES = 10  # of more neurons, a signal is shown as an image
FEW_NEURONS = 10  # whose spikes are drawn as lines, and labelled one by one
MOST_PIXELS = 2000  # of an image, along time
LABELS = {"V_m": "$V_m$", "u": "$u$", "w": "$w$", "I_syn": "$I_{syn}$", "I_inj": "$I_{inj}$"}


def signals_of(table) -> dict[tuple[str, str], dict[int, np.ndarray]]:
    """Of each signal and its unit, the values by neuron."""
    found = {}
    for name in table.columns[1:]:
        signal, neuron, unit = re.fullmatch(r"(.+)_(\d+)_(mV|nS|pA)", name).groups()
        found.setdefault((signal, unit), {})[int(neuron)] = table[name]
    return found


def label_of(signal: str) -> str:
    """g_-65mV is the conductance with that reversal potential."""
    return LABELS.get(signal) or f"$g$ ({signal[2:-2]} mV)"


def plot_raster(ax, spikes, types, xlim, xunit):
    """A row for each neuron, from above; a colour for each type, if there are several."""
    n, kinds = len(types), types.unique()
    few = n <= FEW_NEURONS
    marker = {"marker": "|", "ms": 6, "mew": 0.8} if few else {"marker": ".", "ms": 1.5, "mew": 0}
    of_type = types.to_numpy()[spikes["neuron"]]
    for i, kind in enumerate(kinds):
        some = spikes[of_type == kind]
        color = "k" if len(kinds) == 1 else f"C{i}"
        ax.plot(some.iloc[:, 1], some["neuron"], color, ls="", label=kind, **marker)
    set_up(ax, xlim=xlim, ylim=[n - 0.5, -0.5], xunit=xunit, nbins_y=5)
    if len(kinds) > 1:
        legend_beside(ax, markerscale=1 if few else 5)
    if few:
        ax.set_yticks(range(n))
        ax.tick_params(axis="y", which="minor", left=False)
        ax.grid(which="minor", axis="y", visible=False)
    ax.set(xlabel="Time", ylabel="Neuron")


def legend_beside(ax, **options):
    ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1), frameon=False, **options)


def plot_voltage(ax, t, neuron, v, shown_ms):
    ax.plot(t, v, lw=0.8, clip_on=False)
    ylim = covering(v, [-80, 40])
    set_up(ax, xlim=[0, shown_ms], ylim=ylim, xunit="ms", yunit="mV", nbins_y=4)
    if v.max() > 0:
        label_peak(ax, v.max())
    ax.set_ylabel(f"$V_m$ of neuron {neuron}")


def plot_lines(ax, t, signal, unit, values, shown_ms):
    """A line for each neuron."""
    for neuron, of_neuron in values.items():
        ax.plot(t, of_neuron, lw=0.8, label=f"neuron {neuron}")
    set_up(ax, xlim=[0, shown_ms], xunit="ms", yunit=unit, nbins_y=4)
    ax.set_ylabel(label_of(signal))
    legend_beside(ax)


def plot_image(ax, t, signal, unit, values, shown_ms):
    """A row for each neuron, in order of their numbers; colours reach from percentile 1 to 99."""
    every = -(-len(t) // MOST_PIXELS)
    rows = np.array([values[neuron][::every] for neuron in sorted(values)])
    low, high = np.percentile(rows, [1, 99])
    extent = [t.iloc[0], t.iloc[-1], len(rows), 0]
    image = ax.imshow(rows, aspect="auto", vmin=low, vmax=high, extent=extent)
    set_up(ax, xlim=[0, shown_ms], xunit="ms", nbins_y=5)
    ax.grid(visible=False, which="both")
    ax.set_ylabel("Recorded neuron")
    beside = ax.inset_axes([1.02, 0, 0.02, 1])
    ax.figure.colorbar(image, cax=beside, label=f"{label_of(signal)} ({unit})")


def main(spikes, voltages, neurons, shown_s, output):
    spikes, voltages, neurons = map(read_parquet, (spikes, voltages, neurons))
    shown_ms = shown_s * 1000
    spikes = spikes[spikes["t_ms"] <= shown_ms]
    voltages = voltages[voltages["t_ms"] <= shown_ms]
    t, signals = voltages["t_ms"], signals_of(voltages)
    panels = []
    for (signal, unit), values in signals.items() if len(t) else ():
        if len(values) > MOST_TRACES:
            panels.append((plot_image, signal, unit, values))
        elif signal == "V_m":
            panels += [(plot_voltage, neuron, v) for neuron, v in values.items()]
        else:
            panels.append((plot_lines, signal, unit, values))

    rows = 1 + len(panels)
    figure, axes = page(1 + 1.2 * rows, rows, sharex=True, squeeze=False)
    raster, *axes = axes[:, 0]
    plot_raster(raster, spikes, neurons["type"], [0, shown_ms], "ms")
    for ax, (plot, *what) in zip(axes, panels, strict=True):
        plot(ax, t, *what, shown_ms)
    for ax in (raster, *axes)[:-1]:
        ax.set_xlabel("")
    (raster, *axes)[-1].set_xlabel("Time")
    figure.align_ylabels()
    save(figure, *output)


if "snakemake" in globals():
    run(main, snakemake)
