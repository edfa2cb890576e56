"""A detection at a glance: averages of called trains, z of all, and what was left out."""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import scipy
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from numpy.lib.stride_tricks import sliding_window_view

from nto1.inference.kinds import EXCITATORY
from nto1.inference.regression import NONE
from nto1.recordings.detection import Detection
from nto1.recordings.recording import Segment
from nto1.regression.calibration import jitter
from nto1.regression.signal import OWN_SPIKE
from nto1.units import ms, mV

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Averages that are shown, from before to after a spike; and how the null band is made: spikes are
# moved within intervals.
MOST_AVERAGES, BEFORE, AFTER = 6, 20 * ms, 60 * ms
N_MOVED, INTERVAL, MOST_SPIKES = 100, 100 * ms, 2000

# Of the voltage, around the first thing that is left out: seconds, and samples that are drawn.
PIECE, MOST_SAMPLES = 2.0, 20_000

COLOURS = {EXCITATORY: "#c5443f", "inhibitory": "#1f77b4", NONE: "0.35"}
RC: Any = {"font.size": 8, "axes.spines.top": False, "axes.spines.right": False} | {
    "svg.fonttype": "none",
    "svg.hashsalt": "nto1",
    "legend.frameon": False,
}
# What is left out of files.
METADATA = {"svg": ("Creator", "Date"), "pdf": ("Creator", "Producer", "CreationDate")}


def draw(detection: Detection) -> Figure:
    """The figure of a detection."""
    with mpl.rc_context({**mpl.rcParamsDefault, "backend": "agg", **RC}):
        figure = Figure(figsize=(8, 6.4), layout="constrained")
        FigureCanvasSVG(figure)
        rows = figure.add_gridspec(3, 1, height_ratios=[1, 1.3, 1])
        called = detection.table[detection.table["call"] != NONE]
        shown = called["z"].abs().sort_values(ascending=False, kind="stable").index[:MOST_AVERAGES]
        averages = rows[0].subgridspec(1, MOST_AVERAGES)
        for place, k in enumerate(shown.tolist()):
            _draw_average(figure.add_subplot(averages[place]), detection, k, place)
        if not len(shown):
            axis = figure.add_subplot(rows[0])
            axis.axis("off")
            axis.text(0.5, 0.5, "No train is called.", ha="center", va="center")
        middle = rows[1].subgridspec(1, 2, width_ratios=[2, 1])
        _draw_z(figure.add_subplot(middle[0]), detection)
        _draw_quantiles(figure.add_subplot(middle[1]), detection)
        _draw_voltage(figure.add_subplot(rows[2]), detection)
        return figure


def pictures(detection: Detection) -> dict[str, bytes]:
    """The figure as svg and pdf, without the time in it."""
    figure, files = draw(detection), {kind: BytesIO() for kind in METADATA}
    with mpl.rc_context(RC):
        for kind, names in METADATA.items():
            figure.savefig(files[kind], format=kind, metadata=dict.fromkeys(names))
            figure.set_layout_engine("none")  # it stays as it is
    return {kind: file.getvalue() for kind, file in files.items()}


def _draw_average(axis: "Axes", detection: Detection, k: int, place: int) -> None:
    t, average, chance = averages_of(detection, k)
    low, middle, high = np.quantile(chance, [0.025, 0.5, 0.975], axis=0)
    centre = middle.mean()
    axis.fill_between(t / ms, (low - centre) / mV, (high - centre) / mV, color="0.85", lw=0)
    row = detection.table.loc[k]
    axis.plot(t / ms, (average - centre) / mV, color=COLOURS[str(row["call"])], lw=1)
    axis.axvline(0, color="0.7", lw=0.5, zorder=0)
    size = "" if np.isnan(row["size_mV"]) else f": {row['size_mV']:.2g} mV"
    axis.set_title(f"{row['train']}{size}", fontsize=8)
    axis.set_xlabel("ms after spikes")
    if not place:
        axis.set_ylabel("average (mV)")


