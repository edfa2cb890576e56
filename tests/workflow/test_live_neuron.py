"""The neuron that lives in pages: the same as the package's, and so is what the regression says."""

import numpy as np
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from nto1 import AdEx, count_spikes, regression_test, simulate
from nto1.units import ms, mV, pA, pS
from study import ROOT

SCRIPT = ROOT / "workflow/scripts/report/live_neuron.js"
PAGE = """<!doctype html><meta charset="utf-8"><body><div class="live-neuron"></div>
<script>SCRIPT</script>"""

RECORD = """
    const random = LiveNeuron.uniform(arguments[1]);
    const recording = new LiveNeuron.Recording(arguments[0], random);
    while (recording.n_bins < 30_000) recording.record_bin();
    const {V, own, trains} = recording.so_far;
    const found = LiveNeuron.finished(LiveNeuron.regression({V, own, trains}, random));
    const {kinds, rate, median_mV} = recording;
    return {...found, kinds, rate, median_mV, V: Array.from(V), own, trains};
"""


@pytest.fixture
def page(browser, tmp_path):
    (tmp_path / "page.html").write_text(PAGE.replace("SCRIPT", SCRIPT.read_text("utf-8")), "utf-8")
    browser.errors()
    browser.get((tmp_path / "page.html").as_uri())
    yield browser
    assert browser.errors() == []


@pytest.mark.parametrize(
    ("N", "weight_pS", "b_pA", "seed"), [(6500, 14, 65, 1), (6500, 20, 30, 2), (100, 600, 150, 3)]
)
def test_voltage_and_spikes_are_the_packages(page, N, weight_pS, b_pA, seed):
    inputs = count_spikes(N, seed)
    expected = simulate(weight_pS * pS, inputs, AdEx(b=b_pA * pA), record=["V"])
    made = page.execute_script(
        "const {V, spikes} = LiveNeuron.simulate(...arguments);return {V: Array.from(V), spikes}",
        weight_pS * pS,
        inputs.exc.tolist(),
        inputs.inh.tolist(),
        {"b": b_pA * pA},
    )
    assert made["spikes"] == expected.spike_steps.tolist()
    assert len(made["spikes"]) > 20
    V, difference = expected.trace.V, np.abs(np.array(made["V"]) - expected.trace.V)
    # An upstroke magnifies the last digits, in which exponential functions differ.
    assert difference[V < -50 * mV].max() < 1e-9 * mV
    assert difference.max() < 1e-5 * mV


@pytest.mark.parametrize(("N", "spike_SNR", "seed"), [(200, 100, 4), (100, 40, 2), (400, 1e9, 3)])
def test_the_regression_calls_all_inputs_and_no_others(page, N, spike_SNR, seed):
    given = {"N": N, "weight": 75e-9 / N, "b": 65 * pA, "spike_SNR": spike_SNR}
    made = page.execute_script(RECORD, given, seed)
    assert made["calls"] == made["kinds"]
    times = [np.unique(bins) * ms for bins in made["trains"]]
    V, own = np.array(made["V"]) * mV, np.array(made["own"]) * 0.1 * ms
    expected = regression_test(V, 1 * ms, times, own_spikes=own)
    assert made["calls"] == expected.call.tolist()
    np.testing.assert_allclose(made["z"], expected.z, rtol=0.2, atol=1)
    np.testing.assert_allclose(made["sizes_mV"], expected.size / mV, rtol=0.2, atol=0.1)


def test_trains_that_are_no_inputs_have_a_standard_normal_z(page):
    given = {"N": 6500, "weight": 14 * pS, "b": 65 * pA, "spike_SNR": 4}
    made = [page.execute_script(RECORD, given, seed) for seed in range(5)]
    z = np.array([one["z"] for one in made])[[one["kinds"] for one in made] == np.array("none")]
    assert len(z) == 20
    assert 0.6 < np.std(z) < 1.5  # 2.7 standard errors
    trains = [len(bins) for one in made for bins in one["trains"]]
    assert abs(np.mean(trains) - 300) < 4 * np.sqrt(300 / len(trains))


def test_rate_and_median_are_those_of_the_model(page):
    given = {"N": 6500, "weight": 14 * pS, "b": 65 * pA, "spike_SNR": 1e9}
    made = [page.execute_script(RECORD, given, seed) for seed in range(3)]
    runs = [simulate(14 * pS, count_spikes(6500, seed)) for seed in range(9)]
    rate, median = (np.mean([getattr(run, name) for run in runs]) for name in ("rate", "median_V"))
    assert np.mean([one["rate"] for one in made]) == pytest.approx(rate, abs=0.4)
    assert np.mean([one["median_mV"] for one in made]) == pytest.approx(median / mV, abs=0.1)


def test_it_runs_stops_and_begins_anew(page):
    wait = WebDriverWait(page, 120)
    text = "return document.querySelector('.live-neuron').textContent"

    def seconds() -> float:
        return float(page.find_element(By.CSS_SELECTOR, ".live-neuron span").text.split()[0])

    wait.until(lambda b: "of 6 inputs" in b.execute_script(text))
    rows = page.find_elements(By.CSS_SELECTOR, ".live-neuron td:nth-child(3)")
    assert {row.text for row in rows} <= {"excitatory", "inhibitory", "no input"}
    page.find_element(By.XPATH, "//button[.='Pause']").click()
    stopped = seconds()
    page.execute_async_script("setTimeout(arguments[0], 300)")
    assert seconds() == stopped > 30
    page.find_element(By.NAME, "Number of inputs, N").send_keys(Keys.ARROW_LEFT)
    wait.until(lambda b: " s" in page.find_element(By.CSS_SELECTOR, ".live-neuron span").text)
    assert seconds() < stopped
    assert "Number of inputs, N: 800" in page.execute_script(text)
    assert "input: 113 pS" in page.execute_script(text)
    assert {row.text for row in rows} == {"?"}
