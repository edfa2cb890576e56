"""Durations for people."""


def duration(seconds: float) -> str:
    """Like ``8 s``, ``2 min 41 s`` or ``3 h 5 min``."""
    s = round(seconds)
    if s < 60:
        return f"{s} s"
    return f"{s // 60} min {s % 60} s" if s < 3600 else f"{s // 3600} h {s % 3600 // 60} min"