def averages_of(detection: Detection, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Time (s), the voltage's average after a train's spikes [n_lags], and those after its spikes
    moved at random [n_moved, n_lags]."""
    joined, rng = detection.joined, np.random.default_rng([k, 2])
    before, after = round(BEFORE / joined.bin), round(AFTER / joined.bin)
    V = np.where(joined.missing, np.nan, joined.V)
    windows = sliding_window_view(V, before + after + 1)
    bins = (detection.trains[k] / joined.bin).astype(np.int32)
    if bins.size > MOST_SPIKES:
        bins = np.sort(rng.choice(bins, MOST_SPIKES, replace=False))
    edges, interval = np.array([0, V.size]), round(INTERVAL / joined.bin)

    def average(at: np.ndarray) -> np.ndarray:
        whole = windows[at[(at >= before) & (at < V.size - after)] - before]
        return np.nanmean(whole, axis=0)

    chance = [average(jitter(bins, interval, edges, rng)) for _ in range(N_MOVED)]
    return np.arange(-before, after + 1) * joined.bin, average(bins), np.array(chance)


def _draw_z(axis: "Axes", detection: Detection) -> None:
    z, test = detection.table["z"], detection.test
    low, high = np.quantile(test.surrogate_z, [0.025, 0.975]) if test else (-1.96, 1.96)
    label = f"95 % {'of the surrogates' if test else 'by chance, if p is right'}"
    axis.axhspan(low, high, color="0.88", lw=0, label=label)
    place = np.arange(len(z))
    for call, colour in COLOURS.items():
        is_one = (detection.table["call"] == call).to_numpy() & z.notna().to_numpy()
        label = {NONE: "not called"}.get(call, call)
        if is_one.any():
            axis.plot(place[is_one], z[is_one], ".", ms=4, color=colour, label=label)
    axis.set(xlabel="train", ylabel="z", xlim=(-1, len(z)))
    axis.legend(loc="lower right", bbox_to_anchor=(1, 0.98), ncols=4, fontsize=7)


def _draw_quantiles(axis: "Axes", detection: Detection) -> None:
    """Of z against those of a normal distribution."""
    test = detection.test
    of_surrogates = test.surrogate_z if test else np.empty(0)
    for z, colour, name in (
        (detection.table["z"].dropna().to_numpy(), "k", "trains"),
        (of_surrogates, "0.65", "surrogates"),
    ):
        normal = scipy.special.ndtri((np.arange(z.size) + 0.5) / z.size)
        axis.plot(normal, np.sort(z), ".", ms=3, color=colour, label=name, zorder=3 - len(name) / 9)
    axis.axline((0, 0), slope=1, color="0.7", lw=0.8, zorder=0)
    axis.set(xlabel="z expected by chance", ylabel="z", ylim=(-8, 8))
    axis.legend(loc="upper left", fontsize=7)


def _draw_voltage(axis: "Axes", detection: Detection) -> None:
    """A piece of the voltage as it was recorded, with what was left out."""
    recording = detection.recording
    spikes = [recording.own_spikes[0]] if recording.own_spikes.size else []
    about = min([*spikes, *(begin for begin, _ in recording.excluded)], default=recording.begin)
    begin = max(recording.begin, about - PIECE / 4)
    for t, V in _pieces(recording.segments, recording.dt, begin, begin + PIECE):
        axis.plot(t, V / mV, color="k", lw=0.6)
    for start, stop in _left_out(detection, begin, begin + PIECE):
        axis.axvspan(start, stop, color="#f2c94c", alpha=0.6, lw=0)
    axis.set(
        xlabel="time (s); left out: yellow", ylabel="voltage (mV)", xlim=(begin, begin + PIECE)
    )


def _pieces(
    segments: tuple[Segment, ...], dt: float, begin: float, end: float
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for start, V in segments:
        first = max(0, round((begin - start) / dt))
        part = V[first : max(0, round((end - start) / dt))]
        every = max(1, part.size // MOST_SAMPLES)
        yield start + (first + np.arange(part.size)[::every]) * dt, part[::every]


def _left_out(detection: Detection, begin: float, end: float) -> Iterator[tuple[float, float]]:
    recording = detection.recording
    shown = recording.own_spikes[(recording.own_spikes > begin) & (recording.own_spikes < end)]
    yield from ((t - OWN_SPIKE, t + OWN_SPIKE) for t in shown.tolist())
    for start, stop in recording.excluded:
        if start < end and stop > begin:
            yield max(start, begin), min(stop, end)
