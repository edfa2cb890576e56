"""What ceiling and clipping do to voltage, averages and detection; and measures of detection."""

import numpy as np

from nto1_workflow.io import read_parquet, run
from nto1_workflow.style import (
    grey_inner_labels,
    hide_x_axis,
    hylabel,
    percent,
    plt,
    save,
    set_up,
)

SIGNALS = {"none": "No ceiling", "ceiled": "Ceiled spikes", "clipped": "Ceiled & Clipped"}
EXC, INH, BOTH = "C0", "C1", "0.6"


def plot_signals(voltages, averages, names, files):
    figure, (left, right) = plt.subplots(ncols=2, figsize=(6.6, 2))
    fastest = averages[averages["which"] == "fastest"]
    for ax, table in ((left, voltages), (right, fastest)):
        for i, (signal, label) in enumerate(names.items()):
            zorder = {"ceiled": 2, "none": 3}.get(signal, 4)  # each hides what is below
            ax.plot(table["t_ms"], table[f"{signal}_mV"], f"C{i}", lw=1, label=label, zorder=zorder)
    set_up(left, xlim=[0, voltages["t_ms"].max()], ylim=[-65, 40], nbins_x=4)
    set_up(right, xlim=[0, fastest["t_ms"].max()], nbins_y=4)
    hylabel(left, "Membrane voltage $V$  (mV)")
    hylabel(right, "Spike-triggered average (STA) of $V$  (mV)")
    left.set_xlabel("Simulation time (ms)")
    right.set_xlabel("Time after presynaptic spike (ms)")
    left.legend(loc="center right")
    figure.tight_layout(w_pad=2)
    save(figure, *files)


def plot_ceiled(voltages, files):
    """A spike is shorter than a time step; ceiled, it is drawn up to its peak."""
    first = voltages["t_ms"][(voltages["ceiled_mV"] > voltages["none_mV"]).argmax()]
    figure, (left, right) = plt.subplots(ncols=2, figsize=(6.5, 2))
    for ax, marker in ((left, ""), (right, "o")):
        for signal, label in (("ceiled", "With ceiled spikes"), ("none", "Unmodified")):
            V = voltages[f"{signal}_mV"]
            ax.plot(voltages["t_ms"], V, marker=marker, ms=3, lw=1, label=label)
    set_up(left, xlim=[0, 1000], ylim=[-80, 60], nbins_y=7, xunit="ms")
    set_up(right, xlim=[first - 0.3, first + 1.3], ylim=[-80, 60], nbins_y=7, xunit="ms")
    hylabel(left, "Membrane voltage (mV)")
    hylabel(right, "The first spike")
    right.legend(loc="center right")
    figure.tight_layout(w_pad=2)
    save(figure, *files)


def plot_noise(voltages, files):
    figure, axes = plt.subplots(nrows=2, figsize=(2.8, 3.4), sharex=True)
    signals = {"ceiled": "Membrane voltage", "noisy": "… with imaging noise"}
    for ax, (signal, heading) in zip(axes, signals.items(), strict=True):
        ax.plot(voltages["t_ms"], voltages[f"{signal}_mV"], lw=0.8)
        set_up(ax, xlim=[0, 1000], ylim=[-100, 50], nbins_x=3, nbins_y=4, xunit="ms", yunit="mV")
        hylabel(ax, heading)
    hide_x_axis(axes[0])
    figure.tight_layout(h_pad=1.5)
    save(figure, *files)


def plot_areas(scores, names, files):
    figure, ax = plt.subplots(figsize=(4.6, 2.8))
    scores = scores.set_index("signal").loc[list(names)]
    for i, (column, label, color) in enumerate(
        [("AUC", "AUC", BOTH), ("AUC_exc", "AUC$_e$", EXC), ("AUC_inh", "AUC$_i$", INH)]
    ):
        x = np.arange(len(names)) + 0.25 * (i - 1)
        bars = ax.bar(x, scores[column], 0.25, color=color, label=label)
        ax.bar_label(bars, fmt="%.2f", fontsize=7, padding=2)
    ax.axhline(0.5, color="black", lw=1.2)
    set_up(ax, xlim=[-0.75, len(names) - 0.25], ylim=[min(0.45, scores["AUC_exc"].min()), 1])
    ax.set_xticks(range(len(names)), names.values())
    ax.tick_params(axis="x", which="both", bottom=False)
    ax.spines["bottom"].set_visible(False)
    ax.grid(visible=False, axis="x", which="both")
    ax.legend(loc="upper left", ncols=3)
    title = "STA connection test performance, for different voltage signal types"
    ax.set_title(title, weight="bold", fontsize=8.33, y=1.05)
    save(figure, *files)


