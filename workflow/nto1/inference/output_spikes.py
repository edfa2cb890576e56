"""Connection test without the voltage: does the neuron fire more, or less, after a train's spikes?

The output spikes in a window after each input spike are counted, and their mean number compared
with that of the train's shuffles. Counting is one look-up per input spike, in the number of output
spikes that each step has in the window ahead of it.

The cross-correlogram of the notebook of 2024-04-12 asks the same, but was shifted the wrong way:
to output spikes before input spikes. ``correlogram`` and ``excess_coincidences`` do both.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from nto1 import checks
from nto1.inference.method import SHUFFLING, Method, Outcome, Problem, Test
from nto1.inference.sta import signed_t
from nto1.inference.windows import (
    Windows,
    in_batches,
    sum_looked_up,
)
from nto1.units import ms


def output_spike_test(
    output_times: ArrayLike,
    duration: float,
    trains: Iterable[ArrayLike],
    window: float = 20 * ms,
    n_shuffles: int = 100,
    seed: int | Sequence[int] | np.ndarray = 1,
    threads: int = 1,
    dt: float = 0.1 * ms,
) -> np.ndarray:
    """Test which trains are connected, by the output spikes that follow theirs.

    Parameters
    ----------
    output_times
        Ascending times (s) of the neuron's spikes.
    duration
        Of the recording (s).
    trains, window, n_shuffles, seed, threads
        As for ``sta_test``.
    dt
        Time step (s), to which windows and output spikes are rounded down.

    Returns
    -------
    ndarray
        t = s (1 - p) [n_trains], where s is 1 if more output spikes follow a train than its
        shuffles on average, -1 if less; and p is the share of shuffles that are followed by as
        many or more (for s = -1, less), or 1 / n_shuffles if there is none. 0 without output.

    Raises
    ------
    ValueError, TypeError
        What ``sta_test`` raises; for output spikes that are not ascending, come twice or do not lie
        within the recording.

    Notes
    -----
    The sign is chosen from the data: without any connection, ``|t|`` ≥ 0.95 in 10 % of the trains
    (5 % are nominal), and in nearly all of them where they share states or bursts with the neuron.
    See docs/regression.md, Calibration.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> inputs, others = (np.sort(rng.uniform(0, 9.9, 100)) for _ in range(2))
    >>> output_spike_test(inputs[::5] + 0.005, 10.0, [inputs, others]).round(2).tolist()
    [0.99, 0.75]
    """
    test = CountTest(output_times, duration, dt, window, n_shuffles)
    dt = test.dt
    trains = checks.trains(trains, test.n_steps * dt, test.window * dt)
    (found,) = in_batches(
        trains, dt, test.n_steps, [test.window], [test], n_shuffles, seed, threads
    )
    return test.result(found)


class CountTest:
    """Output spikes after each input spike, for ``in_batches``."""

    def __init__(self, output_times, duration, dt, window, n_shuffles):
        """Raises ``ValueError`` for output spikes or windows that don't fit."""
        self.n_shuffles = checks.whole(n_shuffles, "n_shuffles", 1)
        duration = checks.number(duration, "duration", above=0)
        self.dt = dt = checks.number(dt, "dt", above=0)
        self.n_steps = round(duration / dt)
        self.window = checks.window(window, dt, self.n_steps)
        output_times = checks.spike_times(output_times, "output_times", self.n_steps * dt)
        # Output times are multiples of the step, but for rounding.
        steps = np.minimum((output_times / dt + 1e-6).astype(np.int64), self.n_steps - 1)
        n_before = np.concatenate([[0], np.cumsum(np.bincount(steps, minlength=self.n_steps))])
        n_ahead = n_before[self.window :] - n_before[: self.n_steps + 1 - self.window]
        self.n_ahead = n_ahead.astype(np.float32)  # whole numbers: exact

    def __call__(self, batch: np.ndarray, windows: Windows) -> tuple[np.ndarray, np.ndarray]:
        windows = windows.fitting(self.n_steps - self.window)
        means = sum_looked_up(self.n_ahead, *windows) / windows.n
        means = means.reshape(batch.size, 1 + self.n_shuffles)
        real, shuffled = means[:, :1], means[:, 1:]
        sign = np.sign(real - shuffled.mean(axis=1, keepdims=True))
        return sign[:, 0], np.count_nonzero(sign * shuffled >= sign * real, axis=1)

    def result(self, found: list[np.ndarray]) -> np.ndarray:
        sign, n_as_extreme = found
        return signed_t(sign, n_as_extreme, self.n_shuffles)


class _CountTests:
    """Of windows of different lengths; the outcome is the same for all signals."""

    def __init__(self, problem: Problem, tests: list[Test]):
        self.n_signals = len(problem.signals)
        self.tests = [
            CountTest(
                *(problem.output_times, problem.duration, problem.dt),
                *(options["window"], options["n_shuffles"]),
            )
            for options in (test.in_SI() for test in tests)
        ]
        self.windows = [test.window for test in self.tests]

    def __call__(self, batch: np.ndarray, windows: Windows) -> tuple[np.ndarray, ...]:
        return sum((test(batch, windows) for test in self.tests), ())

    def outcomes(self, found: list[np.ndarray]) -> list[list[Outcome]]:
        return [
            [Outcome(test.result(found[2 * i : 2 * i + 2]))] * self.n_signals
            for i, test in enumerate(self.tests)
        ]


METHOD = Method(
    "spikes",
    "Output spikes only",
    "output spikes alone, without the voltage",
    on_windows=_CountTests,
    shared=("window_ms", *SHUFFLING),
    window="window_ms",
    seconds=lambda n_spikes, window, n_shuffles: n_spikes * (1 + n_shuffles) * 6e-9,
    caution=(
        "its sign is chosen from the data, so that 10 % of unconnected trains have p < 5 %, and up "
        "to 97 % where they share rates with the neuron; it doesn't look at the voltage"
    ),
    place=4,
)
