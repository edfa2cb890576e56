"""The neuron's response to a single input spike, and the firing rates of its inputs."""

from math import log, pi

import numpy as np
from scipy.special import ndtr

from nto1.neurons import model_of
from nto1.simulation.inputs import SpikeCounts, TimeGrid
from nto1.simulation.runs import simulate
from nto1.simulation.vectorized import signals_of
from nto1.units import ms, mV, pA, pS
from nto1_workflow.io import run
from nto1_workflow.style import hide_x_axis, hylabel, plt, save, set_up

SPIKE, DURATION = 10 * ms, 150 * ms
# Of cortical neurons: mean rate (Hz), and variance of the logarithm, from a standard deviation of
# 12.6 Hz in the second. (The curve in the thesis is narrower: a variance of 0.3.)
ROXIN_2011 = 5, 1.04
OCONNOR_2010 = 7.4, log(1 + (12.6 / 7.4) ** 2)


def response(w_exc: float, neuron, dt: float, kind: str):
    """What one spike of an excitatory (exc) or inhibitory (inh) input does to a neuron at rest."""
    grid = TimeGrid(DURATION, dt)
    counts = {name: np.zeros(grid.n_steps, np.uint16) for name in ("exc", "inh")}
    counts[kind][round(SPIKE / dt)] = 1
    inputs = SpikeCounts(1, 0, grid, **counts, n_spikes=1)
    return simulate(w_exc, inputs, neuron, signals_of(model_of(neuron)), with_median=False).trace


def plot_response(w_exc: float, neuron, dt: float, files) -> None:
    recovery = model_of(neuron).recovery
    figure, axes = plt.subplots(nrows=5, figsize=(2.8, 6), sharex=True)
    for kind, E, color in (
        ("exc", neuron.synapses.E_exc, "C0"),
        ("inh", neuron.synapses.E_inh, "C1"),
    ):
        trace = response(w_exc, neuron, dt, kind)
        g, label = getattr(trace, f"g_{kind}"), rf"$g_\mathrm{{{kind}}}$"
        row = 0.55 * (kind == "exc")
        axes[0].axvline(SPIKE / ms, row, row + 0.45, color=color, lw=2)
        for ax, signal in zip(
            axes[1:],
            (g / pS, g * (E - trace.V) / pA, trace.V / mV, getattr(trace, recovery) / pA * 1000),
            strict=True,
        ):
            ax.plot(trace.t / ms, signal, color=color, label=label)
    axes[1].legend(loc="upper right")
    for ax, heading, unit in zip(
        axes,
        (
            "Input spike",
            "Synaptic conductance",
            r"Synaptic current, $-I_\mathrm{syn}$",
            "Membrane voltage, $V$",
            f"Adaptation current, ${recovery}$",
        ),
        ("", "pS", "pA", "mV", "fA"),
        strict=True,
    ):
        ax.margins(y=0.1)
        set_up(ax, [0, DURATION / ms], ax.get_ylim(), nbins_x=3, nbins_y=3, xunit="ms", yunit=unit)
        hylabel(ax, heading)
        if ax is not axes[-1]:
            hide_x_axis(ax)
    axes[0].set_yticks([])
    axes[0].spines["left"].set_visible(False)
    figure.tight_layout(h_pad=1)
    save(figure, *files)


def z(rate, mean: float, variance: float):
    """Of lognormal rates, standard normal."""
    return (np.log(rate / mean) + variance / 2) / variance**0.5


def density(rate, mean: float, variance: float):
    return np.exp(-(z(rate, mean, variance) ** 2) / 2) / (rate * (2 * pi * variance) ** 0.5)


def plot_rates(inputs, files) -> None:
    linear, logarithmic = np.linspace(1e-3, 15, 500), np.geomspace(0.04, 41, 500)
    figure, axes = plt.subplots(ncols=3, figsize=(8.3, 1.8))
    for label, (mean, variance), style in (
        ("Inputs here", (inputs.mean_rate, inputs.log_rate_variance), {"lw": 2.5, "zorder": 3}),
        ("O'Connor et al. 2010", OCONNOR_2010, {"color": "#ffcb9e", "lw": 1.2}),
        ("Roxin et al. 2011", ROXIN_2011, {"color": "#aad9aa", "lw": 1.2}),
    ):
        variance = max(variance, 1e-3)  # rates that are all the same have no density
        axes[0].plot(linear, density(linear, mean, variance), **style)
        axes[1].plot(logarithmic, density(logarithmic, mean, variance), **style)
        axes[2].plot(linear, ndtr(z(linear, mean, variance)), label=label, **style)
    axes[1].set_xscale("log")
    set_up(axes[0], [0, 15], [0, axes[0].get_ylim()[1]], nbins_x=3, nbins_y=4, xunit="Hz")
    set_up(axes[1], [0.04, 41], axes[0].get_ylim(), nbins_y=4)
    set_up(axes[2], [0, 15], [0, 1], nbins_x=3, xunit="Hz")
    hylabel(axes[0], "Probability density (1/Hz)")
    hylabel(axes[2], "Cumulative probability")
    axes[0].set_xlabel("Firing rate of an input")
    axes[1].set_xlabel("Firing rate (Hz, log scale)")
    axes[2].legend(loc="center left", bbox_to_anchor=(1.1, 0.5))
    figure.tight_layout(w_pad=2)
    save(figure, *files)


def main(weight_pS, neuron, dt, inputs, output):
    plot_response(weight_pS * pS, neuron, dt, output.response)
    plot_rates(inputs, output.rates)


if "snakemake" in globals():
    run(main, snakemake)
