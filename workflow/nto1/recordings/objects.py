"""Voltages and spike trains from the objects of many packages, none of which is needed for this.

What a thing is, is told by what it has: ``sampling_rate`` and ``t_start`` make Neo's signal, ``t``
and ``d`` pynapple's, an index of times one of pandas. All else is refused by name.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from nto1.recordings.errors import RecordingError
from nto1.recordings.units import SECONDS, seconds, suffix_of, unit_of, without_unit

TRAIN_COLUMNS = ("train", "unit", "unit_id", "neuron", "id")


class Samples(NamedTuple):
    """A piece of voltage, as it was given."""

    values: np.ndarray  # [n], NaN where nothing is known
    unit: str | None = None
    rate: float | None = None  # Hz
    start: float | None = None  # s
    times: np.ndarray | None = None  # s [n]


def samples_of(voltage: Any) -> list[Samples]:
    """The segments of a voltage: one, or those of a list of arrays or signals."""
    if isinstance(voltage, list | tuple) and voltage and np.ndim(voltage[0]):
        return [_samples(each, f"voltage[{i}]") for i, each in enumerate(voltage)]
    return [_samples(voltage, "voltage")]


def _samples(voltage: Any, name: str) -> Samples:
    if isinstance(voltage, Mapping | Set | str) or hasattr(voltage, "columns"):
        raise RecordingError(
            f"{name} is a {_kind(voltage)}: take the one signal of it that is meant"
        )
    values = getattr(voltage, "d", voltage) if hasattr(voltage, "t") else voltage
    numbers, unit = _numbers(values, name), unit_of(voltage)
    if hasattr(voltage, "sampling_rate") and hasattr(voltage, "t_start"):
        rate = 1 / _in_seconds(voltage.sampling_period, name)
        return Samples(numbers, unit, rate, _in_seconds(voltage.t_start, name))
    return Samples(numbers, unit, times=_times_of(voltage, name))


def _times_of(voltage: Any, name: str) -> np.ndarray | None:
    """Time stamps (s) of pynapple's, Neo's irregular and pandas' signals."""
    if hasattr(voltage, "t"):
        return np.asarray(voltage.t, float)
    if hasattr(voltage, "times"):
        return np.atleast_1d(_in_seconds(voltage.times, name))
    index: Any = getattr(voltage, "index", None)
    kind = getattr(getattr(index, "dtype", None), "kind", "")
    if kind in ("m", "M"):
        return np.asarray((index - index[0]) / np.timedelta64(1, "s"), float)
    return np.asarray(index, float) if kind == "f" else None


def _in_seconds(times: Any, name: str) -> Any:
    unit = unit_of(times)
    numbers = np.asarray(without_unit(times), float) * seconds(unit or "s", f"times of {name}")
    return numbers if numbers.ndim else float(numbers)


def _numbers(values: Any, name: str) -> np.ndarray:
    """One after the other; NaN where they are masked."""
    plain = without_unit(values)
    if isinstance(plain, np.ma.MaskedArray):
        plain = np.ma.filled(plain.astype(float), np.nan)
    try:
        array = np.asarray(plain)
    except ValueError:
        raise RecordingError(f"{name} is a list of lists of different lengths") from None
    if array.dtype.kind not in "iuf":
        raise RecordingError(f"{name} has to be numbers, not a {_kind(values)} of {array.dtype}")
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1 or not array.size:
        raise RecordingError(
            f"{name} has to be numbers, one after the other, not of shape {array.shape}: choose "
            f"one channel (V[:, 0]), or give a list of segments (list(V)) with their starts"
        )
    return array if array.dtype.kind == "f" else array.astype(float)


def trains_of(trains: Any, time_unit: str) -> dict[str, np.ndarray]:
    """Spike times (s) by the names of trains: of a mapping, a table with a row per spike, or a
    list, whose trains have numbers unless they bring names."""
    if hasattr(trains, "columns"):
        return trains_in({name: np.asarray(trains[name]) for name in trains.columns})
    if keys := _keys_of(trains):
        return {str(key): _train(trains[key], f"train {key}", time_unit) for key in keys}
    if isinstance(trains, Set | str) or not isinstance(trains, Iterable) or unit_of(trains):
        raise RecordingError(f"trains have to be a list or a mapping, not a {_kind(trains)}")
    items = list(trains)
    if not items:
        raise RecordingError("there are no trains to test")
    own = [getattr(item, "name", None) for item in items]
    unique = len({*own}) == len(items) and all(own)
    names = [str(name) if unique else str(i) for i, name in enumerate(own)]
    return {
        name: _train(item, f"trains[{i}]", time_unit)
        for i, (name, item) in enumerate(zip(names, items, strict=True))
    }


def trains_in(columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Of a table's columns: the train of each spike, and its time, in the unit that the column's
    name ends with."""
    train = next((name for name in TRAIN_COLUMNS if name in columns), None)
    time = [name for name in columns if suffix_of(name, SECONDS) and name != train]
    if train is None or len(time) != 1:
        raise RecordingError(
            f"spikes have to be a table with the columns train and time_s (or time_ms), not with "
            f"{', '.join(columns)}"
        )
    place, names = pd.factorize(columns[train], sort=True)
    factor = seconds(suffix_of(time[0], SECONDS) or "s", "spikes")
    times = np.asarray(columns[time[0]], float) * factor
    order = np.argsort(place, kind="stable")
    parts = np.split(times[order], np.cumsum(np.bincount(place))[:-1])
    return {str(name): part for name, part in zip(names, parts, strict=True)}


def _keys_of(trains: Any) -> list[Any]:
    """Of a mapping, or what is like one."""
    is_one = isinstance(trains, Mapping) or hasattr(trains, "keys")
    return list(trains.keys()) if is_one else []


def _train(times: Any, name: str, time_unit: str) -> np.ndarray:
    values = times.t if hasattr(times, "t") else times
    if isinstance(values, Mapping | Set | str) or np.ndim(without_unit(values)) == 0:
        raise RecordingError(
            f"{name} has to be spike times, not a {_kind(values)}: one train is a list, too: "
            f"[train]"
        )
    plain = without_unit(values)
    if isinstance(plain, np.ma.MaskedArray):
        plain = plain.compressed()
    array = np.asarray(plain)
    if (array.size and array.dtype.kind not in "iuf") or array.ndim != 1:
        raise RecordingError(
            f"{name} has to be spike times, one after the other, not a {_kind(values)} of "
            f"{array.dtype} and shape {array.shape}"
        )
    unit = unit_of(values) or ("s" if hasattr(times, "t") else time_unit)
    return array.astype(float) * seconds(unit, "spikes")


def _kind(value: Any) -> str:
    is_plain = isinstance(value, Sequence | np.ndarray) and not isinstance(value, str)
    return "list" if is_plain else type(value).__name__
