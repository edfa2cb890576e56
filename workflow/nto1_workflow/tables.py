"""Tables as dicts of columns: of tested trains, and several put together."""

from itertools import chain

import numpy as np

from nto1.units import ms


def columns(case, recording, trains, indices, signal, outcome) -> dict:
    """A table with a row per tested train."""
    shared = {
        "N": case["N"],
        "seed": case["seed"],
        "spike_SNR": float(signal["spike_SNR"]),
        "duration_s": float(case["duration_s"]),
        "window_ms": round(outcome.window / ms, 6),
        "signal": signal["name"],
        "method": outcome.method,
        "output_rate_Hz": recording.output_rate,
    }
    n = indices.size
    part = trains.subset(indices)
    return {key: np.full(n, value) for key, value in shared.items()} | {
        "train": indices,
        "input": part.inputs,
        **part.columns(),
        "t": outcome.t,
    }


def stacked(tables: list[dict]) -> dict:
    """One table of several with the same columns; none of none."""
    names = tables[0] if tables else ()
    return {
        name: list(chain(*(table[name] for table in tables)))
        if isinstance(tables[0][name], list)
        else np.concatenate([table[name] for table in tables])
        for name in names
    }
