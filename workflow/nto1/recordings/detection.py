"""Which trains drive the voltage of a recording, how sure that is, and what would have been missed.

All trains are tested at once by regression (docs/regression.md). The null is the bulk of all
trains, most of which are not connected; surrogates are tested beside them. Power is measured: the
tested trains are shifted in time, potentials of known size after their spikes are added to the
recorded voltage, and all is tested again. Other methods give what they can.
"""

from collections.abc import Sequence
from math import ceil
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import scipy

from nto1 import checks
from nto1.errors import NothingToTest
from nto1.inference.kinds import EXCITATORY, INHIBITORY
from nto1.inference.method import Problem, methods, run_tests
from nto1.inference.regression import (
    MANY,
    MIN_BULK,
    NONE,
    RegressionTest,
    Weights,
    regression_test,
)
from nto1.recordings.errors import RecordingError
from nto1.recordings.recording import Joined, Recording
from nto1.recordings.verdict import Verdict, verdict_of, verdict_of_other
from nto1.regression.calibration import Bulk, as_normal, bulk, false_discovery_rates, p_values
from nto1.regression.kernel import DELAYS, Kernel, precision
from nto1.regression.signal import OWN_SPIKE, around, binned
from nto1.units import ms, mV

Null = Literal["empirical", "surrogates"]

# Injected potentials: how many trains, by how much they are shifted at least; their z should be
# above the threshold by so much, for 80 % of them to be found.
N_INJECTED, MIN_SHIFT, Z_POWER = 50, 1.0, float(scipy.special.ndtri(0.8))


# Where injected potentials are found with less than this part of their size, it says little.
LEAST_GAIN = 0.5

# Trains that share more than this part of their spikes, to the bin, are flagged, if there are not
# too many to compare all of them.
ALIKE, MAX_PAIRED = 0.3, 2000

COPY = "copy of train "

REGRESSION = "regression"

# Of the table, what methods tell.
COLUMNS = (*("size_mV", "standard_error_mV", "z", "p", "q", "call", "delay_ms", "detectable_mV"),)

# What methods that shuffle trains do at most: as many as it takes to call one train alone.
MAX_SHUFFLES = 10_000


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
    trains: list[np.ndarray]  # s, on the joined axis
    # Of the regression: its test, which is calibrated on surrogates, and the null that was taken.
    test: RegressionTest | None = None
    injection: Injection | None = None
    null: Null | None = None

    def __str__(self) -> str:
        return str(self.verdict)


