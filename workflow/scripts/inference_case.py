"""What the scripts of the connection inference share: a case's recording, trains and signals."""

from itertools import chain

import numpy as np

from script_io import log
from batching import omit
from nto1.connections.experiment import (
    INPUTS,
    Recording,
    Signal,
    TrainSet,
    choose_trains,
    imaged,
    record,
    tabled_weight,
)
from nto1.neurons.adex import AdEx
from nto1.simulation.inputs import Inputs
from nto1.units import ms, nS, to_SI


def record_case(case: dict, inputs: dict, neuron: dict, weights: str) -> tuple[Recording, TrainSet]:
    """The simulation, and the trains that are tested."""
    # Here, the last spike is delivered.
    drawn = Inputs(**INPUTS._asdict() | omit(to_SI(inputs), "drop_last_spike"))
    recording = record(
        case["N"],
        case["seed"],
        tabled_weight(case["N"], weights, case["other_weight_nS"] * nS),
        float(case["duration_s"]),
        case["timestep_ms"] * ms,
        drawn,
        AdEx(**to_SI(neuron)),
    )
    log(f"{recording.spike_steps.size} output spikes, {recording.output_rate:g} Hz")
    seed = case["seed"] + case["unconnected_seed_offset"]
    trains = choose_trains(recording, case["n_tested"], rates_seed=seed)
    if silent := int((trains.n_spikes == 0).sum()):
        log(f"{silent} of {len(trains.times)} trains have no spikes, and are left out")
        trains = trains.subset(np.flatnonzero(trains.n_spikes))
    return recording, trains


def signal_of(recording: Recording, case: dict, signal: dict, in_place=False) -> np.ndarray:
    """The voltage as imaging would show it; in place of the recorded one, if that is not needed."""
    clip = signal["clip_percentile"]
    settings = Signal(signal["ceiling"], signal["spike_SNR"], case["noise_seed"], clip)
    return imaged(recording, settings, in_place)


def shuffle_seeds(case: dict, indices: np.ndarray) -> int | np.ndarray:
    """Of all shuffles, or of those of the trains with these indices."""
    seed = case["shuffle_seed"]
    return seed + indices if case["shuffle_seed_per_train"] else seed


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
