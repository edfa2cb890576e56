"""What ceiling and clipping do to voltage, averages and detection; and measures of detection."""

import numpy as np
from matplotlib.lines import Line2D

from nto1_workflow.io import read_parquet, run
from nto1_workflow.style import (
    SMALL,
    categories,
    covering,
    fitting,
    heading,
    hide_x_axis,
    hylabel,
    only_ends,
    panels,
    percent,
    save,
    set_up,
    span,
)

SIGNALS = {"none": "No ceiling", "ceiled": "Ceiled spikes", "clipped": "Ceiled & Clipped"}
EXC, INH, BOTH = "C0", "C1", "0.6"


def plot_signals(voltages, averages, names, files):
    figure, (left, right) = panels([191] * 2, 93.3, (63.5, 0))
    fastest = averages[averages["which"] == "fastest"]
    for ax, table in ((left, voltages), (right, fastest)):
        for i, (signal, label) in enumerate(names.items()):
            zorder = {"ceiled": 2, "none": 3}.get(signal, 4)  # each hides what is below
            ax.plot(
                table["t_ms"], table[f"{signal}_mV"], f"C{i}", lw=1.2, label=label, zorder=zorder
            )
    of_all = fastest[[f"{signal}_mV" for signal in names]]
    set_up(left, span(voltages["t_ms"]), [-65, 40], nbins_x=4)
    set_up(right, span(fastest["t_ms"]), [of_all.min(axis=None), of_all.max(axis=None)], nbins_y=4)
    for ax in (left, right):
        only_ends(ax.xaxis)
        only_ends(ax.yaxis)
    hylabel(left, "Membrane voltage $V$  (mV)")
    hylabel(right, "Spike-triggered average (STA) of $V$  (mV)")
    left.set_xlabel("Simulation time (ms)")
    right.set_xlabel("Time after presynaptic spike (ms)")
    # Not on the spikes, as in the thesis.
    right.legend(loc="upper right", borderaxespad=0, fontsize=SMALL, labelspacing=0.2)
    save(figure, *files)


def plot_ceiled(voltages, files):
    """A spike is shorter than a time step; ceiled, it is drawn up to its peak."""
    t, V = voltages["t_ms"], voltages["none_mV"]
    is_peak = voltages["ceiled_mV"] > V
    first = is_peak.argmax()
    if V[first] > V[max(first - 1, 0)]:  # early; the thesis draws the peak at the reset
        is_peak, first = is_peak.shift(1, fill_value=False), first + 1
    ceiled = V.mask(is_peak, voltages["ceiled_mV"].max())
    figure, (left, right) = panels([138.2] * 2, 88.9, (39.4, 0))
    for ax, marker in ((left, ""), (right, "o")):
        options = {"marker": marker, "ms": 2.5}
        ax.plot(t, V, color="C1", zorder=3, label="Unmodified", **options)
        ax.plot(t, ceiled, color="C0", label="With ceiled spikes", **options)
    near = [t[first] - 0.3, t[first] + 1.3]
    set_up(left, xlim=[0, 1000], ylim=[-80, 60], nbins_y=7, xunit="ms")
    set_up(right, xlim=near, ylim=[-80, 60], nbins_x=4, nbins_y=7, xunit="ms")
    right.tick_params(axis="y", which="both", left=False, labelleft=False)
    right.spines["left"].set_visible(False)
    hylabel(left, "Membrane voltage (mV)")
    hylabel(right, "[zoomed in on 1$^\\mathrm{st}$ spike]")
    for ax in (left, right):
        ax.set_xlabel("Time")
    right.legend(loc="center right", borderaxespad=0.5)
    save(figure, *files)


def plot_noise(voltages, files):
    figure, axes = panels(111.8, [69.6] * 2, (0, 27.4), sharex=True)
    signals = {"ceiled": "Membrane voltage", "noisy": "… with imaging noise"}
    for ax, (signal, title) in zip(axes, signals.items(), strict=True):
        ax.plot(voltages["t_ms"], voltages[f"{signal}_mV"])
        set_up(ax, xlim=[0, 1000], ylim=[-100, 60], nbins_y=4, xunit="ms", yunit="mV")
        hylabel(ax, title)
    hide_x_axis(axes[0])
    axes[1].set_xlabel("Time")
    save(figure, *files)


