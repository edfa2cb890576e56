"""The pages on adding an experiment, a detection method and a measure, followed literally."""

import subprocess
import sys

import pandas as pd

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
    study.config["adex_network"]["duration_s"] = 2
    folder = "results/connection_inference"
    targets = [f"{folder}/all_inputs.csv", f"{folder}/network_pairs.csv"]
    study.snakemake("study_jump_or_height", *targets)
    table = pd.read_csv(study / "results/studies/jump_or_height.csv")
    of_jump = table[table["method"] == "jump"]
    assert len(of_jump) == 2 * 5
    assert of_jump[of_jump["spike_SNR"] == 40]["AUC"].mean() > 0.8
    scores = pd.read_csv(study / targets[0])
    assert set(scores["method"]) == {"line_fit", "jump"}
    assert scores.set_index("method")["window_ms"]["jump"] == 20
    assert pd.read_csv(study / targets[1])["t_jump"].notna().any()


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
