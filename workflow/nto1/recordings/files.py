"""Recordings from files, each format through its own library.

Voltages: ABF and other formats of patch clamp by Neo, NWB by pynwb, CSV and Parquet by pandas, NPZ
and NPY by NumPy. Spikes: NWB, CSV, Parquet, NPZ, a folder of text files, and what Neo reads.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from nto1.recordings.errors import RecordingError
from nto1.recordings.objects import TRAIN_COLUMNS, Samples, samples_of, trains_in, trains_of
from nto1.recordings.recording import Recording, segments_of
from nto1.recordings.units import SECONDS, VOLTS, seconds, suffix_of

TABLES = (".csv", ".parquet", ".npz")
RATE = "sampling_rate_Hz"

# The least that a sample takes in a CSV file.
CHARACTERS = 5


class _Channel(NamedTuple):
    """A signal of a file, in one or more sweeps."""

    unit: str
    sweeps: list[Samples]


class _Voltages(NamedTuple):
    channels: dict[str, _Channel]
    excluded: tuple[tuple[float, float], ...] = ()  # s, if the file says so


def read_recording(
    voltage: str | Path,
    spikes: str | Path | None,
    *,
    channel: str | int | None = None,
    sweeps: Sequence[int] | None = None,
    unit: str | float | None = None,
    sampling_rate: float | None = None,
    time_unit: str = "s",
    own_spikes: str | Path | None = "detect",
    excluded: Iterable[tuple[float, float]] = (),
    clock_offset: float = 0.0,
    drop: bool = False,
    name: str | None = None,
) -> Recording:
    """Read a voltage and spike trains from files.

    Parameters
    ----------
    voltage
        ABF and what else Neo reads, NWB, CSV, Parquet, NPZ or NPY. Names of columns and arrays say
        their units: time_s, V_mV.
    spikes
        NWB (units), CSV or Parquet (columns train and time_s), NPZ (these, or an array for each
        train), a folder with a text file for each train, or what Neo reads. None: no trains yet.
    channel
        Name or number (from 0) of the signal; needed where more than one is a voltage.
    sweeps
        Numbers (from 0) of those that are read; by default, all.
    own_spikes
        A file with the neuron's own spikes; "detect" finds them in the voltage, None: none.
    name
        By default, that of the file.
    unit, sampling_rate, time_unit, excluded, clock_offset, drop
        As for ``Recording.of``; what a file says of itself need not be given.

    Returns
    -------
    Recording

    Raises
    ------
    RecordingError
        For files that are not there or not understood, and what ``Recording.of`` refuses.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> from nto1.recordings.example import write_example
    >>> folder = Path(mkdtemp())
    >>> write_example(folder)
    >>> recording = read_recording(folder / "cell.npz", folder / "units.csv")
    >>> recording.name, recording.duration, len(recording.trains)
    ('cell', 120.0, 100)
    """
    found = _read_voltages(Path(voltage))
    chosen = _choose(found.channels, channel, str(voltage))
    pieces = chosen.sweeps
    if sweeps is not None:
        if missing := [i for i in sweeps if not 0 <= i < len(pieces)]:
            raise RecordingError(
                f"{voltage} has no sweep {missing[0]}, only 0 to {len(pieces) - 1}"
            )
        pieces = [pieces[i] for i in sweeps]
    trains = {} if spikes is None else read_trains(spikes, time_unit)
    own = None
    if own_spikes is not None and own_spikes != "detect":
        own = np.concatenate([*read_trains(own_spikes, time_unit).values()])
    segments, dt, notes = segments_of(pieces, sampling_rate, unit)
    return Recording.assemble(
        *(segments, dt, trains, own, [*excluded, *found.excluded], clock_offset, drop),
        *(name or Path(voltage).stem, notes, own_spikes is not None),
    )


def extent_of(voltage: str | Path, sampling_rate: float | None = None) -> tuple[int, float]:
    """How many samples of all signals a file has at most, and how many seconds they are; if its
    rate is unknown, a sample is taken for 1 ms. Nothing but headers is read."""
    path, rates = _existing(Path(voltage)), [sampling_rate or 0.0]
    suffix = path.suffix.lower()
    if suffix == ".csv":
        n_samples = path.stat().st_size // CHARACTERS
    elif suffix == ".parquet":
        n_samples = _library("pyarrow.parquet").read_metadata(path).num_rows
    elif suffix == ".npy":
        n_samples = np.load(path, mmap_mode="r", allow_pickle=False).size
    elif suffix == ".npz":
        with np.load(path, allow_pickle=False) as arrays:
            n_samples = max(map(_length_in, map(arrays.zip.open, arrays.zip.namelist())))
            rates += [float(arrays[RATE])] if RATE in arrays else []
    elif suffix == ".nwb":
        with _NWB(path) as io:
            of_all = [each for each in io.read().objects.values() if hasattr(each, "starting_time")]
            n_samples = sum(len(each.data) for each in of_all if each.data is not None)
            rates += [each.rate or 0.0 for each in of_all]
    else:
        signals = [each for one in _segments_of_Neo(path, lazy=True) for each in one.analogsignals]
        n_samples = sum(each.shape[0] for each in signals)
        rates += [float(each.sampling_rate.rescale("Hz")) for each in signals]
    return n_samples, n_samples / (max(rates) or 1000)


def _length_in(file: Any) -> int:
    """Of an array, by its header."""
    np.lib.format.read_magic(file)
    shape, *_ = np.lib.format.read_array_header_1_0(file)
    return int(np.prod(shape))


def read_trains(path: str | Path, time_unit: str = "s") -> dict[str, np.ndarray]:
    """Spike times (s) by the names of trains."""
    path = _existing(Path(path))
    if path.is_dir():
        return _trains_of_folder(path, time_unit)
    if path.suffix.lower() in TABLES:
        columns = read_columns(path)
        if any(name in columns for name in TRAIN_COLUMNS) or path.suffix.lower() != ".npz":
            return trains_in(columns)
        return trains_of(columns, time_unit)
    if path.suffix.lower() == ".nwb":
        return _trains_of_NWB(path)
    trains = [train for segment in _segments_of_Neo(path) for train in segment.spiketrains]
    if not trains:
        raise RecordingError(f"{path} has no spike trains")
    return trains_of(trains, time_unit)


def _read_voltages(path: Path) -> _Voltages:
    suffix = _existing(path).suffix.lower()
    if suffix == ".npy":
        return _Voltages({"0": _Channel("", samples_of(np.load(path, allow_pickle=False)))})
    if suffix in TABLES:
        return _Voltages(_channels_of(read_columns(path), path))
    return _voltages_of_NWB(path) if suffix == ".nwb" else _voltages_of_Neo(path)


def _choose(channels: Mapping[str, _Channel], channel: str | int | None, file: str) -> _Channel:
    """The one that is named or numbered, or the only voltage."""
    names = list(channels)
    listed = ", ".join(
        f"{i}: {name} ({channels[name].unit or 'no unit'})" for i, name in enumerate(names)
    )
    if channel is None:
        of_volts = [name for name in names if channels[name].unit in VOLTS] or names
        if len(of_volts) != 1:
            raise RecordingError(f"{file} has more than one signal: choose a channel of {listed}")
        return channels[of_volts[0]]
    if str(channel) in names:
        return channels[str(channel)]
    if str(channel).isdigit() and int(channel) < len(names):
        return channels[names[int(channel)]]
    raise RecordingError(f"{file} has no channel {channel}: there are {listed}")


# Tables: CSV, Parquet, NPZ.


def read_columns(path: Path) -> dict[str, np.ndarray]:
    """Arrays by name. Raises ``RecordingError`` if they can't be read."""
    try:
        if path.suffix.lower() == ".npz":
            with np.load(path, allow_pickle=False) as arrays:
                return {name: arrays[name] for name in arrays.files}
        table = pd.read_csv(path) if path.suffix.lower() == ".csv" else pd.read_parquet(path)
    except ImportError as error:
        raise needed("pyarrow") from error
    except Exception as error:
        raise RecordingError(f"{path} could not be read: {error}") from error
    if any(_is_number(name) for name in table.columns):
        raise RecordingError(
            f"{path} has no names of columns in its first line: write some, such as time_s,V_mV or "
            f"train,time_s"
        )
    return {str(name): table[name].to_numpy() for name in table.columns}


