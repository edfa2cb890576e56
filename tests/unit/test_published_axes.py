"""Figures beside the thesis's: sizes and places of panels, limits, ticks, lines and grids.

``published_axes.csv`` was read off the published pictures; tables of the right kind are enough to
draw ours.
"""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from connection_inference import plot_chance_level, plot_clipping, plot_detection, plot_methods
from example import plot_example, plot_model
from find_weight import plot_weights
from izhikevich_network import plot_izhikevich_network
from nto1.config import resolve
from nto1.units import ms
from nto1_workflow.style import plt
from we_sweep import plot_input_drive

PUBLISHED = pd.read_csv(Path(__file__).with_name("published_axes.csv"), keep_default_na=False)
PIXEL = 1.2  # points: pictures are sharp to one pixel, at either end
N = [5, 20, 100, 400, 1600, 6500]
SNR = [np.inf, 100, 40, 20, 10, 4, 2, 1]
DURATIONS = [10, 30, 60, 120, 240, 600, 1200, 1800, 3600]


def scores(key, values, **columns):
    """Of two seeds, worse from value to value."""
    table = pd.DataFrame({key: np.repeat(values, 2), "seed": [1, 2] * len(values)})
    AUC = 1 - 0.7 * np.linspace(0, 1, len(table)) ** 3
    return table.assign(method="sta", AUC=AUC, F1max=0.37 + 0.6 * AUC, **columns)


def voltages():
    """A spike before 51.2 ms, as simulated; ceiled one step early; clipped; with noise."""
    t = np.arange(20_000) / 10
    none = np.where(t == 51.1, -38.2, -53)
    ceiled = np.where(t == 51.1, 40, none)
    of_signals = {"none": none, "ceiled": ceiled, "ceiled_clipped_99": none, "noisy": ceiled}
    return pd.DataFrame({"t_ms": t} | {f"{name}_mV": V for name, V in of_signals.items()})


def averages():
    t = np.arange(1000) / 10

    def between(start, end):
        return end + (start - end) * np.exp(-t / 10)

    fast = dict.fromkeys(("fast exc", "fast inh", "slower inh"), (-54.2, -54.1))
    ends = {"fastest": (-54.1, -54.15), "median": (-54.1, -54.18), "slowest": (-54, -54.5)} | fast
    tables = []
    for which, of_clipped in ends.items():
        table = pd.DataFrame({"t_ms": t, "ceiled_clipped_99_mV": between(*of_clipped)})
        table["none_mV"] = between(-54.05, -54.157)
        table["ceiled_mV"] = between(-54.027, -54.1)
        tables.append(table.assign(which=which, kind="excitatory", n_spikes=9000, rate_Hz=15.0))
    return pd.concat(tables)


def thresholds():
    threshold = np.linspace(0.99, 0, 50)
    rates = dict.fromkeys(("TPR", "TPR_exc", "TPR_inh"), 1 - threshold**4)
    rates["FPR"] = 1 - threshold
    others = ("precision", "precision_exc", "precision_inh", "F_0.5", "F1", "F2")
    rates |= dict.fromkeys(others, np.linspace(0.9, 0.6, 50))
    return pd.DataFrame({"threshold": threshold, "signal": "ceiled_clipped_99"} | rates)


def draw_all(store, shown) -> None:
    """``store`` writes a table; ``shown`` says what a figure is called."""
    neuron = resolve({}).neuron.parameters
    chance = store(pd.DataFrame({"AUC": [0.176, 0.25, 0.34]}))
    plot_chance_level.main(chance, shown("AUC_chance_level"))
    for key, values, name in (
        ("spike_SNR", SNR, "snr"),
        ("duration_s", DURATIONS, "rec_duration"),
    ):
        of_seeds = scores(key, values)
        means = of_seeds.groupby(["method", key], as_index=False).mean()
        files = shown(f"STA_perf_diff_{name}")
        plot_detection.main(store(of_seeds), store(means), chance, key, files)

    of_N = store(scores("N", N, window_ms=20, output_rate_Hz=4))
    names = {"line_fit": "perf-all-inputs__fitline", "template": "perf-all-inputs__template-cor"}
    names |= {"window": "perf-STA-winlength", "spikes": "spikes"}
    plot_methods.main(of_N, of_N, chance, named(names, shown))

    of_signals = pd.DataFrame({"signal": ["none", "ceiled", "ceiled_clipped_99"]})
    of_signals = of_signals.assign(AUC=0.7, AUC_exc=[0.66, 0.49, 0.69], AUC_inh=0.8)
    names = {"ceiled": "ceil_spikes", "noise": "VI_noise", "signals": "ceil_n_clip__sigs_and_STAs"}
    names |= {"areas": "ceil_n_clip_AUCs", "averages": "example_STAs", "iso_F": "PR_curves_iso_F"}
    performance = {"rates": "threshold_TPR_ROC", "F_scores": "Fscores"}
    performance |= {"PR_by_kind": "PR_curves_EI", "F1_by_kind": "threshold_PPVs_EI"}
    names |= {key: f"perfmeasures_{name}" for key, name in performance.items()}
    tables = map(store, (of_signals, thresholds(), voltages(), averages()))
    plot_clipping.main(*tables, named(names, shown))

    paths = pd.DataFrame({"hops": [1, 2, 3]})
    paths = paths.assign(n_to_first=[36, 733, 230], n_pairs=[39594, 759845, 199561])
    n_spikes = 5 + np.concatenate([np.arange(800), np.arange(200)]) // 139  # at most 139 alike
    spikes = pd.DataFrame({"neuron": np.repeat(np.arange(1000), n_spikes), "t_ms": 5.0})
    network = SimpleNamespace(N=1000, N_exc=800, duration_s=10)
    files = map(shown, ("shortest-path-1", "shortest-path-all", "1144_raster", "1144_hist"))
    plot_izhikevich_network.main(store(paths), store(spikes), network, 10, *files)

    names = {"response": "impulse_response", "rates": "log-normal"}
    inputs = SimpleNamespace(mean_rate=4, log_rate_variance=0.6)
    plot_model.main(14, neuron, 0.1 * ms, inputs, named(names, shown))
    weights = pd.DataFrame({"N": [10, 6500], "w0_nS": [9.7, 0.015], "we_nS": [2.9, 0.015]})
    files = map(shown, ("we-for-4Hz-for-all-N", "all", "some"))
    plot_weights.main(store(weights), 4, [10], *files)
    runs = pd.DataFrame({"we_pS": [0, 30], "median_Vm_mV": [-65, -53], "output_rate_Hz": [0, 13]})
    files = map(shown, ("input_drive_we", "median_voltage_we", "output_rate_we"))
    plot_input_drive.main(store(runs), *files)
    trace = pd.DataFrame({"t_ms": [0.0, 999.9], "V_m_mV": [-65, 40]})
    plot_example.main(store(trace), 1, shown("voltage_example"))


