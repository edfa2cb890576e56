"""How well inputs are told from other trains: the measure ``connections`` of studies."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from nto1.connections.experiment import (
    INPUTS,
    Signal,
    choose_trains,
    imaged,
    record,
    run_tests,
    tabled_weight,
)
from nto1.connections.scores import score
from nto1.neurons.adex import AdEx
from nto1.simulation.inputs import Inputs
from nto1.units import ms, nS, pS, to_SI


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
        N, seed, settings = task["N"], task["seed"], task["settings"]
        inputs = {key: v for key, v in to_SI(task["inputs"]).items() if key != "drop_last_spike"}
        w_exc = settings["weight_pS"]
        recording = record(
            N,
            seed,
            tabled_weight(N, weights, settings["other_weight_nS"] * nS)
            if w_exc is None
            else w_exc * pS,
            float(settings["duration_s"]),
            settings["timestep_ms"] * ms,
            Inputs(**INPUTS._asdict() | inputs),
            AdEx(**to_SI(task["neuron"])),
        )
        n_inh = N - recording.n_exc
        n_per_kind = min(settings["n_tested"], recording.n_exc, n_inh)
        trains = choose_trains(recording, n_per_kind, seed + settings["unconnected_seed_offset"])
        trains = trains.subset(np.flatnonzero(trains.n_spikes))
        signal = Signal(
            settings["ceiling"],
            settings["spike_SNR"],
            settings["noise_seed"],
            settings["clip_percentile"],
        )
        shuffle_seed = settings["shuffle_seed"]
        if settings["shuffle_seed_per_train"]:
            shuffle_seed = shuffle_seed + np.arange(len(trains.times))
        outcomes = run_tests(
            recording,
            trains,
            {"signal": imaged(recording, signal, in_place=True)},
            [settings["method"]],
            settings["window_ms"] * ms,
            settings["line_fit_window_ms"] * ms,
            n_shuffles=settings["n_shuffles"],
            shuffle_seed=shuffle_seed,
            template_quantile=settings["template_quantile"],
            template_window=settings["template_window_ms"] * ms,
            threads=threads,
        )
        scores = score(outcomes["signal"][0].t, trains.kinds)
        row = {name: getattr(scores, name) for name in ("AUC", "AUC_exc", "AUC_inh", "F1max")}
        row |= {"n_tested": len(trains.times), "output_rate_Hz": recording.output_rate}
        yield {"N": N, "seed": seed} | task["columns"] | row
        report(1)
