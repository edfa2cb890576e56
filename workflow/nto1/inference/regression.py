"""Which trains drive the voltage? A regression of the whitened voltage on all trains at once.

    V(t) = c + Σ_k w_k (h * s_k)(t) + Σ_j b_j g_j(t) + ε(t)

s_k are the spikes of train k, h is the postsynaptic potential's shape (one for all, with a peak of
1), w_k its size, g_j are covariates, and ε is stationary noise of spectrum S. Sizes are found by
generalised least squares; h and S from the data, in turn. Trains that were moved in time
(surrogates) enter the regression as well, and say how large t is by chance. See
docs/regression.md.
"""

from collections.abc import Iterator, Sequence
from math import ceil
from typing import Literal, NamedTuple

import numpy as np
import scipy

from nto1 import checks
from nto1.errors import NothingToTest
from nto1.inference.kinds import EXCITATORY, INHIBITORY
from nto1.inference.method import Method, Option, Outcome, Problem, Test
from nto1.regression.calibration import as_normal, bulk, false_discovery_rates, jitter, p_values
from nto1.regression.design import (
    MAX_ITERATIONS,
    Columns,
    Design,
    Solution,
    Spikes,
    conjugate_gradients,
    hash_of_intervals,
    weighted_norm,
)
from nto1.regression.gaps import Gaps
from nto1.regression.kernel import Kernel, fit_kernel, precision, spectral_density
from nto1.regression.mixture import Mixture, Posterior, expectation_propagation
from nto1.regression.signal import (
    OWN_SPIKE,
    Signal,
    afterpotentials,
    around,
    binned,
    bins_of,
    detect_spikes,
    within,
)
from nto1.threads import map_ahead
from nto1.units import ms, mV

NONE = "none"

Weights = Literal["mixture", "joint", "marginal"]

# Trains from which on all sizes say something about each; and passes before the spectrum is known.
MANY, FIRST_PASSES = 400, 2

# Trains with less spikes can't tell anything.
MIN_SPIKES = 5

# Up to so many trains and surrogates, standard errors are those of the whole normal matrix.
MAX_EXACT = 1000

# Fewer trains have no bulk.
MIN_BULK = 30

# Signals of one recording that are tested beside each other: each takes memory.
AT_A_TIME = 2

# Delays (s) that are tried before the kernel is fitted, which begins with the best.
START_DELAYS = (0.0, 5 * ms, 10 * ms, 15 * ms)
# False-discovery rate of the trains that take part when the kernel is fitted; and the least sum of
# their squared z: four parameters that are fitted to less make chance look like a potential.
CLEAR, ENOUGH = 0.05, 64.0

# Of conjugate gradients, relative: in rounds that only shape what follows, and in the last.
ROUGH, TOLERANCE = 0.05, 0.01


class RegressionTest(NamedTuple):
    """What a regression tells of every train, and of the voltage."""

    size: np.ndarray  # [n_trains] V, at the potential's peak; NaN where a train was not tested
    standard_error: np.ndarray  # [n_trains] V, calibrated
    t: np.ndarray  # [n_trains] size / standard error, as least squares have it
    z: np.ndarray  # [n_trains] calibrated, standard normal for trains that are not connected
    p: np.ndarray  # [n_trains] two-sided
    q: np.ndarray  # [n_trains] least false-discovery rate at which the train is called
    call: np.ndarray  # [n_trains] str: excitatory, inhibitory, none
    n_spikes: np.ndarray  # [n_trains] int64, outside of gaps
    kurtosis: np.ndarray  # [n_trains] excess, of t by chance: a few spikes that meet rare events
    flag: np.ndarray  # [n_trains] str: silent, few spikes, copy of train k, or empty
    kernel: Kernel
    frequency: np.ndarray  # [n_frequencies] Hz
    spectrum: np.ndarray  # [n_frequencies] V²/Hz, of what is not explained, one-sided
    explained: float  # share of the variance, by trains, the neuron's own spikes and covariates
    surrogate_z: np.ndarray  # [n_surrogates]
    shift: float  # of the bulk of z beside surrogates: mean, at the median standard error
    spread: float  # and SD; NaN, of fewer trains than have a bulk
    iterations: tuple[int, ...]  # of conjugate gradients, in each round and for the mixture
    mixture: Mixture | None  # of all sizes, if it was asked for and some stand out
    warnings: tuple[str, ...]


