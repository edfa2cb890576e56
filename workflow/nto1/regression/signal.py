"""A voltage and spike trains as bins: what is missing, what is tested."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy

from nto1.errors import NothingToTest
from nto1.jit import jit
from nto1.regression.gaps import Gaps
from nto1.units import ms, mV

# What the neuron's own spikes leave behind.
AFTERPOTENTIALS = np.array([3, 10, 30, 90, 250]) * ms

# Left out around each of the neuron's own spikes, before and after.
OWN_SPIKE = 1.5 * ms

# What an action potential is: its longest width at its foot, its least height, also by the noise's
# standard deviation, and the shortest interval. It is looked for in means over so much time.
LONGEST_SPIKE, LEAST_HEIGHT, LEAST_BY_NOISE, REFRACTORY = 5 * ms, 10 * mV, 8, 1.5 * ms
SHORT = 0.5 * ms

# Appended before Fourier transforms, whose time is a circle.
PADDING = 500 * ms


class Signal(NamedTuple):
    """A voltage as means over bins, bridged over gaps by straight lines."""

    y: np.ndarray  # [n_fft] V
    gaps: Gaps
    missing: np.ndarray  # [n_bins] bool
    bin: float  # s
    factor: int  # samples of a bin

    @property
    def n_bins(self) -> int:
        return self.missing.size

    def of(self, V: np.ndarray) -> "Signal":
        """Of a voltage [n_steps]. Raises ``ValueError`` if what is left is constant."""
        y = self.means(V)
        there = y[: self.n_bins][~self.missing]
        if not np.ptp(there) > 1e-12 * np.abs(there).max():
            raise ValueError(f"the voltage is {there[0]:g} V throughout: is it the right channel?")
        return self._replace(y=y)

    def means(self, x: np.ndarray) -> np.ndarray:
        """Means over bins of something sampled as the voltage is: [n_fft], bridged."""
        means = np.zeros(self.gaps.n_fft)
        means[: self.n_bins] = x[: self.n_bins * self.factor].reshape(-1, self.factor).mean(axis=1)
        return self.gaps.bridge(means)


def binned(missing: np.ndarray, dt: float, bin: float) -> Signal:
    """Of a voltage of which some samples [n_steps] are missing (so are their bins): all but the
    voltage itself.

    Raises ``NothingToTest`` if too little is left.
    """
    factor = max(1, round(bin / dt))
    n_bins = missing.size // factor
    out = np.asarray(missing[: n_bins * factor].reshape(n_bins, factor).any(axis=1))
    bin = factor * dt
    if np.count_nonzero(~out) * bin < 1:
        raise NothingToTest(
            f"of the recording of {missing.size * dt:g} s, {np.count_nonzero(~out) * bin:g} s are "
            f"left without gaps and the neuron's own spikes: at least 1 s is needed"
        )
    n_fft = scipy.fft.next_fast_len(n_bins + round(PADDING / bin), real=True)
    return Signal(np.empty(0), Gaps.of(out, n_fft), out, bin, factor)


def around(times: np.ndarray, dt: float, n_steps: int, before: float, after: float) -> np.ndarray:
    """Whether a sample [n_steps] is that near to one of some times."""
    return within(times - before, times + after, dt, n_steps)


def within(begin: np.ndarray, end: np.ndarray, dt: float, n_steps: int) -> np.ndarray:
    """Whether a sample [n_steps] is touched by one of some intervals (s)."""
    steps = np.zeros(n_steps + 1, np.int64)
    first = np.floor(begin / dt).astype(int).clip(0, n_steps)
    last = np.ceil(end / dt).astype(int).clip(0, n_steps)
    np.add.at(steps, first, 1)
    np.add.at(steps, last, -1)
    return np.cumsum(steps[:-1]) > 0


def detect_spikes(V: np.ndarray, dt: float) -> np.ndarray:
    """Times (s) at which action potentials in a voltage, which may be NaN, rise to half of their
    height.

    Height is what a peak that is shorter than ``LONGEST_SPIKE`` has above both of its sides (white
    top-hat): steps of a current and slow potentials have none, whatever the voltage they start at.
    """
    factor = max(1, int(SHORT / dt + 1e-6))
    means, step = V[: V.size // factor * factor].reshape(-1, factor).mean(axis=1), factor * dt
    there, n = np.flatnonzero(~np.isnan(means)), max(3, round(LONGEST_SPIKE / step) | 1)
    if there.size <= n:
        return np.empty(0)
    means = np.interp(np.arange(means.size), there, means[there])
    height = scipy.ndimage.white_tophat(means, size=(n,))
    noise = 1.4826 * np.median(np.abs(means[n // 2 :] - means[: -(n // 2)])) / np.sqrt(2)
    least, near = max(LEAST_HEIGHT, LEAST_BY_NOISE * noise), 4 * n
    peaks, _ = scipy.signal.find_peaks(
        height, prominence=least, distance=max(1, REFRACTORY / step), wlen=near
    )
    _, _, rise, _ = scipy.signal.peak_widths(height, peaks, wlen=near)
    return (rise + 0.5) * step


def afterpotentials(times: np.ndarray, signal: Signal) -> np.ndarray:
    """Exponentials from the neuron's own spikes on: [5, n_fft], bridged."""
    if not times.size:
        return np.empty((0, signal.gaps.n_fft))
    counts = np.zeros(signal.gaps.n_fft)
    bins = (times / signal.bin + 1e-6).astype(int)
    np.add.at(counts, bins[bins < signal.n_bins], 1.0)
    t = signal.bin * np.arange(signal.gaps.n_fft)
    spectrum = scipy.fft.rfft(counts)
    return np.array(
        [
            signal.gaps.bridge(scipy.fft.irfft(spectrum * scipy.fft.rfft(np.exp(-t / τ)), t.size))
            for τ in AFTERPOTENTIALS
        ]
    )


def bins_of(trains: Sequence[np.ndarray], bin: float, n_bins: int) -> np.ndarray:
    """Bins of all spikes [n_spikes] int32, train after train; those beyond the last whole bin are
    put into it."""
    bins = np.empty(sum(times.size for times in trains), np.int32)
    begin = 0
    for times in trains:
        _find_bins(times, 1 / bin, n_bins - 1, bins[begin : begin + times.size])
        begin += times.size
    return bins


@jit
def _find_bins(times, inverse_bin, last, bins):
    """Times that were multiples of the bin before they were rounded belong to the bin that they
    begin."""
    for i in range(times.size):
        bins[i] = min(np.int64(times[i] * inverse_bin + 1e-6), last)
