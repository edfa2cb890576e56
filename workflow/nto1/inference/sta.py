"""Is a spike train connected to a neuron? Spike-triggered averages against shuffled trains.

A train's spike-triggered average (STA) is the mean of the voltage in a window after each of its
spikes. If its height (max - min) is larger than nearly all of those found when the train's
inter-spike intervals are shuffled, the train is taken to be connected.

``shuffle_test`` keeps every average, for trains that are tested one by one (source:
``simulate_and_test_connections`` in the notebook of 2021-11-18, and the code it calls).
``NoiseLevel`` and ``sta_test`` only want to know how many heights are larger than the real one:
the former for the same trains with more or less noise, the latter for thousands of trains and any
number of signals (source: the thesis's chapter on connection inference).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from nto1 import checks
from nto1.inference.method import SHUFFLING, Method, Outcome, Problem, Test
from nto1.inference.shuffles import orders_from
from nto1.inference.windows import (
    Digitised,
    Windows,
    digitise,
    exact_mean,
    exact_mean_at,
    in_batches,
    shuffled_windows,
    sum_windows,
)
from nto1.jit import jit
from nto1.random.mersenne import MersenneTwister, fill_permutations
from nto1.threads import map_ahead
from nto1.units import ms

# Of a test with one train.
Found = TypeVar("Found")


class TrainTest(NamedTuple):
    """One train's spike-triggered average beside those of its shuffled versions."""

    n_windows: int  # spikes whose window lies within the recording
    sta: np.ndarray  # [window] V
    shuffled_stas: np.ndarray  # [n_shuffles, window] V
    height: float  # V
    shuffled_heights: np.ndarray  # [n_shuffles] V


class PValue(NamedTuple):
    p: float  # NaN if there is nothing to test
    is_bound: bool  # whether p is only known to be smaller


class STATest(NamedTuple):
    """How trains compare with their shuffles."""

    t: np.ndarray  # [n_trains] from -1 (inhibitory) to 1 (excitatory); near 0: no connection
    n_windows: np.ndarray  # [n_trains] spikes whose window lies within the recording
    norms: np.ndarray  # [n_trains, 1 + n_shuffles] V, of each series' STA about its own mean
    norm_error: float  # V, by which norms may be off


def shuffle_test(
    trains: Iterable[np.ndarray],
    voltages: Sequence[Digitised],
    timestep: float,
    window: int,
    n_shuffles: int,
    rng: np.random.RandomState,
    threads: int = 1,
) -> Iterator[list[TrainTest]]:
    """Test trains one after the other, in each of some voltages, as published in 2021.

    Shuffles are drawn in one thread, in the order of the trains; so results do not depend on the
    number of threads. Windows begin at the step nearest to a spike; those that reach the end of the
    recording are left out, and so is the last that just fits, as published.

    Parameters
    ----------
    trains
        Ascending spike times (s) of every train; time 0 is the recording's beginning. A train
        without spikes has no height (NaN).
    voltages
        From ``digitise``, all of one length.
    timestep
        Of the voltages (s).
    window
        Length of the averages, in steps.
    n_shuffles
        How many times each train's intervals are shuffled.
    rng
        Where the shuffles are drawn from.
    threads
        How many trains are tested beside each other.

    Yields
    ------
    list[TrainTest]
        Of each train: a test in each voltage.

    Raises
    ------
    ValueError, TypeError
        At once, for trains that are not ascending or lie beyond the recording, a window that does
        not fit, voltages of different lengths, or less than one shuffle.

    Examples
    --------
    >>> voltages, rng = [digitise([0, 0, 1, 2, 0, 0, 0])], np.random.RandomState(0)
    >>> ((test,),) = shuffle_test([[0.001]], voltages, 0.001, 3, 1, rng)
    >>> test.height
    2.0
    """
    voltages = [
        checks.instance(v, Digitised, f"voltages[{i}]", "what digitise makes of a voltage")
        for i, v in enumerate(checks.items(voltages, "voltages"))
    ]
    n_steps = voltages[0].samples.size
    if any(v.samples.size != n_steps for v in voltages):
        raise ValueError("voltages that are tested together must have the same length")
    timestep = checks.number(timestep, "timestep", above=0)
    window = checks.whole(window, "window", 1)
    if not window < n_steps:
        raise ValueError(
            f"windows of {window} steps don't fit into a recording of {n_steps}: take shorter ones"
        )
    n_shuffles = checks.whole(n_shuffles, "n_shuffles", 1)
    threads = checks.whole(threads, "threads", 1)
    checks.instance(rng, np.random.RandomState, "rng")
    checked = [
        checks.spike_times(times, f"trains[{i}]", n_steps * timestep)
        for i, times in enumerate(checks.list_of_trains(trains))
    ]

    def in_each(windows: Windows) -> list[TrainTest]:
        return [train_test(v, windows, sum_windows(v.samples, windows, window)) for v in voltages]

    return one_by_one(checked, in_each, n_steps, timestep, window, n_shuffles, rng, threads)


