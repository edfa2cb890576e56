"""What a detection means, in words: what was called, what would have been missed, and how far all
this can be trusted."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import scipy

from nto1.inference.kinds import EXCITATORY, INHIBITORY
from nto1.inference.method import Method
from nto1.inference.regression import MIN_BULK, NONE, RegressionTest
from nto1.recordings.recording import Joined, Recording
from nto1.regression.kernel import Kernel
from nto1.units import ms

# What the regression says where the bulk of z is not that of surrogates, and in how many standard
# errors, for few trains, it has to differ.
OF_BULK, ERRORS = "z of most trains", 3

# More calls than this part of the trains are no minority, of which the bulk knows nothing.
MANY_CALLS = 0.25

# A power that was asked for as 80 % is not met below this, by more than chance.
TOO_FEW_FOUND = 0.6

# Slower than this, imaging loses much.
SLOW_BIN = 5 * ms

# Of the spectrum of what trains and voltage share: bins of a segment, and the probability that
# something is found by chance. Slower than SLOW is no rhythm.
SEGMENT, BY_CHANCE, SLOW = 2048, 1e-3, 2.0


class Verdict(NamedTuple):
    """Sentences."""

    called: str  # how many trains, which sizes
    missed: str  # which potentials would have been found
    doubts: tuple[str, ...]  # reasons not to trust calls
    notes: tuple[str, ...]  # what else one should know

    @property
    def trusted(self) -> str:
        if self.doubts:
            return "Take care: calls are doubtful, for the reasons below."
        return "Nothing speaks against these calls."

    def __str__(self) -> str:
        lines = [self.called, self.missed, self.trusted]
        lines += [f"- {doubt}" for doubt in self.doubts] + [f"  {note}" for note in self.notes]
        return "\n".join(lines)


def verdict_of(
    recording: Recording,
    joined: Joined,
    trains: Sequence[np.ndarray],
    test: RegressionTest,
    table: pd.DataFrame,
    null: str,
    asked: str,
    rate: float,
    found: float,
    n_doubtful: int,
) -> Verdict:
    """Of a recording's test and table; ``found`` is the share of injected potentials."""
    doubts = [
        *_about_nulls(joined, trains, test, table, null, n_doubtful),
        *_about_power(test, found),
        *(warning for warning in test.warnings if not _is_said_otherwise(warning)),
    ]
    notes = [*_notes(recording, joined, test, table, null, asked), *recording.notes]
    basis = "all trains" if null == "empirical" else "surrogates"
    called = _called(table, rate, f"calibrated on {basis}")
    return Verdict(called, _missed(table), tuple(doubts), tuple(notes))


def verdict_of_other(
    recording: Recording, table: pd.DataFrame, method: Method, rate: float, least: float
) -> Verdict:
    """Of a method that is not the regression, whose p is at ``least`` so large."""
    doubts = [f"{method.name}: {method.caution}"] if method.caution else []
    n_tested = table["p"].notna().sum()
    if least * n_tested > rate:
        doubts.append(
            f"p can't be below {least:.2g}: less than {least * n_tested / rate:.0f} trains can't "
            f"be called, however clear they are"
        )
    missed = f"How large a potential has to be to be found, {method.name} does not tell."
    called = _called(table, rate, f"by {method.name}: {method.description}")
    return Verdict(called, missed, tuple(doubts), (*_untested(table), *recording.notes))


def _called(table: pd.DataFrame, rate: float, how: str) -> str:
    n_tested = table["z"].notna().sum()
    n_called = (table["call"] != NONE).sum()
    text = (
        f"{n_called} of {n_tested} trains {'is' if n_called == 1 else 'are'} called connected "
        f"(false-discovery rate {rate:.0%}, {how})"
    )
    parts = []
    for kind in (EXCITATORY, INHIBITORY):
        sizes = table.loc[table["call"] == kind, "size_mV"]
        in_mV = f", {_range(sizes.tolist())} mV" if sizes.notna().any() else ""
        parts += [f"{len(sizes)} {kind}{in_mV}"] if len(sizes) else []
    return f"{text}: {'; '.join(parts)}." if parts else f"{text}."


def _range(values: Sequence[float]) -> str:
    low, high = min(values, key=abs), max(values, key=abs)
    return f"{low:.2g}" if len(values) == 1 else f"{low:.2g} to {high:.2g}"


def _missed(table: pd.DataFrame) -> str:
    sizes = table["detectable_mV"].dropna()
    if not len(sizes):
        return "How large a potential has to be to be found could not be told."
    low, middle, high = sizes.quantile([0, 0.5, 1])
    return (
        f"Potentials below {middle:.2g} mV would mostly have been missed (found with 80 % "
        f"probability; from {low:.2g} to {high:.2g} mV, depending on the train)."
    )


