"""Studies in the workflow: tables, figures, intervals, and what is made anew."""

import pandas as pd
import pytest

from nto1 import run_study
from study import SMALL, Study

RESPONSE = {
    "measure": "response",
    "vary": {"neuron.b_pA": [0, 65], "sweep.weights_pS": [900, 1200]},
    "cases": {"bursting": {"neuron.V_reset_mV": -47}, "regular": {}},
}
WEIGHT = {
    "measure": "weight_for_rate",
    "vary": {"neuron.inh_to_exc_weight": [2, 4], "find_weight.N": [20]},
    "set": {"find_weight.relative_tolerance": 0.05},
}
DETECTION = {
    "measure": "connections",
    "vary": {"recording.spike_SNR": [10, 40]},
    "set": {"recording.N": [20], "recording.seeds": [1, 2], "recording.duration_s": 20},
}
NOISE = {
    "measure": "connection_test",
    "vary": {"connection_test.imaging_spike_SNR": [1, 20], "connection_test.seeds": [1, 2]},
}
STUDIES = {"mine": RESPONSE, "other": WEIGHT, "detection": DETECTION, "noise": NOISE}


@pytest.fixture(scope="module")
def studies(kernels, tmp_path_factory):
    here = Study(tmp_path_factory.mktemp("studies"), SMALL | {"studies": STUDIES})
    here.said = here.snakemake(*(f"study_{name}" for name in STUDIES))
    return here


def test_tables_are_those_of_the_library(studies):
    for name, study in STUDIES.items():
        expected = run_study(study, SMALL)
        for table, path in zip(expected, (name, f"{name}_summary"), strict=True):
            made = pd.read_csv(studies / f"results/studies/{path}.csv")
            pd.testing.assert_frame_equal(made, table, check_exact=True, check_dtype=False)


def test_runs_and_searches_are_counted_beforehand(studies):
    assert "Study mine: 16 runs in 1 job, about" in studies.said
    assert "Study other: 2 searches in 1 job, about" in studies.said
    assert "Study detection: 4 recordings in 1 job, about" in studies.said
    assert "Study noise: 4 connection tests in 1 job, about" in studies.said


def test_the_rest_of_the_graph_holds_them_too(studies):
    planned = studies.planned()
    assert "run_study_job" not in planned  # made
    assert "study_mine" not in planned
    studies.config["studies"]["mine"]["vary"]["neuron.b_pA"] = [0, 65, 130]
    planned = studies.planned("study_mine", "study_other")
    assert planned == {
        "run_study_job": 1,
        "study_mine": 1,
    }
