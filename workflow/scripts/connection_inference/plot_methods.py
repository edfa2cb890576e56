"""How well all inputs are detected, by several methods and windows, against their number."""

import pandas as pd

from nto1_workflow.io import read_parquet, run
from nto1_workflow.style import plt, save, set_up


def plot_against_N(scores, chance_AUC, output):
    """``scores``: tables by the name of their line; the first is black."""
    figure, ax = plt.subplots(figsize=(4.2, 2.6))
    all_N = sorted({N for table in scores.values() for N in table["N"]})
    position = {N: i for i, N in enumerate(all_N)}
    for (name, table), color in zip(scores.items(), ["black", "C0", "C1", "C2"], strict=False):
        ax.plot(table["N"].map(position), table["AUC"], ".", ms=4, color="0.75", mec="none")
        means = table.groupby("N")["AUC"].mean()
        options = {"color": color, "ms": 4.5, "label": name, "clip_on": False}
        ax.plot(means.index.map(position), means, "o-", **options)
    ax.axhline(chance_AUC, color="0.4", lw=1, ls="--", label="Chance level")
    set_up(ax, xlim=[0, len(all_N) - 1], ylim=[0, 1])
    ax.set_xticks(range(len(all_N)), all_N)
    ax.tick_params(axis="x", which="minor", bottom=False)
    ax.grid(visible=False, axis="x", which="both")
    ax.set(xlabel="Number of inputs $N$", ylabel="AUC")
    ax.legend(loc="center left", bbox_to_anchor=(0.05, 0.45))
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
    methods = {"STA": sta, "Two-pass STA": template, "Fit line": line_fit}
    plot_against_N(methods | {"Output spikes only": spikes}, chance_AUC, output.spikes)


if "snakemake" in globals():
    run(main, snakemake)
