"""One small run from an empty folder: tables, figures, verdict."""

import pandas as pd
import pytest


def test_tables(small_run):
    runs = pd.read_csv(small_run / "results/we_sweep.csv")
    assert runs["we_pS"].unique().tolist() == [0, 600, 1200]
    assert runs["output_rate_Hz"].iloc[:2].tolist() == [0, 0]
    weights = pd.read_csv(small_run / "results/we_for_target_rate.csv")
    assert weights["N"].tolist() == [10, 20]
    assert weights["fr_Hz"].tolist() == pytest.approx([10, 10], abs=3)
    trains = pd.read_csv(small_run / "results/connection_test/trains.csv")
    assert len(trains) == 10
    performance = pd.read_csv(small_run / "results/connection_test/performance.csv")
    assert performance["variant"].tolist() == ["base", "imaging_spike_SNR=5"]


@pytest.mark.parametrize(
    ("network", "first_sample", "peak", "reset"),
    [("network", 1, 35, -50), ("adex_network", 0, 40, -53)],
)
def test_spikes_are_where_the_voltage_is_reset(small_run, network, first_sample, peak, reset):
    """The one network is recorded after each step, the other before."""
    spikes = pd.read_parquet(small_run / f"results/{network}/spikes.parquet")
    voltage = pd.read_parquet(small_run / f"results/{network}/voltages.parquet")["V_m_0_mV"]
    steps = (spikes.query("neuron == 0")["t_ms"] * 10).round().astype(int)
    assert len(steps) > 0
    assert set(voltage[steps - first_sample]) == {peak}
    assert set(voltage[steps - first_sample + 1]) == {reset}


def test_figures(small_run):
    figures = sorted(path.stem for path in (small_run / "thesis_figs").glob("*.svg"))
    assert {"input_drive_we", "we-for-10Hz-for-all-N", "network", "voltage_reset"} < {*figures}


def test_another_config_is_not_compared_and_says_so(small_run):
    verdict = (small_run / "results/published_verdict.txt").read_text()
    assert verdict == "0 printed numbers reproduced; 193 not comparable.\n"
    summary = (small_run / "results/published_comparison.md").read_text()
    assert "experiment.duration_s is 0.5, not 10; experiment.seeds is [0, 1], not [0, 1," in summary


def test_nothing_is_left_to_do(small):
    assert "Nothing to be done" in small.snakemake()