class _Options(NamedTuple):
    """As ``regression_test`` has them."""

    weights: Weights | None
    own_spikes: np.ndarray | Sequence[float] | Literal["detect"] | None
    bin: float = 1 * ms
    timing_window: float | None = None
    covariates: np.ndarray | Sequence[np.ndarray] = ()
    summed_count: bool = False
    excluded: Sequence[tuple[float, float]] = ()
    kernel: Kernel | None = None
    null: Literal["surrogates", "empirical"] = "surrogates"
    n_surrogates: int = 200
    surrogate_interval: float = 50 * ms
    seed: int = 1
    false_discovery_rate: float = 0.05
    rounds: int = 3
    threads: int = 1


class _Prepared(NamedTuple):
    """What does not depend on the voltage but for its gaps."""

    signal: Signal  # without a voltage
    columns: Columns
    fixed: list[np.ndarray]  # covariates, each [n_fft]
    tested: np.ndarray  # [n_tested] which trains
    n_spikes: np.ndarray  # [n_trains] outside of gaps
    flag: np.ndarray  # [n_trains]


class _Fit(NamedTuple):
    """Of one round."""

    sizes: np.ndarray  # [n_columns] V, trains and then surrogates
    kernel: Kernel
    density: np.ndarray  # spectral density of what had not been explained before
    correlation: np.ndarray  # [n_columns] of each column with what is left
    residual: np.ndarray  # [n_fft] V, what is left of the voltage
    iterations: int


class _Estimate(NamedTuple):
    sizes: np.ndarray  # [n_columns] V
    variance: np.ndarray  # [n_columns] V²
    mixture: Mixture | None
    iterations: int
    density: np.ndarray  # spectral density of the noise


def regression_test(
    V: np.ndarray,
    dt: float,
    trains: Sequence[np.ndarray],
    *,
    weights: Weights | None = None,
    own_spikes: np.ndarray | Sequence[float] | Literal["detect"] | None = "detect",
    bin: float = 1 * ms,
    timing_window: float | None = None,
    covariates: np.ndarray | Sequence[np.ndarray] = (),
    summed_count: bool = False,
    excluded: Sequence[tuple[float, float]] = (),
    kernel: Kernel | None = None,
    null: Literal["surrogates", "empirical"] = "surrogates",
    n_surrogates: int = 200,
    surrogate_interval: float = 50 * ms,
    seed: int = 1,
    false_discovery_rate: float = 0.05,
    rounds: int = 3,
    threads: int = 1,
) -> RegressionTest:
    """Test which trains drive a voltage, and how much, by regression on all of them at once.

    Parameters
    ----------
    V
        Voltage (V), one value per time step: [n_steps].
    dt
        Time step (s).
    trains
        Ascending spike times (s) of every train; time 0 is the recording's beginning.
    weights
        All trains at once ("joint"); also with what all sizes look like as the prior of each
        ("mixture": none, excitatory, inhibitory); or each train by itself ("marginal"). None
        takes "mixture" where there are hundreds of trains, else "joint".
    own_spikes
        Times (s) of the neuron's own spikes, around which the voltage is left out; "detect" finds
        them in the voltage, None: there are none.
    bin
        Length of the bins (s) over which the voltage is averaged; a time step, if that is longer.
    timing_window
        What trains share with the voltage on time scales longer than this (s) does not count.
    covariates
        Signals [n_covariates, n_steps] that may explain the voltage, such as a field potential.
    summed_count
        Whether the number of all trains' spikes, 5 ms before to 15 ms after, is a covariate.
    excluded
        Begin and end (s) of each interval of the voltage that is left out.
    kernel
        The potential's shape; it is fitted if there is none.
    null
        How large z is by chance is known from surrogates, or (where most of the trains are not
        connected) from all trains that are tested ("empirical"; Efron 2004).
    n_surrogates, surrogate_interval, seed
        How many surrogates there are, each one of the trains with its spikes moved at random
        within intervals of that length (s); and the seed of their draws.
    false_discovery_rate
        Among the trains that are called excitatory or inhibitory.
    rounds
        How often sizes are found: the kernel and the spectrum come from the round before. From the
        second on, covariates allow for potentials that depend on the voltage.
    threads
        How many run beside each other. Results don't depend on it.

    Returns
    -------
    RegressionTest

    Raises
    ------
    ValueError
        For a voltage that is constant, not finite (outside of excluded intervals), or too short;
        times that are not ascending or lie beyond the recording; options that make no sense.

    Notes
    -----
    Two trains with the same spikes can't be told apart: the first is tested, the other flagged.

    Examples
    --------
    Spikes of the first train are followed by potentials of half a millivolt, in noise of one:

    >>> rng = np.random.default_rng(1)
    >>> trains = [np.unique(rng.uniform(0, 60, 300)) for _ in range(20)]
    >>> psp = np.exp(-np.arange(100) / 15) - np.exp(-np.arange(100) / 5)
    >>> counts, _ = np.histogram(trains[0], 60_000, (0, 60))
    >>> V = np.convolve(counts, 0.5 * mV * psp / psp.max())[:60_000] + rng.normal(0, 1 * mV, 60_000)
    >>> test = regression_test(V, 1 * ms, trains)
    >>> str(test.call[0]), int((test.call != "none").sum())
    ('excitatory', 1)
    >>> bool(abs(test.size[0] - 0.5 * mV) < 3 * test.standard_error[0])
    True
    """
    options = _Options(
        *(weights, own_spikes, bin, timing_window, covariates, summed_count, excluded, kernel),
        *(null, n_surrogates, surrogate_interval, seed, false_discovery_rate, rounds, threads),
    )
    _check_options(options)
    V, own, missing = _check_voltage(V, dt, own_spikes, excluded)
    return _test(V, _prepare(own, missing, dt, trains, options), options)


