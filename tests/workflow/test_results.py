"""The real config, in full."""

import csv

import numpy as np
import pandas as pd
import pytest

from study import ROOT

FIGURES = {
    "input_drive_we",
    "median_voltage_we",
    "output_rate_we",
    "voltage_example",
    "impulse_response",
    "log-normal",
    "we-for-4Hz-for-all-N",
    "chosen_N",
    "chosen_N_subset",
    "network",
    "adex_network_voltage",
    "adex_network_raster",
    "voltage_reset",
    "voltage_reset_zoom",
    "voltage_reset_early_and_late",
    "spike_triggered_averages",
    "heights_of_averages",
    "connection_test_roc",
    "connection_test_variants",
    "detection_overview",
}


def test_every_published_number_is_replayed(thesis):
    with open(thesis / "results/published_comparison.csv", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 193
    assert {row["verdict"] for row in rows} == {"replayed"}
    verdict = (
        "152 printed numbers reproduced, and 39 of the published code run again; of published "
        "data, 488 connections and 29776 spike times."
    )
    assert (thesis / "results/published_verdict.txt").read_text() == verdict + "\n"
    assert verdict in (thesis / "results/published_comparison.md").read_text()


def test_the_published_numbers_are_those_of_the_notebook():
    with open(ROOT / "resources/published/adex_n_to_1.csv", newline="") as stream:
        rows = list(csv.DictReader(stream))
    printed = {(row["quantity"], row["N"], row["we_pS"], row["seed"]): row for row in rows}
    assert printed["mean_median_Vm", "6500", "12.5", ""]["published"] == "-53.429906"
    assert printed["mean_output_rate", "6500", "30", ""]["published"] == "12.18"
    assert printed["iterations", "6500", "", ""]["published"] == "11"
    weights = [row["published"] for row in rows if row["quantity"] == "weight"]
    assert weights[:3] == ["2.83884334", "1.85624115", "1.052897"]


def test_tables(thesis):
    runs = pd.read_csv(thesis / "results/we_sweep.csv")
    assert list(runs) == ["we_pS", "seed", "median_Vm_mV", "output_rate_Hz"]
    assert len(runs) == 180
    assert runs.sort_values(["we_pS", "seed"]).index.tolist() == list(range(180))

    means = pd.read_csv(thesis / "results/we_sweep_means.csv")
    assert list(means)[:3] == ["we_pS", "median_Vm_mV", "output_rate_Hz"]
    at_14 = runs[runs["we_pS"] == 14]["median_Vm_mV"]
    row = means.set_index("we_pS").loc[14]
    assert row["median_Vm_mV"] == pytest.approx(at_14.mean(), rel=1e-12)
    assert row["median_Vm_mV_sem"] == pytest.approx(at_14.std() / 10**0.5, rel=1e-12)

    weights = pd.read_csv(thesis / "results/we_for_target_rate.csv")
    assert list(weights) == (
        "N N_exc we_nS fr_Hz factor w0_nS w0_fr_Hz iterations function_calls".split()
    )
    assert weights["N"].tolist() == [10, 20, 45, 100, 200, 400, 800, 1600, 3200, 6500]

    evaluations = pd.read_csv(thesis / "results/we_for_target_rate_evaluations.csv")
    for _, row in weights.iterrows():
        of_N = evaluations[evaluations["N"] == row["N"]]
        assert of_N["we_nS"].iloc[0] == row["w0_nS"]
        assert row["fr_Hz"] in of_N[of_N["we_nS"] == row["we_nS"]]["fr_Hz"].tolist()
        assert len(of_N) >= row["function_calls"]


def test_connection_test_tables(thesis):
    trains = pd.read_csv(thesis / "results/connection_test/trains.csv")
    assert list(trains) == (
        "train kind connected n_spikes n_windows sta_height_mV mean_shuffled_height_mV "
        "relative_height p_value p_is_bound".split()
    )
    assert (trains["p_is_bound"] == trains["connected"]).all()
    p = trains.set_index("train")["p_value"]
    assert p[[4, 5, 23]].tolist() == [0.66, 0.5, 0.63]

    performance = pd.read_csv(thesis / "results/connection_test/performance.csv")
    performance = performance.set_index("variant")
    areas = performance["area"]
    assert areas["base"] == 1
    assert areas["duration_s=60,imaging_spike_SNR=2"] < 0.7
    assert (performance.filter(like="area") <= 1).all(axis=None)

    stas = pd.read_parquet(thesis / "results/connection_test/base/stas.parquet")
    assert len(stas) == 30 * 1000
    of_train_6 = stas[stas["train"] == 6]
    assert np.ptp(of_train_6["sta_mV"]) == pytest.approx(trains["sta_height_mV"][6])
    assert of_train_6["sta_mV"].max() > of_train_6["shuffled_95_percent_mV"].max()
    spikes = pd.read_parquet(thesis / "results/connection_test/base/output_spikes.parquet")
    assert len(spikes) == 148


def test_network_tables(thesis):
    voltages = pd.read_parquet(thesis / "results/network/voltages.parquet")
    assert list(voltages) == ["t_ms", "V_m_0_mV", "V_m_2_mV"]
    assert len(voltages) == 100_000
    spikes = pd.read_parquet(thesis / "results/network/spikes.parquet")
    rates = spikes["neuron"].value_counts() / 10
    assert sorted(rates.index) == [0, 1, 2, 3]
    assert rates.between(2, 4.5).all()


def test_figures_are_the_committed_ones_byte_for_byte(thesis):
    made = {path.name for path in (thesis / "thesis_figs").iterdir()}
    assert made == {f"{name}.{kind}" for name in FIGURES for kind in ("pdf", "svg")}
    for name in made:
        assert (thesis / "thesis_figs" / name).read_bytes() == (
            ROOT / "thesis_figs" / name
        ).read_bytes(), name


def test_every_job_has_a_log(thesis):
    logs = {
        str(p.relative_to(thesis / "results/logs")) for p in (thesis / "results").rglob("*.log")
    }
    assert "find_weight/N10.log" in logs
    assert "simulate/N6500_we0pS.log" in logs
    assert "plot_input_drive.log" in logs
    log = (thesis / "results/logs/find_weight/N10.log").read_text()
    assert "N = 10: 24.48 Hz at 9750 pS (evaluation 1)\n" in log
    log = (thesis / "results/logs/simulate/N6500_we0pS.log").read_text()
    assert "180 of 180 runs done\n" in log
