"""Which trains drive the voltage of a recording, how sure that is, and what would have been missed.

All trains are tested at once by regression (docs/regression.md). The null is the bulk of all
trains, most of which are not connected; surrogates are tested beside them. Power is measured: the
tested trains are shifted in time, potentials of known size after their spikes are added to the
recorded voltage, and all is tested again.
"""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import scipy

from nto1 import checks
from nto1.inference.kinds import EXCITATORY, INHIBITORY
from nto1.inference.regression import (
    MANY,
    MIN_BULK,
    NONE,
    RegressionTest,
    Weights,
    regression_test,
)
from nto1.recordings.recording import Joined, Recording
from nto1.recordings.verdict import Verdict, verdict_of
from nto1.regression.calibration import Bulk, bulk, false_discovery_rates, p_values
from nto1.regression.kernel import DELAYS, Kernel, precision
from nto1.regression.signal import binned
from nto1.units import ms, mV

Null = Literal["empirical", "surrogates"]

# Injected potentials: how many trains, by how much they are shifted at least; their z should be
# above the threshold by so much, for 80 % of them to be found.
N_INJECTED, MIN_SHIFT, Z_POWER = 50, 1.0, float(scipy.special.ndtri(0.8))

# Trains that share more than this part of their spikes, to the bin, are flagged, if there are not
# too many to compare all of them.
ALIKE, MAX_PAIRED = 0.3, 2000

COPY = "copy of train "


class Injection(NamedTuple):
    """Potentials that were added to the voltage, each of the size at which 80 % should be found."""

    z: np.ndarray  # [n_injected] in the direction of the potential
    found: np.ndarray  # [n_injected] bool
    gain: float  # mean of z / what was expected


class Detection(NamedTuple):
    """What is known of every train of a recording."""

    table: pd.DataFrame  # a row for each train
    verdict: Verdict
    recording: Recording
    joined: Joined
    test: RegressionTest  # calibrated on surrogates
    own_spikes: np.ndarray  # s, on the joined axis
    trains: list[np.ndarray]  # s, on the joined axis
    injection: Injection
    null: Null

    def __str__(self) -> str:
        return str(self.verdict)