def _prepare(
    own: np.ndarray,
    missing: np.ndarray,
    dt: float,
    trains: Sequence[np.ndarray],
    options: _Options,
) -> _Prepared:
    signal = binned(missing, dt, options.bin)
    trains = [
        checks.spike_times(times, f"trains[{k}]", missing.size * dt)
        for k, times in enumerate(checks.list_of_trains(trains))
    ]
    bins = bins_of(trains, signal.bin, signal.n_bins)
    spikes = Spikes.of(bins, np.array([times.size for times in trains], int), signal.n_bins)
    n_spikes = spikes.look_up((~signal.missing).astype(float)).astype(int)
    flag, tested = flags(spikes, n_spikes)
    if not tested.size:
        raise NothingToTest(f"none of {len(trains)} trains has {MIN_SPIKES} spikes or more")

    interval = round(options.surrogate_interval / signal.bin)
    columns = Columns(
        with_surrogates(spikes, tested, options.n_surrogates, interval, signal.gaps, options.seed)
    )
    fixed = [signal.gaps.bridge(np.ones(signal.gaps.n_fft)), *afterpotentials(own, signal)]
    fixed += [signal.means(np.asarray(x, float)) for x in options.covariates]
    if options.summed_count:
        fixed += _lagged(spikes, signal)
    return _Prepared(signal, columns, fixed, tested, n_spikes, flag)


def _test(V: np.ndarray, prepared: _Prepared, options: _Options) -> RegressionTest:
    signal, n_tested = prepared.signal.of(V), prepared.tested.size
    window = round(options.timing_window / signal.bin) if options.timing_window else 0
    design = Design(prepared.columns, signal.gaps, window, options.threads)
    weights = options.weights or ("mixture" if n_tested >= MANY else "joint")
    fits = _fit(design, prepared, signal, weights != "marginal", options)
    estimate = _estimate(design, signal, fits[-1], weights, n_tested, options.seed)
    at_spikes = design.at_spikes(fits[-1].residual)[: signal.n_bins][~signal.missing]
    return _result(prepared, signal, fits, estimate, excess_kurtosis(at_spikes), options)


def with_surrogates(
    spikes: Spikes, tested: np.ndarray, n: int, interval: int, gaps: Gaps, seed: int
) -> Spikes:
    """The trains that are tested, and after them n of these whose spikes were moved at random, each
    within its own interval of so many bins."""
    rng = np.random.default_rng(seed)
    drawn = rng.choice(tested, n, replace=tested.size < n)
    edges = gaps.edges(spikes.n_bins)
    surrogates = [jitter(spikes.train(k), interval, edges, rng) for k in drawn]
    bins = [spikes.train(k) for k in tested] + surrogates
    return Spikes.of(np.concatenate(bins), np.array([each.size for each in bins]), spikes.n_bins)


