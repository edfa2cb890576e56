"""Comparison of computed numbers with printed ones."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

# Weights (nS) for an output rate of 4 Hz, as printed.
WEIGHTS_FOR_4HZ = Path(__file__).parent / "data/weights_for_4Hz.csv"

REPLAYED, DEVIATES, SKIPPED = "replayed", "DEVIATES", "skipped"

# Where a published number comes from.
PRINTED, DATA, RUN_AGAIN = "printed", "published data", "published code, run again"

# Quantities that are counts, or multiples of a hundredth: these must agree exactly.
EXACT = {
    *("output_rate", "mean_output_rate", "rate", "guess_rate", "iterations"),
    *("p_value", "p_value_bound", "TPR", "FPR", "area", "area_exc", "area_inh"),
    *("n_inhibitory", "n_excitatory", "n_inhibitory_connected", "n_excitatory_connected"),
    "n_output_spikes",
    *("connections", "spike times"),
}

# What tells numbers of one quantity apart.
KEYS = (
    *("result_set", "method_or_signal", "N", "we_pS", "seed", "train", "sample"),
    *("spike_SNR", "duration_s", "window_ms"),
)


# NumPy prints so many decimals, and leaves out zeros at the end: 15. is 15.00000000.
PRINTED_BY_NUMPY, NUMPY_DECIMALS = ("w0s", "search output"), 8


def half_last_digit(printed: str, source: str = "") -> float:
    """Half a unit of the last printed digit: 0.0005 for "1.234"."""
    n_decimals = len(printed.partition(".")[2])
    return 0.5 * 10.0 ** -(NUMPY_DECIMALS if source in PRINTED_BY_NUMPY else n_decimals)


def compare(quantity: str, printed: str, computed: float, source: str = "") -> tuple[float, str]:
    """Difference (computed - printed), and the verdict: every printed digit must be the same.

    ``source``: where in the notebook it was printed.
    """
    difference = computed - float(printed)
    rounding = 1e-12 * abs(float(printed))
    allowed = 1e-9 if quantity in EXACT else half_last_digit(printed, source) + rounding
    return difference, REPLAYED if abs(difference) <= allowed else DEVIATES


def compared(
    numbers: Iterable[dict[str, str]],
    obstacle_to: Callable[[dict], str],
    value_of: Callable[[dict], float],
    quantity_of: Callable[[dict], str] = lambda number: number["quantity"],
) -> Iterator[dict]:
    """A row for every published number: computed, difference, verdict, and the reason if it is
    skipped.

    ``obstacle_to``: why a number can't be compared, or nothing; ``value_of``: the computed value,
    raises ``LookupError`` if the study doesn't include it; ``quantity_of``: as in ``compare``.
    """
    for number in numbers:
        row: dict[str, Any] = {**number, "computed": None, "difference": None, "verdict": SKIPPED}
        row["reason"] = obstacle_to(number)
        if not row["reason"]:
            try:
                row["computed"] = value_of(number)
            except LookupError:
                row["reason"] = "not part of this study"
            else:
                row["difference"], row["verdict"] = compare(
                    quantity_of(number),
                    number["published"],
                    row["computed"],
                    number.get("source", ""),
                )
        yield row


def name_of(number: dict[str, str]) -> str:
    """A published number's name: "weight (N 100)"."""
    keys = ", ".join(f"{key} {number[key]}" for key in KEYS if number.get(key))
    return f"{number['quantity']} ({keys})" if keys else number["quantity"]


def differing(conditions: dict, config: dict, path: str = "") -> Iterator[str]:
    """What in a config differs from given conditions, which name a part of its keys."""
    for key, wanted in conditions.items():
        where, found = f"{path}{key}", config.get(key, "not there")
        if isinstance(wanted, dict):
            yield from differing(wanted, found, f"{where}.")
        elif wanted != found:
            yield f"{where} is {found}, not {wanted}"


def headline(numbers: Iterable[Mapping[str, str]]) -> str:
    """The outcome in a sentence, each kind of numbers apart.

    ``numbers`` have a verdict, and a kind (printed, if none is said); published data are sets of
    values, which have a quantity, and in ``published`` how many there are.
    """
    numbers = list(numbers)
    n = Counter(number["verdict"] for number in numbers)
    if n[DEVIATES]:
        return f"{n[DEVIATES]} of {n[DEVIATES] + n[REPLAYED]} published numbers deviate."
    replayed = [number for number in numbers if number["verdict"] == REPLAYED]
    by_kind = Counter(number.get("kind") or PRINTED for number in replayed)
    sentence = f"{by_kind[PRINTED]} printed numbers reproduced"
    if by_kind[RUN_AGAIN]:
        sentence += f", and {by_kind[RUN_AGAIN]} of the published code run again"
    data = [d for d in replayed if d.get("kind") == DATA]
    if data:
        sets = " and ".join(f"{number['published']} {number['quantity']}" for number in data)
        sentence += f"; of published data, {sets}"
    if n[SKIPPED]:
        sentence += f"; {n[SKIPPED]} not comparable"
    return sentence + "."


def agreement(ours: Iterable, published: Iterable) -> int:
    """Values in common, less those that only we have: as many as were published only if all are
    the same."""
    ours, published = set(ours), set(published)
    return len(ours & published) - len(ours - published)