def detect(
    recording: Recording,
    *,
    method: str = REGRESSION,
    null: Null | None = None,
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
    method
        One of docs/detection.md. Those other than the regression take one segment without gaps,
        and tell p, q and call of each train, but no size; the verdict says how far p can be
        trusted.
    null
        Calibrate z on all trains, most of which are not connected ("empirical", the default of the
        regression), or on surrogates. With less than 30 trains, surrogates are taken in any case.
    false_discovery_rate
        Among the trains that are called.
    bin
        Length of the bins (s) over which the voltage is averaged.
    timing_window, weights, n_surrogates
        Of the regression: as for ``regression_test``.
    seed, threads
        Of all that is random; how many run beside each other, which changes nothing else.

    Returns
    -------
    Detection
        ``print`` it for the verdict. Its ``table`` has a row for each train: train, n_spikes,
        n_spikes_used (outside of gaps), rate_Hz, size_mV, standard_error_mV, z, p, q, call,
        delay_ms (of called trains), detectable_mV (found with a probability of 80 %), flags.
        What a method can't tell is NaN.

    Raises
    ------
    ValueError
        If no train can be tested (``NothingToTest``), or options make no sense; for what a method
        can't do (``RecordingError``).

    Examples
    --------
    >>> from nto1.recordings.example import example
    >>> found = detect(example(duration=30))
    >>> sorted(found.table.query("call != 'none'").train)[:2]
    ['exc00', 'exc01']
    """
    checks.instance(recording, Recording, "recording", "Recording.of(…) or read_recording(…)")
    if null not in (None, "empirical", "surrogates"):
        raise ValueError(f"null has to be empirical or surrogates, not {null!r}")
    if method not in methods():
        raise ValueError(f"method has to be one of {', '.join(methods())}, not {method!r}")
    rate = checks.number(false_discovery_rate, "false_discovery_rate", above=0, at_most=1)
    if method != REGRESSION:
        own = {"null": null, "timing_window": timing_window, "weights": weights}
        given = {f"{method}_{name}": value for name, value in own.items() if value is not None}
        return _by_other(recording, method, rate, bin, given, seed, threads)
    joined = Joined.of(recording, bin)
    trains = [joined.times(times) for times in recording.trains]
    options: dict[str, Any] = {
        "weights": weights or ("mixture" if len(trains) >= MANY else "joint"),
        "own_spikes": joined.times(recording.own_spikes),
        "bin": joined.bin,
        "timing_window": timing_window,
        "n_surrogates": n_surrogates,
        "seed": seed,
        "false_discovery_rate": rate,
        "threads": threads,
    }
    return _by_regression(recording, joined, trains, null or "empirical", options)


def _by_regression(
    recording: Recording,
    joined: Joined,
    trains: list[np.ndarray],
    null: Null,
    options: dict[str, Any],
) -> Detection:
    rate, seed = options["false_discovery_rate"], options["seed"]
    test = regression_test(joined.V, joined.bin, trains, excluded=joined.excluded, **options)
    n_tested = np.count_nonzero(~np.isnan(test.z))
    used: Null = null if n_tested >= MIN_BULK else "surrogates"
    other: Null = "surrogates" if used == "empirical" or n_tested < MIN_BULK else "empirical"
    calls, of_other = (_calls(test, each, rate) for each in (used, other))
    n_called = np.count_nonzero(calls.call != NONE)
    p_called = rate * (n_called + 1) / n_tested  # of one more train
    threshold = float(-scipy.special.ndtri(min(p_called, 1) / 2))
    expected = (threshold + Z_POWER) * calls.error
    V, injected, sign = _inject(joined, trains, test.kernel, expected, seed)
    both = [*trains, *injected]
    again = regression_test(V, joined.bin, both, excluded=joined.excluded, **options)
    of_all = as_normal(calls.null.z(again.size, again.standard_error), again.kurtosis)
    z = sign * of_all[len(trains) :]
    injection = Injection(z, z > threshold, float(np.nanmean(z)) / (threshold + Z_POWER))
    detectable = expected / injection.gain if injection.gain > LEAST_GAIN else np.nan
    only_one = (of_other.call != calls.call) & (calls.call != NONE)
    called = [k for k, call in enumerate(calls.call) if call != NONE]
    table = _table(
        *(recording, test.n_spikes, _flags(recording, joined, trains, test.flag, only_one)),
        size_mV=test.size / mV,
        standard_error_mV=calls.error / mV,
        z=calls.z,
        p=calls.p,
        q=calls.q,
        call=calls.call,
        delay_ms=_delays(joined, trains, test, called) / ms,
        detectable_mV=detectable / mV,
    )
    verdict = verdict_of(
        *(recording, joined, trains, test, table, used, null, rate),
        *(float(np.mean(injection.found)), int(only_one.sum())),
    )
    return Detection(table, verdict, recording, joined, trains, test, injection, used)


def _table(
    recording: Recording, n_used: np.ndarray, flags: list[str], **columns: Any
) -> pd.DataFrame:
    """A row for each train, with all columns whatever the method."""
    seconds = recording.end - recording.begin
    known = {
        "train": recording.names,
        "n_spikes": [times.size for times in recording.trains],
        "n_spikes_used": n_used,
        "rate_Hz": [times.size / seconds for times in recording.trains],
    }
    return pd.DataFrame(
        known | {name: columns.get(name, np.nan) for name in COLUMNS} | {"flags": flags}
    )


def _by_other(
    recording: Recording,
    method: str,
    rate: float,
    bin: float,
    given: dict[str, Any],
    seed: int,
    threads: int,
) -> Detection:
    """By a method that looks at one whole voltage, or at the neuron's own spikes."""
    from nto1.config.model import ConnectionInference

    about = methods()[method]
    if unknown := given.keys() - set(about.options):
        name = min(unknown).removeprefix(f"{method}_")
        raise RecordingError(f"{method} has no {name}: leave it out, or take regression")
    joined = Joined.of(recording, bin)
    if joined.missing.any():
        raise RecordingError(
            f"{method} can't leave out parts of a voltage, and segments, NaN and excluded "
            f"intervals make {np.count_nonzero(joined.missing) * joined.bin:.3g} s of gaps: take "
            f"regression, or one sweep without gaps"
        )
    own, V = joined.times(recording.own_spikes), joined.V
    bridged = around(own, joined.bin, V.size, OWN_SPIKE, OWN_SPIKE)
    V[bridged] = np.interp(np.flatnonzero(bridged), np.flatnonzero(~bridged), V[~bridged])
    trains = [joined.times(times) for times in recording.trains]
    n_shuffles = min(ceil(len(trains) / rate), MAX_SHUFFLES)
    defaults = dict(ConnectionInference()) | {"n_shuffles": n_shuffles, "shuffle_seed": seed}
    test = about.test(defaults | {f"{method}_seed": seed} | given)
    problem = Problem([V], joined.bin, trains, own, np.arange(len(trains)), threads)
    ((found,),) = run_tests(problem, [test])
    p = np.where(np.isnan(found.t), np.nan, about.p_values(found))
    if (np.isnan(p) | (p == 1)).all():
        raise NothingToTest(
            f"{method} can test none of {len(trains)} trains; the neuron has {own.size} spikes"
        )
    q = false_discovery_rates(p)
    flag = np.where(np.isnan(p), "not tested", "")
    table = _table(
        recording,
        np.array([times.size for times in trains]),
        _flags(recording, joined, trains, flag, np.zeros(p.size, bool)),
        z=np.sign(found.t) * -scipy.special.ndtri(p.clip(min=np.finfo(float).tiny) / 2),
        p=p,
        q=q,
        call=np.where(q <= rate, np.where(found.t > 0, EXCITATORY, INHIBITORY), NONE),
    )
    least = 1 / n_shuffles if "n_shuffles" in test.options else 0.0
    return Detection(
        table, verdict_of_other(recording, table, about, rate, least), recording, joined, trains
    )


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
    z = as_normal(of_null.z(size, error), test.kurtosis)
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
    of_test: np.ndarray,
    only_one: np.ndarray,
) -> list[str]:
    """What is particular of each train."""
    alike = _alike(joined, trains, recording.names) if 1 < len(trains) <= MAX_PAIRED else None
    found = []
    for k, flag in enumerate(of_test.tolist()):
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
    shape = (n.size, joined.V.size + 1)
    there = scipy.sparse.csr_array((np.ones(which.size), (which, np.concatenate(bins))), shape)
    shared = (there @ there.T).toarray()
    share = shared / np.maximum(n, 1)[:, None] - n / joined.V.size
    np.fill_diagonal(share, 0)
    most = share.argmax(axis=1)
    return [
        f"shares {share[k, j]:.0%} of its spikes with {names[j]}" if share[k, j] > ALIKE else ""
        for k, j in enumerate(most.tolist())
    ]
