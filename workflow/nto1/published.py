"""Comparison of computed numbers with printed ones."""

from collections.abc import Iterator

REPLAYED, DEVIATES, SKIPPED = "replayed", "DEVIATES", "skipped"

# Quantities that are counts, or multiples of a hundredth: these must agree exactly.
EXACT = {
    *("output_rate", "mean_output_rate", "rate", "guess_rate", "iterations"),
    *("p_value", "p_value_bound", "TPR", "FPR", "area", "area_exc", "area_inh"),
    *("n_inhibitory", "n_excitatory", "n_inhibitory_connected", "n_excitatory_connected"),
    "n_output_spikes",
}

# What tells numbers of one quantity apart.
KEYS = ("N", "we_pS", "seed", "train", "sample")


def half_last_digit(printed: str) -> float:
    """Half a unit of the last printed digit: 0.0005 for "1.234", 0.5 for "15."."""
    decimals = printed.partition(".")[2]
    return 0.5 * 10.0 ** -len(decimals)


def compare(quantity: str, printed: str, computed: float) -> tuple[float, str]:
    """Difference (computed - printed), and the verdict: every printed digit must be the same."""
    difference = computed - float(printed)
    rounding = 1e-12 * abs(float(printed))
    allowed = 1e-9 if quantity in EXACT else half_last_digit(printed) + rounding
    return difference, REPLAYED if abs(difference) <= allowed else DEVIATES


def which(number: dict[str, str]) -> str:
    """A published number's name: "weight (N 100)"."""
    keys = ", ".join(f"{key} {number[key]}" for key in KEYS if number.get(key))
    return f"{number['quantity']} ({keys})" if keys else number["quantity"]


def differing(conditions: dict, config: dict, path: str = "") -> Iterator[str]:
    """What in a config differs from given conditions, which name a part of its keys."""
    for key, wanted in conditions.items():
        where, found = f"{path}{key}", config[key]
        if isinstance(wanted, dict):
            yield from differing(wanted, found, f"{where}.")
        elif wanted != found:
            yield f"{where} is {found}, not {wanted}"


def headline(n_replayed: int, n_deviating: int, n_skipped: int) -> str:
    """The outcome in a sentence."""
    if n_deviating:
        return f"{n_deviating} of {n_replayed + n_deviating} published numbers deviate."
    if n_skipped:
        return f"{n_replayed} published numbers replayed, {n_skipped} not comparable."
    return f"All {n_replayed} published numbers replayed."