def _is_number(name: Any) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return True


def _channels_of(columns: dict[str, np.ndarray], path: Path) -> dict[str, _Channel]:
    """All columns but for that with the time, each a channel."""
    rate = columns.pop(RATE, None)
    time = [name for name in columns if suffix_of(name, SECONDS)]
    times = None
    if time:
        times = np.asarray(columns.pop(time[0]), float)
        times = times * seconds(suffix_of(time[0], SECONDS) or "s", f"times of {path}")
    if not columns:
        raise RecordingError(f"{path} has no voltage: name its column with its unit, such as V_mV")
    channels = {}
    for name, values in columns.items():
        (samples,) = samples_of(values)
        samples = samples._replace(
            unit=suffix_of(name, VOLTS),
            rate=None if rate is None else float(rate),
            times=times,
        )
        channels[name] = _Channel(samples.unit or "", [samples])
    return channels


def _trains_of_folder(path: Path, time_unit: str) -> dict[str, np.ndarray]:
    """A text file for each train, a time in each line."""
    files = sorted(
        file for file in path.iterdir() if file.suffix.lower() in (".txt", ".csv", ".dat")
    )
    if not files:
        raise RecordingError(
            f"the folder {path} has no text files (.txt, .csv, .dat) with spike times"
        )
    trains = {}
    for file in files:
        try:
            lines = file.read_text("utf-8").split()
            trains[file.stem] = np.array(lines, float) * seconds(time_unit, str(file))
        except ValueError as error:
            raise RecordingError(
                f"{file} has to have one spike time in each line: {error}"
            ) from None
    return trains