def plot_averages(averages, signal, files):
    figure, axes = plt.subplots(2, 2, figsize=(6, 4.4), sharex=True)
    titles = {
        "… Using the fastest spiking input, …": [("fastest", "C0")],
        "… and other fast spikers.": [
            ("fastest", "#8ebad9"),
            ("fast exc", "C0"),
            ("fast inh", "#ffbe86"),
            ("slower inh", "C1"),
        ],
        "… and input with median spikerate.": [("fastest", "#8ebad9"), ("median", "C0")],
        "… and slowest spiking input.": [("fastest", "#8ebad9"), ("slowest", "C0")],
    }
    for ax, (title, lines) in zip(axes.flat, titles.items(), strict=True):
        for which, color in lines:
            table = averages[averages["which"] == which]
            first = table.iloc[0]
            n = first["n_spikes"]
            spikes = f"{n / 1000:.0f}k" if n >= 1000 else f"{n}"
            label = f"{first['rate_Hz']:.2g} Hz | {spikes} spikes | {first['kind'][:3]}"
            ax.plot(table["t_ms"], table[f"{signal}_mV"], color=color, lw=1, label=label)
        set_up(ax, xlim=[0, table["t_ms"].max()], nbins_y=4, yunit="mV")
        ax.set_title(title, loc="left", fontsize=9)
        ax.legend(loc="best", prop={"family": "monospace", "size": 5.5})
    for ax in axes[1]:
        ax.set_xlabel("Time after presynaptic spike (ms)")
    title = "Some spike-triggered averages (STAs) of membrane voltage $V$"
    figure.suptitle(title, weight="bold", fontsize=9)
    figure.tight_layout(h_pad=1.2, w_pad=1.5)
    save(figure, *files)


def as_fractions(*axes_and_axis):
    for axis in axes_and_axis:
        percent(axis)
        grey_inner_labels(axis)


def threshold_axis(ax):
    ax.set_xlabel("Detection threshold")
    grey_inner_labels(ax.xaxis)


def plot_rates(curve, scores, files):
    figure, (left, right) = plt.subplots(ncols=2, figsize=(6.6, 2.4))
    lines = {
        "TPR_exc": ("Excitatory inputs (TPR$_e$)", EXC),
        "TPR_inh": ("Inhibitory inputs (TPR$_i$)", INH),
        "TPR": ("Both exc and inh (TPR)", BOTH),
        "FPR": ("Non-inputs (FPR)", "0.3"),
    }
    for column, (label, color) in lines.items():
        left.plot(curve["threshold"], curve[column], color=color, lw=1.2, label=label)
    set_up(left, xlim=[1, 0], ylim=[0, 1])
    threshold_axis(left)
    as_fractions(left.yaxis)
    hylabel(left, "Fraction detected as input")
    left.legend(fontsize=6.5)
    for column, name, color in (
        ("TPR_exc", "Excitatory", EXC),
        ("TPR_inh", "Inhibitory", INH),
        ("TPR", "Both", BOTH),
    ):
        area = scores[column.replace("TPR", "AUC")]
        label = f"{name}: AUC {area:.2f}"
        right.plot(curve["FPR"], curve[column], color=color, lw=1.2, label=label)
    set_up(right, xlim=[0, 1], ylim=[0, 1])
    as_fractions(right.xaxis, right.yaxis)
    right.set_xlabel("Non-inputs wrongly detected (FPR)")
    right.set_ylabel("Real inputs detected (TPR)")
    right.set_title("ROC curve", weight="bold", fontsize=9, y=1.03)
    right.legend(loc="lower right", fontsize=6.5)
    figure.tight_layout(w_pad=3)
    save(figure, *files)


def best(curve, column):
    """The row at which a score is largest; the first of several."""
    return curve.loc[curve[column].idxmax()]


def plot_F_scores(curve, files):
    figure, ax = plt.subplots(figsize=(4.4, 2.8))
    lines = {
        "TPR": ("..of real inputs detected. (Recall / TPR)", "black"),
        "precision": ("..of detections correct. (Precision / PPV)", "C3"),
        "F_0.5": ("$F_{0.5}$", "#5cb85c"),
        "F1": ("$F_1$", "#2ca02c"),
        "F2": ("$F_2$", "#1b7a1b"),
    }
    for column, (label, color) in lines.items():
        ax.plot(curve["threshold"], curve[column], color=color, label=label)
        if column.startswith("F"):
            mark(ax, best(curve, column), "threshold", column)
    set_up(ax, xlim=[1, 0], ylim=[0, 1])
    threshold_axis(ax)
    as_fractions(ax.yaxis)
    hylabel(ax, "Fraction..")
    ax.legend()
    save(figure, *files)


def mark(ax, row, x, y):
    ax.plot(row[x], row[y], "o", ms=4, mfc="none", mec="black", mew=1.3, zorder=5, clip_on=False)


def iso_F(F, β, recall):
    """Precision at which F_β has a value."""
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = F * recall / ((1 + β**2) * recall - β**2 * F)
    return np.where((precision > 0) & (precision <= 1.2), precision, np.nan)


