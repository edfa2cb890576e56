"""Bins that are missing: bridged by straight lines if they are few, else zero.

This is a linear operation, with a transpose. A residual that is bridged is the same whatever the
voltage and the prediction are in the gaps, so that nothing there has to be known. Time is a circle:
what is appended for Fourier transforms is a gap, too.
"""

from typing import NamedTuple

import numpy as np

from nto1.jit import jit

# Bins up to which a gap is bridged.
LONGEST = 100


class Gaps(NamedTuple):
    """Runs of missing bins on a circle."""

    begin: np.ndarray  # [n_gaps] int64, first missing bin
    length: np.ndarray  # [n_gaps] int64
    n_fft: int

    @classmethod
    def of(cls, missing: np.ndarray, n_fft: int) -> "Gaps":
        """Of some bins [n_bins], and all that are appended up to ``n_fft``."""
        missing = np.append(missing, np.ones(n_fft - missing.size, bool))
        first = int(np.argmin(missing))  # one that is there
        turned = np.roll(missing, -first).astype(np.int8)
        steps = np.diff(turned, append=np.int8(0))
        begin = np.flatnonzero(steps == 1) + 1
        end = np.flatnonzero(steps == -1) + 1
        return cls((begin + first) % n_fft, end - begin, n_fft)

    def edges(self, n_bins: int) -> np.ndarray:
        """Begin and end of the recording of so many bins, and of its gaps that are not bridged."""
        long = (self.length > LONGEST) & (self.begin < n_bins)
        ends = (self.begin + self.length)[long]
        return np.unique(np.concatenate([[0, n_bins], self.begin[long], ends[ends < n_bins]]))

    def bridge(self, x: np.ndarray) -> np.ndarray:
        """x [n_fft] with straight lines over short gaps, and zeros in long ones; in place."""
        _bridge(self.begin, self.length, LONGEST, x)
        return x

    def transpose(self, x: np.ndarray) -> np.ndarray:
        """The transposed operation on x [n_fft]; in place."""
        _transpose(self.begin, self.length, LONGEST, x)
        return x


@jit
def _bridge(begin, length, longest, x):
    n = x.size
    for gap in range(begin.size):
        first, size = begin[gap], length[gap]
        left, right = x[(first - 1) % n], x[(first + size) % n]
        if size > longest:
            left = right = 0.0
        for i in range(size):
            x[(first + i) % n] = left + (right - left) * (i + 1) / (size + 1)


@jit
def _transpose(begin, length, longest, x):
    n = x.size
    for gap in range(begin.size):
        first, size = begin[gap], length[gap]
        left = right = 0.0
        for i in range(size):
            part = (i + 1) / (size + 1)
            left += (1 - part) * x[(first + i) % n]
            right += part * x[(first + i) % n]
            x[(first + i) % n] = 0.0
        if size <= longest:
            x[(first - 1) % n] += left
            x[(first + size) % n] += right