def _is_said_otherwise(warning: str) -> bool:
    return warning.startswith((OF_BULK, "no train was clear"))


def _about_nulls(
    joined: Joined,
    trains: Sequence[np.ndarray],
    test: RegressionTest,
    table: pd.DataFrame,
    null: str,
    n_doubtful: int,
) -> Iterator[str]:
    n_called, n_tested = (table["call"] != NONE).sum(), table["z"].notna().sum()
    if n_tested < MIN_BULK:
        return
    shift, spread, by_chance = test.shift, test.spread, ERRORS / np.sqrt(n_tested)
    differs = abs(shift) > by_chance or abs(spread - 1) > by_chance / np.sqrt(2)
    if differs and any(warning.startswith(OF_BULK) for warning in test.warnings):
        reason = reason_of(
            joined, [t for t, call in zip(trains, table["call"], strict=True) if call == NONE]
        )
        yield (
            f"beside surrogates, z of most trains has a mean of {shift:.1f} and a standard "
            f"deviation of {spread:.2g}, not 0 and 1: {reason}"
            + (
                ". The empirical null allows for what most trains share; a train that has more of "
                "it than others looks connected"
                if null == "empirical"
                else ". If few trains are connected, take the empirical null"
            )
        )
    if n_doubtful:
        yield (
            f"{n_doubtful} of {n_called} calls hold by one of the two nulls only (flagged in the "
            f"table): take them for candidates"
        )
    if null == "empirical" and n_called > MANY_CALLS * n_tested:
        yield (
            f"{n_called} of {n_tested} trains are many for the empirical null, which takes most of "
            f"them for unconnected: beside it, test with surrogates"
        )


def _about_power(test: RegressionTest, found: float) -> Iterator[str]:
    if found < TOO_FEW_FOUND:
        yield (
            f"of potentials that were added to the voltage at the size at which 80 % should be "
            f"found, {found:.0%} were: standard errors are too small, or potentials depend on what "
            f"else the neuron does"
        )


def reason_of(joined: Joined, trains: Sequence[np.ndarray]) -> str:
    """What trains that are not called share with the voltage, by where half of their covariance is:
    slower than any rhythm, within an octave, or spread widely."""
    count = np.zeros(joined.V.size)
    for times in trains:
        bins = (times / joined.bin).astype(int).clip(0, count.size - 1)
        count += np.bincount(bins, minlength=count.size)
    there = ~joined.missing
    V, count = (np.where(there, x - x[there].mean(), 0) for x in (joined.V, count))
    n, rate = min(SEGMENT, V.size // 8), 1 / joined.bin
    f, coherence = scipy.signal.coherence(V, count, rate, nperseg=n, detrend=False)
    _, cross = scipy.signal.csd(V, count, rate, nperseg=n, detrend=False)
    n_segments = max(2.0, 1.2 * V.size / n)
    shared = np.abs(cross) * (coherence > 1 - (BY_CHANCE / f.size) ** (1 / (n_segments - 1)))
    if not shared.any():
        return "trains share something with the voltage, but at no frequency in particular"
    low, high = f[np.searchsorted(np.cumsum(shared), shared.sum() * np.array([0.25, 0.75]))]
    half = f"half of what trains and voltage share is at {low:.2g} to {high:.2g} Hz, as of"
    if high < SLOW:
        return f"{half} a drift, or a change of states"
    if high < 2 * low:
        return f"{half} a rhythm of about {f[shared.argmax()]:.0f} Hz"
    return f"{half} common input, or bursts that many trains share"


def _notes(
    recording: Recording,
    joined: Joined,
    test: RegressionTest,
    table: pd.DataFrame,
    null: str,
    asked: str,
) -> Iterator[str]:
    there = np.count_nonzero(~joined.missing) * joined.bin
    n = len(recording.segments)
    yield (
        f"{there:.4g} of {recording.duration:.4g} s were used, in {n} segment{'s' * (n > 1)}; "
        f"{recording.own_spikes.size} of the neuron's own spikes were left out"
    )
    if test.kernel == Kernel():
        yield "no train was clear enough to fit the potential's time course: 5 and 15 ms were taken"
    else:
        yield (
            f"potentials begin {test.kernel.δ / ms:.2g} ms after a spike, rise in "
            f"{test.kernel.τ_r / ms:.2g} ms and decay in {test.kernel.τ_d / ms:.2g} ms"
        )
    if null != asked:
        yield f"{len(table)} trains are too few for the empirical null: surrogates took its place"
    yield from _untested(table)
    if joined.bin >= SLOW_BIN:
        yield (
            f"at {1 / joined.bin:.3g} samples per second, much is lost: 400 and more are better, "
            f"and a rate that is wrong by a percent loses everything"
        )


def _untested(table: pd.DataFrame) -> Iterator[str]:
    if n := table["z"].isna().sum():
        yield f"{n} trains could not be tested: see their flags"