def named(names: dict[str, str], shown) -> SimpleNamespace:
    return SimpleNamespace(**{key: shown(name) for key, name in names.items()})


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """The figures by name, as they would be saved."""
    folder, figures = tmp_path_factory.mktemp("tables"), {}

    def store(table):
        path = folder / f"{len(list(folder.iterdir()))}.parquet"
        table.to_parquet(path)
        return path

    scripts = plot_chance_level, plot_clipping, plot_detection, plot_example, plot_input_drive
    scripts += plot_izhikevich_network, plot_methods, plot_model, plot_weights
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(plt.rcParams, "figure.max_open_warning", 0)
        for script in scripts:
            patch.setattr(script, "save", lambda figure, name: figures.update({name: figure}))
        draw_all(store, lambda name: [name])
    for figure in figures.values():
        figure.draw_without_rendering()
    yield figures
    plt.close("all")


def as_published(figure) -> list[dict[str, str | float | list[float]]]:
    """A row for each axes, with the columns of ``published_axes.csv``."""
    rows = []
    width, height = 72 * figure.get_size_inches()
    first = figure.axes[0].get_position()
    for ax in figure.axes:
        place = ax.get_position()
        row = {"left_pt": (place.x0 - first.x0) * width, "top_pt": (first.y1 - place.y1) * height}
        row |= {"width_pt": place.width * width, "height_pt": place.height * height}
        row |= {"lines": "", "grid": ""}
        for name, axis, sides in (
            ("x", ax.xaxis, ["bottom", "top"]),
            ("y", ax.yaxis, ["left", "right"]),
        ):
            low, high = axis.get_view_interval()
            row |= {f"{name}_low": low, f"{name}_high": high}
            within = min(low, high) - 1e-9, max(low, high) + 1e-9
            ticks = [t for t in axis.get_major_ticks() if within[0] <= t.get_loc() <= within[1]]
            is_seen = axis.get_visible()
            labels = [t for t in ticks if t.label1.get_visible() or t.label2.get_visible()]
            row[f"{name}_ticks"] = sorted(t.get_loc() for t in labels if is_seen)
            row["lines"] += name * any(ax.spines[side].get_visible() for side in sides)
            row["grid"] += name * (is_seen and any(t.gridline.get_visible() for t in ticks))
        rows.append(row)
    return rows


@pytest.mark.parametrize("name", PUBLISHED["figure"].unique())
def test_axes_are_as_published(drawn, name):
    expected = PUBLISHED[PUBLISHED["figure"] == name].to_dict("records")
    for ours, published in zip(as_published(drawn[name]), expected, strict=True):
        for column in ("left_pt", "top_pt", "width_pt", "height_pt"):
            assert ours[column] == pytest.approx(float(published[column]), abs=PIXEL), column
        for axis in "xy":
            ticks = [float(tick) for tick in published[f"{axis}_ticks"].split()]
            assert ours[f"{axis}_ticks"] == pytest.approx(ticks), axis
            for end in (f"{axis}_low", f"{axis}_high"):
                if published[end]:
                    assert ours[end] == pytest.approx(float(published[end])), end
        for what in ("lines", "grid"):
            assert ours[what] == published[what], what


def seen_points(line):
    """Of a line in pixels, densely, where it is not cut off."""
    points = line.get_transform().transform(line.get_xydata())
    at = np.linspace(0, len(points) - 1, max(2000, len(points)))
    dense = np.column_stack([np.interp(at, np.arange(len(points)), axis) for axis in points.T])
    inside = line.axes.bbox.padded(1).contains
    return dense[[inside(*point) for point in dense]]


def test_legends_cover_no_data(drawn):
    """Lines of equal F1 are no data; they are behind the legend in the thesis, too."""
    for name, figure in drawn.items():
        for legend in filter(None, (ax.get_legend() for ax in figure.axes)):
            box = legend.get_window_extent()
            for line in (line for ax in figure.axes for line in ax.lines):
                if line.get_linestyle() == "-" and len(line.get_xdata()) > 1:
                    assert box.count_contains(seen_points(line)) == 0, (name, line)