def plot_areas(scores, names, files):
    figure, ax = panels(278.8, 166.9)
    scores = scores.set_index("signal").loc[list(names)]
    for i, (column, label, color) in enumerate(
        [
            ("AUC", "AUC", BOTH),
            ("AUC_exc", r"AUC$_\mathrm{e}$", EXC),
            ("AUC_inh", r"AUC$_\mathrm{i}$", INH),
        ]
    ):
        x = np.arange(len(names)) + 0.25 * (i - 1)
        bars = ax.bar(x, scores[column], 0.25, color=color, label=label)
        ax.bar_label(bars, fmt="%.2f", fontsize=SMALL, padding=3)
    ax.axhline(0.5, color="black", lw=1.2)
    set_up(ax, xlim=[-0.75, len(names) - 0.25], ylim=covering(scores["AUC_exc"], [0.45, 1]))
    categories(ax, list(names.values()))
    ax.set_ylabel("AUC")
    ax.legend(loc="upper left", ncols=3)
    heading(figure, "STA connection test performance, for different voltage signal types", 11)
    save(figure, *files)


FASTEST = ("fastest", "#8ebad9")  # beside others
# Of each panel: the averages and their colours; the thesis's limits (mV) and most intervals; where
# the legend is.
EXAMPLES = {
    "… Using the fastest spiking input, …": ([("fastest", "C0")], [-54.17, -54.09], 3, 1),
    "… and other fast spikers.": (
        [FASTEST, ("fast exc", "C0"), ("fast inh", "#ffbe86"), ("slower inh", "C1")],
        [-54.22, -54.09],
        2,
        0.27,
    ),
    "… and input with median spikerate.": ([FASTEST, ("median", "C0")], [-54.19, -54.06], 3, 1),
    "… and slowest spiking input.": ([FASTEST, ("slowest", "C0")], [-54.565, -53.875], 3, 1),
}


def plot_averages(averages, signal, files):
    figure, axes = panels([154.5] * 2, [93.3] * 2, (80.5, 47.1), sharex=True)
    for ax, (title, (lines, ylim, nbins, top)) in zip(axes.flat, EXAMPLES.items(), strict=True):
        for which, color in lines:
            table = averages[averages["which"] == which]
            first = table.iloc[0]
            n, rate = first["n_spikes"], f"{first['rate_Hz']:2.2g} Hz"
            spikes = f"{n / 1000:.0f}k" if n >= 1000 else f"{n}"
            label = f"{rate:<6} | {spikes:>3} spikes | {first['kind'][:3]}"
            ax.plot(table["t_ms"], table[f"{signal}_mV"], color=color, label=label)
        set_up(ax, span(table["t_ms"]), fitting(ax, ylim), nbins_y=nbins)
        ax.yaxis.set_major_formatter("{x:.5g} mV")
        hylabel(ax, title)
        font = {"family": "monospace", "size": 6}
        legend = ax.legend(loc="upper right", bbox_to_anchor=(1, top), prop=font)
        if lines[0] is FASTEST:
            legend.get_texts()[0].set_color("0.5")
    for ax in axes[0]:
        hide_x_axis(ax)
    for ax in axes[1]:
        ax.set_xlabel("Time after presynaptic spike (ms)", labelpad=8)
    title = "Some spike-triggered averages (STAs) of membrane voltage $V$"
    heading(figure, title, 27, x=0.45)
    save(figure, *files)


def as_fractions(*axes_and_axis):
    for axis in axes_and_axis:
        percent(axis)
        only_ends(axis)


def threshold_axis(ax):
    ax.set_xlabel("Detection threshold")
    only_ends(ax.xaxis)


def plot_rates(curve, scores, files):
    figure, (left, right) = panels([210, 130.5], 130.2, (111.3, 0))
    lines = {
        "TPR_exc": (r"Excitatory inputs (TPR$_\mathrm{e}$)", EXC),
        "TPR_inh": (r"Inhibitory inputs (TPR$_\mathrm{i}$)", INH),
        "TPR": ("Both exc and inh (TPR)", BOTH),
        "FPR": ("Non-inputs (FPR)", "0.3"),
    }
    for column, (label, color) in lines.items():
        left.plot(curve["threshold"], curve[column], color=color, label=label)
    set_up(left, xlim=[1, 0], ylim=[0, 1])
    threshold_axis(left)
    as_fractions(left.yaxis)
    hylabel(left, "Fraction detected as input")
    left.legend(loc="lower right", fontsize=SMALL)
    rows = [(Line2D([], [], ls="none"), f"{'Input type':<12}AUC ")]
    for column, name, color in (
        ("TPR_exc", "Excitatory", EXC),
        ("TPR_inh", "Inhibitory", INH),
        ("TPR", "Both", BOTH),
    ):
        (line,) = right.plot(curve["FPR"], curve[column], color=color)
        rows.append((line, f"{name:<12}{scores[column.replace('TPR', 'AUC')]:.2f}"))
    set_up(right, xlim=[0, 1], ylim=[0, 1])
    as_fractions(right.xaxis, right.yaxis)
    right.set_xlabel("Non-inputs wrongly detected (FPR)")
    right.set_ylabel("Real inputs detected (TPR)")
    right.set_title("ROC curve", weight="bold", pad=11)
    font = {"family": "monospace", "size": SMALL}
    legend = right.legend(*zip(*rows, strict=True), loc="lower right", borderaxespad=0, prop=font)
    legend.get_texts()[0].set_weight("bold")
    save(figure, *files)