def detect(
    recording: Recording,
    *,
    null: Null = "empirical",
    false_discovery_rate: float = 0.05,
    timing_window: float | None = None,
    bin: float = 1 * ms,
    weights: Weights | None = None,
    n_surrogates: int = 200,
    seed: int = 1,
    threads: int = 1,
) -> Detection:
    """Tell which trains of a recording drive its voltage.

    Parameters
    ----------
    recording
        ``Recording.of(…)``, or ``read_recording(…)``.
    null
        Calibrate z on all trains, most of which are not connected ("empirical"), or on surrogates.
        With less than 30 trains, surrogates are taken in any case.
    false_discovery_rate
        Among the trains that are called.
    timing_window, bin, weights, n_surrogates, seed, threads
        As for ``regression_test``.

    Returns
    -------
    Detection
        ``print`` it for the verdict. Its ``table`` has a row for each train: train, n_spikes,
        n_spikes_used (outside of gaps), rate_Hz, size_mV, standard_error_mV, z, p, q, call,
        delay_ms (of called trains), detectable_mV (found with a probability of 80 %), flags.

    Raises
    ------
    ValueError
        If no train can be tested (``NothingToTest``), or options make no sense.

    Examples
    --------
    >>> from nto1.recordings.example import example
    >>> found = detect(example(duration=30))
    >>> sorted(found.table.query("call != 'none'").train)[:2]
    ['exc00', 'exc01']
    """
    checks.instance(recording, Recording, "recording", "Recording.of(…) or read_recording(…)")
    if null not in ("empirical", "surrogates"):
        raise ValueError(f"null has to be empirical or surrogates, not {null!r}")
    joined = Joined.of(recording, bin)
    own = joined.times(recording.own_spikes)
    trains = [joined.times(times) for times in recording.trains]
    options: dict[str, Any] = {
        "weights": weights or ("mixture" if len(trains) >= MANY else "joint"),
        "own_spikes": own,
        "bin": joined.bin,
        "timing_window": timing_window,
        "excluded": joined.excluded,
        "n_surrogates": n_surrogates,
        "seed": seed,
        "false_discovery_rate": false_discovery_rate,
        "threads": threads,
    }
    test = regression_test(joined.V, joined.bin, trains, **options)
    n_tested = np.count_nonzero(~np.isnan(test.z))
    used: Null = null if n_tested >= MIN_BULK else "surrogates"
    other: Null = "surrogates" if used == "empirical" or n_tested < MIN_BULK else "empirical"
    calls, of_other = (_calls(test, each, false_discovery_rate) for each in (used, other))
    n_called = np.count_nonzero(calls.call != NONE)
    p_called = false_discovery_rate * (n_called + 1) / n_tested  # of one more train
    threshold = float(-scipy.special.ndtri(min(p_called, 1) / 2))
    expected = (threshold + Z_POWER) * calls.error
    V, injected, sign = _inject(joined, trains, test.kernel, expected, seed)
    again = regression_test(V, joined.bin, [*trains, *injected], **options)
    z = sign * calls.null.z(again.size, again.standard_error)[len(trains) :]
    injection = Injection(z, z > threshold, float(np.nanmean(z)) / (threshold + Z_POWER))
    only_one = (of_other.call != calls.call) & (calls.call != NONE)
    called = [k for k, call in enumerate(calls.call) if call != NONE]
    table = pd.DataFrame(
        {
            "train": recording.names,
            "n_spikes": [times.size for times in recording.trains],
            "n_spikes_used": test.n_spikes,
            "rate_Hz": [t.size / (recording.end - recording.begin) for t in recording.trains],
            "size_mV": test.size / mV,
            "standard_error_mV": calls.error / mV,
            "z": calls.z,
            "p": calls.p,
            "q": calls.q,
            "call": calls.call,
            "delay_ms": _delays(joined, trains, test, called) / ms,
            "detectable_mV": expected / mV / injection.gain,
            "flags": _flags(recording, joined, trains, test, only_one),
        }
    )
    verdict = verdict_of(
        *(recording, joined, trains, test, table, used, null, false_discovery_rate),
        *(float(np.mean(injection.found)), int(only_one.sum())),
    )
    return Detection(table, verdict, recording, joined, test, own, trains, injection, used)


class _Calls(NamedTuple):
    """By one of the nulls; all [n_trains]."""

    null: Bulk
    error: np.ndarray  # V
    z: np.ndarray
    p: np.ndarray
    q: np.ndarray
    call: np.ndarray  # str


def _calls(test: RegressionTest, null: Null, rate: float) -> _Calls:
    """Of a test that was calibrated on surrogates."""
    size, error = test.size, test.standard_error
    tested = ~np.isnan(size)
    of_null = bulk(size[tested], error[tested]) if null == "empirical" else Bulk(0, 1, 0)
    z = of_null.z(size, error)
    p = p_values(z)
    q = false_discovery_rates(p)
    call = np.where(q <= rate, np.where(z > 0, EXCITATORY, INHIBITORY), NONE)
    return _Calls(of_null, of_null.errors(error), z, p, q, call)


