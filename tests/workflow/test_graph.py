"""The graph on a small config: what is made, and what a change makes again."""

import copy
import os
import re
import shutil

import pandas as pd
import pytest

from conftest import SMALL, Study, copy_checkout

SWEEP_FIGURES = {"summarise_sweep": 1, "plot_input_drive": 1}
WEIGHT_FIGURES = {"summarise_weights": 1, "plot_weights": 1}
COMPARISON = {"compare_with_published": 1, "verify_published": 1}
TEST_FIGURES = {"summarise_connection_tests": 1, "plot_connection_tests": 1}
NETWORK = {"simulate_network": 1, "plot_network": 1}
EXCERPT = {"simulate_excerpt": 1, "plot_excerpt": 1}
TESTS = EXCERPT | {"test_connections": 2} | TEST_FIGURES


def test_partial_config_over_the_defaults(small):
    runs = pd.read_csv(small / "results/we_sweep.csv")
    assert runs["we_pS"].unique().tolist() == [0, 600, 1200]
    weights = pd.read_csv(small / "results/we_for_target_rate.csv")
    assert weights["N"].tolist() == [10, 20]
    assert weights["fr_Hz"].tolist() == pytest.approx([10, 10], abs=3)
    assert (small / "thesis_figs/we-for-10Hz-for-all-N.pdf").exists()


def test_someone_elses_config_is_not_compared_and_says_so(small):
    verdict = (small / "results/published_verdict.txt").read_text()
    assert verdict == "0 published numbers replayed, 191 not comparable.\n"
    summary = (small / "results/published_comparison.md").read_text()
    assert "experiment.duration_s is 0.5, not 10; experiment.seeds is [0, 1], not [0, 1," in summary


