"""Units of those who record, from their names."""

from typing import Any

from nto1.recordings.errors import RecordingError

VOLTS = {
    **dict.fromkeys(("V", "volt", "volts"), 1.0),
    **dict.fromkeys(("mV", "millivolt", "millivolts"), 1e-3),
    **dict.fromkeys(("uV", "µV", "μV", "microvolt", "microvolts"), 1e-6),
}
SECONDS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), 1e-3),
    **dict.fromkeys(("us", "µs", "μs", "microsecond", "microseconds"), 1e-6),
    **dict.fromkeys(("min", "minute", "minutes"), 60.0),
    "1/Hz": 1.0,
    "1/kHz": 1e-3,
}


def volts(unit: str | float, what: str = "the voltage") -> float:
    """How many volts a unit is. A number stands for millivolts, of signals without a unit."""
    if isinstance(unit, int | float) and not isinstance(unit, bool):
        return unit * 1e-3
    if unit not in VOLTS:
        raise RecordingError(
            f"{what} is in {unit or 'no unit'}, which is not a voltage: choose another channel, or "
            f"say the unit: mV, V, uV, or how many mV one of it is"
        )
    return VOLTS[unit]


def seconds(unit: str, what: str) -> float:
    """How many seconds a unit is."""
    if unit not in SECONDS:
        raise RecordingError(f"{what} are in {unit}, which is not a time: give them in s or ms")
    return SECONDS[unit]


def unit_of(values: Any) -> str | None:
    """The name of what has a unit, of whatever package (quantities, Neo)."""
    units = getattr(values, "units", getattr(values, "unit", None))
    dimensionality = getattr(units, "dimensionality", None)
    symbol = getattr(dimensionality, "string", None)  # of quantities, whose own text has a number
    return None if units is None else str(symbol or units)


def without_unit(values: Any) -> Any:
    """Plain numbers, in the unit that they have."""
    for name in ("magnitude", "value"):
        if unit_of(values) is not None and hasattr(values, name):
            return getattr(values, name)
    return values


def suffix_of(name: str, known: dict[str, float]) -> str | None:
    """The unit that the name of a column ends with: V_mV, time_s."""
    _, _, last = name.rpartition("_")
    return last if last != name and last in known else None
