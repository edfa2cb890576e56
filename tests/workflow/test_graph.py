"""The graph on a small config: what is made, and what a change makes again."""

import re

import pandas as pd
import pytest

from study import Study

SWEEP_FIGURES = {"summarise_sweep": 1, "plot_input_drive": 1}
WEIGHT_FIGURES = {"summarise_weights": 1, "plot_weights": 1}
# Made of nearly all tables.
OVERVIEW = {"compare_with_published": 1, "verify_published": 1, "explore": 1}
TEST_FIGURES = {"summarise_connection_tests": 1, "plot_connection_tests": 1}
NETWORK = {"simulate_network": 1, "plot_network": 1}
EXCERPT = {"simulate_excerpt": 1, "plot_excerpt": 1}
OTHER_TESTS = {"test_variants": 1}
TESTS = EXCERPT | {"infer_connections": 1} | OTHER_TESTS | TEST_FIGURES
ADEX_NETWORK = {"simulate_adex_network": 1, "plot_adex_network": 1}
EXAMPLE = {"simulate_example": 1, "plot_example": 1}
DETECTION = {"test_inputs": 1, "score_overview": 1, "plot_overview": 1}
ADEX = {"simulate": 3, "find_weight": 2} | SWEEP_FIGURES | WEIGHT_FIGURES | EXAMPLE


@pytest.mark.parametrize(
    ("changes", "jobs"),
    [
        (
            {
                "sweep": {"weights_pS": [0, 300, 600, 1200]},
                "find_weight": {"N_subset": [20]},
                "example": {"shown_s": 0.1},
                "network": {"shown_s": 0.3},
                "connection_test": {"variants": [{"imaging_spike_SNR": 5}, {"duration_s": 1}]},
            },
            {"simulate": 1, "find_weight": 2, "plot_example": 1, "plot_network": 1}
            | OTHER_TESTS
            | SWEEP_FIGURES
            | WEIGHT_FIGURES
            | TEST_FIGURES,
        ),
        (
            {
                "find_weight": {"N": [10, 15, 20]},
                "example": {"seed": 3},
                "network": {"recorded_neurons": [1]},
                "connection_test": {"n_shuffles": 6},
            },
            {"find_weight": 1, "infer_connections": 1}
            | OTHER_TESTS
            | WEIGHT_FIGURES
            | EXAMPLE
            | NETWORK
            | TEST_FIGURES,
        ),
        ({"experiment": {"seeds": [0, 1, 2]}}, {k: v for k, v in ADEX.items() if k not in EXAMPLE}),
        ({"neuron": {"b_pA": 66}}, ADEX | ADEX_NETWORK | DETECTION | {"plot_model": 1}),
        ({"izhikevich": {"d_pA": 90}}, NETWORK | TESTS),
    ],
    ids=["pieces", "parts", "seeds", "AdEx", "Izhikevich"],
)
def test_a_change_makes_again_what_depends_on_it_and_nothing_else(small, changes, jobs):
    for section, values in changes.items():
        small.config[section] = small.config.get(section, {}) | values
    assert small.planned() == jobs | OVERVIEW


def test_where_the_config_comes_from(tmp_path):
    """A file in the working directory, a file that is named, the command line."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config/config.yaml").write_text("find_weight: {N: [10]}\n")
    study = Study(tmp_path, {"experiment": {"seeds": [5]}})
    weights = "sweep={weights_per_batch: 1, weights_pS: [0, 600]}"
    jobs = study.planned("--config", weights)
    assert (jobs["simulate"], jobs["find_weight"]) == (2, 1)
    study.snakemake("results/simulations/N6500/we600pS.parquet", "--config", weights)
    runs = pd.read_parquet(study / "results/simulations/N6500/we600pS.parquet")
    assert runs[["we_pS", "seed"]].values.tolist() == [[600, 5]]


def test_a_bad_config_is_refused_before_anything_starts(tmp_path):
    output = Study(tmp_path, {"swep": {"N": 10}}).snakemake(ok=False)
    assert "The configuration is not valid.\n  swep: no such key. Did you mean sweep?" in output
    assert not (tmp_path / "results").exists()


def test_runs_that_are_fine_are_reported_beside_one_that_diverges(small):
    small.config["sweep"] |= {"weights_per_batch": "auto", "weights_pS": [600, 1200, 180_000]}
    small.snakemake("results/we_sweep.csv", ok=False)
    log = (small / "results/logs/simulate/N100_we600pS.log").read_text()
    fine = re.search(r"1200 pS: [\d.]+ Hz, -[\d.]+ mV on average", log)
    assert fine.end() < log.index("DivergenceError: the voltage diverged")


def test_a_published_number_that_deviates_stops_the_run_and_is_shown(thesis, tmp_path):
    study = thesis.copy_to(tmp_path / "thesis")
    path = study / "results/we_for_target_rate.parquet"
    table = pd.read_parquet(path)
    table.loc[3, "we_nS"] *= 1 + 1e-7
    table.to_parquet(path)
    output = study.snakemake("results/published_verdict.txt", ok=False)
    assert "1 of 193 published numbers deviate, see results/published_comparison.csv" in output
    assert "weight (N 100): published 0.58695123, computed 0.586951" in output
    rows = pd.read_csv(study / "results/published_comparison.csv")
    assert (rows["verdict"] == "DEVIATES").sum() == 1
    assert not (study / "results/published_verdict.txt").exists()