def _fit(
    design: Design, prepared: _Prepared, signal: Signal, joint: bool, options: _Options
) -> list[_Fit]:
    """Round after round: spectrum, sizes; kernel, and what depends on the voltage."""
    given, rounds = options.kernel, options.rounds
    fits: list[_Fit] = []
    kernel, residual = given or Kernel(), signal.y
    sizes = np.zeros(design.spikes.n_spikes.size)
    nonlinear: list[np.ndarray] = []
    for round in range(rounds):
        density = spectral_density(residual[: signal.n_bins])
        spectrum = precision(density, design.n_fft)
        covariates = np.array([*prepared.fixed, *nonlinear])
        design.set_filters(kernel.samples(signal.bin), spectrum, covariates)
        if round == 0 and given is None:
            delay = _clearest_delay(design, signal, prepared.tested.size)
            if delay:
                kernel = Kernel(δ=delay)
                design.set_filters(kernel.samples(signal.bin), spectrum, covariates)
        if joint:
            tolerance = TOLERANCE if round == rounds - 1 else ROUGH
            sizes, correlation, iterations = least_squares(design, signal, sizes, tolerance)
            explained = signal.gaps.bridge(design.predict(sizes))
            residual = design.without_covariates(signal.y - explained)
        else:
            residual = design.without_covariates(signal.y.copy())
            correlation, iterations = design.correlate(residual), 0
            sizes = correlation / design.diagonal
        fits.append(_Fit(sizes, kernel, density, correlation, residual, iterations))
        if round == rounds - 1:
            break
        clear = clear_sizes(design, sizes, prepared.tested.size)
        if given is None and clear.any():
            drive = design.drive(clear).copy()
            part = residual + signal.gaps.bridge(design.filter(drive)) * joint
            kernel = fit_kernel(kernel, signal.bin, drive, part, design.precision)
        if joint and clear.any():
            own = signal.y - residual - explained
            nonlinear = _nonlinear(design, signal, clear, own)
    return fits


def _clearest_delay(design: Design, signal: Signal, n_tested: int) -> float:
    """The delay (s) at which trains, each by itself, are clearest. With a wrong one, potentials are
    not seen in the whitened voltage, or with the wrong sign, and no kernel can be fitted to them.
    """
    residual = design.without_covariates(signal.y.copy())
    bins = [round(delay / signal.bin) for delay in START_DELAYS]
    clearness = [
        float(design.diagonal @ clear_sizes(design, late / design.diagonal, n_tested) ** 2)
        for late in design.correlate_late(residual, bins)
    ]
    return START_DELAYS[int(np.argmax(clearness))]  # the first, if none is clear


def least_squares(design: Design, signal: Signal, start: np.ndarray, tolerance: float) -> Solution:
    """Sizes, from near ones."""
    left = signal.y - signal.gaps.bridge(design.predict(start))
    correlation = design.correlate(design.without_covariates(left))
    # With the voltage, about: trains are nearly independent.
    whole = weighted_norm(design.diagonal * start + correlation, design.diagonal)
    return conjugate_gradients(
        design.normal, start, correlation, design.diagonal, tolerance * whole
    )


def clear_sizes(design: Design, sizes: np.ndarray, n_tested: int) -> np.ndarray:
    """Sizes of trains that would be called, if these are clear enough together, and 0 for others:
    they shape what follows, and noise must not."""
    t = sizes * np.sqrt(design.diagonal)
    z = t[:n_tested] / scale_of(t[n_tested:])
    called = false_discovery_rates(p_values(z)) < CLEAR
    clear = np.zeros_like(sizes)
    if (z[called] ** 2).sum() >= ENOUGH:
        clear[:n_tested] = np.where(called, sizes[:n_tested], 0)
    return clear


def _nonlinear(
    design: Design, signal: Signal, sizes: np.ndarray, own: np.ndarray
) -> list[np.ndarray]:
    """Covariates for potentials that depend on the voltage: driving forces, leak, threshold.

    They are made orthogonal to what the trains of either sign explain, of which they would
    otherwise take their share: sizes would be too small."""
    drives = [design.drive(part).copy() for part in (sizes.clip(min=0), sizes.clip(max=0))]
    linear = [signal.gaps.bridge(design.filter(drive)) for drive in drives]
    p = linear[0] + linear[1] + own
    p -= p.mean()
    powers = [p**2, p**3]
    products = [*(drive * p for drive in drives), *powers]
    filtered = map_ahead(design.filter, products, design.threads)
    covariates = np.array([signal.gaps.bridge(x) for x in (*filtered, *powers)])
    return list(design.orthogonal(covariates, np.array(linear)))