def one_by_one(
    trains: Sequence[np.ndarray],
    test: Callable[[Windows], Found],
    n_steps: int,
    timestep: float,
    window: int,
    n_shuffles: int,
    rng: np.random.RandomState,
    threads: int = 1,
) -> Iterator[Found]:
    """What a test says of each train and its shuffles, drawn as in ``shuffle_test``."""

    def orders(n: int) -> np.ndarray:
        drawn, generator = np.empty((n_shuffles, n), np.int32), MersenneTwister.of(rng)
        fill_permutations(drawn, generator)
        generator.put_into(rng)
        return drawn

    def test_one(item: tuple[np.ndarray, np.ndarray]) -> Found:
        times, its_orders = item
        fitting = n_steps - window - 1
        return test(
            shuffled_windows(
                [times], lambda *_: its_orders, n_shuffles, timestep, fitting, nearest=True
            )
        )

    return map_ahead(test_one, ((times, orders(times.size)) for times in trains), threads)


def train_test(v: Digitised, windows: Windows, sums: np.ndarray) -> TrainTest:
    """Of one train, whose windows and those of its shuffles have the sums [n_series, window]."""
    with np.errstate(invalid="ignore"):
        stas = v.centre + v.step * (sums / windows.n[:, np.newaxis])
    heights = np.ptp(stas, axis=1)
    return TrainTest(int(windows.n[0]), stas[0], stas[1:], float(heights[0]), heights[1:])


class NoiseLevel(NamedTuple):
    """Of voltages V = v + σ z that differ in σ alone: the average of V is that of v plus σ times
    that of z, so that two sums serve for all of them."""

    V: np.ndarray  # [n_steps] V
    σ: float  # V
    published: bool  # which p-value is asked for (``p_value``)

    def p_value(
        self, windows: Windows, v: Digitised, sums_v: np.ndarray, z: Digitised, sums_z: np.ndarray
    ) -> PValue:
        """Of one train, as if all averages were of doubles."""
        sums = v.step * sums_v + self.σ * z.step * sums_z
        error = (v.step + abs(self.σ) * z.step) / 2
        with np.errstate(invalid="ignore"):
            heights = np.ptp(sums, axis=1) / windows.n
        heights = heights[np.newaxis]
        n_higher = count_higher(self.V, windows, sums, 1.0, error, heights, self.published)
        n_shuffles = int(np.count_nonzero(windows.n[1:])) if windows.n[0] else 0
        return p_of_count(int(n_higher[0]), n_shuffles, self.published)


