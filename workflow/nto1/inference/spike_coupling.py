"""Which trains drive a neuron, by its spikes alone? A regression of these on all trains at once.

    n(t) = c + Σ_k w_k (h * s_k)(t) + ε(t)

n are the neuron's own spikes per bin, s_k those of train k, h is the coupling's shape (one for all,
that begins a millisecond after the spike), and ε is noise of spectrum S. Least squares minimise the
power of (1 - G) r over S, summed over frequencies, where r is the residual: what is left of a
correlogram beside one that was smoothed by a Gaussian, G. Each train is tested beside what the
others probably do, whose sizes have a normal distribution of a variance that is fitted. It is the
regression of the voltage on trains with spikes in its place; see docs/spike_coupling.md.
"""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike

from nto1 import checks
from nto1.errors import NothingToTest
from nto1.inference.kinds import EXCITATORY, INHIBITORY
from nto1.inference.method import Method, Option, Outcome, Problem, Test
from nto1.inference.regression import (
    CLEAR,
    MIN_BULK,
    MIN_SPIKES,
    NONE,
    flags,
    scale_of,
    with_surrogates,
)
from nto1.regression.calibration import bulk, false_discovery_rates, p_values
from nto1.regression.design import Columns, Design, Spikes
from nto1.regression.gaps import Gaps
from nto1.regression.kernel import Kernel, fit_kernel, precision, spectral_density
from nto1.regression.signal import PADDING, Signal, bins_of
from nto1.units import ms

# More trains are tested each by itself: all at once takes memory with their square, and time with
# their cube.
MAX_JOINT = 2000

# What is synchronous has a common source: a synapse takes a millisecond (Kobayashi et al. 2019).
DELAYS = (1 * ms, 15 * ms)

# Of the filter that whitens.
MEMORY = 200 * ms

# Of the first round; and how far others go from it without evidence (see ``fit_kernel``).
START, SPREAD = Kernel(1 * ms, 5 * ms, 1 * ms), 1.0


class SpikeCoupling(NamedTuple):
    """What a neuron's own spikes tell of every train."""

    efficacy: np.ndarray  # [n_trains] more spikes of the neuron for one of the train, or less
    standard_error: np.ndarray  # [n_trains] calibrated, were the kernel known
    z: np.ndarray  # [n_trains] standard normal for trains that are not connected; NaN: not tested
    p: np.ndarray  # [n_trains] two-sided
    q: np.ndarray  # [n_trains] least false-discovery rate at which the train is called
    call: np.ndarray  # [n_trains] str: excitatory, inhibitory, none
    delay: np.ndarray  # [n_trains] s, at which the coupling begins; NaN for trains not called
    flag: np.ndarray  # [n_trains] str: silent, few spikes, copy of train k, or empty
    kernel: Kernel
    surrogate_z: np.ndarray  # [n_surrogates]


