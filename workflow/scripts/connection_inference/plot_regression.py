"""How well the regression tells inputs from other trains, beside other methods and the limit."""

import numpy as np

from nto1.inference.method import methods
from nto1_workflow.io import read_parquet, run
from nto1_workflow.style import MARGIN_WIDTH, plt, save, set_up

NOISE = "Imaging noise (spike-SNR)"
STYLES = {name: {"color": f"C{i}", "lw": 1.2} for i, name in enumerate(methods())}
STYLES["regression"] = {"color": "black", "lw": 2, "zorder": 3}


def title(method: str) -> str:
    return methods()[method].title


def curve(ax, x, AUC, method="", **options) -> None:
    ax.plot(x, AUC, "o-", **{"ms": 4, "clip_on": False} | STYLES.get(method, {}) | options)


def places(values) -> dict:
    return {value: i for i, value in enumerate(values)}


def from_strong_to_weak(table) -> dict:
    """Places of signal-to-noise ratios along an axis."""
    return places(sorted(table["spike_SNR"].unique(), reverse=True))


def name_of_SNR(value: float) -> str:
    return "∞" if np.isinf(value) else f"{value:g}"


def finish(ax, names, xlabel: str, chance: float, heading: str = "") -> None:
    ax.axhline(chance, color="0.6", lw=0.8, ls="--", zorder=0)
    set_up(ax, xlim=[0, len(names) - 1], ylim=[0, 1])
    ax.set_xticks(range(len(names)), names)
    ax.tick_params(axis="x", which="minor", bottom=False)
    ax.grid(visible=False, axis="x", which="both")
    ax.set(xlabel=xlabel, ylabel="AUC")
    ax.set_title(heading, fontsize=8.33)


def against_N(ax, all_inputs, noise, limit, chance) -> None:
    """Every method, without noise; the regression with noise, too, and the limit that it sets."""
    place = places(sorted(all_inputs["N"].unique()))
    for method, means in all_inputs.sort_values("N").groupby("method", sort=False):
        curve(ax, means["N"].map(place), means["AUC"], method, label=title(method))
    for spike_SNR, style in ((40, "--"), (10, ":")):
        means = noise[(noise["spike_SNR"] == spike_SNR) & noise["N"].isin(place)]
        label = f"{title('regression')}, spike-SNR {spike_SNR}"
        curve(ax, means["N"].map(place), means["AUC"], "regression", ls=style, lw=1, label=label)
        of_noise = limit[(limit["spike_SNR"] == spike_SNR) & limit["N"].isin(place)]
        best = of_noise.groupby("N")["AUC"].mean()
        options = {"color": "C3", "ls": style, "lw": 1, "marker": "none"}
        curve(ax, best.index.map(place), best, label=f"limit, spike-SNR {spike_SNR}", **options)
    finish(ax, list(place), "Number of inputs $N$", chance)
    ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1))


def against_noise(ax, noise, limit, N: int, chance: float) -> None:
    place = from_strong_to_weak(noise)
    curve(ax, noise["spike_SNR"].map(place), noise["AUC"], "regression", label="Regression")
    best = limit.groupby("spike_SNR")["AUC"].mean()
    curve(ax, best.index.map(place), best, color="C3", ls="--", lw=1, label="Limit")
    finish(ax, list(map(name_of_SNR, place)), NOISE, chance, f"All {N} inputs")


def most_active(ax, means, chance: float) -> None:
    place = from_strong_to_weak(means)
    for method, of_method in means.sort_values("spike_SNR").groupby("method", sort=False):
        x = of_method["spike_SNR"].map(place)
        curve(ax, x, of_method["AUC"], method, label=title(method))
    names = list(map(name_of_SNR, place))
    finish(ax, names, NOISE, chance, "The most active inputs alone")
    ax.legend(loc="lower left")


def against_share(ax, means, chance: float) -> None:
    place = places(sorted(means["observed_share"].unique()))
    for i, (spike_SNR, some) in enumerate(means.sort_values("observed_share").groupby("spike_SNR")):
        label = f"spike-SNR {name_of_SNR(spike_SNR)}"
        curve(ax, some["observed_share"].map(place), some["AUC"], color=f"C{i}", label=label)
    names = [f"{100 * share:g} %" for share in place]
    finish(ax, names, "Share of the inputs observed", chance, "Inputs chosen at random")
    ax.legend(loc="lower right")


def main(all_inputs, noise, active, observed, limit, chance, output):
    all_inputs, noise, active, observed, limit = map(
        read_parquet, (all_inputs, noise, active, observed, limit)
    )
    chance = read_parquet(chance)["AUC"].mean()
    noise = noise[noise["method"] == "regression"].sort_values(["N", "spike_SNR"])

    figure, ax = plt.subplots(figsize=(4.2, 2.9))
    against_N(ax, all_inputs, noise, limit, chance)
    save(figure, *output.by_method)

    by_N = dict(list(noise.groupby("N")))
    size = (1.1 * MARGIN_WIDTH * len(by_N), 2.4)
    figure, axes = plt.subplots(ncols=len(by_N), figsize=size, sharey=True, squeeze=False)
    for ax, (N, means) in zip(axes.flat, by_N.items(), strict=True):
        against_noise(ax, means, limit[limit["N"] == N], N, chance)
    axes[0, 0].legend(loc="lower left")
    figure.tight_layout(w_pad=2)
    save(figure, *output.by_noise)

    figure, (left, right) = plt.subplots(ncols=2, figsize=(7, 2.6), sharey=True)
    most_active(left, active, chance)
    against_share(right, observed[observed["method"] == "regression"], chance)
    figure.tight_layout(w_pad=2)
    save(figure, *output.by_share)


if "snakemake" in globals():
    run(main, snakemake)
