"""The pages on adding an experiment, a detection method, a measure and a neuron model, followed
literally."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from nto1 import Inputs, TimeGrid, count_spikes
from pages import config_of, follow
from study import SMALL, Study, copy_checkout


def test_an_experiment_as_the_page_has_it(tmp_path, kernels):
    checkout = copy_checkout(tmp_path / "checkout")
    assert len(follow("docs/new_experiment.md", checkout)) == 5
    study = Study(tmp_path / "study", SMALL, checkout)
    study.config["regularity"] = {"weight_pS": [900, 1200]}
    message = "regularity.weight_pS: no such key. Did you mean weights_pS?"
    assert message in study.snakemake(ok=False)

    study.config["regularity"] = {"weights_pS": [900, 1200]}
    study.snakemake("measure_regularity")
    table = pd.read_csv(study / "results/regularity.csv")
    assert table["we_pS"].tolist() == [900, 1200, 900, 1200]
    assert table["CV"].between(0.01, 2).all()
    results = ["results/regularity.html", "thesis_figs/regularity.svg"]
    study.snakemake(*results, "--report", study / "report.html")
    page = (study / "report.html").read_text()
    assert all(file in page for file in results)
    assert page.count("CV of the inter-spike intervals of 2 runs at each input strength.") >= 2

    command = [sys.executable, "-m", "nto1.config"]
    subprocess.run(command, cwd=checkout / "workflow", check=True)
    assert "| `weights_pS` | [14, 20, 30] |" in (checkout / "config/README.md").read_text()


def test_a_method_as_the_page_has_it(tmp_path, kernels):
    checkout = copy_checkout(tmp_path / "checkout")
    assert follow("docs/new_method.md", checkout) == {"workflow/nto1/inference/jump.py"}
    study = Study(tmp_path / "study", SMALL | config_of("docs/new_method.md"), checkout)
    study.config["connection_inference"] = {"jump_window": 10}
    message = "connection_inference.jump_window: no such key. Did you mean jump_window_ms?"
    assert message in study.snakemake(ok=False)

    study.config["connection_inference"] = {"all_inputs": {"N": [5], "seeds": [1]}}
    study.config["connection_inference"] |= {"window": {"N": [5], "seeds": [1]}, "duration_s": 20}
    study.config["connection_inference"]["all_inputs"]["methods"] = ["line_fit", "jump"]
    all_inputs = "results/connection_inference/all_inputs.csv"
    study.snakemake("study_jump_or_height", all_inputs)
    table = pd.read_csv(study / "results/studies/jump_or_height.csv")
    of_jump = table[table["method"] == "jump"]
    assert len(of_jump) == 2 * 5
    assert of_jump[of_jump["spike_SNR"] == 40]["AUC"].mean() > 0.8
    scores = pd.read_csv(study / all_inputs)
    assert set(scores["method"]) == {"line_fit", "jump"}
    assert scores.set_index("method")["window_ms"]["jump"] == 20


def test_a_measure_as_the_page_has_it(tmp_path, kernels):
    checkout = copy_checkout(tmp_path / "checkout")
    assert follow("docs/new_measure.md", checkout) == {"workflow/nto1/measures/fluctuations.py"}
    study = Study(tmp_path / "study", SMALL | config_of("docs/new_measure.md"), checkout)
    study.config["studies"]["voltage"]["vary"]["sweep.weights_pS"] = [300, 600]
    assert "Study voltage: 12 runs in 1 job" in study.snakemake("study_voltage")
    table = pd.read_csv(study / "results/studies/voltage.csv")
    assert list(table) == ["g_L_nS", "we_pS", "seed", "mean_Vm_mV", "sd_Vm_mV"]
    summary = pd.read_csv(study / "results/studies/voltage_summary.csv")
    means = summary.pivot(index="g_L_nS", columns="we_pS", values="sd_Vm_mV")
    assert (means[600] > means[300]).all()
    assert (study / "results/studies/voltage.svg").exists()


def plain_lif(counts, w_exc, b=30e-12, dt=1e-4):
    """Firing rate (Hz) and median voltage (mV) of the page's neuron, spikes drawn up to 20 mV."""
    V, w, g_exc, g_inh, seen, n = -0.07, 0.0, 0.0, 0.0, [], 0
    for n_exc, n_inh in zip(counts.exc.tolist(), counts.inh.tolist(), strict=True):
        g_exc, g_inh = g_exc + n_exc * w_exc, g_inh + n_inh * 4 * w_exc
        current = -10e-9 * (V + 0.07) - g_exc * V - g_inh * (V + 0.08) - w
        V, w = V + dt * current / 200e-12, w - dt * w / 0.1
        g_exc, g_inh = g_exc - dt * g_exc / 0.007, g_inh - dt * g_inh / 0.007
        spikes = V >= -0.05
        n += spikes
        seen.append(0.02 if spikes else V)
        V, w = (-0.06, w + b) if spikes else (V, w)
    return n / (dt * counts.exc.size), np.median(seen) * 1000


def test_a_neuron_model_as_the_page_has_it(tmp_path, kernels):
    checkout = copy_checkout(tmp_path / "checkout")
    page = "docs/new_neuron_model.md"
    assert follow(page, checkout) == {"workflow/nto1/neurons/lif.py"}
    study = Study(tmp_path / "study", SMALL | {"neuron": {"model": "lif", "b_nA": 3}}, checkout)
    assert "neuron.b_nA: no such key. Did you mean b_pA?" in study.snakemake(ok=False)
    study.config["neuron"] = {"model": "lif", "V_reset_mV": -40}
    message = "neuron.V_reset_mV: -40 mV has to be below V_th_mV, which is -50 mV."
    assert message in study.snakemake(ok=False)

    of_page = config_of(page)
    study.config |= of_page | {"network": SMALL["network"] | of_page["network"]}
    study.config["sweep"] = SMALL["sweep"] | {"weights_pS": [600, 2400, 4000]}
    study.config["find_weight"] = SMALL["find_weight"] | {"guess": {"N": 10, "weight_pS": 8000}}
    study.snakemake(
        *("results/we_sweep.csv", "results/example_trace.parquet"),
        *("results/we_for_target_rate.csv", "results/network/voltages.csv"),
        *("study_adaptation", "study_models"),
    )
    for row in pd.read_csv(study / "results/we_sweep.csv").itertuples():
        counts = count_spikes(100, int(row.seed), TimeGrid(0.5), Inputs())
        rate, median = plain_lif(counts, row.we_pS * 1e-12)
        assert row.output_rate_Hz == pytest.approx(rate)
        assert row.median_Vm_mV == pytest.approx(median, abs=1e-9)
    assert rate > 10
    found = pd.read_csv(study / "results/we_for_target_rate.csv")
    assert (found["fr_Hz"] - 10).abs().max() <= 4
    voltages = pd.read_csv(study / "results/network/voltages.csv")
    assert {"V_m_0_mV", "w_0_pA", "u_1_pA"} <= set(voltages)
    rates = pd.read_csv(study / "results/studies/adaptation.csv").groupby("b_pA")["output_rate_Hz"]
    assert rates.mean().is_monotonic_decreasing
    assert set(pd.read_csv(study / "results/studies/models.csv")["case"]) == {"lif", "adex"}