def _lagged(spikes: Spikes, signal: Signal) -> list[np.ndarray]:
    """The number of all trains' spikes per bin, at lags of -5 to 15 ms."""
    counts = np.bincount(spikes.bins, minlength=signal.gaps.n_fft).astype(float)
    lags = range(-round(5 * ms / signal.bin), round(15 * ms / signal.bin) + 1)
    return [signal.gaps.bridge(np.roll(counts, lag)) for lag in lags]


def excess_kurtosis(x: np.ndarray) -> float:
    """Of values around 0."""
    squares = x**2
    return float((squares**2).mean() / squares.mean() ** 2 - 3)


def scale_of(surrogate_t: np.ndarray) -> float:
    """Of t by chance: root mean square."""
    return float(np.sqrt((surrogate_t**2).mean()))


def _result(
    prepared: _Prepared,
    signal: Signal,
    fits: list[_Fit],
    estimate: _Estimate,
    kurtosis_of_one: float,
    options: _Options,
) -> RegressionTest:
    tested, flag, null = prepared.tested, prepared.flag, options.null
    last = fits[-1]
    sizes, variance, mixture, more_iterations, density = estimate
    t = sizes / np.sqrt(variance)
    n = tested.size
    scale = scale_of(t[n:])
    errors, surrogate_z = scale * np.sqrt(variance[:n]), t[n:] / scale
    z = t[:n] / scale
    of_bulk = bulk(sizes[:n], errors) if n >= MIN_BULK else None
    shift, spread = (np.nan, np.nan) if of_bulk is None else of_bulk.typical(errors)
    if null == "empirical":
        if of_bulk is None:
            raise NothingToTest(
                f"null='empirical' takes {MIN_BULK} trains or more, most of which are not "
                f"connected, and {n} can be tested: take null='surrogates'"
            )
        z, errors = of_bulk.z(sizes[:n], errors), of_bulk.errors(errors)
    kurtosis = kurtosis_of_one / prepared.n_spikes[tested]  # of a sum over spikes
    z = as_normal(z, kurtosis)
    p = p_values(z)
    q = false_discovery_rates(p)
    call = np.where(q > options.false_discovery_rate, NONE, np.where(z > 0, EXCITATORY, INHIBITORY))

    def of_all(values: np.ndarray, otherwise: object = np.nan) -> np.ndarray:
        column = np.full(flag.size, otherwise, values.dtype)
        column[tested] = values
        return column

    there = ~signal.missing
    explained = 1 - last.residual[: there.size][there].var() / signal.y[: there.size][there].var()
    return RegressionTest(
        size=of_all(sizes[:n]),
        standard_error=of_all(errors),
        t=of_all(t[:n]),
        z=of_all(z),
        p=of_all(p),
        q=of_all(q),
        call=of_all(call, NONE),
        n_spikes=prepared.n_spikes,
        kurtosis=of_all(kurtosis),
        flag=flag,
        kernel=last.kernel,
        frequency=np.linspace(0, 0.5 / signal.bin, density.size),
        spectrum=2 * signal.bin * density,
        explained=float(max(0, explained)),
        surrogate_z=surrogate_z,
        shift=shift,
        spread=spread,
        iterations=(*(fit.iterations for fit in fits), more_iterations),
        mixture=mixture,
        warnings=tuple(_warnings(last, surrogate_z, shift, spread, null)),
    )


def _warnings(
    fit: _Fit, surrogate_z: np.ndarray, shift: float, spread: float, null: str
) -> Iterator[str]:
    """What makes calls doubtful, in words."""
    beyond = (np.abs(surrogate_z) > 1.96).mean()
    if beyond > 0.08:
        yield (
            f"{beyond:.0%} of the surrogates, not 5 %, lie beyond the 5 % threshold: their t are "
            f"not normally distributed, and p-values are too small"
        )
    if fit.kernel == Kernel():
        yield "no train was clear enough to fit the kernel: 5 and 15 ms were assumed"
    if fit.iterations == MAX_ITERATIONS:
        yield f"sizes had not converged after {fit.iterations} iterations: trains may be alike"
    if abs(shift) > 0.5 or spread < 0.7 or spread > 1.3:  # not if NaN
        yield (
            f"z of most trains have a mean of {shift:.1f} and a standard deviation of "
            f"{spread:.1f} beside surrogates, not 0 and 1: "
            + {
                "surrogates": "trains share a rhythm, a state or a drift with the voltage (then "
                'take null="empirical"), or many of them are connected',
                "empirical": "trains share a rhythm, a state or a drift with the voltage, which "
                "the empirical null allows for; if many of them are connected, it does not hold",
            }[null]
        )