def test_config_in_the_working_directory_is_used(tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config/config.yaml").write_text("find_weight: {N: [10]}\n")
    study = Study(tmp_path, {"sweep": {"weights_pS": [5]}})
    jobs = study.planned()
    assert (jobs["find_weight"], jobs["simulate"]) == (1, 1)


def test_done_is_done(small):
    assert small.planned() == {}


ALL_SIMULATIONS = {"simulate": 3, "find_weight": 2, "simulate_example": 1}
ADEX = ALL_SIMULATIONS | SWEEP_FIGURES | WEIGHT_FIGURES | {"plot_example": 1} | COMPARISON
EVERYTHING = ADEX | NETWORK | TESTS


@pytest.mark.parametrize(
    ("section", "change", "jobs"),
    [
        ("sweep", {"weights_pS": [0, 300, 600, 1200]}, {"simulate": 1} | SWEEP_FIGURES),
        ("sweep", {"weights_pS": [0, 700, 1200]}, {"simulate": 1} | SWEEP_FIGURES),
        ("sweep", {"N": 200}, {"simulate": 3} | SWEEP_FIGURES),
        ("find_weight", {"N": [10, 15, 20]}, {"find_weight": 1} | WEIGHT_FIGURES),
        ("find_weight", {"N_subset": [20]}, {"plot_weights": 1}),
        ("find_weight", {"bracket_factor": 3}, {"find_weight": 2} | WEIGHT_FIGURES),
        ("example", {"shown_s": 0.1}, {"plot_example": 1}),
        ("example", {"seed": 3}, {"simulate_example": 1, "plot_example": 1}),
        ("inputs", {"drop_last_spike": False}, ADEX),
        ("neuron", {"b_pA": 66}, ADEX),
        (
            "experiment",
            {"seeds": [0, 1, 2]},
            {"simulate": 3, "find_weight": 2} | SWEEP_FIGURES | WEIGHT_FIGURES,
        ),
        ("experiment", {"duration_s": 0.6}, ADEX),
        ("izhikevich", {"d_pA": 90}, NETWORK | TESTS),
        ("network", {"recorded_neurons": [1]}, NETWORK),
        ("network", {"shown_s": 0.3}, {"plot_network": 1}),
        ("connection_test", {"exc_weight_nS": 0.5}, TESTS),
        ("connection_test", {"n_shuffles": 6}, {"test_connections": 2} | TEST_FIGURES),
        ("connection_test", {"significance": 0.1}, TEST_FIGURES),
        (
            "connection_test",
            {"variants": [{"imaging_spike_SNR": 5}, {"imaging_spike_SNR": 2, "duration_s": 1}]},
            {"test_connections": 1} | TEST_FIGURES,
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else value,
)
def test_a_change_reruns_what_depends_on_it_and_nothing_else(small, section, change, jobs):
    small.config[section] = small.config.get(section, {}) | change
    assert small.planned() == jobs | COMPARISON


def test_an_added_weight_leaves_the_other_files_alone(small):
    folder = small / "results/simulations/N100"
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.parquet")}
    small.config["sweep"]["weights_pS"].append(900)
    small.snakemake()
    after = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.parquet")}
    assert after.keys() - before.keys() == {"we900pS.parquet"}
    assert {name: after[name] for name in before} == before
    runs = pd.read_csv(small / "results/we_sweep.csv")
    assert runs["we_pS"].unique().tolist() == [0, 600, 900, 1200]


@pytest.fixture(scope="module")
def in_own_checkout(tmp_path_factory) -> Study:
    """A small study that has been run, with a checkout of its own to edit."""
    folder = tmp_path_factory.mktemp("own")
    study = Study(folder / "study", SMALL, copy_checkout(folder / "checkout"))
    study.snakemake()
    return study


@pytest.mark.parametrize(
    ("file", "jobs"),
    [
        ("nto1/lanes.py", ADEX | {"compile_kernels": 1}),
        ("nto1/units.py", EVERYTHING | {"compile_kernels": 3}),
        ("nto1/adex.py", EVERYTHING | {"compile_kernels": 3}),
        ("nto1/simulation.py", ADEX),
        ("nto1/izhikevich.py", NETWORK | TESTS | {"compile_kernels": 2}),
        (
            "nto1/connection_test.py",
            TESTS | {"compile_kernels": 1},
        ),
        ("nto1/weight_search.py", {"find_weight": 2} | WEIGHT_FIGURES),
        ("nto1/comparison.py", {}),
        (
            "scripts/style.py",
            {
                "plot_input_drive": 1,
                "plot_weights": 1,
                "plot_example": 1,
                "plot_network": 1,
                "plot_excerpt": 1,
                "plot_connection_tests": 1,
            },
        ),
        ("scripts/summarise_sweep.py", SWEEP_FIGURES),
    ],
)
def test_an_edit_reruns_what_uses_it(in_own_checkout, file, jobs):
    assert in_own_checkout.planned() == {}
    path = in_own_checkout.checkout / "workflow" / file
    text, times = path.read_text(), (path.stat().st_atime, path.stat().st_mtime)
    path.write_text(text + "\n# edited\n")
    planned = in_own_checkout.planned()
    path.write_text(text)
    os.utime(path, times)
    compared = {} if file == "scripts/style.py" else COMPARISON
    assert planned == jobs | compared


def test_a_stale_kernel_is_never_loaded(in_own_checkout):
    """numba alone would not notice an edit to a file other than the kernel's own."""
    path = in_own_checkout.checkout / "workflow/nto1/adex.py"
    text = path.read_text()
    before = (in_own_checkout / "results/we_sweep.csv").read_text()
    path.write_text(
        text.replace("return p.a * (V - p.E_L) - w", "return p.a * (V - p.E_L) - 2 * w")
    )
    in_own_checkout.snakemake("results/we_sweep.csv")
    assert (in_own_checkout / "results/we_sweep.csv").read_text() != before
    path.write_text(text)
    in_own_checkout.snakemake("results/we_sweep.csv")
    assert (in_own_checkout / "results/we_sweep.csv").read_text() == before


@pytest.fixture
def in_one_batch(tmp_path) -> Study:
    """The small study with all weights, and all N, in one batch each."""
    study = Study(tmp_path / "one batch", copy.deepcopy(SMALL))
    study.config["sweep"]["weights_per_batch"] = "auto"
    study.config["find_weight"]["N_per_batch"] = "auto"
    study.snakemake()
    return study


def test_batches_do_not_change_results(small, in_one_batch):
    assert len(list((in_one_batch / "results/simulations/N100").glob("*.parquet"))) == 1
    for table in ("we_sweep.csv", "we_for_target_rate.csv", "we_for_target_rate_evaluations.csv"):
        one, many = (study / "results" / table for study in (in_one_batch, small))
        assert one.read_text() == many.read_text()


def test_within_a_batch_only_what_is_new_is_simulated(in_one_batch):
    study = in_one_batch
    simulate = study / "results/logs/simulate/N100_we0pS.log"
    search = study / "results/logs/find_weight/N10.log"
    assert "0 of 6 runs are there already" in simulate.read_text()

    study.config["sweep"]["weights_pS"] = [0, 300, 600, 1200]
    study.config["find_weight"]["N"] = [10, 20, 40]
    study.snakemake()
    assert "6 of 8 runs are there already\n2 of 2 runs done\n300 pS: 0 Hz" in simulate.read_text()
    assert "N = 10 is there already\nN = 20 is there already\nN = 40: " in search.read_text()

    study.config["experiment"]["seeds"] = [0, 1, 2]
    study.snakemake()
    assert "8 of 12 runs are there already" in simulate.read_text()
    assert simulate.read_text().count("on average of 1 of 1 runs") == 4
    runs = pd.read_csv(study / "results/we_sweep.csv")

    shutil.rmtree(study / "results")
    study.snakemake()
    pd.testing.assert_frame_equal(runs, pd.read_csv(study / "results/we_sweep.csv"))

    study.config["neuron"] = {"b_pA": 70}
    study.snakemake()
    assert "made from other sources or parameters" in simulate.read_text()
    assert "0 of 12 runs are there already" in simulate.read_text()


def test_a_published_number_that_deviates_stops_the_run_and_is_shown(thesis, tmp_path):
    study = Study(shutil.copytree(thesis.folder, tmp_path / "thesis"), {})
    path = study / "results/we_for_target_rate.parquet"
    table = pd.read_parquet(path)
    table.loc[3, "we_nS"] *= 1 + 1e-7
    table.to_parquet(path)
    output = study.snakemake("results/published_verdict.txt", ok=False)
    assert "1 of 191 published numbers deviate, see results/published_comparison.csv" in output
    assert "weight (N 100): published 0.58695123, computed 0.586951" in output
    rows = pd.read_csv(study / "results/published_comparison.csv")
    assert (rows["verdict"] == "DEVIATES").sum() == 1
    assert not (study / "results/published_verdict.txt").exists()
    assert (
        "failed. 1 of 191 published numbers deviate."
        in (study / "results/provenance.md").read_text()
    )


def test_a_weight_that_is_too_large_fails_with_its_reason(small):
    small.config["sweep"]["weights_pS"] = [180_000]
    output = small.snakemake(ok=False)
    assert re.search(r"DivergenceError: the voltage ran off in [12] of 2 runs", output)
    assert re.search(r"w_e = 180000 pS, N = 100, seed [01] at t = 0\.\d+ s", output)
    assert not (small / "results/simulations/N100/we180000pS.parquet").exists()


def test_runs_that_are_fine_are_reported_before_one_that_ran_off(in_one_batch):
    in_one_batch.config["sweep"]["weights_pS"] = [600, 1200, 180_000]
    in_one_batch.snakemake(ok=False)
    log = (in_one_batch / "results/logs/simulate/N100_we600pS.log").read_text()
    fine = re.search(r"1200 pS: [\d.]+ Hz, -[\d.]+ mV on average of 2 of 2 runs", log)
    assert fine.end() < log.index("DivergenceError: the voltage ran off")


def test_a_hundred_thousand_runs_are_few_jobs(tmp_path):
    study = Study(
        tmp_path,
        {
            "experiment": {"seeds": list(range(100))},
            "sweep": {"weights_pS": [round(0.03 * i, 2) for i in range(1000)]},
            "connection_test": {"variants": []},
        },
    )
    planned = study.planned()
    assert planned["simulate"] <= 10
    assert sum(planned.values()) <= 30


def test_threads_do_not_change_results(small, tmp_path):
    threaded = Study(tmp_path / "threaded", small.config)
    tables = [
        "results/we_sweep.parquet",
        "results/we_for_target_rate_evaluations.parquet",
        "results/connection_test/base/shuffled_heights.parquet",
    ]
    threads = ("simulate=2", "find_weight=2", "test_connections=2")
    threaded.snakemake(*tables, "--set-threads", *threads)
    for table in tables:
        assert (threaded / table).read_bytes() == (small / table).read_bytes()
