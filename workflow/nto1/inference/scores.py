"""How well do tests tell connected trains from unconnected ones?

Every train gets a value for how clearly it is called what it is: connected, for a p-value; or its
own kind, for a t-value (t for excitatory trains, -t for inhibitory ones, |t| for trains that
are not connected, which are right as long as they are called nothing). Rates are shares of trains
above a threshold, and a curve is such rates at all thresholds.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from nto1 import checks
from nto1.inference.kinds import EXCITATORY, INHIBITORY, UNCONNECTED


class DetectionRates(NamedTuple):
    """Detection rates when trains with p at or below a threshold are called connected."""

    threshold: np.ndarray  # [n_thresholds]
    TPR: np.ndarray  # true-positive rate, of all connected trains
    TPR_exc: np.ndarray  # of the excitatory ones
    TPR_inh: np.ndarray  # of the inhibitory ones
    FPR: np.ndarray  # false-positive rate, of all unconnected trains

    def areas(self) -> dict[str, float]:
        """Under TPR, TPR_exc and TPR_inh against FPR: as published, left sums, by which ties count
        as losses; and with half of a tie, by trapezoids."""
        return {
            f"{name}{kind}": area(self.FPR, TPR, rule)
            for name, rule in (("area", "left"), ("ties_halved", "trapezoid"))
            for kind, TPR in zip(("", "_exc", "_inh"), self[1:4], strict=True)
        }


class Curve(NamedTuple):
    """Scores when t > θ is called excitatory, t < -θ inhibitory and the rest unconnected, each
    [n_thresholds]; NaN where nothing is called connected."""

    threshold: np.ndarray  # θ, descending
    TPR: np.ndarray  # of all connected trains, those called the kind that they are
    TPR_exc: np.ndarray  # of the excitatory ones
    TPR_inh: np.ndarray  # of the inhibitory ones
    FPR: np.ndarray  # of all unconnected trains, those called anything else
    precision: np.ndarray  # of all trains called connected, those called the kind that they are
    precision_exc: np.ndarray  # of all trains called excitatory, those that are
    precision_inh: np.ndarray  # of all trains called inhibitory, those that are
    F05: np.ndarray  # F_β of precision and TPR for β = 0.5,
    F1: np.ndarray  # 1,
    F2: np.ndarray  # and 2


class Scores(NamedTuple):
    """Areas under TPR, TPR_exc and TPR_inh against FPR; the largest F1; and the whole curve."""

    AUC: float
    AUC_exc: float
    AUC_inh: float
    F1max: float
    curve: Curve


def detection_rates(
    p: ArrayLike, connected: ArrayLike, inhibitory: ArrayLike, thresholds: ArrayLike
) -> DetectionRates:
    """Detection rates of trains [n_trains] at thresholds. Trains without p are left out; a rate of
    no trains is NaN. Raises what ``roc`` raises."""
    p = p_values(p)
    connected = checks.flags(connected, "connected", p.size)
    inhibitory = checks.flags(inhibitory, "inhibitory", p.size)
    thresholds = checks.vector(thresholds, "thresholds")
    tested = ~np.isnan(p)

    def rate(of):
        return _share_above(-p[of & tested], -thresholds, or_at=True)

    return DetectionRates(
        thresholds,
        rate(connected),
        rate(connected & ~inhibitory),
        rate(connected & inhibitory),
        rate(~connected),
    )


def p_values(p: ArrayLike) -> np.ndarray:
    """From 0 to 1 [n_trains], NaN for trains without."""
    p = checks.vector(p, "p", may_be_nan=True)
    if not ((p >= 0) & (p <= 1) | np.isnan(p)).all():
        raise ValueError("p has to be from 0 to 1, or NaN where there is none")
    return p


def roc(p: ArrayLike, connected: ArrayLike, inhibitory: ArrayLike) -> DetectionRates:
    """Detection rates at 0 and every p that occurs: the ROC curve.

    Parameters
    ----------
    p
        Of each train [n_trains], from 0 to 1. Those without, which have NaN, are left out.
    connected
        Whether each train is [n_trains]: true or false, or 1 or 0.
    inhibitory
        Whether each train is, connected or not [n_trains].

    Returns
    -------
    DetectionRates
        NaN where there are no trains of a kind.

    Raises
    ------
    ValueError, TypeError
        For lists of different lengths, values that are neither true nor false, p beyond 0 to 1.

    Examples
    --------
    >>> rates = roc([0.01, 0.2, 0.01, 0.9], [1, 1, 0, 0], [0, 1, 0, 0])
    >>> rates.TPR.tolist(), rates.FPR.tolist()
    ([0.0, 0.5, 1.0, 1.0], [0.0, 0.5, 0.5, 1.0])
    >>> rates.areas()["ties_halved"]
    0.625
    """
    p = p_values(p)
    distinct = np.unique(p[~np.isnan(p)])
    return detection_rates(p, connected, inhibitory, np.unique(np.append(0, distinct)))


def score(t: ArrayLike, kinds: ArrayLike) -> Scores:
    """How well t-values tell three kinds of trains apart. For three classes, chance is not 0.5.

    Parameters
    ----------
    t
        One value per train [n_trains]: the higher, the more clearly excitatory; the lower, the
        more clearly inhibitory.
    kinds
        What each train is [n_trains]: "excitatory", "inhibitory" or "unconnected".

    Returns
    -------
    Scores
        Areas by trapezoids over the curve's thresholds: all distinct |t|, and 0.

    Raises
    ------
    ValueError, TypeError
        If lengths differ, t is NaN, a kind is unknown, or trains of either sort are missing.

    Examples
    --------
    >>> kinds = ["excitatory", "inhibitory", "unconnected", "unconnected"]
    >>> score([0.9, -0.8, 0.1, -0.85], kinds)[:4]
    (0.75, 1.0, 0.5, 0.8)
    """
    t, kinds = checks.vector(t, "t", may_be_nan=True), checks.names(kinds, "kinds")
    if t.shape != kinds.shape:
        raise ValueError(f"there are {t.size} values of t for {kinds.size} kinds of trains")
    if unknown := set(kinds.tolist()) - {EXCITATORY, INHIBITORY, UNCONNECTED}:
        raise ValueError(
            f"kinds: a train is {EXCITATORY}, {INHIBITORY} or {UNCONNECTED}, not "
            f"{', '.join(map(str, unknown))}"
        )
    if np.isnan(t).any():
        raise ValueError(f"{np.isnan(t).sum()} values of t are NaN: leave these trains out")
    exc, inh, unconnected = (t[kinds == k] for k in (EXCITATORY, INHIBITORY, UNCONNECTED))
    if not exc.size + inh.size or not unconnected.size:
        raise ValueError("a score needs connected trains and unconnected ones")

    θ = np.unique(np.append(np.abs(t), 0))[::-1]
    TPR = _share_above(np.concatenate([exc, -inh]), θ)
    n_exc, n_inh = (_number_above(values, θ) for values in (exc, -inh))
    called_exc, called_inh = _number_above(t, θ), _number_above(-t, θ)
    with np.errstate(invalid="ignore"):
        precision = (n_exc + n_inh) / (called_exc + called_inh)
        precision_exc, precision_inh = n_exc / called_exc, n_inh / called_inh
    curve = Curve(
        θ,
        TPR,
        _share_above(exc, θ),
        _share_above(-inh, θ),
        _share_above(np.abs(unconnected), θ),
        precision,
        precision_exc,
        precision_inh,
        *(F_score(precision, TPR, β) for β in (0.5, 1, 2)),
    )
    AUC, AUC_exc, AUC_inh = (area(curve.FPR, rate) for rate in curve[1:4])
    known = curve.F1[~np.isnan(curve.F1)]
    return Scores(AUC, AUC_exc, AUC_inh, float(known.max()) if known.size else np.nan, curve)


def F_score(precision: np.ndarray, recall: np.ndarray, β: float) -> np.ndarray:
    """F_β, the harmonic mean of both with β times the weight on recall; NaN if both are 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return (1 + β**2) * precision * recall / (β**2 * precision + recall)


def area(x: np.ndarray, y: np.ndarray, rule: str = "trapezoid") -> float:
    """Under y against ascending x, by trapezoids or as a left sum (rule "left")."""
    return float(np.diff(x) @ y[:-1] if rule == "left" else np.trapezoid(y, x))


def _number_above(values: np.ndarray, thresholds: np.ndarray, or_at: bool = False) -> np.ndarray:
    """How many values are above (or at) each threshold [n_thresholds]."""
    ordered = np.sort(values)
    return values.size - np.searchsorted(ordered, thresholds, "left" if or_at else "right")


def _share_above(values: np.ndarray, thresholds: np.ndarray, or_at: bool = False) -> np.ndarray:
    if not values.size:
        return np.full(len(thresholds), np.nan)
    return _number_above(values, thresholds, or_at) / values.size
