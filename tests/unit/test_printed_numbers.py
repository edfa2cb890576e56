"""Printed numbers, replayed by the library alone: the cheap ones of every kind."""

import csv

import numpy as np
import pytest
import yaml

from nto1 import count_spikes, find_weight, mean_rate, run_study, simulate
from nto1.config import resolve
from nto1.inference.n_to_1 import Signal, imaged, record
from nto1.published import REPLAYED, compare, differing
from nto1.simulation.runs import draw_inputs
from nto1.units import mV, nS, pS, s
from study import ROOT

PUBLISHED = ROOT / "resources/published"


def printed(table: str, **where: str) -> list[dict[str, str]]:
    with open(PUBLISHED / f"{table}.csv", newline="") as stream:
        return [row for row in csv.DictReader(stream) if where.items() <= row.items()]


def deviating(numbers: list[dict], quantity: str, value_of) -> list[tuple]:
    """Of the numbers, all that are not what ``value_of`` gives."""
    computed = [(number, float(value_of(number))) for number in numbers]
    return [
        (number, value)
        for number, value in computed
        if compare(
            quantity or number["quantity"], number["published"], value, number.get("source", "")
        )[1]
        != REPLAYED
    ]


@pytest.mark.parametrize(
    "numbers",
    [
        *("adex_n_to_1", "izhikevich_n_to_1", "adex_network", "izhikevich_network"),
        "connection_inference",
    ],
)
def test_they_were_computed_with_the_default_configuration(numbers):
    conditions = yaml.safe_load((PUBLISHED / f"{numbers}_conditions.yaml").read_text("utf-8"))
    conditions.pop("find_weight", None)  # its guess is found by the sweep
    for of_group in conditions.values():
        assert list(differing(of_group, resolve({}).as_written())) == []


def test_sweep():
    runs, means = run_study({"measure": "response", "vary": {"sweep.N": [6500]}})
    runs, means = runs.set_index(["we_pS", "seed"]), means.set_index("we_pS")
    column = {"median_Vm": "median_Vm_mV", "output_rate": "output_rate_Hz"}

    def value_of(number):
        weight, seed = float(number["we_pS"]), number["seed"]
        of = runs.loc[weight, int(seed)] if seed else means.loc[weight]
        return of[column[number["quantity"].removeprefix("mean_")]]

    numbers = printed("adex_n_to_1", group="sweep")
    assert len(numbers) == 66
    assert deviating(numbers, "", value_of) == []


def test_voltage_of_a_run():
    run = simulate(14 * pS, count_spikes(6500, 1), record=["V"])
    numbers = printed("adex_n_to_1", group="example")
    assert len(numbers) == 6
    assert deviating(numbers, "", lambda number: run.trace.V[int(number["sample"])] / mV) == []


@pytest.mark.parametrize("N", [10, 20, 45, 100, 200, 400, 800, 1600, 3200, 6500])
def test_searches(N):
    drawn = draw_inputs(N, range(10))
    found = find_weight(lambda w: mean_rate(w, drawn), 4.0, 15 * pS * (6500 / N))
    numbers = printed("adex_n_to_1", group="find_weight", N=str(N))
    assert len(numbers) == 8
    values = {
        "guess": found.guess,
        "guess_rate": found.guess_rate,
        "weight": found.w_exc,
        "rate": found.rate,
        "iterations": found.iterations,
        "factor": found.guess / found.w_exc,
    }
    unit = {"nS": nS, "pS": pS}
    assert (
        deviating(
            numbers, "", lambda number: values[number["quantity"]] / unit.get(number["unit"], 1)
        )
        == []
    )


def test_detection_in_short_recordings():
    """All kinds of noise at once: ceiled, noisy, clipped."""
    vary = {"recording.duration_s": [10, 30]}
    held = {"recording.spike_SNR": 40, "recording.clip_percentile": 99.9}
    held |= {"recording.ceiling": "before_reset", "recording.N": [6500]}
    runs = run_study({"measure": "connections", "vary": vary, "set": held}).table
    runs = runs.set_index(["duration_s", "seed"])
    for duration in ("10", "30"):
        numbers = printed("connection_inference", result_set="duration", duration_s=duration)
        assert len(numbers) == 10
        assert (
            deviating(
                numbers,
                "score",
                lambda n: runs.loc[(float(n["duration_s"]), int(n["seed"])), n["quantity"]],
            )
            == []
        )


def test_percentiles_of_noisy_voltages():
    recording = record(6500, 1, 0.015036 * nS, 600 * s)
    for result_set, spike_SNR, n in (("clipping", np.inf, 13), ("noise", 10, 7)):
        V = imaged(recording, Signal("before_reset", spike_SNR)) / mV
        numbers = [
            number
            for number in printed("connection_inference", result_set=result_set)
            if "percentile" in number["quantity"]
        ]
        assert len(numbers) == n
        assert (
            deviating(
                numbers,
                "percentile",
                lambda number, V=V: np.percentile(V, float(number["quantity"].split("_")[-1])),
            )
            == []
        )