def p_value(height: float, shuffled_heights: ArrayLike, published: bool = True) -> PValue:
    """How probable it is that an unconnected train has an STA as high.

    As published, the share of shuffled trains with a higher one; where there is none, p is only
    known to be below 1 / n. Otherwise (k + 1) / (n + 1), where k of n are as high or higher: the
    real train counts as one of its own shuffles, and no p is ever zero (Phipson & Smyth 2010).

    Parameters
    ----------
    height
        Of the train's average (V), NaN if it has none.
    shuffled_heights
        Of its shuffles' averages (V) [n_shuffles]. NaN, of shuffles without any window within the
        recording, do not count.
    published
        Which of the two.

    Returns
    -------
    PValue
        NaN without a height, or without any to compare it with.

    Raises
    ------
    ValueError, TypeError
        For heights that are not numbers, or none at all.

    Examples
    --------
    >>> p_value(3.0, [1.0, 2.0, 4.0, 2.5])
    PValue(p=0.25, is_bound=False)
    >>> p_value(5.0, [1.0, 2.0, 4.0, 2.5])
    PValue(p=0.25, is_bound=True)
    >>> p_value(5.0, [1.0, 2.0, 4.0, 2.5], published=False)
    PValue(p=0.2, is_bound=False)
    """
    height = checks.number(height, "height", may_be_nan=True)
    shuffled_heights = checks.vector(shuffled_heights, "shuffled_heights", may_be_nan=True)
    if not shuffled_heights.size:
        raise ValueError("shuffled_heights has no values")
    shuffled_heights = shuffled_heights[~np.isnan(shuffled_heights)]
    if np.isnan(height):
        return PValue(np.nan, False)
    n_higher = np.count_nonzero(_is_higher(shuffled_heights, height, strictly=published))
    return p_of_count(int(n_higher), shuffled_heights.size, published)


def p_of_count(n_higher: int, n_shuffles: int, published: bool) -> PValue:
    """Of shuffles with a higher STA; unless as published, those with one as high count, too."""
    if not n_shuffles:
        return PValue(np.nan, False)
    if not published:
        return PValue((n_higher + 1) / (n_shuffles + 1), False)
    return PValue(float(share_or_bound(n_higher, n_shuffles)), n_higher == 0)


def _is_higher(heights: Any, height: float, strictly: bool) -> Any:
    return heights > height if strictly else heights >= height


def share_or_bound(k: np.ndarray | int, n: int) -> np.ndarray:
    """k / n, and 1 / n where k is 0."""
    return np.maximum(k, 1) / n


def signed_t(sign: np.ndarray, n_as_extreme: np.ndarray, n_shuffles: int) -> np.ndarray:
    """t = ± (1 - p): p is the share of shuffles that are as extreme, or 1 / n_shuffles."""
    return sign * (1 - share_or_bound(n_as_extreme, n_shuffles))


def exact_stas(V, dt, trains: Sequence[np.ndarray], window: int) -> np.ndarray:
    """STAs [n_trains, window] (V), in doubles, of trains that have been checked."""
    without = orders_from(np.zeros(len(trains), int).tolist(), 0)
    windows = shuffled_windows(trains, without, 0, dt, V.size - window)
    return np.array([exact_mean(V, windows.of(i), window) for i in range(len(trains))])


