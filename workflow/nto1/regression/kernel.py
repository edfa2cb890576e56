"""The postsynaptic potential's shape, and the spectrum of what is not explained."""

from typing import NamedTuple

import numpy as np
import scipy
from numpy.lib.stride_tricks import sliding_window_view

from nto1.units import ms

# Of what the kernel is fitted to: it has to have decayed, since a jump counts after whitening.
MAX_LAG = 400 * ms
# Bins of a segment, of which a recording should have several.
SEGMENT, MIN_SEGMENTS = 2048, 16

TIME_CONSTANTS = (0.2 * ms, 100 * ms)
DELAYS = (-1 * ms, 15 * ms)


class Kernel(NamedTuple):
    """exp(-(t - δ)/τ_d) - exp(-(t - δ)/τ_r), scaled to a peak of 1."""

    τ_r: float = 5 * ms
    τ_d: float = 15 * ms
    δ: float = 0.0

    @property
    def peak(self) -> float:
        """Of the two exponentials' difference."""
        ratio = self.τ_r / self.τ_d
        return ratio ** (ratio / (1 - ratio)) - ratio ** (1 / (1 - ratio))

    def samples(self, bin: float, n: int | None = None) -> np.ndarray:
        """Means over bins [n], for spikes that lie anywhere in bin 0; until it has decayed."""
        n = n or int(np.ceil((12 * self.τ_d + max(self.δ, 0)) / bin)) + 1
        t = bin * np.arange(-1, n + 1) - self.δ
        twice = self.τ_d * _integrated_twice(t / self.τ_d) * self.τ_d
        twice -= self.τ_r * _integrated_twice(t / self.τ_r) * self.τ_r
        return np.diff(twice, 2) / bin**2 / self.peak


def _integrated_twice(x: np.ndarray) -> np.ndarray:
    """∫∫ exp(-x), from 0."""
    x = np.maximum(x, 0)
    return x + np.expm1(-x)


def spectral_density(x: np.ndarray) -> np.ndarray:
    """Power of a signal [n] per frequency [segment // 2 + 1], 1 for white noise of variance 1.

    Welch's method: segments overlap by half.
    """
    segment = min(SEGMENT, max(64, 2 ** int(np.log2(x.size / MIN_SEGMENTS))))
    taper = np.sin(np.pi * (np.arange(segment) + 0.5) / segment) ** 2
    segments = sliding_window_view(x - x.mean(), segment)[:: segment // 2]
    power = sum(np.abs(scipy.fft.rfft(one * taper)) ** 2 for one in segments)
    return power / (len(segments) * (taper**2).sum())


def precision(density: np.ndarray, n_fft: int) -> np.ndarray:
    """1 / S at the frequencies of a transform of length n_fft, 0 at frequency 0."""
    f = np.linspace(0, 1, n_fft // 2 + 1) * (n_fft // 2 * 2 / n_fft)
    precision = np.exp(-np.interp(f, np.linspace(0, 1, density.size), np.log(density)))
    precision[0] = 0
    return precision


def fit_kernel(
    kernel: Kernel,
    bin: float,
    drive: np.ndarray,
    signal: np.ndarray,
    precision: np.ndarray,
    delays: tuple[float, float] = DELAYS,
    spread: float = np.inf,
) -> Kernel:
    """The kernel that, with a drive [n_fft], best explains a signal [n_fft].

    (h · c)² / (h · A h) is maximised, from several delays: c is the drive's covariance with the
    signal, A its autocovariance, both weighted by the precision. With a finite spread, the given
    kernel is what is expected before, and this the standard deviation of the logarithms of τ_r and
    (about) τ_d / τ_r - 1, and of the delay in ms.
    """
    n = round(MAX_LAG / bin) + 1
    D = scipy.fft.rfft(drive)
    c = scipy.fft.irfft(D.conj() * precision * scipy.fft.rfft(signal), drive.size)[:n]
    A = scipy.linalg.toeplitz(scipy.fft.irfft(np.abs(D) ** 2 * precision, drive.size)[:n])

    def parameters(x: np.ndarray) -> Kernel:
        τ_r = np.clip(np.exp(x[0]), *TIME_CONSTANTS)
        τ_d = np.clip(τ_r * (1.02 + np.exp(x[1])), *TIME_CONSTANTS)
        return Kernel(float(min(τ_r, τ_d / 1.02)), float(τ_d), float(np.clip(x[2] * ms, *delays)))

    def unexplained(x: np.ndarray) -> float:
        h = parameters(x).samples(bin, n)
        unexpected = (((x - expected) / spread) ** 2).sum()
        return unexpected - ((c @ h) ** 2) * np.sign(c @ h) / (h @ A @ h)

    of_shape = np.log([kernel.τ_r, max(kernel.τ_d / kernel.τ_r - 1.02, 0.01)])
    expected = np.array([*of_shape, kernel.δ / ms])
    starts = [[*of_shape, δ / ms] for δ in (kernel.δ, kernel.δ + 4 * ms)]
    enough = 1e-6 * max(abs(unexplained(np.array(x))) for x in starts)
    fits = [
        scipy.optimize.minimize(
            unexplained, x, method="Nelder-Mead", options={"xatol": 1e-3, "fatol": enough}
        )
        for x in starts
    ]
    return parameters(min(fits, key=lambda fit: fit.fun).x)