def spike_coupling_test(
    output_times: ArrayLike,
    duration: float,
    trains: Sequence[ArrayLike],
    *,
    weights: Literal["joint", "marginal"] = "joint",
    bin: float = 1 * ms,
    baseline: float = 100 * ms,
    null: Literal["surrogates", "empirical"] = "surrogates",
    n_surrogates: int = 200,
    surrogate_interval: float = 50 * ms,
    seed: int = 1,
    false_discovery_rate: float = 0.05,
    rounds: int = 3,
    threads: int = 1,
) -> SpikeCoupling:
    """Test which trains drive a neuron, by the times of its spikes, without a voltage.

    Parameters
    ----------
    output_times
        Ascending times (s) of the neuron's spikes.
    duration
        Of the recording (s).
    trains
        Ascending spike times (s) of every train.
    weights
        All trains at once ("joint"), so that one train's spikes are not taken for another's
        effect, if there are at most 2000; or each train by itself ("marginal").
    bin
        Length of the bins (s) in which spikes are counted.
    baseline
        Standard deviation (s) of the Gaussian that takes away what trains and the neuron share on
        longer time scales, such as rates that change together; 0: nothing is.
    null, n_surrogates, surrogate_interval, seed, false_discovery_rate, threads
        As for ``regression_test``.
    rounds
        How often sizes are found: the coupling's shape and the spectrum come from the round before.

    Returns
    -------
    SpikeCoupling

    Raises
    ------
    ValueError, TypeError
        For times that are not ascending, come twice or lie beyond the recording; if the neuron has
        less than 5 spikes, or no train has; for options that make no sense.

    Examples
    --------
    The neuron fires by itself, and after a third of the first train's spikes:

    >>> rng = np.random.default_rng(1)
    >>> trains = [np.sort(rng.uniform(0, 60, 300)) for _ in range(20)]
    >>> caused = trains[0][::3] + 0.001 + rng.exponential(0.003, 100)
    >>> output = np.sort(np.append(caused, rng.uniform(0, 60, 600)))
    >>> test = spike_coupling_test(output[output < 60], 60, trains)
    >>> str(test.call[0]), int((test.call != "none").sum())
    ('excitatory', 1)
    >>> round(float(test.efficacy[0]), 1)
    0.3
    """
    _check_options(weights, null)
    checks.whole(n_surrogates, "n_surrogates", 20)
    rounds = checks.whole(rounds, "rounds", 1)
    baseline = checks.number(baseline, "baseline", at_least=0)
    rate = checks.number(false_discovery_rate, "false_discovery_rate", above=0, at_most=1)
    duration = checks.number(duration, "duration", above=0)
    signal = _counted(output_times, duration, checks.number(bin, "bin", above=0))
    times = [
        checks.spike_times(each, f"trains[{k}]", duration)
        for k, each in enumerate(checks.list_of_trains(trains))
    ]
    n_spikes = np.array([each.size for each in times], int)
    bins = bins_of(times, signal.bin, signal.n_bins)
    spikes = Spikes.of(bins, n_spikes, signal.n_bins)
    flag, tested = flags(spikes, n_spikes)
    if not tested.size:
        raise NothingToTest(f"none of {len(times)} trains has {MIN_SPIKES} spikes or more")
    interval = round(surrogate_interval / signal.bin)
    columns = with_surrogates(spikes, tested, n_surrogates, interval, signal.gaps, seed)
    design = Design(Columns(columns), signal.gaps, threads=threads)
    n, output_rate = tested.size, np.size(output_times) / signal.n_bins
    joint = weights == "joint" and n <= MAX_JOINT
    fit = _fit(design, signal, joint, baseline, rounds, n, output_rate)
    t = fit.sizes.t
    scale = scale_of(t[n:])
    efficacy = fit.sizes.alone[:n] * fit.kernel.samples(signal.bin).sum()
    z, error = t[:n] / scale, np.abs(efficacy / t[:n]) * scale
    if null == "empirical":
        if n < MIN_BULK:
            raise NothingToTest(
                f"null='empirical' takes {MIN_BULK} trains or more, most of which are not "
                f"connected, and {n} can be tested: take null='surrogates'"
            )
        of_bulk = bulk(efficacy, error)
        z, error = of_bulk.z(efficacy, error), of_bulk.errors(error)
    z = _normal(z, fit.skewness[:n])
    p = p_values(z)
    q = false_discovery_rates(p)
    call = np.where(q > rate, NONE, np.where(z > 0, EXCITATORY, INHIBITORY))
    delay = _delays(design, signal.bin, fit)[:n]

    def of_all(values: np.ndarray, otherwise: object = np.nan) -> np.ndarray:
        column = np.full(flag.size, otherwise, values.dtype)
        column[tested] = values
        return column

    return SpikeCoupling(
        efficacy=of_all(efficacy),
        standard_error=of_all(error),
        z=of_all(z),
        p=of_all(p),
        q=of_all(q),
        call=of_all(call, NONE),
        delay=of_all(np.where(call == NONE, np.nan, delay)),
        flag=flag,
        kernel=fit.kernel,
        surrogate_z=_normal(t[n:] / scale, fit.skewness[n:]),
    )


def _check_options(weights: str, null: str) -> None:
    for name, value, known in (
        ("weights", weights, ("joint", "marginal")),
        ("null", null, ("surrogates", "empirical")),
    ):
        if value not in known:
            raise ValueError(f"{name} has to be one of {', '.join(known)}, not {value!r}")


def _counted(output_times: ArrayLike, duration: float, bin: float) -> Signal:
    """The neuron's spikes per bin, beside their mean."""
    times = checks.spike_times(output_times, "output_times", duration)
    n_bins = round(duration / bin)
    if n_bins * bin < 1 or times.size < MIN_SPIKES:
        raise NothingToTest(
            f"the neuron has {times.size} spikes in {duration:g} s: at least {MIN_SPIKES} spikes "
            f"and 1 s are needed"
        )
    n_fft = scipy.fft.next_fast_len(n_bins + round(PADDING / bin), real=True)
    y = np.bincount(bins_of([times], bin, n_bins), minlength=n_fft).astype(float)
    y[:n_bins] -= times.size / n_bins
    missing = np.zeros(n_bins, bool)
    return Signal(y, Gaps.of(missing, n_fft), missing, bin, 1)


