"""What comes in at the library's doors: understood, or refused by the argument's name.

Every public function calls these once, before it begins. What is of the wrong kind raises
``TypeError``, what is of the right kind and makes no sense ``ValueError``.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from math import inf, isfinite, isnan
from numbers import Real
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from nto1.neurons import Synapses, keys_of, model_of

T = TypeVar("T")

# Of windows after spikes: what a spike does to a voltage is over long before.
MAX_WINDOW = 1.0  # s


def instance(value: Any, kind: type[T], name: str, how: str = "") -> T:
    """The value, if it is of a kind; ``how`` says where to get such a thing."""
    if not isinstance(value, kind):
        hint = f": take {how}" if how else ""
        raise TypeError(f"{name} has to be of type {kind.__name__}, not {_shown(value)}{hint}")
    return value


def mapping(value: Any, name: str) -> Mapping[Any, Any]:
    """The value, if it is one."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} has to be a mapping, not {_shown(value)}")
    return value


def number(
    value: Any,
    name: str,
    *,
    above: float = -inf,
    at_least: float = -inf,
    at_most: float = inf,
    may_be_nan: bool = False,
) -> float:
    """A finite number, within limits."""
    given = float(_scalar(value, name, "a number"))
    if may_be_nan and isnan(given):
        return given
    if not (isfinite(given) and given > above and at_least <= given <= at_most):
        limits = {"above": above, "at least": at_least, "at most": at_most}
        wanted = "".join(f", {word} {x:g}" for word, x in limits.items() if isfinite(x))
        raise ValueError(f"{name} has to be a finite number{wanted}, not {given:g}")
    return given


def whole(value: Any, name: str, at_least: float = -inf) -> int:
    """A whole number; 100.0 is one."""
    given = _scalar(value, name, "a whole number")
    if given % 1 != 0:
        raise ValueError(f"{name} has to be a whole number, not {given}")
    if given < at_least:
        raise ValueError(f"{name} has to be {at_least} or more, not {given}")
    return int(given)


def vector(values: Any, name: str, *, may_be_nan: bool = False) -> npt.NDArray[np.float64]:
    """Finite numbers, one after the other, as contiguous doubles."""
    array = _plain(values, name)
    if array.ndim != 1:
        what = f"an array of shape {array.shape}" if array.ndim else f"a single one ({values!r})"
        raise ValueError(f"{name} has to be a list of numbers, one after the other, not {what}")
    doubles = np.ascontiguousarray(array, np.float64)
    if not may_be_nan and not isfinite(doubles.sum()):
        n = np.count_nonzero(~np.isfinite(doubles))
        if n:
            raise ValueError(
                f"{n} of {doubles.size} values of {name} are NaN or infinite: fill them in, or "
                f"leave them out"
            )
    return doubles


def flags(values: Any, name: str, n: int) -> npt.NDArray[np.bool_]:
    """True or false, or 1 or 0, for each of n trains."""
    array = vector(values, name)
    if array.size != n:
        raise ValueError(f"{name} has {array.size} values, for {n} trains")
    if odd := set(array.tolist()) - {0.0, 1.0}:
        raise ValueError(f"{name} has to be true or false (or 1 or 0) for each train, not {odd}")
    return array == 1


def names(values: Any, name: str) -> npt.NDArray[Any]:
    """Texts, or what else there is to compare with such."""
    refuse_containers(values, name)
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"{name} has to be a list with one for each train, not {_shown(values)}")
    return array


def recording(V: Any, dt: float, name: str = "V") -> tuple[npt.NDArray[np.float64], float]:
    """A voltage (V) as contiguous doubles [n_steps], and its time step (s)."""
    return vector(V, name), number(dt, "dt", above=0)


