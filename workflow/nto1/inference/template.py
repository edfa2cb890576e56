"""Connection test in two passes: which trains' averages are shaped like those of the clearest ones?

First pass: the height of the spike-triggered average (``sta_test``). The averages of the trains
that come out as most clearly excitatory are a template. Second pass: the correlation of each
average with the template, compared with the shuffles.

Correlation is linear in the average: all windows' products with the template are a filtered
voltage, of which every spike takes one value. The averages' norms are those of the first pass.

Source: the thesis's chapter on connection inference.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from nto1 import checks
from nto1.inference.method import SHUFFLING, Method, Option, Outcome, Problem, Test
from nto1.inference.sta import STATest, exact_stas, signed_t, sta_test
from nto1.inference.windows import (
    Windows,
    exact_mean,
    in_batches,
    sum_looked_up,
)
from nto1.jit import jit, jit_inline
from nto1.units import ms


class TemplateTest(NamedTuple):
    t: np.ndarray  # [n_trains] from -1 (inhibitory) to 1 (excitatory)
    first_pass: STATest
    threshold: float  # of the first pass's t, for the template
    selected: np.ndarray  # [n_selected] trains whose averages are the template
    template: np.ndarray  # [window] V


def template_test(
    V: ArrayLike,
    dt: float,
    trains: Iterable[ArrayLike],
    window: float = 20 * ms,
    n_shuffles: int = 100,
    seed: int | Sequence[int] | np.ndarray = 1,
    threads: int = 1,
    quantile: float = 0.99,
    template_window: float = 100 * ms,
    first_pass: STATest | None = None,
) -> TemplateTest:
    """Test which trains are connected, by their averages' correlation with a template.

    Parameters
    ----------
    V, dt, trains, window, n_shuffles, seed, threads
        As for ``sta_test``.
    quantile
        The template is made of trains whose first t is at or above this quantile of all.
    template_window
        Spikes count in the template if such a window (s) after them fits into the recording.
    first_pass
        What ``sta_test`` gave for the same arguments, if it is known.

    Returns
    -------
    TemplateTest
        t = s (1 - p), where s is the correlation's sign, and p the share of shuffles whose
        correlation times s is as large (or 1 / n_shuffles if there is none).

    Raises
    ------
    ValueError, TypeError
        What ``sta_test`` raises; for a first pass over other trains, or with other shuffles.

    Notes
    -----
    The sign is chosen from the data: without any connection, ``|t|`` ≥ 0.95 in 11 % of the trains
    (5 % are nominal), and in up to all of them where they share bursts, states or a rhythm with
    the voltage. See docs/regression.md, Calibration.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> V = rng.normal(-0.065, 0.001, 100_000)
    >>> trains = [np.sort(rng.uniform(0, 9.8, 100)) for _ in range(5)]
    >>> for start in np.floor(trains[0] / 1e-4).astype(int):
    ...     V[start : start + 200] += np.linspace(0, 0.002, 200)
    >>> test = template_test(V, 1e-4, trains)
    >>> test.selected.tolist(), float(test.t[0])
    ([0], 0.99)
    """
    V, dt = checks.recording(V, dt)
    n_shuffles = checks.whole(n_shuffles, "n_shuffles", 1)
    checks.number(quantile, "quantile", at_least=0, at_most=1)
    n_window = checks.window(window, dt, V.size)
    checks.window(template_window, dt, V.size, "template_window")
    trains = checks.trains(trains, V.size * dt, n_window * dt)
    if first_pass is not None:
        checks.instance(first_pass, STATest, "first_pass", "what sta_test gave")
        if first_pass.norms.shape != (len(trains), 1 + n_shuffles):
            raise ValueError(
                f"first_pass is of {first_pass.t.size} trains with {first_pass.norms.shape[1] - 1} "
                f"shuffles each, not of {len(trains)} with {n_shuffles}"
            )
    else:
        first_pass = sta_test(V, dt, trains, window, n_shuffles, seed, threads)
    template, threshold, selected = make_template(
        V, dt, trains, first_pass.t, window, quantile, template_window
    )
    t = correlation_test(V, dt, trains, template, first_pass, n_shuffles, seed, threads)
    return TemplateTest(t, first_pass, threshold, selected, template)


def make_template(
    V: ArrayLike,
    dt: float,
    trains: Sequence[np.ndarray],
    t: np.ndarray,
    window: float = 20 * ms,
    quantile: float = 0.99,
    template_window: float = 100 * ms,
) -> tuple[np.ndarray, float, np.ndarray]:
    """The mean STA (V) of the trains whose t is highest; the threshold; which trains these are."""
    threshold = float(np.quantile(t, quantile))
    selected = np.flatnonzero(t >= threshold)
    V, dt = checks.recording(V, dt)
    n_window = checks.window(window, dt, V.size)
    n_longer = max(n_window, checks.window(template_window, dt, V.size, "template_window"))
    chosen = checks.trains([trains[i] for i in selected.tolist()], V.size * dt, n_longer * dt)
    stas = exact_stas(V, dt, chosen, n_longer)
    return stas.mean(axis=0)[:n_window], threshold, selected


def correlation_test(
    V: np.ndarray,
    dt: float,
    trains: Sequence[np.ndarray],
    template: np.ndarray,
    first_pass: STATest,
    n_shuffles: int = 100,
    seed: int | Sequence[int] | np.ndarray = 1,
    threads: int = 1,
) -> np.ndarray:
    """The second pass alone: t [n_trains] from a template [window] (V) and the norms that the first
    pass found for the same trains."""
    n_window = template.size
    V, dt = checks.recording(V, dt)
    trains = checks.trains(trains, V.size * dt, n_window * dt)
    template = template - template.mean()
    template_norm = np.sqrt(template @ template)
    centre = (V.min() + V.max()) / 2
    products = _correlate(V - centre, template / template_norm)
    rounding = np.abs(products).max() * 2.0**-23  # of products in single precision, and their sum
    products = products.astype(np.float32)

    errors = (first_pass.norm_error, rounding)

    def test(batch: np.ndarray, windows: Windows) -> tuple[np.ndarray, np.ndarray]:
        sums = sum_looked_up(products, *windows)
        sign, n_as_extreme = np.empty(batch.size), np.empty(batch.size, np.int64)
        _rank_correlations(
            *(V, template, template_norm, errors, sums, first_pass.norms[batch]),
            *(*windows, sign, n_as_extreme),
        )
        return sign, n_as_extreme

    ((sign, n_as_extreme),) = in_batches(
        trains, dt, V.size, [n_window], [test], n_shuffles, seed, threads
    )
    return signed_t(sign, n_as_extreme, n_shuffles)


@jit
def _correlate(v, kernel):
    """Σ_j v[i + j] kernel[j] for all i at which the kernel fits."""
    n, chunk = v.size - kernel.size + 1, 1024
    result = np.zeros(n)
    for begin in range(0, n, chunk):
        end = min(begin + chunk, n)
        part = result[begin:end]
        for j in range(kernel.size):
            weight, shifted = kernel[j], v[begin + j : end + j]
            for i in range(part.size):
                part[i] += weight * shifted[i]
    return result


@jit_inline
def _exact_correlation(V, starts, template, template_norm):
    """Pearson's correlation of an average with the template, which has mean 0."""
    window = template.size
    sta = exact_mean(V, starts, window)
    mean = sta.sum() / window
    product = squares = 0.0
    for j in range(window):
        x = sta[j] - mean
        product += x * template[j]
        squares += x * x
    return product / (np.sqrt(squares) * template_norm)


