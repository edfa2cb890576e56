"""The connection tests as their definition says it: slow and obvious."""

import numpy as np

from nto1.inference.shuffles import orders_from


def draw_shuffles(times, n_shuffles, seed):
    """As all tests draw them."""
    intervals = np.diff(times, prepend=0)
    return np.cumsum(intervals[orders_from([seed], n_shuffles)(0, times.size)], axis=1)


def shuffles(times, n_shuffles, next_word):
    """The train and its shuffles; ``next_word`` gives random words."""
    intervals = np.diff(times, prepend=0)
    trains = [times]
    for _ in range(n_shuffles):
        x = list(intervals)
        n = len(x)
        mask = 2 ** int(np.ceil(np.log2(n))) - 1
        for i in range(n, 1, -1):
            if mask >> 1 == i:
                mask >>= 1
            while (j := (next_word() >> 12) & mask) >= i:
                pass
            x[i - 1], x[j] = x[j], x[i - 1]
        trains.append(np.cumsum(x))
    return trains


def windows(V, dt, times, window):
    starts = np.floor(np.asarray(times) / dt).astype(int)
    return np.array([V[s : s + window] for s in starts if s + window <= V.size])


def mean_window(V, dt, times, window):
    """Added up one spike after the other."""
    total = np.zeros(window)
    of_train = windows(V, dt, times, window)
    for w in of_train:
        total += w
    return total / len(of_train)


def sta_t(V, dt, trains, window):
    """t of the first of the trains; the others are its shuffles."""
    stas = [mean_window(V, dt, times, window) for times in trains]
    heights = [sta.max() - sta.min() for sta in stas]
    p = np.mean([h >= heights[0] for h in heights[1:]]) or 1 / len(heights[1:])
    return np.sign((stas[0] - stas[0][0]).sum()) * (1 - p)


def template_t(V, dt, trains, template):
    ρ = [np.corrcoef(mean_window(V, dt, t, template.size), template)[0, 1] for t in trains]
    s = np.sign(ρ[0])
    p = np.mean([s * x >= s * ρ[0] for x in ρ[1:]]) or 1 / len(ρ[1:])
    return s * (1 - p)


def line_fit_t(V, dt, times, window):
    y = windows(V, dt, times, window).ravel()
    x = np.tile(np.arange(1, window + 1), y.size // window)
    slope, intercept = np.polyfit(x, y, 1)
    residuals = y - intercept - slope * x
    return slope / np.sqrt(residuals @ residuals / (y.size - 2) / ((x - x.mean()) ** 2).sum())


def output_spikes_t(output_steps, n_steps, dt, trains, window):
    spikes = np.bincount(output_steps, minlength=n_steps)
    n = [windows(spikes, dt, times, window).sum(axis=1).mean() for times in trains]
    s = np.sign(n[0] - np.mean(n[1:]))
    p = np.mean([s * x >= s * n[0] for x in n[1:]]) or 1 / len(n[1:])
    return s * (1 - p)


def scores(t, kinds):
    """AUC, AUC_exc, AUC_inh, F1max."""
    curves = []
    for θ in sorted({0.0, *np.abs(t)}, reverse=True):
        called = ["excitatory" if x > θ else "inhibitory" if x < -θ else "unconnected" for x in t]
        pairs = list(zip(kinds, called, strict=True))
        right = {k: pairs.count((k, k)) for k in ("excitatory", "inhibitory")}
        n = {k: list(kinds).count(k) for k in ("excitatory", "inhibitory", "unconnected")}
        n_called = sum(c != "unconnected" for c in called)
        TPR = sum(right.values()) / (n["excitatory"] + n["inhibitory"])
        FPR = 1 - pairs.count(("unconnected", "unconnected")) / n["unconnected"]
        precision = sum(right.values()) / n_called if n_called else np.nan
        F1 = 2 * precision * TPR / (precision + TPR) if precision + TPR else np.nan
        rates = [right[k] / n[k] if n[k] else np.nan for k in right]
        curves.append((FPR, TPR, *rates, F1))
    FPR, *TPRs, F1 = np.array(curves).T
    areas = [
        sum((FPR[i + 1] - FPR[i]) * (y[i] + y[i + 1]) / 2 for i in range(FPR.size - 1))
        for y in TPRs
    ]
    return [*areas, np.nanmax(F1) if not np.isnan(F1).all() else np.nan]


def binned(times: np.ndarray, duration: float, bin: float = 1e-3) -> np.ndarray:
    """Number of spikes in each bin [duration / bin]."""
    n = round(duration / bin)
    return np.bincount(np.minimum((times / bin).astype(np.int64), n - 1), minlength=n)


def correlogram(
    x: np.ndarray, y: np.ndarray, max_lag: int, as_published: bool = False
) -> np.ndarray:
    """C(τ) = Σ_t x(t) y(t + τ) / √(n_x n_y) of two binned trains, for τ = 0 … max_lag bins.

    As published, the shift goes the other way: Σ_t x(t + τ) y(t).
    """
    if as_published:
        x, y = y, x
    n = x.size
    products = [x[: n - lag] @ y[lag:] for lag in range(max_lag + 1)]
    return np.array(products) / np.sqrt(float(x.sum()) * y.sum())


def excess_coincidences(
    x: np.ndarray, y: np.ndarray, lags: range = range(1, 16), as_published: bool = False
) -> float:
    """Σ_t x(t) y(t + τ) over some lags τ (bins) of two binned trains, less what is expected of
    independent ones, in standard deviations of a Poisson number."""
    n_pairs = float(x.sum()) * y.sum()
    expected = len(lags) * n_pairs / x.size
    C = correlogram(x, y, max(lags), as_published)[list(lags)]
    return (C.sum() * np.sqrt(n_pairs) - expected) / np.sqrt(expected)
