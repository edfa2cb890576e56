"""The neuron's response to a single input spike, and the firing rates of its inputs."""

from math import pi
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from nto1.neurons import model_of
from nto1.simulation.inputs import SpikeCounts, TimeGrid
from nto1.simulation.runs import simulate
from nto1.simulation.vectorized import signals_of
from nto1.units import ms, mV, pA, pS
from nto1_workflow.io import run
from nto1_workflow.style import (
    OFFSET,
    SMALL,
    fitting,
    hide_x_axis,
    hylabel,
    panels,
    save,
    set_up,
)

SPIKE, DURATION = 10 * ms, 150 * ms
# Of cortical neurons: mean rate (Hz), and variance of the logarithm, as in the thesis's figure.
# O'Connor et al. report a standard deviation of 12.6 Hz, with which the variance would be 1.36.
ROXIN_2011 = 5, 1.04
OCONNOR_2010 = 7.4, 0.3


class Panel(NamedTuple):
    """Height (points) and axis of a panel."""

    height: float
    unit: float
    name: str
    ylim: list[float]
    ticks: list[float]


PANELS = {
    "Synaptic conductances": Panel(28.5, pS, "pS", [0, 60], [0, 20, 40, 60]),
    r"Synaptic current, $-I_\mathrm{{syn}}$": Panel(28.5, pA, "pA", [-1, 1], [-1, 0, 1]),
    "Membrane voltage, $V$": Panel(40.3, mV, "mV", [-65.04, -64.96], [-65.04, -65, -64.96]),
    "Adaptation current, ${}$": Panel(28.5, pA / 1000, "fA", [-10, 10], [-10, 0, 10]),
}


def response(w_exc: float, neuron, dt: float, kind: str):
    """What one spike of an excitatory (exc) or inhibitory (inh) input does to a neuron at rest."""
    grid = TimeGrid(DURATION, dt)
    counts = {name: np.zeros(grid.n_steps, np.uint16) for name in ("exc", "inh")}
    counts[kind][round(SPIKE / dt)] = 1
    inputs = SpikeCounts(1, 0, grid, **counts, n_spikes=1)
    return simulate(w_exc, inputs, neuron, signals_of(model_of(neuron)), with_median=False).trace


def plot_response(w_exc: float, neuron, dt: float, files) -> None:
    recovery = model_of(neuron).recovery
    heights = [panel.height for panel in PANELS.values()]
    figure, (exc, inh, *axes) = panels(78.3, [9, 9, *heights], (0, 27.9), sharex=True)
    for kind, ax, name, E, color in (
        ("exc", exc, "Excitatory", neuron.synapses.E_exc, "C0"),
        ("inh", inh, "Inhibitory", neuron.synapses.E_inh, "C1"),
    ):
        ax.axvline(SPIKE / ms, color=color, lw=2)
        set_up(ax, [0, DURATION / ms], nbins_x=3)
        hylabel(ax, f"{name} input spike", color=color, size=SMALL)
        ax.yaxis.set_visible(False)
        ax.spines["left"].set_visible(False)
        trace = response(w_exc, neuron, dt, kind)
        g, label = getattr(trace, f"g_{kind}"), rf"$g_\mathrm{{{kind}}}$"
        of_panels = (g, g * (E - trace.V), trace.V, getattr(trace, recovery))
        for ax, panel, signal in zip(axes, PANELS.values(), of_panels, strict=True):
            ax.plot(trace.t / ms, signal / panel.unit, color=color, label=label)
    axes[0].legend(loc="upper right", borderaxespad=0.2, fontsize=SMALL, labelspacing=0.2)
    for ax, (title, panel) in zip(axes, PANELS.items(), strict=True):
        ylim = fitting(ax, panel.ylim)
        ticks = panel.ticks if ylim is panel.ylim else 3
        units = {"xunit": "ms", "yunit": panel.name}
        set_up(ax, [0, DURATION / ms], ylim, nbins_x=3, nbins_y=ticks, **units)
        hylabel(ax, title.format(recovery), size=SMALL)
        ax.spines["left"].set_visible(False)
        ax.spines["right"].set(visible=True, position=("outward", OFFSET))
        ax.yaxis.tick_right()
    for ax in (exc, inh, *axes[:-1]):
        hide_x_axis(ax)
    axes[-1].set_xlabel("Time")
    save(figure, *files)


def z(rate, mean: float, variance: float):
    """Of lognormal rates, standard normal."""
    return (np.log(rate / mean) + variance / 2) / variance**0.5


def density(rate, mean: float, variance: float):
    return np.exp(-(z(rate, mean, variance) ** 2) / 2) / (rate * (2 * pi * variance) ** 0.5)


def plot_rates(inputs, files) -> None:
    linear, logarithmic = np.linspace(1e-3, 15, 500), np.geomspace(0.04, 41, 500)
    figure, axes = panels([136.8] * 3, 89.8, (36.2, 0))
    highest = 0
    for label, (mean, variance), style in (
        ("This study", (inputs.mean_rate, inputs.log_rate_variance), {"lw": 2.5, "zorder": 3}),
        ("Roxin", ROXIN_2011, {"color": "#aad9aa", "lw": 1.2}),
        ("O'Connor", OCONNOR_2010, {"color": "#ffcb9e", "lw": 1.2}),
    ):
        variance = max(variance, 1e-3)  # rates that are all the same have no density
        highest = max(highest, density(linear, mean, variance).max())
        axes[0].plot(linear, density(linear, mean, variance), **style)
        axes[1].plot(logarithmic, density(logarithmic, mean, variance), label=label, **style)
        axes[2].plot(linear, ndtr(z(linear, mean, variance)), **style)
    axes[1].set_xscale("log")
    top = np.ceil(100 * highest) / 100
    ends = {"ylim": [0, top], "nbins_y": [0, top]}
    set_up(axes[0], [0, 15], nbins_x=3, xunit="Hz", yunit="Hz$^{-1}$", **ends)
    set_up(axes[1], [0.04, 41], xunit="Hz", **ends)
    set_up(axes[2], [0, 15], [0, 1], nbins_x=3, xunit="Hz")
    axes[0].tick_params(axis="y", which="both", length=0, labelcolor="0.75")
    axes[0].spines["left"].set_color("0.75")
    axes[1].tick_params(axis="y", which="both", left=False, labelleft=False)
    axes[1].spines["left"].set_visible(False)
    for ax in axes[:2]:
        ax.grid(visible=False, axis="y", which="both")
    hylabel(axes[0], "Probability density")
    hylabel(axes[2], "Cumulative probability")
    axes[0].set_xlabel("Input firing rate", loc="left")
    axes[1].set_xlabel("(log scale)")
    axes[2].set_xlabel("Input firing rate", loc="left")
    axes[1].legend(loc="upper left", bbox_to_anchor=(-0.42, 0.94), borderaxespad=0)
    save(figure, *files)


def main(weight_pS, neuron, dt, inputs, output):
    plot_response(weight_pS * pS, neuron, dt, output.response)
    plot_rates(inputs, output.rates)


if "snakemake" in globals():
    run(main, snakemake)
