"""How well the regression tells inputs from other trains, beside other methods and the limit."""

from nto1_workflow.io import read_parquet, run
from nto1_workflow.plot_auc import (
    curve,
    curves,
    finish,
    from_strong_to_weak,
    name_of_SNR,
    places,
    title,
)
from nto1_workflow.style import page, save

NOISE = "Imaging noise (spike-SNR)"


def against_N(ax, all_inputs, noise, limit, chance) -> None:
    """Every method, without noise; the regression with noise, too, and the limit that it sets."""
    place = places(sorted(all_inputs["N"].unique()))
    curves(ax, all_inputs, place, "N")
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
    curves(ax, means, place, "spike_SNR")
    names = list(map(name_of_SNR, place))
    finish(ax, names, NOISE, chance, "The most active inputs alone")
    ax.legend(loc="lower left", borderaxespad=0.2)


def against_share(ax, means, chance: float) -> None:
    place = places(sorted(means["observed_share"].unique()))
    for i, (spike_SNR, some) in enumerate(means.sort_values("observed_share").groupby("spike_SNR")):
        label = f"spike-SNR {name_of_SNR(spike_SNR)}"
        curve(ax, some["observed_share"].map(place), some["AUC"], color=f"C{i}", label=label)
    names = [f"{100 * share:g} %" for share in place]
    finish(ax, names, "Share of the inputs observed", chance, "Inputs chosen at random")
    ax.legend(loc="lower right", bbox_to_anchor=(1, 0.27))


def main(all_inputs, noise, active, observed, limit, chance, output):
    all_inputs, noise, active, observed, limit = map(
        read_parquet, (all_inputs, noise, active, observed, limit)
    )
    chance = read_parquet(chance)["AUC"].mean()
    noise = noise[noise["method"] == "regression"].sort_values(["N", "spike_SNR"])

    figure, ax = page(2.9)
    against_N(ax, all_inputs, noise, limit, chance)
    save(figure, *output.by_method)

    by_N = dict(list(noise.groupby("N")))
    figure, axes = page(2.3, ncols=len(by_N), sharey=True, squeeze=False)
    for ax, (N, means) in zip(axes.flat, by_N.items(), strict=True):
        against_noise(ax, means, limit[limit["N"] == N], N, chance)
    axes[0, 0].legend(loc="lower left", bbox_to_anchor=(0, 0.27))
    save(figure, *output.by_noise)

    figure, (left, right) = page(2.5, ncols=2, sharey=True)
    most_active(left, active, chance)
    against_share(right, observed[observed["method"] == "regression"], chance)
    save(figure, *output.by_share)


if "snakemake" in globals():
    run(main, snakemake)