# Neo: ABF and other formats of patch clamp.


def _segments_of_Neo(path: Path, lazy: bool = False) -> list[Any]:
    neo = _library("neo")
    # An odd unit matters only of the channel that is chosen, and is refused there.
    logging.getLogger("Neo").setLevel(logging.ERROR)
    try:
        reader = neo.get_io(str(path))
    except (ValueError, OSError):  # of no kind, or of none that its library accepts
        raise RecordingError(
            f"{path} is of a kind that is not known, or damaged: take ABF or what else "
            f"Neo reads, NWB, CSV, Parquet, NPZ or NPY"
        ) from None
    try:
        try:
            block = reader.read_block(signal_group_mode="split-all", lazy=lazy)
        except TypeError:  # readers that have channels one by one in any case
            block = reader.read_block()
    except Exception as error:
        raise RecordingError(f"{path} could not be read: {error}") from error
    return list(block.segments)


def _voltages_of_Neo(path: Path) -> _Voltages:
    channels: dict[str, _Channel] = {}
    for segment in _segments_of_Neo(path):
        for i, signal in enumerate(segment.analogsignals):
            (samples,) = samples_of(signal)
            unit = "" if samples.unit == "dimensionless" else samples.unit or ""
            name = str(signal.name or i)
            channels.setdefault(name, _Channel(unit, [])).sweeps.append(samples._replace(unit=unit))
    if not channels:
        raise RecordingError(f"{path} has no signals")
    return _Voltages(channels)


# NWB.


def _NWB(path: Path) -> Any:
    pynwb = _library("pynwb")
    try:
        return pynwb.NWBHDF5IO(str(path), "r")
    except Exception as error:
        raise RecordingError(f"{path} could not be read: {error}") from error


def _voltages_of_NWB(path: Path) -> _Voltages:
    """Every series, but for stimuli. The sweeps of a current clamp, each a series of its own, are
    one channel with the electrode's name."""
    with _NWB(path) as io:
        content = io.read()
        stimuli = {*content.stimulus.values(), *content.stimulus_template.values()}
        channels: dict[str, _Channel] = {}
        for series in content.objects.values():
            if not hasattr(series, "starting_time") or series in stimuli or series.data is None:
                continue
            electrode = getattr(series, "electrode", None)
            sweep = _samples_of_NWB(series)
            name = series.name if electrode is None else electrode.name
            channels.setdefault(name, _Channel(sweep.unit or "", [])).sweeps.append(sweep)
        invalid = content.invalid_times
        columns = [] if invalid is None else [invalid["start_time"][:], invalid["stop_time"][:]]
        excluded = tuple((float(begin), float(end)) for begin, end in zip(*columns, strict=True))
    if not channels:
        raise RecordingError(f"{path} has no signals")
    for channel in channels.values():
        channel.sweeps.sort(key=lambda sweep: sweep.start or 0.0)
    return _Voltages(channels, excluded)


def _samples_of_NWB(series: Any) -> Samples:
    (samples,) = samples_of(series.data[:])
    times = None if series.timestamps is None else np.asarray(series.timestamps[:], float)
    return Samples(
        samples.values * series.conversion + series.offset,
        series.unit,
        series.rate,
        series.starting_time if times is None else None,
        times,
    )


def _trains_of_NWB(path: Path) -> dict[str, np.ndarray]:
    with _NWB(path) as io:
        units = io.read().units
        if units is None or "spike_times" not in units.colnames:
            raise RecordingError(f"{path} has no spike trains")
        names = units["unit_name"][:] if "unit_name" in units.colnames else units.id[:]
        times = [np.asarray(units["spike_times"][i], float) for i in range(len(units))]
    return {str(name): each for name, each in zip(names, times, strict=True)}


def _existing(path: Path) -> Path:
    if not path.exists():
        raise RecordingError(f"{path} is not there")
    return path


def _library(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        raise needed(name) from error


def needed(name: str) -> RecordingError:
    return RecordingError(
        f"this takes the package {name}: make recordings, or pip install '.[recordings]'"
    )