def _estimate(
    design: Design, signal: Signal, fit: _Fit, weights: Weights, n_tested: int, seed: int
) -> _Estimate:
    """Sizes and their variances, which surrogates are still to scale."""
    posterior = None
    if weights == "mixture":
        posterior = expectation_propagation(
            *(design, fit.correlation, fit.sizes, n_tested, seed), passes=FIRST_PASSES
        )
    if posterior is not None:
        density = _with_what_is_unsure(design, signal, fit, posterior)
        spectrum = precision(density, design.n_fft)
        covariates = design.covariates and design.covariates.rows
        design.set_filters(fit.kernel.samples(signal.bin), spectrum, covariates)
        left = signal.y - signal.gaps.bridge(design.predict(posterior.mean))
        correlation = design.correlate(design.without_covariates(left))
        again = expectation_propagation(design, correlation, posterior.mean, n_tested, seed)
        iterations = posterior.iterations + (again.iterations if again else 0)
        posterior = again or posterior
        _, _, cavity, variance, mixture, _ = posterior
        return _Estimate(cavity, variance, mixture, iterations, density)
    noise = _noise(design, signal, fit.residual)
    return _Estimate(
        fit.sizes, noise / information(design, weights != "marginal"), None, 0, fit.density
    )


def _with_what_is_unsure(
    design: Design, signal: Signal, fit: _Fit, posterior: Posterior
) -> np.ndarray:
    """Spectral density of the noise, given a posterior of sizes: of the residual, and of what is
    not known of the prediction. That of least squares' residual alone is too low where thousands
    of sizes were fitted."""
    residual = signal.y - signal.gaps.bridge(design.predict(posterior.mean))
    density = spectral_density(design.without_covariates(residual)[: signal.n_bins])
    h = fit.kernel.samples(signal.bin)
    segment = 2 * (density.size - 1)  # on whose circle h may not fit
    H = scipy.fft.rfft(np.bincount(np.arange(h.size) % segment, h, minlength=segment))
    return density + np.abs(H) ** 2 * (design.spikes.n_spikes @ posterior.spread) / signal.n_bins


def _noise(design: Design, signal: Signal, residual: np.ndarray) -> float:
    """Variance of the whitened residual, which would be 1 if the spectrum were that of this one."""
    n_covariates = design.covariates.rank if design.covariates else 0
    n_parameters = design.diagonal.size + n_covariates
    squares = (design.whiten(residual) * residual).sum()
    return squares / (np.count_nonzero(~signal.missing) - n_parameters)


def information(design: Design, joint: bool) -> np.ndarray:
    """Of every column, 1 / variance for noise of variance 1: by the whole normal matrix, if it is
    not too large."""
    if not joint or design.diagonal.size > MAX_EXACT or design.window:
        return design.diagonal
    factor, failed = scipy.linalg.lapack.dpotrf(design.normal_matrix(), lower=True)
    if failed:
        return design.diagonal
    inverse, _ = scipy.linalg.lapack.dpotri(factor, lower=True)
    return 1 / np.diag(inverse)