def window(window: float, dt: float, n_steps: int, name: str = "window") -> int:
    """A window (s) in steps: at least 2, and not longer than the recording or ``MAX_WINDOW``."""
    length = number(window, name)
    steps = round(length / dt)
    if not 2 <= steps <= n_steps:
        raise ValueError(
            f"{name}: a window of {length:g} s ({steps} steps) must have at least 2 steps and fit "
            f"into the recording of {n_steps * dt:g} s ({n_steps} steps)"
        )
    if length > MAX_WINDOW:
        raise ValueError(
            f"{name}: a window of {length:g} s is longer than {MAX_WINDOW:g} s: give it in seconds "
            f"(20 ms is 0.02)"
        )
    return steps


def spike_times(
    values: Any, name: str, duration: float = inf, distinct: bool = True
) -> npt.NDArray[np.float64]:
    """Ascending spike times (s) within a recording, as contiguous doubles."""
    if getattr(values, "dtype", None) == np.dtype(bool):
        raise TypeError(
            f"{name} has to be a list of spike times (s), not of true and false: take "
            f"numpy.flatnonzero(…) * dt"
        )
    times = vector(values, name, may_be_nan=True)
    last = duration * (1 + 1e-12)
    within = not times.size or 0 <= times[0] <= times[-1] <= last < inf
    if within and (times[1:] > times[:-1]).all():
        return times  # most often; the rest finds out what is wrong
    times = vector(times, name)
    intervals = np.diff(times)
    if (intervals < 0).any():
        raise ValueError(f"the spikes of {name} are not in ascending order: sort them")
    if distinct and not intervals.all():
        n = np.count_nonzero(intervals == 0)
        raise ValueError(
            f"{n} of {times.size} spikes of {name} come twice, first at "
            f"{times[np.argmin(intervals)]:g} s: leave them out (numpy.unique)"
        )
    if times.size and not (times[0] >= 0 and times[-1] <= last):
        raise ValueError(
            f"the spikes of {name}, from {times[0]:g} to {times[-1]:g} s, go beyond the recording, "
            f"0 to {duration:g} s: cut them, or check the units (seconds)"
        )
    return times


def items(values: Any, name: str) -> list[Any]:
    """One or more, in order; what they are is still to be checked."""
    if isinstance(values, Mapping | Set | str) or not isinstance(values, Iterable):
        raise TypeError(f"{name} has to be a list, not {_shown(values)}")
    if not (found := list(values)):
        raise ValueError(f"{name} has no items")
    return found


def list_of_trains(trains: Any, name: str = "trains") -> list[Any]:
    """Trains, each of which is still to be checked."""
    if isinstance(trains, Mapping):
        raise TypeError(
            f"{name} has to be a list with an array of spike times for each train, not a "
            f"{type(trains).__name__}: give list({name}.values())"
        )
    refuse_containers(trains, name)
    shape = np.shape(trains) if hasattr(trains, "__array__") else ()
    if len(shape) > 1:
        raise TypeError(
            f"{name} has to be a list with an array of spike times for each train, not one array "
            f"of shape {shape}: if its rows are trains, give list({name})"
        )
    try:
        items = list(trains)
    except TypeError:
        items = [trains]
    for i, item in enumerate(items):
        if np.isscalar(item) or item is None:
            raise TypeError(
                f"{name} has to be a list with an array of spike times for each train, but "
                f"{name}[{i}] is {_shown(item)}: one train is a list, too, [train]"
            )
    return items


def trains(
    trains: Any, duration: float, window: float, name: str = "trains"
) -> list[npt.NDArray[np.float64]]:
    """Spike times (s) of every train. Each has a spike whose window (s) fits into the recording."""
    checked = [
        spike_times(times, f"{name}[{i}]", duration)
        for i, times in enumerate(list_of_trains(trains, name))
    ]
    if not checked:
        raise ValueError(f"{name}: there are no trains to test")
    for i, times in enumerate(checked):
        if times.size == 0:
            raise ValueError(f"{name}[{i}] has no spikes: leave it out")
        if times[0] > duration - window:
            raise ValueError(
                f"no spike of {name}[{i}] is early enough for a window of {window:g} s within the "
                f"recording of {duration:g} s: leave it out, or take a shorter window"
            )
    return checked