def _inject(
    joined: Joined,
    trains: Sequence[np.ndarray],
    kernel: Kernel,
    size: np.ndarray,
    seed: int,
) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """The voltage with potentials of the sizes [n_trains] after spikes of trains that are shifted;
    these trains, and the signs of their potentials."""
    rng = np.random.default_rng([seed, 1])
    tested = np.flatnonzero(~np.isnan(size))
    chosen = rng.choice(tested, N_INJECTED, replace=tested.size < N_INJECTED)
    sign = rng.choice([-1.0, 1.0], N_INJECTED)
    least = min(MIN_SHIFT, joined.duration / 4)
    shifts = rng.uniform(least, joined.duration - least, N_INJECTED)
    moved = [
        np.unique((trains[k] + t) % joined.duration) for k, t in zip(chosen, shifts, strict=True)
    ]
    drive = np.zeros(joined.V.size)
    for times, w in zip(moved, sign * size[chosen], strict=True):
        drive += (
            np.bincount((times / joined.bin).astype(int), minlength=drive.size)[: drive.size] * w
        )
    potentials = scipy.signal.oaconvolve(drive, kernel.samples(joined.bin))
    return joined.V + potentials[: drive.size], moved, sign


def _delays(
    joined: Joined, trains: Sequence[np.ndarray], test: RegressionTest, called: Sequence[int]
) -> np.ndarray:
    """Of called trains (s): where the whitened voltage is most like a potential."""
    signal = binned(joined.missing, joined.bin, joined.bin).of(joined.V)
    n_fft = signal.gaps.n_fft
    there = ~joined.missing
    y = signal.y.copy()
    y[: there.size] -= y[: there.size][there].mean()
    spectrum = precision(test.spectrum / (2 * joined.bin), n_fft)
    H = scipy.fft.rfft(test.kernel.samples(joined.bin), n_fft)
    match = scipy.fft.irfft(scipy.fft.rfft(signal.gaps.bridge(y)) * spectrum * H.conj(), n_fft)
    lags = np.arange(*np.rint((np.array(DELAYS) - test.kernel.δ) / joined.bin).astype(int) + [0, 1])
    delays = np.full(len(trains), np.nan)
    for k in called:
        bins = (trains[k] / joined.bin + 1e-6).astype(int)
        sums = match[np.add.outer(lags, bins) % n_fft].sum(axis=1) * np.sign(test.size[k])
        delays[k] = test.kernel.δ + joined.bin * (lags[0] + _peak(sums))
    return delays


def _peak(values: np.ndarray) -> float:
    """Place of the maximum, by a parabola through it."""
    i = int(np.argmax(values))
    if not 0 < i < values.size - 1:
        return float(i)
    left, top, right = values[i - 1 : i + 2]
    return i + (left - right) / (2 * (left - 2 * top + right))


def _flags(
    recording: Recording,
    joined: Joined,
    trains: Sequence[np.ndarray],
    test: RegressionTest,
    only_one: np.ndarray,
) -> list[str]:
    """What is particular of each train."""
    alike = _alike(joined, trains, recording.names) if 1 < len(trains) <= MAX_PAIRED else None
    found = []
    for k, flag in enumerate(test.flag.tolist()):
        if flag.startswith(COPY):
            flag = f"copy of {recording.names[int(flag.removeprefix(COPY))]}"
        dropped = recording.dropped[k] and f"dropped: {recording.dropped[k]}"
        doubtful = "called by one null only" if only_one[k] else ""
        similar = alike[k] if alike and not flag else ""
        found.append("; ".join(filter(None, (flag, dropped, similar, doubtful))))
    return found


def _alike(joined: Joined, trains: Sequence[np.ndarray], names: Sequence[str]) -> list[str]:
    """Of each train, which other one has most of its spikes in the same bins, if these are many
    more than by chance."""
    bins = [np.unique((times / joined.bin).astype(int)) for times in trains]
    n = np.array([each.size for each in bins])
    which = np.repeat(np.arange(n.size), n)
    there = scipy.sparse.csr_array((np.ones(which.size), (which, np.concatenate(bins))))
    shared = (there @ there.T).toarray()
    share = shared / np.maximum(n, 1)[:, None] - n / joined.V.size
    np.fill_diagonal(share, 0)
    most = share.argmax(axis=1)
    return [
        f"shares {share[k, j]:.0%} of its spikes with {names[j]}" if share[k, j] > ALIKE else ""
        for k, j in enumerate(most.tolist())
    ]