def sta_test(
    V: ArrayLike,
    dt: float,
    trains: Iterable[ArrayLike],
    window: float = 20 * ms,
    n_shuffles: int = 100,
    seed: int | Sequence[int] | np.ndarray = 1,
    threads: int = 1,
) -> STATest:
    """Test which trains are connected, by the height of their spike-triggered averages.

    Parameters
    ----------
    V
        Voltage (V), one value per time step: [n_steps].
    dt
        Time step (s).
    trains
        Ascending spike times (s) of every train; time 0 is the recording's beginning.
    window
        Length of the average (s).
    n_shuffles
        How many times each train's intervals are shuffled.
    seed
        Of the shuffles: the same for every train, as published, or one for each [n_trains].
    threads
        How many run beside each other. Results don't depend on it.

    Returns
    -------
    STATest
        t = ± (1 - p), where p is the share of shuffles with an average as high or higher (or
        1 / n_shuffles if there is none), positive if the average lies above its first value.

    Raises
    ------
    ValueError, TypeError
        For a voltage that is not finite, a window longer than the recording (or 1 s), trains
        without spikes, times that are not ascending, come twice or lie beyond the recording, seeds
        that are neither one nor one for each train.

    Notes
    -----
    Where trains share nothing with the voltage, p is what it says. Shuffled intervals do not keep
    what trains share with it on longer time scales: with common bursts, states or rhythms, up to
    all trains that are not connected have p ≤ 5 %. As p cannot be below 1 / n_shuffles, a false-
    discovery rate of 5 % calls nothing, with 100 shuffles, unless a fifth of the trains reach this
    bound. See docs/regression.md, Calibration.

    Examples
    --------
    One train whose spikes are followed by a rise of the voltage, and one at random:

    >>> rng = np.random.default_rng(0)
    >>> V = rng.normal(-0.065, 0.001, 100_000)
    >>> inputs, others = (np.sort(rng.uniform(0, 9.9, 100)) for _ in range(2))
    >>> for start in np.floor(inputs / 1e-4).astype(int):
    ...     V[start : start + 200] += np.linspace(0, 0.002, 200)
    >>> sta_test(V, 1e-4, [inputs, others]).t.round(2).tolist()
    [0.99, -0.35]
    """
    test = HeightTest([V], dt, [window], n_shuffles)
    dt = test.dt
    trains = checks.trains(trains, test.n_steps * dt, test.windows[0] * dt)
    (found,) = in_batches(trains, dt, test.n_steps, test.windows, [test], n_shuffles, seed, threads)
    return test.results(found)[0][0]


class HeightTest:
    """The heights of STAs on some signals, for ``in_batches``."""

    def __init__(self, signals, dt, windows, n_shuffles):
        """Raises ``ValueError`` for signals or windows that don't fit."""
        self.n_shuffles = checks.whole(n_shuffles, "n_shuffles", 1)
        checked = [checks.vector(V, "V") for V in signals]
        self.n_steps, self.dt = checked[0].size, checks.number(dt, "dt", above=0)
        if any(V.size != self.n_steps for V in checked):
            raise ValueError("voltages that are tested together must have the same length")
        self.windows = [checks.window(window, self.dt, self.n_steps) for window in windows]
        self.signals = [(V, digitise(V, 15)) for V in checked]

    def __call__(self, batch: np.ndarray, windows: Windows) -> tuple[np.ndarray, ...]:
        found = {}
        longest = max(self.windows)
        fitting = {window: windows.fitting(self.n_steps - window) for window in self.windows}
        for i, (V, v) in enumerate(self.signals):
            sums = sum_windows(v.samples, fitting[longest], longest)
            for window in self.windows:
                its_sums, its_windows = sums, fitting[window]
                if window < longest:  # some more windows fit, near the recording's end
                    more = its_windows.n - fitting[longest].n
                    rest = Windows(its_windows.starts, its_windows.first + fitting[longest].n, more)
                    its_sums = sums[:, :window] + sum_windows(v.samples, rest, window)
                found[i, window] = _compare_heights(V, v, its_windows, window, batch.size, its_sums)
        return sum((found[i, w] for i in range(len(self.signals)) for w in self.windows), ())

    def results(self, found: list[np.ndarray]) -> list[list[STATest]]:
        arrays = iter(found)

        def result(v: Digitised, window: int) -> STATest:
            sign, n_as_high, n_windows, norms = (next(arrays) for _ in range(4))
            t = signed_t(sign, n_as_high, self.n_shuffles)
            return STATest(t, n_windows, norms, np.sqrt(window) * v.step / 2)

        return [[result(v, window) for window in self.windows] for _, v in self.signals]

    def outcomes(self, found: list[np.ndarray]) -> list[list[Outcome]]:
        """Of each window, on every signal."""
        by_window = zip(*self.results(found), strict=True)
        return [[Outcome(test.t, details=test) for test in tests] for tests in by_window]


