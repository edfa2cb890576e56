"""From time stamps to a rate: a straight line through them, and what deviates from it."""

from typing import NamedTuple

import numpy as np

from nto1.recordings.errors import RecordingError
from nto1.units import ms

# Intervals of more than so many samples separate segments; shorter ones are dropped samples.
PAUSE = 10.5
# Jitter above this part of the interval: samples can't be told from dropped ones.
IRREGULAR = 0.2


class Clock(NamedTuple):
    """Of samples with time stamps."""

    dt: float  # s
    relative_error: float  # standard error of dt / dt
    jitter: float  # s, standard deviation of the time stamps around the line
    steps: list[np.ndarray]  # of each segment: the place [n_samples] of its samples, from 0
    starts: list[float]  # s, of each segment

    @property
    def n_dropped(self) -> int:
        return sum(int(steps[-1]) + 1 - steps.size for steps in self.steps)

    def __str__(self) -> str:
        known = f"± {self.relative_error:.1g} of it, jitter {self.jitter / ms:.2g} ms, "
        return (
            f"{1 / self.dt:.7g} samples per second by the time stamps "
            f"({known if self.jitter > 1e-9 * self.dt else ''}{self.n_dropped} samples dropped)"
        )


def fit_clock(times: np.ndarray) -> Clock:
    """Fit one interval to ascending time stamps (s): [n_samples].

    Pauses separate segments, each with a start of its own; the interval is one for all of them.
    Raises ``RecordingError`` for stamps that are not ascending, or not regular.
    """
    intervals = np.diff(times)
    if times.size < 3 or not intervals.min() > 0:  # NaN is not above 0 either
        where = int(np.argmin(intervals > 0)) + 1 if times.size > 1 else 0
        raise RecordingError(
            f"the time stamps have to ascend; the one at place {where} of {times.size} does not: "
            f"sort the samples, and leave out those that come twice"
        )
    typical = float(np.median(intervals))
    pieces = np.split(times, np.flatnonzero(intervals > PAUSE * typical) + 1)
    steps = [np.concatenate([[0], np.cumsum(np.rint(np.diff(p) / typical))]) for p in pieces]
    dt, starts = _line(pieces, steps)
    steps = [np.rint((p - start) / dt) for p, start in zip(pieces, starts, strict=True)]
    steps = [at - at[0] for at in steps]
    dt, starts = _line(pieces, steps)
    residual = np.concatenate(
        [p - dt * at - start for p, at, start in zip(pieces, steps, starts, strict=True)]
    )
    squares = sum(((at - at.mean()) ** 2).sum() for at in steps)
    jitter = float(residual.std())
    if jitter > IRREGULAR * dt or any((np.diff(s) < 1).any() for s in steps):
        raise RecordingError(
            f"the time stamps are irregular: they deviate by {jitter / ms:.3g} ms from a line with "
            f"{dt / ms:.3g} ms for each sample. Resample the voltage to a constant rate"
        )
    error = jitter / np.sqrt(squares) / dt
    return Clock(dt, float(error), jitter, [s.astype(np.int64) for s in steps], starts)


def _line(pieces: list[np.ndarray], steps: list[np.ndarray]) -> tuple[float, list[float]]:
    """Slope, and intercept of each piece, by least squares."""
    centred = [at - at.mean() for at in steps]
    squares = sum((c @ c) for c in centred)
    dt = float(sum((c @ p) for c, p in zip(centred, pieces, strict=True)) / squares)
    return dt, [float((p - dt * at).mean()) for p, at in zip(pieces, steps, strict=True)]