def best(curve, column):
    """The row at which a score is largest; the first of several."""
    return curve.loc[curve[column].idxmax()]


def plot_F_scores(curve, files):
    figure, ax = panels(251, 150.2)
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
    ax.legend(loc="lower right")
    save(figure, *files)


def mark(ax, row, x, y):
    ax.plot(row[x], row[y], "o", ms=2.5, mfc="none", mec="black", mew=1.2, zorder=5, clip_on=False)


def iso_F(F, β, recall):
    """Precision at which F_β has a value."""
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = F * recall / ((1 + β**2) * recall - β**2 * F)
    return np.where((precision > 0) & (precision <= 1.2), precision, np.nan)


def plot_PR_with_iso_F(curve, files):
    figure, ax = panels(182, 182)
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
    ax.legend(loc="lower left", fontsize=SMALL)
    save(figure, *files)


def of_kind(curve, kind):
    """Recall, precision and F1 of one kind of inputs."""
    recall, precision = curve[f"TPR_{kind}"], curve[f"precision_{kind}"]
    table = curve[["threshold"]].assign(recall=recall, precision=precision)
    return table.assign(F1=2 * precision * recall / (precision + recall))


def plot_PR_by_kind(curve, files):
    figure, ax = panels(165, 165)
    recall = np.linspace(0, 1, 500)
    for kind, name, color in (("exc", "Excitatory", EXC), ("inh", "Inhibitory", INH)):
        table = of_kind(curve, kind)
        e = rf"_\mathrm{{{kind[0]}}}"
        label = f"{name} inputs (TPR${e}$ & PPV${e}$)"
        ax.plot(table["recall"], table["precision"], color=color, label=label)
        mark(ax, best(table, "F1"), "recall", "precision")
    label = "Both exc and inh (TPR & PPV)"
    ax.plot(curve["TPR"], curve["precision"], color=BOTH, label=label)
    for i, F in enumerate(np.arange(0.1, 1, 0.1)):
        label = None if i else "Iso-$F_1$-curves"
        style = {"ls": "--", "color": "#cfe8cf", "lw": 0.8, "zorder": 1.5}
        ax.plot(recall, iso_F(F, 1, recall), label=label, **style)
    set_up(ax, xlim=[0, 1], ylim=[0, 1])
    as_fractions(ax.xaxis, ax.yaxis)
    ax.set(xlabel="Recall (TPR)", ylabel="Precision (PPV)")
    ax.set_title("PR-curves", weight="bold", pad=11)
    ax.legend(loc="lower left", fontsize=SMALL)
    save(figure, *files)


def plot_F1_by_kind(curve, files):
    figure, ax = panels(251, 155.5)
    tables = {kind: of_kind(curve, kind) for kind in ("exc", "inh")}
    for column, name, style in (("recall", "Recall", "-"), ("precision", "Precision", "--")):
        for (kind, table), color in zip(tables.items(), ("#c6dcec", "#ffdfc3"), strict=True):
            symbol = ("TPR" if column == "recall" else "PPV") + rf"$_\mathrm{{{kind[0]}}}$"
            label = f"{name} for {kind} inputs ({symbol})"
            ax.plot(table["threshold"], table[column], style, color=color, lw=1.2, label=label)
    for (kind, table), color in zip(tables.items(), (EXC, INH), strict=True):
        label = f"$F_1$ for {kind} inputs ($F_{{1,\\mathrm{{{kind[0]}}}}}$)"
        ax.plot(table["threshold"], table["F1"], color=color, label=label)
        mark(ax, best(table, "F1"), "threshold", "F1")
    set_up(ax, xlim=[1, 0], ylim=[0, 1])
    threshold_axis(ax)
    as_fractions(ax.yaxis)
    hylabel(ax, "Fraction")
    for text in ax.legend(loc="lower right").get_texts()[:4]:
        text.set_color("0.5")  # faint, like their lines
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