def _compare_heights(
    V, v: Digitised, windows: Windows, window: int, n_trains: int, sums: np.ndarray
) -> tuple:
    """Of each train: whether its STA goes up or down [n_trains], how many shuffles have one as
    high [n_trains], how many windows it has [n_trains]; and the norms [n_trains, n_series].

    ``sums`` [n_series, window] are of the samples."""
    shape = (n_trains, windows.n.size // n_trains)
    heights, norms = np.empty(shape), np.empty(shape)
    _heights_and_norms(sums, windows.n, v.step, heights.ravel(), norms.ravel())
    real = np.arange(0, windows.n.size, shape[1])
    stas = sums[real] / windows.n[real, np.newaxis]
    up = (stas - stas[:, :1]).sum(axis=1)
    for train in np.flatnonzero(np.abs(up) <= 1.01 * window):
        sta = exact_mean(V, windows.of(real[train]), window)
        up[train] = (sta - sta[0]).sum()
    n_as_high = count_higher(V, windows, sums, v.step, v.step / 2, heights, strictly=False)
    return np.sign(up), n_as_high, windows.n[real], norms


def count_higher(
    V: np.ndarray,
    windows: Windows,
    sums: np.ndarray,
    step: float,
    error: float,
    heights: np.ndarray,
    strictly: bool,
) -> np.ndarray:
    """How many shuffles of each train [n_trains] have a higher STA than it on the voltage V (or
    one as high, unless ``strictly``), as if all averages were of doubles.

    ``sums`` [n_series, window], in steps (V), are of samples that are rounded: averages are off by
    ``error`` (V) at most, and their ``heights`` [n_trains, 1 + n_shuffles] (V) by twice as much.
    """
    error *= 1.01  # the sums of doubles are rounded, too

    def exact(series: int) -> float:
        """Extremes can only lie where those of the rounded samples nearly do."""
        digits, margin = sums[series], 2 * error / step * windows.n[series]
        extreme = (digits >= digits.max() - margin) | (digits <= digits.min() + margin)
        return np.ptp(exact_mean_at(V, windows.of(series), np.flatnonzero(extreme)))

    n_series = heights.shape[1]
    real = [exact(series) for series in range(0, heights.size, n_series)]
    is_higher = np.empty((len(real), n_series - 1), bool)
    for train, height in enumerate(real):
        is_higher[train] = _is_higher(heights[train, 1:], height, strictly)
        for i in np.flatnonzero(np.abs(heights[train, 1:] - height) <= 2 * error):
            shuffled = exact(train * n_series + 1 + i)
            is_higher[train, i] = _is_higher(shuffled, height, strictly)
    return np.count_nonzero(is_higher, axis=1)


@jit
def _heights_and_norms(sums, n_windows, step, heights, norms):
    """max - min of each series' STA [n_series], and its norm about its mean [n_series], from sums
    [n_series, window]. NaN for a series without windows."""
    n_series, window = sums.shape
    for series in range(n_series):
        digits, volts = sums[series], step / n_windows[series]
        lowest = highest = first = digits[0]
        total = squares = 0.0
        for j in range(window):
            lowest, highest = min(lowest, digits[j]), max(highest, digits[j])
            x = float(digits[j] - first)
            total += x
            squares += x * x
        heights[series] = volts * (highest - lowest)
        norms[series] = volts * np.sqrt(max(squares - total * total / window, 0.0))


def _height_test(problem: Problem, tests: list[Test]) -> HeightTest:
    options = [test.in_SI() for test in tests]
    windows = [of_test["window"] for of_test in options]
    return HeightTest(problem.signals, problem.dt, windows, options[0]["n_shuffles"])


METHOD = Method(
    "sta",
    "STA",
    "height of the spike-triggered average",
    on_windows=_height_test,
    shared=("window_ms", *SHUFFLING),
    window="window_ms",
    # Measured: to shuffle, and to add a window's samples, in every signal.
    seconds=lambda n_spikes, window, n_shuffles: (
        n_spikes * (1 + n_shuffles) * (6e-9 + window * 50e-12)
    ),
    caution=(
        "its p-values are right (6 % below 5 %) only where trains share no rhythm, state or drift "
        "with the voltage; elsewhere up to 99 % of unconnected trains have p < 5 %"
    ),
    place=1,
)