class _Sizes(NamedTuple):
    """Of all columns, in spikes per bin at the kernel's peak; all [n_columns]."""

    alone: np.ndarray  # of each, beside what all others probably do
    information: np.ndarray  # 1 / variance
    probable: np.ndarray  # of all at once; 0 for surrogates

    @property
    def t(self) -> np.ndarray:
        return self.alone * np.sqrt(self.information)


class _Fit(NamedTuple):
    kernel: Kernel
    sizes: _Sizes
    skewness: np.ndarray  # [n_columns] of t by chance
    residual: np.ndarray  # [n_fft] what is left beside probable sizes


def _fit(
    design: Design,
    signal: Signal,
    joint: bool,
    baseline: float,
    rounds: int,
    n: int,  # columns that are trains
    rate: float,  # of the neuron's spikes, per bin
) -> _Fit:
    """Kernel and sizes, round after round."""
    kernel, residual = START, signal.y
    constant = signal.gaps.bridge(np.ones(design.n_fft))[np.newaxis]
    f = scipy.fft.rfftfreq(design.n_fft, signal.bin)
    beside_baseline = 1 - np.exp(-2 * (np.pi * f * baseline) ** 2) * (baseline > 0)
    for i in range(rounds):
        S_inverse = precision(spectral_density(residual[: signal.n_bins]), design.n_fft)
        S_inverse[0] = S_inverse[1]  # the constant is a covariate
        S_inverse *= beside_baseline**2
        reach = 12 * kernel.τ_d + kernel.δ + max(4 * baseline, MEMORY)
        design.set_filters(
            kernel.samples(signal.bin, round(reach / signal.bin) + 1), S_inverse, constant
        )
        correlation = design.correlate(design.without_covariates(signal.y.copy()))
        sizes = _all_at_once(design, correlation, n) if joint else _one_by_one(design, correlation)
        left = signal.y - signal.gaps.bridge(design.predict(sizes.probable))
        fit = _Fit(kernel, sizes, _skewness(design, rate), design.without_covariates(left))
        residual = fit.residual
        clear = _clear(fit, n)
        if i < rounds - 1 and clear.any():
            drive = design.drive(np.where(clear, sizes.alone, 0)).copy()
            explained = design.predict(np.where(clear, sizes.probable, 0))
            part = residual + signal.gaps.bridge(explained)
            kernel = fit_kernel(
                *(START, signal.bin, drive, part, design.precision, DELAYS), spread=SPREAD
            )
    return fit


def _one_by_one(design: Design, correlation: np.ndarray) -> _Sizes:
    return _Sizes(correlation / design.diagonal, design.diagonal, np.zeros(correlation.size))


def _all_at_once(design: Design, correlation: np.ndarray, n: int) -> _Sizes:
    """Each of the first n columns beside all others of these; each surrogate beside all n.

    Sizes of the others are normal, with the likeliest variance. Where there is little data, this is
    small beside what is not known of them, and each column is tested as if by itself; where there
    is much, these are least squares.
    """
    matrix = design.normal_matrix()
    A, b, shared = matrix[:n, :n], correlation[:n], matrix[:n, n:]
    values, vectors = np.linalg.eigh(A)
    values = values.clip(min=1e-9 * values[-1])
    prior = 1 / _variance_of_sizes(values, vectors.T @ b)
    covariance = vectors / (values + prior) @ vectors.T
    probable, precision = covariance @ b, 1 / np.diag(covariance)
    of_surrogates = np.diag(matrix)[n:] - (shared * (covariance @ shared)).sum(axis=0)
    information = np.append(precision - prior, of_surrogates)
    left = np.append(precision * probable, correlation[n:] - shared.T @ probable)
    return _Sizes(left / information, information, np.append(probable, np.zeros(left.size - n)))


def _variance_of_sizes(values: np.ndarray, b: np.ndarray) -> float:
    """For which the correlations b, along eigenvectors of the normal matrix with these values, are
    likeliest."""

    def unlikely(log_variance: float) -> float:
        gain = np.exp(log_variance) * values  # variance from sizes, beside that from noise
        return (np.log1p(gain) - b**2 / values * gain / (1 + gain)).sum()

    least = -np.log(values[-1]) - 5
    fit = scipy.optimize.minimize_scalar(unlikely, bounds=(least, least + 20), method="bounded")
    return float(np.exp(fit.x))