def flags(spikes: Spikes, n_used: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What keeps a train from being tested; and the others, in an order that depends on their
    intervals alone, so that their surrogates do."""
    flag = np.full(n_used.size, "", dtype=object)
    flag[n_used < MIN_SPIKES] = "few spikes"
    flag[n_used == 0] = "silent"
    first: dict[tuple[int, int], int] = {}
    for k in np.flatnonzero(flag == "").tolist():
        bins = spikes.train(k)
        same = first.setdefault((int(hash_of_intervals(bins)), int(bins[0])), k)
        if same != k:
            flag[k] = f"copy of train {same}"
    return flag.astype(str), np.array([first[key] for key in sorted(first)], int)


def _check_options(options: _Options) -> None:
    for name, value, known in (
        ("weights", options.weights or "joint", ("mixture", "joint", "marginal")),
        ("null", options.null, ("surrogates", "empirical")),
    ):
        if value not in known:
            raise ValueError(f"{name} has to be one of {', '.join(known)}, not {value!r}")
    checks.whole(options.n_surrogates, "n_surrogates", 20)
    checks.whole(options.rounds, "rounds", 1)
    rate = checks.number(options.false_discovery_rate, "false_discovery_rate")
    if not 0 < rate < 1:
        raise ValueError(f"false_discovery_rate has to lie between 0 and 1, not {rate:g}")


def _check_voltage(
    V: np.ndarray,
    dt: float,
    own_spikes: np.ndarray | Sequence[float] | str | None,
    excluded: Sequence[tuple[float, float]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The voltage with zeros for what is excluded; the neuron's own spikes; samples left out."""
    V, dt = checks.vector(V, "V", may_be_nan=True), checks.number(dt, "dt", above=0)
    begin, end = np.array(excluded, float).reshape(-1, 2).T
    missing = within(begin, end, dt, V.size)
    if missing.any():
        V = np.where(missing, 0, V)
    bad = np.flatnonzero(~np.isfinite(V))
    if bad.size:
        raise ValueError(
            f"{bad.size} of {V.size} voltages are NaN or infinite, the first at {bad[0] * dt:g} s: "
            f"name the intervals they are in as excluded, or fill them in"
        )
    if isinstance(own_spikes, str):
        own_spikes = detect_spikes(np.where(missing, np.nan, V), dt)
    own = checks.spike_times(() if own_spikes is None else own_spikes, "own_spikes", V.size * dt)
    return V, own, missing | around(own, dt, V.size, OWN_SPIKE, OWN_SPIKE)


def _run(problem: Problem, test: Test, _: list[Outcome] | None) -> list[Outcome]:
    """z of every train; all NaN if none can be tested."""
    given, n = test.in_SI(), len(problem.trains)
    way = given["regression_weights"]
    at_a_time = min(problem.threads, len(problem.signals), AT_A_TIME)
    options = _Options(
        weights=None if way == "auto" else way,
        own_spikes=problem.output_times,
        bin=given["regression_bin"],
        null=given["regression_null"],
        n_surrogates=given["regression_n_surrogates"],
        seed=given["regression_seed"],
        threads=ceil(problem.threads / at_a_time),
    )
    dt, n_steps = problem.dt, problem.n_steps
    missing = around(problem.output_times, dt, n_steps, OWN_SPIKE, OWN_SPIKE)
    try:
        prepared = _prepare(problem.output_times, missing, dt, problem.trains, options)
        found = list(map_ahead(lambda V: _test(V, prepared, options), problem.signals, at_a_time))
    except NothingToTest:
        names = ("size_mV", "p", "q", "tau_rise_ms", "tau_decay_ms")
        nothing = Outcome(np.full(n, np.nan), {name: np.full(n, np.nan) for name in names})
        return [nothing] * len(problem.signals)
    return [_outcome(each) for each in found]


def _outcome(found: RegressionTest) -> Outcome:
    columns = {"size_mV": found.size / mV, "p": found.p, "q": found.q}
    columns["tau_rise_ms"] = np.full(found.z.size, found.kernel.τ_r / ms)
    columns["tau_decay_ms"] = np.full(found.z.size, found.kernel.τ_d / ms)
    return Outcome(found.z, columns, found)


def _n_bytes(test: Test, n_spikes: float, duration: float, threads: int) -> float:
    n_bins = duration / test.in_SI()["regression_bin"]
    return 25 * n_spikes + 360 * n_bins * min(threads, AT_A_TIME)


METHOD = Method(
    "regression",
    "Regression",
    "regression of the whitened voltage on all trains at once",
    _run,
    own={
        "weights": Option(
            "auto",
            "Trains all at once (joint), each by itself (marginal), or all at once and with what "
            "all sizes look like as the prior of each (mixture); auto is mixture where there are "
            "hundreds of trains, joint elsewhere.",
            choices=("auto", "joint", "marginal", "mixture"),
        ),
        "bin_ms": Option(1.0, "Length of the voltage's bins.", {"gt": 0, "le": 100}),
        "null": Option(
            "surrogates",
            "How large z is by chance: from surrogates, or from all trains, most of which are not "
            "connected (empirical).",
            choices=("surrogates", "empirical"),
        ),
        "n_surrogates": Option(200, "Number of surrogates.", {"ge": 20, "le": 10_000}),
        "seed": Option(1, "Seed of the surrogates.", {"ge": 0, "le": 2**53 - 1}),
    },
    seconds=lambda n_spikes, window, n_shuffles: n_spikes * 0.35e-6,
    n_bytes=_n_bytes,
    caution="",
    place=5,
)
