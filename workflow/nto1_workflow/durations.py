"""Durations for people, and those to be expected of jobs that have not been run before."""

# Of jobs that simulate or test, by the names that a run shows: with the thesis's parameters, on one
# core. Others take about OTHER_S. Compilation comes before them, on two cores.
SECONDS = {
    "simulate": 2,
    "simulate example": 1,
    "simulate excerpt": 1,
    "simulate network": 2,
    "simulate adex network": 3,
    "simulate izhikevich network": 5,
    "simulate free membrane": 2,
    "find weight": 2,
    "infer connections": 7,
    "test variants": 6,
    "test inputs": 10,
    "run study job": 10,
    "recording": 10,
    "example signals": 6,
    "first test": 20,
    "test imaging 2021": 300,
    "test situation": 60,
    "external checks": 60,
}
OTHER_S = 2
COMPILATION_S = 35


def duration(seconds: float) -> str:
    """Like ``8 s``, ``2 min 41 s`` or ``3 h 5 min``."""
    s = round(seconds)
    if s < 60:
        return f"{s} s"
    return f"{s // 60} min {s % 60} s" if s < 3600 else f"{s // 3600} h {s % 3600 // 60} min"