@jit
def _rank_correlations(
    V,
    template,
    template_norm,
    errors,
    sums,
    norms,
    starts,
    first,
    n_windows,
    sign,
    n_as_extreme,
):
    """Compare each train with its shuffles, with exact averages where correlations are close."""
    norm_error, rounding = errors
    n_trains, n_series = norms.shape
    for train in range(n_trains):
        ρ = s = 0.0
        n_as_extreme[train] = 0
        for series in range(n_series):
            row = train * n_series + series
            begin, n, norm = first[row], n_windows[row], norms[train, series]
            if series == 0:
                ρ = _exact_correlation(V, starts[begin : begin + n], template, template_norm)
                s = np.sign(ρ)
                sign[train] = s
                continue
            shuffled_ρ = sums[row] / n / norm
            # The true norm is norm_error smaller at most.
            error = (abs(shuffled_ρ) * norm_error + rounding) / (norm - norm_error)
            if norm <= norm_error or not abs(shuffled_ρ - ρ) > 1.001 * error:
                shuffled_ρ = _exact_correlation(
                    V, starts[begin : begin + n], template, template_norm
                )
            n_as_extreme[train] += s * shuffled_ρ >= s * ρ


def _run(problem: Problem, test: Test, first_pass: list[Outcome] | None) -> list[Outcome]:
    options, outcomes = test.in_SI(), []
    for V, first in zip(problem.signals, first_pass or [], strict=True):
        result = template_test(
            *(V, problem.dt, problem.trains, options["window"], options["n_shuffles"]),
            test.seeds(problem),
            problem.threads,
            options["template_quantile"],
            options["template_window"],
            first.details,
        )
        outcomes.append(Outcome(result.t, details=result))
    return outcomes


METHOD = Method(
    "template",
    "Two-pass STA",
    "correlation of the average with a template, in two passes",
    _run,
    first_pass="sta",
    shared=("window_ms", *SHUFFLING),
    own={
        "window_ms": Option(
            100.0,
            "Length of the averages that make the template, which is cut to window_ms.",
            {"gt": 0, "le": 1e4},
        ),
        "quantile": Option(
            0.99,
            "Trains with t at or above this quantile make the template.",
            {"ge": 0, "le": 1},
        ),
    },
    window="window_ms",
    seconds=lambda n_spikes, window, n_shuffles: n_spikes * (1 + n_shuffles) * 6e-9,
    caution=(
        "its sign is chosen from the data, so that 11 % of unconnected trains have p < 5 %, and up "
        "to all where they share a rhythm, a state or a drift with the voltage"
    ),
    place=2,
)