def seeds(seed: Any, n_trains: int) -> list[int]:
    """One seed for all trains, or one for each, as one for each."""
    if np.shape(seed) == ():
        return [whole(seed, "seed", 0)] * n_trains
    if np.shape(seed) != (n_trains,):
        raise ValueError(f"seed: give one seed, or one for each of {n_trains} trains, not {seed!r}")
    return [whole(one, f"seed[{i}]", 0) for i, one in enumerate(seed)]


def weight(w_exc: Any, name: str = "w_exc") -> float:
    """Of a synapse (S)."""
    return number(w_exc, name, at_least=0)


def weights(values: Any, name: str) -> npt.NDArray[np.float64]:
    """One or more, of synapses (S)."""
    array = vector(values, name)
    if not array.size or array.min() < 0:
        raise ValueError(f"{name} has to be one or more, none of them negative")
    return array


def neuron(neuron: Any, dt: float = 0.0, name: str = "neuron") -> None:
    """Parameters of a model: finite, and positive where their keys in a configuration are; time
    constants are longer than the time step (s)."""
    try:
        model_of(neuron)
    except TypeError as error:
        raise TypeError(f"{name} has to be a neuron model like AdEx(): {error}") from None
    instance(neuron.synapses, Synapses, f"{name}.synapses")
    for record, where in ((neuron, name), (neuron.synapses, f"{name}.synapses")):
        for key in keys_of(record.__class__):
            field, value = f"{where}.{key.field}", getattr(record, key.field)
            about, is_time = key.about, key.field.startswith("τ")
            given = number(value, field)
            if is_time and 0 < given <= dt:
                raise ValueError(
                    f"{field}, {given:g} s, has to be longer than the time step of {dt:g} s"
                )
            if about.gt == 0 or (about.ge or 0) > 0:
                number(value, field, above=0)
            elif about.ge == 0:
                number(value, field, at_least=0)


def refuse_containers(values: Any, name: str) -> None:
    """Those from which numbers would be read that are not meant."""
    if isinstance(values, Mapping | Set):
        raise TypeError(f"{name} has to be a list, not a {type(values).__name__}")
    if _is_masked(values):
        raise ValueError(
            f"{np.ma.count_masked(values)} of {np.size(values)} values of {name} are masked: fill "
            f"them in, or leave them out"
        )
    units = getattr(values, "units", getattr(values, "unit", None))
    if units is not None:
        raise TypeError(f"{name} is in {units}: bring it to SI units, and give plain numbers")


def _plain(values: Any, name: str) -> npt.NDArray[Any]:
    """Numbers as an array of any shape."""
    if type(values) is np.ndarray and values.dtype == np.float64:
        return values  # most often: thousands of trains
    refuse_containers(values, name)
    try:
        if not hasattr(values, "__array__") and not isinstance(values, Sequence):
            values = list(values) if isinstance(values, Iterable) else values
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} has to be a list of numbers, not of lists of them") from None
    if array.dtype == object:
        kinds = (Real, np.bool_)
        odd = [value for value in array.flat if not isinstance(value, kinds)][:1]
        if odd:
            raise TypeError(f"{name} has to be a list of numbers, without {_shown(odd[0])}")
        array = array.astype(float)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} has to be a list of numbers, not of {array.dtype}")
    return array


def _scalar(value: Any, name: str, wanted: str) -> Any:
    """A real number, of Python's or NumPy's."""
    if isinstance(value, np.ndarray | np.generic) and value.ndim == 0 and not _is_masked(value):
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} has to be {wanted}, not {_shown(value)}")
    return value


def _is_masked(values: Any) -> bool:
    return isinstance(values, np.ma.MaskedArray) and bool(np.ma.is_masked(values))


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 and "\n" not in text else f"a {type(value).__name__}"
