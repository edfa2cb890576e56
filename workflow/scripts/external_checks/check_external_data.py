"""False positives among random trains beside recorded voltages; and how well spikes alone tell the
connections of simulated cultures, beside stored results of other methods."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nto1 import output_spike_test, read_recording, spike_coupling_test
from nto1.config.model import ExternalChecks
from nto1.inference.method import p_of_shuffles
from nto1.inference.network_pairs import t_of_pairs
from nto1.inference.regression import NONE
from nto1.recordings.detection import detect
from nto1.recordings.external import (
    read_culture,
    two_class_AUC,
    with_random_trains,
)
from nto1.regression.calibration import p_values
from nto1_workflow.io import log, run, write_table

LEVEL = 0.05

Row = dict[str, Any]


def coupling(*spikes: Any, **options: Any) -> np.ndarray:
    return spike_coupling_test(*spikes, **options).z


# What gives t, and p of it.
SPIKE_TESTS = {
    "spike_coupling, joint": (coupling, p_values),
    "spike_coupling, marginal": (partial(coupling, weights="marginal"), p_values),
    "spikes": (output_spike_test, p_of_shuffles),
}


def of_voltage(file: Path, checks: ExternalChecks, threads: int) -> Iterator[Row]:
    """Of random trains, those with p below 5 %, and sets of them in which any is called: beside
    surrogates, and by the empirical null."""
    recording = read_recording(file, None)
    p: dict[str, list[np.ndarray]] = {"surrogates": [], "empirical": []}
    called: dict[str, int] = dict.fromkeys(p, 0)
    for seed in checks.seeds:
        log(f"{file.name}: seed {seed}")
        found = detect(
            with_random_trains(recording, checks.n_trains, checks.rate_Hz, seed), threads=threads
        )
        for null, of_set in (("surrogates", found.test._asdict()), ("empirical", found.table)):
            p[null].append(np.asarray(of_set["p"]))
            called[null] += bool((of_set["call"] != NONE).any())
    for null, values in p.items():
        about = {"file": file.name, "method": f"regression, {null} null"}
        sets = {"n_sets": len(values), "n_sets_with_a_call": called[null]}
        yield about | false_positives(np.concatenate(values)) | sets


def of_culture(file: Path, threads: int) -> Iterator[Row]:
    """Of every method, false positives among unconnected pairs, and the area under the curve."""
    duration, trains, connected = read_culture(file)
    for method, (test, p_of) in SPIKE_TESTS.items():
        log(f"{file.name}: {method}")
        t = t_of_pairs(trains, duration, partial(test, threads=threads))
        yield (
            {"file": file.name, "method": method}
            | false_positives(p_of(t[connected == 0]))
            | {"n_connected": int((connected == 1).sum()), "AUC": two_class_AUC(t, connected)}
        )


def false_positives(p: np.ndarray) -> Row:
    """Of trains or pairs that are not connected."""
    p = p[~np.isnan(p)]
    return {"n_unconnected": p.size, "false_positive_share": float((p < LEVEL).mean())}


def main(checks: ExternalChecks, voltages, cultures, stored: str, table, threads: int):
    if not [*voltages, *cultures]:
        raise ValueError(
            f"external_checks.folder ({checks.folder}) has neither ABF files nor NPZ files of "
            f"simulated cultures: --config external_checks='{{folder: FOLDER}}'"
        )
    rows = [row for file in voltages for row in of_voltage(Path(file), checks, threads)]
    rows += [row for file in cultures for row in of_culture(Path(file), threads)]
    computed, others = pd.DataFrame(rows), pd.read_csv(stored)
    others = others[others["file"].isin(computed["file"])]
    origin = ["computed"] * len(computed) + ["stored"] * len(others)
    write_table(pd.concat([computed, others]).assign(origin=origin), *table)


if "snakemake" in globals():
    run(main, snakemake)
