"""How well inputs are told from other trains: the measure ``connections`` of studies."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from nto1.inference.n_to_1 import (
    INPUTS,
    Recording,
    Signal,
    TrainSet,
    choose_trains,
    imaged,
    record,
    run_tests,
    tabled_weight,
)
from nto1.inference.scores import score
from nto1.neurons.adex import AdEx
from nto1.simulation.inputs import Inputs, n_excitatory
from nto1.units import ms, nS, pS, to_SI


def record_case(
    case: dict, inputs: dict, neuron: dict, weights: str | Path
) -> tuple[Recording, TrainSet]:
    """The simulation, and the trains that are tested: those with spikes."""
    if (weight_pS := case.get("weight_pS")) is not None:
        w_exc = weight_pS * pS
    else:
        w_exc = tabled_weight(case["N"], weights, case["other_weight_nS"] * nS)
    # Here, the last spike is delivered.
    given = {key: value for key, value in to_SI(inputs).items() if key != "drop_last_spike"}
    recording = record(
        case["N"],
        case["seed"],
        w_exc,
        float(case["duration_s"]),
        case["timestep_ms"] * ms,
        Inputs(**INPUTS._asdict() | given),
        AdEx(**to_SI(neuron)),
    )
    seed = case["seed"] + case["unconnected_seed_offset"]
    trains = choose_trains(recording, case["n_tested"], rates_seed=seed)
    return recording, trains.subset(np.flatnonzero(trains.n_spikes))


def signal_of(recording: Recording, case: dict, signal: dict, in_place=False) -> np.ndarray:
    """The voltage as imaging would show it; in place of the recorded one, if that is not needed."""
    clip = signal["clip_percentile"]
    settings = Signal(signal["ceiling"], signal["spike_SNR"], case["noise_seed"], clip)
    return imaged(recording, settings, in_place)


def shuffle_seeds(case: dict, indices: np.ndarray) -> int | np.ndarray:
    """Of all shuffles, or of those of the trains with these indices."""
    seed = case["shuffle_seed"]
    return seed + indices if case["shuffle_seed_per_train"] else seed


def detection_scores(
    tasks: list[dict],
    weights: str | Path,
    threads: int = 1,
    report: Callable[[int], None] = lambda n_recordings: None,
) -> Iterator[dict[str, Any]]:
    """Scores of one test in one recording, for each task.

    Parameters
    ----------
    tasks
        Each has ``N``, ``seed``, ``inputs`` and ``neuron``, and as ``settings`` the keys of the
        sections recording and connection_inference.
    weights
        CSV table with the columns N and we_nS, for tasks without a weight of their own.

    Yields
    ------
    A row: N, seed, AUC, AUC_exc, AUC_inh, F1max, n_tested, output_rate_Hz.

    Raises
    ------
    ValueError
        What the tests raise.
    """
    for task in tasks:
        settings = task["settings"]
        case = settings | {"N": task["N"], "seed": task["seed"]}
        n_exc = n_excitatory(task["N"], task["inputs"]["exc_to_inh"])
        case["n_tested"] = min(settings["n_tested"], n_exc, task["N"] - n_exc)
        recording, trains = record_case(case, task["inputs"], task["neuron"], weights)
        outcomes = run_tests(
            recording,
            trains,
            {"signal": signal_of(recording, case, settings, in_place=True)},
            [settings["method"]],
            settings["window_ms"] * ms,
            settings["line_fit_window_ms"] * ms,
            n_shuffles=settings["n_shuffles"],
            shuffle_seed=shuffle_seeds(case, np.arange(len(trains.times))),
            template_quantile=settings["template_quantile"],
            template_window=settings["template_window_ms"] * ms,
            threads=threads,
        )
        scores = score(outcomes["signal"][0].t, trains.kinds)
        row = {name: getattr(scores, name) for name in ("AUC", "AUC_exc", "AUC_inh", "F1max")}
        row |= {"n_tested": len(trains.times), "output_rate_Hz": recording.output_rate}
        yield {"N": task["N"], "seed": task["seed"]} | task["columns"] | row
        report(1)
