"""Connection test by a straight line: does the voltage rise or fall after a train's spikes?

Ordinary least squares of all windows' samples against time since the spike,

    V = intercept + slope · x,    x = 1 … window,    t = slope / its standard error.

It takes Σ V, Σ V² and Σ V (x - x̄) over all windows. Each is a filtered voltage, of which every
spike takes one value. There are no shuffles.

Source: the thesis's chapter on connection inference.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from nto1 import checks
from nto1.inference.method import Method, Option, Outcome, Problem, Test
from nto1.inference.windows import (
    Windows,
    in_batches,
    sum_looked_up,
)
from nto1.jit import jit
from nto1.regression.calibration import p_values
from nto1.units import ms


def line_fit_test(
    V: ArrayLike,
    dt: float,
    trains: Iterable[ArrayLike],
    window: float = 10 * ms,
    threads: int = 1,
) -> np.ndarray:
    """Test which trains are connected, by the slope of the voltage after their spikes.

    Parameters
    ----------
    V, dt, trains, window, threads
        As for ``sta_test``.

    Returns
    -------
    ndarray
        t [n_trains]: slope over its standard error, positive for excitatory inputs.

    Raises
    ------
    ValueError, TypeError
        What ``sta_test`` raises.

    Notes
    -----
    t ranks trains, but is no standard normal number: samples are taken for independent. Of trains
    that are not connected, 15 to 17 % have ``|t|`` > 1.96 at time steps of 0.1 ms, 2 % at 1 ms and
    none at 2.5 ms, of the same voltage. A window that is longer than potentials rise gives the
    wrong sign: with potentials that rise within 7 ms and decay with 20 ms, t is beyond 1.96 with
    the right sign for 92 % of the inputs in windows of 10 ms, and with the wrong sign for 97 % in
    windows of 50 ms. See docs/regression.md, Calibration.

    Examples
    --------
    After the spikes of one train, the voltage rises; after those of the other, it does not:

    >>> rng = np.random.default_rng(0)
    >>> V = rng.normal(-0.065, 0.001, 100_000)
    >>> inputs, others = (np.sort(rng.uniform(0, 9.9, 100)) for _ in range(2))
    >>> for start in np.floor(inputs / 1e-4).astype(int):
    ...     V[start : start + 100] += np.linspace(0, 0.001, 100)
    >>> inputs_t, others_t = line_fit_test(V, 1e-4, [inputs, others])
    >>> bool(inputs_t > 10), bool(abs(others_t) < 3)
    (True, True)
    """
    V, dt = checks.recording(V, dt)
    n_window = checks.window(window, dt, V.size)
    trains = checks.trains(trains, V.size * dt, n_window * dt)
    centre, found = V.mean(), []
    for which in range(3):  # one after another: each is as long as the recording
        values = _sliding_sums(V, centre, n_window, which)

        def sums(batch: np.ndarray, windows: Windows, values=values) -> tuple[np.ndarray, ...]:
            return windows.n, sum_looked_up(values, *windows)

        ((n, of_trains),) = in_batches(trains, dt, V.size, [n_window], [sums], threads=threads)
        found.append(of_trains)
        del sums, values
    Σ_v, Σ_vv, Σ_xv = found
    n_samples = n * n_window
    S_xx = n * n_window * (n_window**2 - 1) / 12
    S_vv = Σ_vv - Σ_v**2 / n_samples
    slope = Σ_xv / S_xx
    with np.errstate(divide="ignore", invalid="ignore"):
        return slope / np.sqrt((S_vv - slope * Σ_xv) / (n_samples - 2) / S_xx)


@jit
def _sliding_sums(V, centre, window, which):
    """Σ v, Σ v² or Σ (x - x̄) v over the window from each step on [n_windows], v = V - centre.

    From one step to the next, one sample leaves and one enters; now and then the sums are made
    anew, so that no rounding piles up.
    """
    n = V.size - window + 1
    sums = np.empty(n)
    middle = (window - 1) / 2
    total = squares = moment = 0.0
    for i in range(n):
        if i % 64 == 0:
            total = squares = moment = 0.0
            for j in range(window):
                v = V[i + j] - centre
                total += v
                squares += v * v
                moment += (j - middle) * v
        else:
            old, new = V[i - 1] - centre, V[i + window - 1] - centre
            moment += (middle + 1) * old + middle * new - total  # all move one place
            total += new - old
            squares += new * new - old * old
        sums[i] = total if which == 0 else squares if which == 1 else moment
    return sums


def _run(problem: Problem, test: Test, _: list[Outcome] | None) -> list[Outcome]:
    window = test.in_SI()["line_fit_window"]
    return [
        Outcome(line_fit_test(V, problem.dt, problem.trains, window, problem.threads))
        for V in problem.signals
    ]


METHOD = Method(
    "line_fit",
    "Fit line",
    "slope of a line through the windows after all spikes",
    _run,
    own={"window_ms": Option(10.0, "Length of the fitted lines.", {"gt": 0, "le": 1e4})},
    window="line_fit_window_ms",
    seconds=lambda n_spikes, window, n_shuffles: n_spikes * 40e-9,
    p_of_t=p_values,
    caution=(
        "its p-values depend on the length of time steps, and up to 99 % of unconnected trains "
        "have p < 5 %: it ranks trains, and no more"
    ),
    place=3,
)
