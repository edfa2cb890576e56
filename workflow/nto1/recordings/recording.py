"""A recording: a voltage in segments, spike trains with names, and how the two go together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from nto1 import checks
from nto1.recordings.errors import RecordingError
from nto1.recordings.objects import Samples, samples_of, trains_of
from nto1.recordings.time_stamps import Clock, fit_clock
from nto1.recordings.units import volts
from nto1.regression.signal import detect_spikes, within
from nto1.units import ms, mV

# Between segments, on the axis on which they are joined: no filter or potential is longer. The
# spikes of so much time before a segment are there, since their potentials reach into it.
SEAM = 500 * ms


class Segment(NamedTuple):
    """Samples at equal intervals."""

    start: float  # s, of the first one
    V: np.ndarray  # [n_steps] V, NaN where nothing is known


class Recording(NamedTuple):
    """A voltage and the spike trains that may be its neuron's inputs, on one clock.

    >>> V = np.random.default_rng(1).normal(-65, 1, 20_000)  # mV
    >>> cell = Recording.of(V, {"a": [0.1, 0.5]}, sampling_rate=1000, unit="mV")
    >>> cell.duration, cell.names
    (20.0, ('a',))
    """

    segments: tuple[Segment, ...]  # ascending, and apart from each other
    dt: float  # s
    names: tuple[str, ...]  # of the trains
    trains: tuple[np.ndarray, ...]  # s, ascending and distinct
    own_spikes: np.ndarray  # s, of the neuron itself
    excluded: tuple[tuple[float, float], ...] = ()  # s, begin and end
    name: str = "recording"
    notes: tuple[str, ...] = ()  # what was found out, or done, when it was put together
    dropped: tuple[str, ...] = ()  # of each train, what was dropped of it

    @classmethod
    def of(
        cls,
        voltage: Any,
        trains: Any,
        *,
        sampling_rate: float | None = None,
        times: np.ndarray | None = None,
        unit: str | float | None = None,
        time_unit: str = "s",
        starts: Sequence[float] | None = None,
        own_spikes: Any = "detect",
        excluded: Iterable[tuple[float, float]] = (),
        clock_offset: float = 0.0,
        drop: bool = False,
        name: str = "recording",
    ) -> "Recording":
        """Put a recording together from what the packages of the field have.

        Parameters
        ----------
        voltage
            One signal, or a list of segments (sweeps): arrays, a pandas Series, a Neo
            AnalogSignal, a pynapple Tsd, anything with units. NaN and masked samples are gaps.
        trains
            A mapping (a dict, a pynapple TsGroup) or a list of spike times: arrays, Neo
            SpikeTrains, pynapple Ts; or a table with the columns train and time_s.
        sampling_rate
            Samples per second, where the voltage doesn't bring it.
        times
            Time stamps (s) instead: the rate is fitted to them.
        unit
            Of the voltage: V, mV, uV, or a number: how many mV one of it is. By default what it
            brings, or V.
        time_unit
            Of spike times without a unit: s or ms.
        starts
            Times (s) at which segments begin, where they don't say so; without them, one follows
            the other.
        own_spikes
            Times (s) of the neuron's own spikes; "detect" finds them in the voltage, None: none.
        excluded
            Begin and end (s) of each interval that is left out.
        clock_offset
            Added to all spike times (s), to bring them to the voltage's clock.
        drop
            Whether spikes that are NaN, twice there or beyond the recording are dropped, and
            trains sorted. Otherwise, they are errors.
        name
            Of the recording, in titles.

        Raises
        ------
        RecordingError
            For what is not understood, or makes no sense: it says what, where and what to do.
        """
        pieces = samples_of(voltage)
        if times is not None:
            if len(pieces) > 1 or np.shape(times) != pieces[0].values.shape:
                raise RecordingError(
                    f"times has {np.size(times)} values, for {len(pieces)} segments, the first of "
                    f"{pieces[0].values.size} samples: give one for each sample of one segment"
                )
            pieces = [pieces[0]._replace(times=np.asarray(times, float))]
        if starts is not None:
            if len(starts) != len(pieces):
                raise RecordingError(f"{len(starts)} starts are given for {len(pieces)} segments")
            pieces = [p._replace(start=float(t)) for p, t in zip(pieces, starts, strict=True)]
        segments, dt, notes = segments_of(pieces, sampling_rate, unit)
        own = trains_of([own_spikes], time_unit)["0"] if _is_given(own_spikes) else None
        return cls.assemble(
            *(segments, dt, trains_of(trains, time_unit), own, excluded),
            *(clock_offset, drop, name, notes, own_spikes is not None),
        )

    @classmethod
    def assemble(
        cls,
        segments: Sequence[Segment],
        dt: float,
        trains: Mapping[str, np.ndarray],
        own_spikes: np.ndarray | None,
        excluded: Iterable[tuple[float, float]],
        clock_offset: float,
        drop: bool,
        name: str,
        notes: Sequence[str] = (),
        detect: bool = True,
    ) -> "Recording":
        """Of segments and trains that are understood: check that they go together."""
        found = cls((), dt, (), (), np.empty(0), name=name)._replace(segments=tuple(segments))
        offset = checks.number(clock_offset, "clock_offset")
        moved = {key: times + offset for key, times in trains.items()}
        kept, dropped = _cleaned(moved, found.begin, found.end, drop)
        if own_spikes is not None:
            (own_spikes,), _ = _cleaned({"own_spikes": own_spikes}, found.begin, found.end, drop)
        elif detect:
            own_spikes = np.concatenate([start + detect_spikes(V, dt) for start, V in segments])
            notes = [*notes, f"{own_spikes.size} action potentials were found in the voltage"]
        n_dropped = sum(map(bool, dropped))
        if n_dropped:
            notes = [
                *notes,
                f"spikes of {n_dropped} train{'s' * (n_dropped > 1)} were dropped: see the flags",
            ]
        return found._replace(
            names=tuple(trains),
            trains=tuple(kept),
            own_spikes=np.empty(0) if own_spikes is None else own_spikes,
            excluded=tuple(_intervals(excluded)),
            notes=tuple(notes),
            dropped=tuple(dropped),
        )

    @property
    def begin(self) -> float:
        return self.segments[0].start

    @property
    def end(self) -> float:
        last = self.segments[-1]
        return last.start + last.V.size * self.dt

    @property
    def duration(self) -> float:
        """Of all segments (s), gaps included."""
        return sum(segment.V.size for segment in self.segments) * self.dt


def _is_given(own_spikes: Any) -> bool:
    return own_spikes is not None and not isinstance(own_spikes, str)


def _intervals(excluded: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    for interval in excluded:
        begin, end = (checks.number(t, "excluded") for t in interval)
        if not begin < end:
            raise RecordingError(
                f"the excluded interval from {begin:g} to {end:g} s does not end after it begins"
            )
        yield begin, end


def segments_of(
    pieces: Sequence[Samples], sampling_rate: float | None, unit: str | float | None
) -> tuple[list[Segment], float, list[str]]:
    """Segments, time step and notes of pieces of voltage."""
    notes: list[str] = []
    found: list[Segment] = []
    steps: list[float] = []
    for i, piece in enumerate(pieces):
        V = piece.values * volts(unit or piece.unit or "V")
        if n_infinite := np.count_nonzero(np.isinf(V)):
            raise RecordingError(
                f"{n_infinite} voltages are infinite: set them to NaN to leave them out"
            )
        if piece.times is not None:
            if piece.times.size != V.size:
                raise RecordingError(
                    f"the voltage has {V.size} values and {piece.times.size} time stamps"
                )
            clock = fit_clock(piece.times)
            steps.append(clock.dt)
            notes.append(str(clock))
            found += _on_clock(V, clock)
        else:
            steps.append(1 / _rate(piece, sampling_rate))
            after = found[-1].start + found[-1].V.size * steps[0] if found else 0.0
            found.append(Segment(after if piece.start is None else piece.start, V))
        if abs(steps[-1] / steps[0] - 1) * found[-1].V.size > 0.5:
            raise RecordingError(
                f"segment {i} has {1 / steps[-1]:g} samples per second, and segment 0 "
                f"{1 / steps[0]:g}: test them one by one"
            )
    found.sort(key=lambda segment: segment.start)
    _check_segments(found, steps[0])
    return found, steps[0], notes


def _on_clock(V: np.ndarray, clock: Clock) -> Iterator[Segment]:
    parts = np.split(V, np.cumsum([at.size for at in clock.steps])[:-1])
    for at, part, start in zip(clock.steps, parts, clock.starts, strict=True):
        whole = np.full(at[-1] + 1, np.nan)
        whole[at] = part
        yield Segment(start, whole)


def _rate(piece: Samples, sampling_rate: float | None) -> float:
    rate = piece.rate or sampling_rate
    if rate is None:
        raise RecordingError(
            "the voltage has no sampling rate and no time stamps: say how many samples per second "
            "it has (sampling_rate, --sampling-rate, sampling_rate_Hz)"
        )
    return checks.number(rate, "sampling_rate", above=0)


def _check_segments(segments: Sequence[Segment], dt: float) -> None:
    for i, (one, other) in enumerate(pairwise(segments)):
        if other.start < one.start + (one.V.size - 0.5) * dt:
            raise RecordingError(
                f"segment {i + 1} begins at {other.start:g} s, before segment {i} ends at "
                f"{one.start + one.V.size * dt:g} s: correct their starts"
            )
    lowest = min((np.nanmin(s.V) for s in segments if not np.isnan(s.V).all()), default=np.nan)
    highest = max((np.nanmax(s.V) for s in segments if not np.isnan(s.V).all()), default=np.nan)
    if np.isnan(lowest):
        raise RecordingError("all of the voltage is NaN")
    if highest - lowest > 1 or abs(highest) > 1:
        raise RecordingError(
            f"the voltage goes from {lowest:g} to {highest:g} V: if it is in mV, say so (unit)"
        )
    if 0 < highest - lowest < 0.2 * mV:
        raise RecordingError(
            f"the voltage spans only {(highest - lowest) / mV:.2g} mV: if it is in V, say so (unit)"
        )


def _cleaned(
    trains: Mapping[str, np.ndarray], begin: float, end: float, drop: bool
) -> tuple[list[np.ndarray], list[str]]:
    """Ascending, distinct times within the recording; and what was dropped of each train."""
    kept, dropped = [], []
    bad: dict[str, list[tuple[str, int]]] = {}
    largest = 0.0
    for name, times in trains.items():
        there = times[~np.isnan(times)]
        inside = there[(there >= begin) & (there <= end)]
        distinct = np.unique(inside)
        counts = {
            "NaN": times.size - there.size,
            "beyond the recording": there.size - inside.size,
            "twice there": inside.size - distinct.size,
            "out of order": int((np.diff(there) < 0).sum()),
        }
        for what, n in counts.items():
            if n:
                bad.setdefault(what, []).append((name, n))
        largest = max(largest, there.max(initial=0.0))
        kept.append(distinct)
        some = [f"{n} {what}" for what, n in counts.items() if n and what != "out of order"]
        dropped.append(", ".join(some))
    if bad and not drop:
        raise RecordingError("; ".join(_complaints(bad, begin, end, largest)))
    return kept, dropped


def _complaints(
    bad: Mapping[str, Sequence[tuple[str, int]]], begin: float, end: float, largest: float
) -> Iterator[str]:
    for what, counts in bad.items():
        named = ", ".join(f"{name} ({n})" for name, n in counts[:3])
        more = f" and {len(counts) - 3} more trains" if len(counts) > 3 else ""
        yield f"{sum(n for _, n in counts)} spikes are {what}: of {named}{more}"
    hint = ""
    if "beyond the recording" in bad:
        hint = f"the recording goes from {begin:g} to {end:g} s, spikes up to {largest:g} s. "
        if largest > 20 * end and largest <= 1000 * end * 1.5:
            hint += "If spikes are in ms, say so (time_unit). "
        hint += "If clocks differ, give clock_offset. "
    yield f"{hint}Correct them, or have them dropped (drop, --drop)"


class Joined(NamedTuple):
    """Segments as means over bins, on one axis of time, with gaps between them.

    Within a segment time goes on as it was. From one to the next there are ``SEAM`` seconds that
    are missing, whatever the time between them was.
    """

    V: np.ndarray  # [n_bins] V, 0 where it is missing
    missing: np.ndarray  # [n_bins] bool
    bin: float  # s
    starts: np.ndarray  # [n_segments] s, on the recording's clock
    first: np.ndarray  # [n_segments] int64, bin of each start
    n_bins: np.ndarray  # [n_segments] int64

    @classmethod
    def of(cls, recording: Recording, bin: float) -> "Joined":
        """In bins of about so many seconds, or of one sample if that is longer."""
        factor = max(1, round(bin / recording.dt))
        bin = factor * recording.dt
        pieces = [_binned(segment, recording, factor) for segment in recording.segments]
        gap = np.full(round(SEAM / bin), np.nan)
        n_bins = np.array([piece.size for piece in pieces])
        if len(pieces) > 1:  # what differs from one to the next is no edge
            mean = _mean(np.concatenate(pieces))
            pieces = [piece - _mean(piece) + mean for piece in pieces]
        V = np.concatenate([part for piece in pieces for part in (piece, gap)][:-1])
        missing = np.isnan(V)
        first = np.cumsum(n_bins + gap.size) - n_bins - gap.size
        starts = np.array([segment.start for segment in recording.segments])
        return cls(np.where(missing, 0, V), missing, bin, starts, first, n_bins)

    @property
    def duration(self) -> float:
        return self.V.size * self.bin

    def times(self, times: np.ndarray) -> np.ndarray:
        """Spike times (s) on the joined axis. Those that are near to two segments are there twice,
        once where they are missing."""
        found = []
        for i, (start, first, n) in enumerate(
            zip(self.starts, self.first, self.n_bins, strict=True)
        ):
            before = SEAM // self.bin * self.bin if i else 0.0
            edges = np.array([start - before, start + n * self.bin])
            begin, end = np.searchsorted(times, edges)
            found.append(times[begin:end] - start + first * self.bin)
        return np.unique(np.concatenate(found)).clip(0, self.duration)

    @property
    def excluded(self) -> list[tuple[float, float]]:
        """Intervals (s) in which bins are missing."""
        edges = np.flatnonzero(np.diff(self.missing, prepend=False, append=False)).reshape(-1, 2)
        return [((a + 0.25) * self.bin, (b - 0.25) * self.bin) for a, b in edges.tolist()]


def _mean(V: np.ndarray) -> float:
    return float(V[~np.isnan(V)].sum() / max(1, np.count_nonzero(~np.isnan(V))))


def _binned(segment: Segment, recording: Recording, factor: int) -> np.ndarray:
    """Means over bins; NaN where one sample is missing."""
    V, dt = segment.V, recording.dt
    means = V[: V.size // factor * factor].reshape(-1, factor).mean(axis=1, dtype=float)
    begin, end = np.array(recording.excluded).reshape(-1, 2).T - segment.start
    means[within(begin, end, factor * dt, means.size)] = np.nan
    return means
