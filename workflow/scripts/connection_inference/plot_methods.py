"""How well all inputs are detected, by several methods and windows, against their number."""

import pandas as pd

from nto1_workflow.io import read_parquet, run
from nto1_workflow.style import SMALL, categories, plt, save, set_up


def plot_against_N(scores, chance_AUC, output, silent=()):
    """``scores``: tables by the name of their line; the first is black. ``silent``: those of
    neurons that never spiked."""
    figure, ax = plt.subplots()
    all_N = sorted({N for table in scores.values() for N in table["N"]})
    position = {N: i for i, N in enumerate(all_N)}
    for (name, table), color in zip(scores.items(), ["black", "C0", "C1", "C2"], strict=False):
        seeds = {"color": "0.75", "ms": 5.5, "mec": "none", "clip_on": False}
        ax.plot(table["N"].map(position), table["AUC"], ".", **seeds)
        means = table.groupby("N")["AUC"].mean()
        options = {"color": color, "ms": 4, "label": name, "clip_on": False}
        ax.plot(means.index.map(position), means, "o-", **options)
    ax.axhline(chance_AUC, color="0.4", lw=1, ls="--", label="Chance level")
    set_up(ax, xlim=[0, len(all_N) - 1], ylim=[0, 1])
    categories(ax, all_N)
    ax.set_xlabel("Number of inputs $N$", labelpad=9)
    ax.set_ylabel("AUC")
    few = len(scores) == 2
    ax.legend(loc="center left" if few else "center", fontsize=None if few else SMALL)
    for x in {position[N] for N in silent["N"]} if len(silent) else ():
        ax.annotate("no output spikes", (x, 0), (8, -1), textcoords="offset points", color="C2")
    save(figure, *output)


def main(all_inputs, longer, chance, output):
    all_inputs, longer = read_parquet(all_inputs), read_parquet(longer)
    chance_AUC = read_parquet(chance)["AUC"].mean()
    by_method = dict(iter(all_inputs.groupby("method")))
    empty = pd.DataFrame({"N": [], "AUC": []})
    sta, template, line_fit, spikes = (
        by_method.get(method, empty) for method in ("sta", "template", "line_fit", "spikes")
    )
    plot_against_N({"STA": sta, "Fit line": line_fit}, chance_AUC, output.line_fit)
    two_pass = {"STA": sta, "Two-pass STA (template correlation)": template}
    plot_against_N(two_pass, chance_AUC, output.template)
    windows = {f"{table['window_ms'].iloc[0]:g} ms window": table for table in (longer, sta)}
    plot_against_N(windows, chance_AUC, output.window)
    silent = spikes[spikes["output_rate_Hz"] == 0] if len(spikes) else spikes
    methods = {"STA": sta, "Two-pass STA": template, "Fit line": line_fit}
    plot_against_N(methods | {"Output spikes only": spikes}, chance_AUC, output.spikes, silent)


if "snakemake" in globals():
    run(main, snakemake)
