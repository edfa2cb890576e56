"""Several tables put together."""

from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from nto1.units import mV

if TYPE_CHECKING:
    from nto1.studies.connection_tests import RecordingTest


def p_columns(tested: "RecordingTest") -> dict[str, Any]:
    """Of one connection test, with a row per train."""
    connectivity, p = tested.drawn.connectivity, tested.p
    shared = {"variant": tested.test.columns["case"], "seed": tested.test.recording.seed}
    shared |= response_of(tested)
    return {name: np.full(p.size, value) for name, value in shared.items()} | {
        "train": np.arange(p.size),
        "inhibitory": connectivity.inhibitory,
        "connected": connectivity.connected,
        "p_value": p,
    }


def response_of(tested: "RecordingTest") -> dict[str, float]:
    """The neuron's, in its recording."""
    n_output_spikes = tested.response.spike_steps.size
    return {
        "n_output_spikes": n_output_spikes,
        "output_rate_Hz": n_output_spikes / tested.test.recording.experiment.duration,
        "median_Vm_mV": np.median(tested.response.v) / mV,
    }


def stacked(tables: list[dict]) -> dict:
    """One table of several; numbers that some don't have are NaN there. None of none."""
    names = dict.fromkeys(name for table in tables for name in table)

    def parts(name: str) -> list:
        sizes = (len(next(iter(table.values()))) for table in tables)
        return [table.get(name, np.full(n, np.nan)) for table, n in zip(tables, sizes, strict=True)]

    return {
        name: list(chain(*parts(name)))
        if isinstance(tables[0].get(name), list)
        else np.concatenate(parts(name))
        for name in names
    }