def plot_PR_with_iso_F(curve, files):
    figure, ax = plt.subplots(figsize=(3.8, 3.6))
    recall = np.linspace(0.3, 1, 500)
    ax.plot(curve["TPR"], curve["precision"], color=BOTH, label="PR-curve (both exc. and inh.)")
    for i, F in enumerate((0.6, 0.7, 0.8, 0.9)):
        label = None if i else "Iso-$F_1$-curves (60, 70, 80, 90%)"
        ax.plot(recall, iso_F(F, 1, recall), "--", color="#cfe8cf", lw=1, label=label)
    for β, column, color in ((0.5, "F_0.5", "#5cb85c"), (1, "F1", "#2ca02c"), (2, "F2", "#1b7a1b")):
        row = best(curve, column)
        label = f"Iso-$F_{{{β:g}}}$-curve ({100 * row[column]:.0f}%)"
        ax.plot(recall, iso_F(row[column], β, recall), "--", color=color, lw=1.2, label=label)
        mark(ax, row, "TPR", "precision")
    set_up(ax, xlim=[0.5, 1], ylim=[0.5, 1])
    as_fractions(ax.xaxis, ax.yaxis)
    ax.set(xlabel="Recall (TPR)", ylabel="Precision (PPV)")
    ax.legend(loc="lower left", fontsize=6.5)
    save(figure, *files)


def of_kind(curve, kind):
    """Recall, precision and F1 of one kind of inputs."""
    recall, precision = curve[f"TPR_{kind}"], curve[f"precision_{kind}"]
    table = curve[["threshold"]].assign(recall=recall, precision=precision)
    return table.assign(F1=2 * precision * recall / (precision + recall))


def plot_PR_by_kind(curve, files):
    figure, ax = plt.subplots(figsize=(3.8, 3.6))
    recall = np.linspace(0, 1, 500)
    for i, F in enumerate(np.arange(0.1, 1, 0.1)):
        label = "Iso-$F_1$-curves" if i == 8 else None
        ax.plot(recall, iso_F(F, 1, recall), "--", color="#cfe8cf", lw=0.8, label=label)
    for kind, name, color in (("exc", "Excitatory", EXC), ("inh", "Inhibitory", INH)):
        table = of_kind(curve, kind)
        label = f"{name} inputs (TPR$_{kind[0]}$ & PPV$_{kind[0]}$)"
        ax.plot(table["recall"], table["precision"], color=color, label=label)
        mark(ax, best(table, "F1"), "recall", "precision")
    label = "Both exc and inh (TPR & PPV)"
    ax.plot(curve["TPR"], curve["precision"], color=BOTH, label=label)
    set_up(ax, xlim=[0, 1], ylim=[0, 1])
    as_fractions(ax.xaxis, ax.yaxis)
    ax.set(xlabel="Recall (TPR)", ylabel="Precision (PPV)")
    ax.set_title("PR-curves", weight="bold", y=1.03)
    ax.legend(loc="lower left", fontsize=6.5)
    save(figure, *files)


def plot_F1_by_kind(curve, files):
    figure, ax = plt.subplots(figsize=(4.4, 2.8))
    tables = {kind: of_kind(curve, kind) for kind in ("exc", "inh")}
    for column, name, style in (("recall", "Recall", "-"), ("precision", "Precision", "--")):
        for (kind, table), color in zip(tables.items(), ("#c6dcec", "#ffdfc3"), strict=True):
            symbol = ("TPR" if column == "recall" else "PPV") + f"$_{kind[0]}$"
            label = f"{name} for {kind} inputs ({symbol})"
            ax.plot(table["threshold"], table[column], style, color=color, lw=1.2, label=label)
    for (kind, table), color in zip(tables.items(), (EXC, INH), strict=True):
        label = f"$F_1$ for {kind} inputs ($F_{{1,{kind[0]}}}$)"
        ax.plot(table["threshold"], table["F1"], color=color, label=label)
        mark(ax, best(table, "F1"), "threshold", "F1")
    set_up(ax, xlim=[1, 0], ylim=[0, 1])
    threshold_axis(ax)
    as_fractions(ax.yaxis)
    ax.legend(fontsize=7)
    save(figure, *files)


def main(scores, thresholds, voltages, examples, output):
    scores, thresholds = read_parquet(scores), read_parquet(thresholds)
    clipped = next(name for name in scores["signal"] if "clipped" in name)
    names = {(clipped if name == "clipped" else name): label for name, label in SIGNALS.items()}
    averages = read_parquet(examples)
    voltages = read_parquet(voltages)
    plot_ceiled(voltages, output.ceiled)
    plot_noise(voltages, output.noise)
    plot_signals(voltages, averages, names, output.signals)
    plot_areas(scores, names, output.areas)
    plot_averages(averages, clipped, output.averages)
    curve = thresholds[thresholds["signal"] == clipped].reset_index(drop=True)
    of_clipped = scores.set_index("signal").loc[clipped]
    plot_rates(curve, of_clipped, output.rates)
    plot_F_scores(curve, output.F_scores)
    plot_PR_with_iso_F(curve, output.iso_F)
    plot_PR_by_kind(curve, output.PR_by_kind)
    plot_F1_by_kind(curve, output.F1_by_kind)


if "snakemake" in globals():
    run(main, snakemake)