def _skewness(design: Design, rate: float) -> np.ndarray:
    """Of the correlation of each column [n_columns] with output spikes of a rate (per bin) that are
    Poisson: the whitened kernel is looked up for each pair of spikes."""
    g = scipy.fft.irfft(design.H * design.precision, design.n_fft)
    return (g**3).sum() / (g**2).sum() ** 1.5 / np.sqrt(rate * design.spikes.n_spikes)


def _normal(t: np.ndarray, skewness: np.ndarray) -> np.ndarray:
    """t with a standard deviation of 1 and the skewness of a Poisson count, made normal: to first
    order t - skewness (t² - 1) / 6, as a power of 2/3 of the count has it (Anscombe 1953)."""
    root = 1 / skewness
    count = np.maximum(1 + t / root, 0)
    return 1.5 * root * (np.cbrt(count) ** 2 - 1) + skewness / 6


def _clear(fit: _Fit, n: int) -> np.ndarray:
    """Whether a train [n_columns] would be called: these shape the kernel, and noise must not."""
    t = fit.sizes.t
    z = _normal(t[:n] / scale_of(t[n:]), fit.skewness[:n])
    clear = np.zeros(t.size, bool)
    clear[:n] = false_discovery_rates(p_values(z)) < CLEAR
    return clear


def _delays(design: Design, bin: float, fit: _Fit) -> np.ndarray:
    """The delay (s) that would suit each column best, if it had one of its own [n_columns]."""
    δ = fit.kernel.δ
    steps = np.arange(np.ceil((DELAYS[0] - δ) / bin), (DELAYS[1] - δ) // bin + 1)
    whitened = design.whiten(fit.residual)
    back = scipy.fft.irfft(scipy.fft.rfft(whitened) * design.H.conj(), design.n_fft)
    own = np.append(design.autocovariance, np.zeros(steps.size))
    explained = fit.sizes.probable * design.spikes.n_spikes
    fits = [
        design.spikes.look_up(np.roll(back, -step)) + explained * own[abs(step)]
        for step in steps.astype(int)
    ]
    return δ + bin * steps[np.argmax(np.sign(fit.sizes.alone) * np.array(fits), axis=0)]


def _run(problem: Problem, test: Test, _: list[Outcome] | None) -> list[Outcome]:
    """The outcome is the same for all signals."""
    return [_outcome(problem, test.in_SI())] * len(problem.signals)


def _outcome(problem: Problem, options: dict[str, Any]) -> Outcome:
    """z of every train; all NaN if none can be tested."""
    try:
        found = spike_coupling_test(
            *(problem.output_times, problem.duration, problem.trains),
            weights=options["spike_coupling_weights"],
            bin=options["spike_coupling_bin"],
            baseline=options["spike_coupling_baseline"],
            null=options["spike_coupling_null"],
            n_surrogates=options["spike_coupling_n_surrogates"],
            seed=options["spike_coupling_seed"],
            threads=problem.threads,
        )
    except NothingToTest:
        nothing = np.full(len(problem.trains), np.nan)
        return Outcome(nothing, dict.fromkeys(("efficacy", "p", "q", "delay_ms"), nothing))
    columns = {"efficacy": found.efficacy, "p": found.p, "q": found.q, "delay_ms": found.delay / ms}
    return Outcome(found.z, columns, found)


METHOD = Method(
    "spike_coupling",
    "Spike coupling",
    "regression of the output spikes on all trains at once, without the voltage",
    _run,
    own={
        "weights": Option(
            "joint",
            "Trains all at once (joint; if there are at most 2000) or each by itself (marginal).",
            choices=("joint", "marginal"),
        ),
        "bin_ms": Option(
            1.0, "Length of the bins in which spikes are counted.", {"gt": 0, "le": 10}
        ),
        "baseline_ms": Option(
            100.0,
            "Standard deviation of the Gaussian that takes away what is slower; 0: none.",
            {"ge": 0, "le": 1e4},
        ),
        "null": Option(
            "surrogates",
            "How large z is by chance: from surrogates, or from all trains, most of which are not "
            "connected (empirical).",
            choices=("surrogates", "empirical"),
        ),
        "n_surrogates": Option(200, "Number of surrogates.", {"ge": 20, "le": 10_000}),
        "seed": Option(1, "Seed of the surrogates.", {"ge": 0, "le": 2**53 - 1}),
    },
    seconds=lambda n_spikes, window, n_shuffles: n_spikes * 1e-6,
    caution=(
        "8 % of unconnected pairs of a network have p < 5 %, since chains and common inputs are "
        "allowed for in part; it doesn't look at the voltage"
    ),
    place=6,
)
