"""The page of interactive charts, in a browser without a network."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from nto1_workflow import charts
from nto1_workflow.io import write_parquet
from study import ROOT

REPORT = ROOT / "workflow/scripts/report"
SOURCES = (REPORT / "explore_page.html", REPORT / "live_neuron.js")


@pytest.fixture
def page(browser, thesis):
    browser.errors(), browser.requested()
    browser.get((thesis / "results/explore.html").as_uri())
    wait_until(browser, "return document.documentElement.dataset.ready === 'yes'")
    yield browser
    assert browser.errors() == []
    assert {url for url in browser.requested() if not url.startswith("file://")} == set()


# The samples, when no more than so many seconds are drawn.
DRAWN_WITHIN = """
    const {x, y} = arguments[0].data[0];
    return x[x.length - 1] - x[0] < arguments[1] && y;
"""


def wait_until(browser, script: str, *arguments):
    return WebDriverWait(browser, 30).until(lambda b: b.execute_script(script, *arguments))


def choose(browser, name: str, text: str) -> None:
    select = Select(browser.find_element(By.ID, name))
    values = [option.get_attribute("value") for option in select.options]
    select.select_by_value(text) if text in values else select.select_by_visible_text(text)


def shown(browser, chart: str, name: str) -> dict:
    """The data of one line or of the dots of a chart, by their name in the legend."""
    return browser.execute_script(
        "const d = document.getElementById(arguments[0]).data.filter(d => d.name === arguments[1]);"
        "return d.length ? {x: Array.from(d[0].x), y: Array.from(d[0].y)} : null",
        chart,
        name,
    )


def point_at(browser, chart: str, trace: int, point: int, click=False) -> str:
    """Move the pointer to a point; what is said there."""
    div = browser.find_element(By.ID, chart)
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", div)
    x, y = browser.execute_script(
        "const g = arguments[0], i = g.calcdata.findIndex((c, n) => n === arguments[1]),"
        " t = g.calcdata[i][0].trace, p = g.calcdata[i][arguments[2]], l = g._fullLayout,"
        " a = l[(t.xaxis || 'x').replace('x', 'xaxis')],"
        " b = l[(t.yaxis || 'y').replace('y', 'yaxis')], r = g.getBoundingClientRect();"
        "return [r.x + a._offset + a.c2p(p.x), r.y + b._offset + b.c2p(p.y)]",
        div,
        trace,
        point,
    )
    actions = ActionChains(browser).w3c_actions
    actions.pointer_action.move_to_location(int(x) - 3, int(y))
    actions.pointer_action.move_to_location(round(x), round(y))
    if click:
        actions.pointer_action.click()
    actions.perform()
    label = "const t = document.querySelector(`#${arguments[0]} .hoverlayer .hovertext`);"
    return wait_until(browser, f"{label} return t && t.textContent", chart)


def test_it_is_small_and_whole(thesis):
    html = (thesis / "results/explore.html").read_text()
    assert len(html.encode()) < 10e6
    assert 'src="http' not in html


def test_every_run_and_seed_is_under_the_pointer(page, thesis):
    runs = pd.read_csv(thesis / "results/we_sweep.csv")
    assert shown(page, "sweep-chart", "runs")["y"] == list(runs["median_Vm_mV"])
    row = runs[(runs["we_pS"] == 30) & (runs["seed"] == 4)]
    said = point_at(page, "sweep-chart", 3, int(row.index[0]))
    assert said.startswith("seed 4")
    assert "30 pS" in said
    assert f"{row['output_rate_Hz'].item():g} Hz" in said


def test_one_seed_is_followed(page, thesis):
    assert shown(page, "sweep-chart", "seed 7") is None
    choose(page, "seed", "7")
    runs = pd.read_csv(thesis / "results/we_sweep.csv").query("seed == 7")
    assert shown(page, "sweep-chart", "seed 7")["y"] == list(runs["median_Vm_mV"])


def test_a_click_on_a_weight_shows_the_steps_of_its_search(page, thesis):
    steps = pd.read_csv(thesis / "results/we_for_target_rate_evaluations.csv")
    point_at(page, "weights-chart", 1, 4, click=True)
    wait_until(page, "return document.getElementById('search-N').value === '200'")
    mine = steps[steps["N"] == 200]
    drawn = shown(page, "search-chart", "steps")
    assert drawn == {"x": list(mine["we_nS"]), "y": list(mine["fr_Hz"])}


def test_the_voltage_is_zoomed_down_to_its_samples(page, thesis):
    trace = pd.read_parquet(thesis / "results/example_trace.parquet")
    chart = page.find_element(By.ID, "voltage-chart")
    page.execute_script("arguments[0].scrollIntoView({block: 'center'})", chart)
    drawn = page.execute_script("return arguments[0].data[0].y", chart)
    assert max(drawn) == pytest.approx(trace["V_m_mV"].max(), abs=1e-3)
    assert min(drawn) == pytest.approx(trace["V_m_mV"].min(), abs=1e-3)
    assert len(drawn) < 20_000

    for width in (1, 0.1):  # a tenth of what is seen at a time
        actions = ActionChains(page)
        actions.move_to_element_with_offset(chart, 0, -60).click_and_hold()
        actions.move_by_offset(40, 0).move_by_offset(60, 0).release().perform()
        drawn = wait_until(page, DRAWN_WITHIN, chart, width)
    low, high = page.execute_script("return arguments[0].layout.xaxis.range", chart)
    assert high - low < 0.1
    seen = trace["V_m_mV"].to_numpy()[int(low / 1e-4) : int(np.ceil(high / 1e-4)) + 1]
    np.testing.assert_allclose(drawn, seen[: len(drawn)], atol=1e-4)

    page.find_element(By.ID, "whole").click()
    wait_until(page, "return arguments[0].layout.xaxis.range[1] > 9.9", chart)
    choose(page, "trace", "Network, neuron 2")
    network = pd.read_parquet(thesis / "results/network/voltages.parquet")["V_m_2_mV"]
    highest = "return Math.abs(Math.max(...arguments[0].data[0].y) - arguments[1]) < 1e-3"
    wait_until(page, highest, chart, network.max())


def test_a_train_is_chosen_from_the_list(page, thesis):
    stas = pd.read_parquet(thesis / "results/connection_test/base/stas.parquet")
    page.find_element(By.ID, "next-train").click()
    for train in (1, 17):
        Select(page.find_element(By.ID, "train")).select_by_index(train)
        expected = stas[stas["train"] == train]
        for name, column in (("this train", "sta_mV"), ("mean of shuffles", "shuffled_mean_mV")):
            drawn = shown(page, "train-chart", name)
            np.testing.assert_allclose(drawn["y"], expected[column], rtol=1e-6)
            np.testing.assert_allclose(drawn["x"], expected["t_ms"], atol=1e-6)


def test_any_column_of_any_table_is_along_x_a_colour_and_a_panel(page, thesis):
    choose(page, "table", "connection_test/trains")
    for name, text in (("x", "train"), ("y", "p_value"), ("hue", "kind"), ("facet", "connected")):
        choose(page, name, text)
    trains = pd.read_csv(thesis / "results/connection_test/trains.csv")
    drawn = page.execute_script(
        "return document.getElementById('table-chart').data.filter(d => d.mode === 'markers')"
        ".map(d => [d.name, d.xaxis, [...d.x]])"
    )
    expected = [
        [f"Kind = {kind}", axis, list(rows["train"])]
        for connected, axis in ((False, "x"), (True, "x2"))
        for kind in ("excitatory", "inhibitory")
        if len(rows := trains[(trains["kind"] == kind) & (trains["connected"] == connected)])
    ]
    assert drawn == expected


def test_dark_is_dark(page):
    ink = "return getComputedStyle(document.body).backgroundColor"
    light = page.execute_script(ink)
    features = [{"name": "prefers-color-scheme", "value": "dark"}]
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    wait_until(page, f"return (() => {{{ink}}})() !== arguments[0]", light)
    text = "return document.getElementById('sweep-chart').layout.font.color"
    wait_until(page, f"return (() => {{{text}}})() === '#e8e8e8'")
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def content(html: str) -> dict:
    return json.loads(html.split('type="application/json">')[1].split("</script>")[0])


@pytest.fixture
def phone(browser):
    """Narrow, and touched."""
    narrow = {"width": 390, "height": 800, "deviceScaleFactor": 2, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", narrow)
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    yield browser
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_swipe_over_a_chart_scrolls_a_phone(phone, tmp_path):
    make(tmp_path, many={"x": np.arange(9), "y": np.arange(9) / 2, "kind": list("abcabcabc")})
    open_made(phone, tmp_path)
    assert phone.execute_script("return document.documentElement.scrollWidth") == 390
    chart = phone.find_element(By.ID, "table-chart")
    phone.execute_script("arguments[0].scrollIntoView()", chart)
    before = phone.execute_script("return [scrollY, ...arguments[0].layout.xaxis.range]", chart)
    for kind, y in (("Start", 300), *(("Move", y) for y in range(290, 90, -10)), ("End", None)):
        at = {"type": f"touch{kind}", "touchPoints": [{"x": 200, "y": y}] if y else []}
        phone.execute_cdp_cmd("Input.dispatchTouchEvent", at)
    wait_until(phone, "return scrollY > arguments[0] + 100", before[0])
    after = phone.execute_script("return [scrollY, ...arguments[0].layout.xaxis.range]", chart)
    assert after[1:] == before[1:]


def test_a_chart_is_saved_as_picture_and_as_table(browser, tmp_path):
    made = {"name": ["a", 'with "quotes"', "c,d"], "N": [10, 20, 30], "rate_Hz": [0.1, np.nan, 9]}
    make(tmp_path, made=made)
    open_made(browser, tmp_path)
    allowed = {"behavior": "allow", "downloadPath": str(tmp_path)}
    browser.execute_cdp_cmd("Page.setDownloadBehavior", allowed)
    for kind in ("PNG", "SVG", "CSV"):
        browser.find_element(By.XPATH, f"//section[@id='tables']//button[.='{kind}']").click()
        file = tmp_path / f"table-chart.{kind.lower()}"
        WebDriverWait(browser, 30).until(lambda _, file=file: file.exists())
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "table-chart.csv"), pd.DataFrame(made))
    assert (tmp_path / "table-chart.png").read_bytes().startswith(b"\x89PNG")
    picture = (tmp_path / "table-chart.svg").read_text()
    assert "Number of inputs, N" in picture
    assert "Rate (Hz)" in picture


def test_the_page_says_of_what_it_is(tmp_path, monkeypatch):
    commit = {"commit": "0123456789abcdef", "commit_date": "2026-11-29T13:00:00+00:00"}
    monkeypatch.setattr(charts, "git_state", lambda _: commit | {"uncommitted_changes": []})
    said = charts.about("The thesis's parameters, but for", {"sweep.N": 100})
    assert "commit 0123456789 of 2026-11-29. The thesis's parameters, but for sweep.N: 100." in said
    changed = [" M workflow/nto1/units.py"]
    monkeypatch.setattr(charts, "git_state", lambda _: commit | {"uncommitted_changes": changed})
    assert "of 2026-11-29, with uncommitted changes. The" in charts.about("The thesis's", {})


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("we_pS", "Weight of an excitatory input (pS)"),
        ("median_Vm_mV_sem", "Median voltage, standard error (mV)"),
        ("AUC_exc_ci95_low", "AUC excitatory, 95 % interval low"),
        ("neuron.tau_w_ms", "τ w (ms)"),
        ("neuron.a_per_ms", "a (1/ms)"),
        ("F_0.5", "F 0.5"),
        ("n_seeds", "Number of seeds"),
        ("studies/balance_summary", "Studies: balance summary"),
    ],
)
def test_names_are_in_words(name, words):
    assert charts.in_words(name) == words


@pytest.mark.parametrize(
    ("columns", "axes"),
    [
        ("N method AUC AUC_exc", ("N", "AUC", "method")),
        ("method AUC AUC_exc", ("method", "AUC", "")),
        ("variant threshold TPR FPR", ("FPR", "TPR", "variant")),
        ("neuron step t_ms", ("t_ms", "neuron", "")),
        ("from to weight_nS E_syn_mV", ("from", "to", "E_syn_mV")),
    ],
)
def test_first_axes(columns, axes):
    rng = np.random.default_rng(0)
    words = {"method": ["a", "b"], "variant": ["c", "d"], "N": [10, 20], "E_syn_mV": [0, -80]}
    table = pd.DataFrame(
        {c: rng.choice(words[c], 40) if c in words else rng.random(40) for c in columns.split()}
    )
    shown = charts.suggested(table)
    assert (shown["x"], shown["y"], shown["hue"]) == axes


def open_made(browser, tmp_path: Path) -> None:
    browser.get((tmp_path / "page.html").as_uri())
    wait_until(browser, "return document.documentElement.dataset.ready === 'yes'")


def make(tmp_path: Path, **tables) -> dict:
    paths = []
    for name, table in tables.items():
        paths.append(str(tmp_path / f"{name}.parquet"))
        write_parquet(pd.DataFrame(table), paths[-1])
    page = tmp_path / "page.html"
    charts.write(paths, "Of a test.", SOURCES, str(page))
    made = content(page.read_text())["tables"]
    return {Path(name).name: table for name, table in made.items()}


def test_a_study_shows_what_was_varied_at_first(tmp_path):
    cases = pd.MultiIndex.from_product(
        [[10, 100, 1000, 10000], [1.0, 2.0], [-80, -70], range(3)],
        names=["N", "ratio", "E_inh_mV", "seed"],
    ).to_frame(index=False)
    cases["output_rate_Hz"] = np.random.default_rng(0).normal(size=len(cases))
    made = make(tmp_path, balance=cases)["balance"]
    assert made["suggested"] == {
        "x": "N",
        "y": "output_rate_Hz",
        "hue": "ratio",
        "facet": "E_inh_mV",
        "log": "x",
        "lines": True,
    }


def test_trains_of_a_recording_are_shown_by_their_calls(tmp_path):
    cell = {"train": ["a", "b"], "rate_Hz": [1.0, 2.0], "size_mV": [0.5, 0.1], "z": [9.0, 0.3]}
    cell["call"] = ["excitatory", "none"]
    shown = {"y": "z", "hue": "call", "facet": "", "log": "", "lines": False}
    assert make(tmp_path, cell=cell)["cell"]["suggested"] == {"x": "size_mV"} | shown
    cell["size_mV"] = [np.nan, np.nan]
    assert make(tmp_path, cell=cell)["cell"]["suggested"] == {"x": "rate_Hz"} | shown


def test_a_table_without_numbers_to_show_and_one_with_missing_ones(browser, tmp_path):
    made = make(tmp_path, a={"name": ["</script>", "b"], "x": [1.0, np.nan]}, b={"only": ["text"]})
    assert made["a"]["columns"] == {"name": ["</script>", "b"], "x": [1.0, None]}
    open_made(browser, tmp_path)
    for name in ("a", "b"):
        option = f"//select[@id='table']/option[contains(@value, '/{name}')]"
        browser.find_element(By.XPATH, option).click()
    assert browser.errors() == []


def test_infinity_comes_last_along_x(browser, tmp_path):
    noise = {"spike_SNR": [np.inf, 10.0, 2.0, 5.0], "AUC": [1.0, 0.9, 0.6, 0.8]}
    assert make(tmp_path, noise=noise)["noise"]["columns"]["spike_SNR"] == ["∞", 10, 2, 5]
    open_made(browser, tmp_path)
    axis = "return document.getElementById('table-chart').layout.xaxis.categoryarray"
    assert browser.execute_script(axis) == ["2", "5", "10", "∞"]
    assert browser.errors() == []


def test_of_a_long_voltage_the_lowest_and_highest_are_kept():
    samples = np.random.default_rng(0).normal(size=5 * charts.MAX_SAMPLES)
    kept, every = charts.reduced(samples)
    assert len(kept) <= charts.MAX_SAMPLES
    assert (kept.min(), kept.max()) == (samples.min(), samples.max())
    assert len(kept) * every == len(samples)


def test_of_a_long_table_every_so_many_rows_are_shown(tmp_path):
    n = 2 * charts.MAX_ROWS + 1
    made = make(tmp_path, long={"x": np.arange(n), "y": np.arange(n) / 2})["long"]
    assert made["left_out"] == 3
    assert made["columns"]["x"] == list(range(0, n, 3))
