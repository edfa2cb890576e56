"""The connection inference, as far as it is cheap: published numbers, tables and figures."""

import pandas as pd
import pytest

from nto1.inference.method import methods
from study import CHEAP, PUBLISHED, Study

FOLDER = "results/connection_inference"


def test_published_numbers_are_replayed(inferred):
    numbers = pd.read_csv(inferred / f"{FOLDER}/published_comparison.csv", dtype={"published": str})
    assert len(numbers) == 453
    verdicts = numbers.groupby("result_set")["verdict"].value_counts().unstack(fill_value=0)
    assert "DEVIATES" not in verdicts
    assert verdicts["replayed"].to_dict() == {
        "all_inputs": 24,
        "chance": 3,
        "clipping": 34,
        "duration": 2,
        "first_test": 26,
        "noise": 11,
        "side_by_side": 4,
        "unclipped": 2,
        "window": 74,
    }
    reasons = set(numbers.loc[numbers["verdict"] == "skipped", "reason"])
    assert reasons == {"not part of this study"}


def test_tables(inferred):
    scores = pd.read_csv(inferred / f"{FOLDER}/all_inputs.csv")
    assert list(scores) == (
        "N seed spike_SNR duration_s window_ms signal method AUC AUC_exc AUC_inh F1max n_tested "
        "output_rate_Hz".split()
    )
    assert set(scores["method"]) == {*PUBLISHED}
    assert (scores["n_tested"] == 2 * scores["N"]).all()
    short = pd.read_csv(inferred / f"{FOLDER}/N_by_duration.csv")
    assert set(short["method"]) == {"line_fit", "regression"}
    assert list(short)[-3:] == "unconnected_p_below_5_percent n_called n_called_wrongly".split()
    means = pd.read_csv(inferred / f"{FOLDER}/all_inputs_means.csv")
    of_one = scores[(scores["N"] == 20) & (scores["method"] == "line_fit")]["AUC"]
    row = means[(means["N"] == 20) & (means["method"] == "line_fit")].iloc[0]
    assert row["AUC"] == pytest.approx(of_one.mean())
    assert row["n_seeds"] == 5

    trains = pd.read_parquet(inferred / f"{FOLDER}/window_trains.parquet")
    assert {"kind", "n_spikes", "rate_Hz", "t"} <= set(trains)
    assert set(trains["window_ms"]) == {100}
    curves = pd.read_parquet(inferred / f"{FOLDER}/clipping_thresholds.parquet")
    columns = "threshold TPR TPR_exc TPR_inh FPR precision F_0.5 F1 F2".split()
    assert set(columns) <= set(curves)


def test_the_regression_finds_inputs_in_spite_of_noise(inferred):
    scores = pd.read_csv(inferred / f"{FOLDER}/regression_noise.csv").set_index("spike_SNR")
    AUC = scores["AUC"]
    assert AUC[40] > 0.99
    limit = pd.read_csv(inferred / f"{FOLDER}/regression_limit.csv").set_index("spike_SNR")["AUC"]
    assert set(limit.index) == {40, 0.2}
    assert AUC[0.2] - 0.02 <= limit[0.2] < 1
    assert scores["n_called_wrongly"].sum() <= 0.1 * scores["n_called"].sum()
    observed = pd.read_csv(inferred / f"{FOLDER}/observed.csv")
    n_tested = observed[["observed_share", "n_tested"]].drop_duplicates()
    assert n_tested.values.tolist() == [[0.5, 20], [1, 40]]


def test_every_method_in_the_experiment_of_2021(inferred):
    means = pd.read_csv(inferred / f"{FOLDER}/imaging_2021_means.csv")
    area = means.set_index(["variant", "method"])["area"]
    assert area["base", "regression"] > 0.95
    assert set(means["method"]) == {*methods()}


def test_figures_of_clipping_are_the_committed_ones(inferred):
    """Those that need nothing that was left out here."""
    for name in (
        *("ceil_n_clip__sigs_and_STAs", "ceil_n_clip_AUCs", "example_STAs", "AUC_chance_level"),
        *("perfmeasures_threshold_TPR_ROC", "perfmeasures_Fscores", "PR_curves_iso_F"),
        *("perfmeasures_PR_curves_EI", "perfmeasures_threshold_PPVs_EI", "ceil_spikes", "VI_noise"),
    ):
        for kind in ("pdf", "svg"):
            made, committed = (
                study / f"thesis_figs/{name}.{kind}" for study in (inferred, inferred.checkout)
            )
            assert made.read_bytes() == committed.read_bytes(), name


def test_a_part_is_a_target(tmp_path):
    study = Study(tmp_path, CHEAP)
    jobs = study.planned("connection_inference_noise")
    assert jobs.keys() >= {"test_inputs", "score_noise", "plot_noise"}
    assert "score_duration" not in jobs


def test_weights_of_ones_own(tmp_path):
    (tmp_path / "weights.csv").write_text("N,we_nS\n20,0.1\n")
    config = {"weights": "weights.csv", "duration_s": 5, "window": {"N": [20], "seeds": [1]}}
    config["all_inputs"] = {"N": [20], "seeds": [1], "methods": ["line_fit"]}
    study = Study(tmp_path, {"connection_inference": config})
    study.snakemake(f"{FOLDER}/all_inputs.csv")
    rates = pd.read_csv(study / f"{FOLDER}/all_inputs.csv")["output_rate_Hz"]
    assert rates.tolist() == [0], "too weak to fire"
