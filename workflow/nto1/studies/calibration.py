"""Do p-values mean what they say? Every method on recordings of a passive membrane.

Each method tests observed inputs beside trains that are not connected
(``nto1.simulation.passive_membrane``). Of the latter, it should call 5 % at a nominal 5 %; and of
all that it calls with the procedure of Benjamini & Hochberg at 5 %, at most 5 % wrongly.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from nto1.inference.kinds import EXCITATORY, INHIBITORY, UNCONNECTED
from nto1.inference.method import Problem, Test, methods, run_tests
from nto1.inference.regression import MIN_BULK, RegressionTest
from nto1.regression.calibration import bulk, false_discovery_rates, p_values
from nto1.simulation.passive_membrane import PassiveRecording

LEVEL = 0.05


class Calls(NamedTuple):
    """What a method makes of one recording's trains."""

    n_unconnected: int  # that have a p-value
    false_positives: int  # of these, p ≤ 5 %
    hits: int  # inputs of p ≤ 5 %, with the right sign
    called: int  # trains, with false discoveries limited to 5 %
    called_wrongly: int  # of these, unconnected or of the other sign
    found: int  # of these, inputs with the right sign

    @classmethod
    def of(cls, t: np.ndarray, p: np.ndarray, kinds: np.ndarray) -> "Calls":
        """From signed t, p-values and what trains are [n_trains]."""
        unconnected = kinds == UNCONNECTED
        right = kinds == np.where(t > 0, EXCITATORY, INHIBITORY)
        positive, called = p <= LEVEL, false_discovery_rates(p) <= LEVEL
        counted = (
            *(unconnected & ~np.isnan(p), unconnected & positive, right & positive),
            *(called, called & ~right, called & right),
        )
        return cls(*(int(np.count_nonzero(which)) for which in counted))


def calibration(
    recording: PassiveRecording, tests: Sequence[Test], threads: int = 1
) -> Iterator[dict[str, Any]]:
    """What tests make of a recording.

    Yields
    ------
    dict
        ``method``, ``null`` and the fields of ``Calls``. The regression comes twice: beside its
        surrogates, and with the empirical null; ``shift`` and ``spread`` are those of the bulk, and
        ``n_warnings`` how many warnings there are (NaN for other methods).
    """
    problem = Problem(
        *([recording.V], recording.dt, recording.trains, recording.output_times),
        *(np.arange(len(recording.trains)), threads),
    )
    for test, (outcome,) in zip(tests, run_tests(problem, tests), strict=True):
        found, p = outcome.details, methods()[test.method].p_values(outcome)
        about = dict.fromkeys(("shift", "spread", "n_warnings"), np.nan)
        row = {"method": test.method, "null": "", **about}
        row |= Calls.of(outcome.t, p, recording.kinds)._asdict()
        if not isinstance(found, RegressionTest):
            yield row
            continue
        about = {"shift": found.shift, "spread": found.spread}
        row |= about | {"n_warnings": float(len(found.warnings))}
        yield row | {"null": "surrogates"}
        z = with_empirical_null(found)
        yield row | {"null": "empirical"} | Calls.of(z, p_values(z), recording.kinds)._asdict()


def with_empirical_null(found: RegressionTest) -> np.ndarray:
    """z of every train [n_trains], of a test that took surrogates for the null."""
    tested = ~np.isnan(found.size)
    z = np.full(tested.size, np.nan)
    if np.count_nonzero(tested) >= MIN_BULK:
        sizes, errors = found.size[tested], found.standard_error[tested]
        z[tested] = bulk(sizes, errors).z(sizes, errors)
    return z
