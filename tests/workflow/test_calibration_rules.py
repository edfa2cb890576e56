"""The study of calibration, on a tiny scale."""

import pandas as pd
import pytest

from nto1.inference.method import methods
from study import Study

TINY = {"situations": ["poisson", "bursts"], "duration_s": 20, "seeds": [1, 2], "sampling_ms": [1]}


@pytest.fixture(scope="module")
def calibrated(kernels, tmp_path_factory):
    study = Study(tmp_path_factory.mktemp("calibration"), {"calibration": TINY})
    study.snakemake("calibration")
    return study


def test_every_method_has_its_rates_in_each_situation(calibrated):
    means = pd.read_csv(calibrated / "results/calibration/calibration.csv")
    assert set(means["method"]) == set(methods())
    assert len(means) == 2 * (len(methods()) + 1)  # the regression's two nulls
    assert (means["n_seeds"] == 2).all()
    shares = means.set_index(["situation", "method", "null"])["false_positive_share"]
    shares = shares.sort_index()
    assert shares["bursts", "regression", "empirical"] < 0.08
    assert shares["bursts", "regression", "surrogates"] > 0.15
    assert shares["poisson", "regression", "surrogates"] < 0.1

    recordings = pd.read_csv(calibrated / "results/calibration/recordings.csv")
    assert len(recordings) == 2 * len(means)
    one = recordings.query("situation == 'bursts' and method == 'sta'")
    share = (one["false_positives"] / one["n_unconnected"]).mean()
    assert shares["bursts", "sta"].item() == pytest.approx(share)


def test_the_figure_is_there(calibrated):
    assert (calibrated / "results/calibration/calibration.svg").stat().st_size > 10_000
