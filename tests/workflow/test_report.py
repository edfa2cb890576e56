"""The report, as somebody sees it who opens it in a browser, without a network."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from nto1_workflow.io import MAX_ROWS
from study import Study


def rendered(report: Path, name: str):
    """A variable of the report's page."""
    return json.loads(
        re.search(rf"^ {{4}}var {name} = (.*);$", report.read_text(), re.MULTILINE)[1]
    )


# Samples and spikes by the ten thousand, and such: files for programs, that nobody reads as a page.
WITHOUT_PAGE = {f"results/network/{name}.html" for name in ("voltages", "neurons", "connections")}
WITHOUT_PAGE |= {"results/adex_network/spikes.html"}
WITHOUT_PAGE |= {"results/connection_inference/percentiles.html"}


@pytest.fixture(params=["everything", "connection_inference"])
def reported(request) -> tuple[Path, Study]:
    """A report, and the results it is of."""
    if request.param == "everything":
        return request.getfixturevalue("report"), request.getfixturevalue("thesis")
    inferred = request.getfixturevalue("inferred")
    return inferred / "report.html", inferred


def every_figure_and_table(study) -> set[str]:
    figures = {f"thesis_figs/{path.name}" for path in (study / "thesis_figs").glob("*.svg")}
    tables = {
        path.relative_to(study.folder).with_suffix(".html").as_posix()
        for path in (study / "results").rglob("*.csv")
        if "run-crate" not in path.parts
    }
    return figures | (tables - WITHOUT_PAGE)


# Whether the chosen result is what is seen; an image has to have loaded.
SHOWS = """
    const shown = results[app.state.resultPath].data_uri;
    const seen = [...document.querySelectorAll("#app img, #app iframe")].find(
        element => element.getAttribute("src") === shown
    );
    return seen && seen.getBoundingClientRect().width > 50
        && (seen.tagName === "IFRAME" || (seen.complete && seen.naturalWidth > 50));
"""


def see(browser, entry) -> tuple[str, int]:
    """Press the eye, and look: the result's path, and its number of rows if it is a table."""
    chosen = "return app.state.resultPath"
    before = browser.execute_script(chosen)
    eye = entry.find_element(By.CSS_SELECTOR, "td:last-child a")
    browser.execute_script("arguments[0].click()", eye)  # also while the menu is still moving
    wait = WebDriverWait(browser, 10, poll_frequency=0.05)
    wait.until(lambda b: b.execute_script(chosen) != before and b.execute_script(SHOWS))
    path = browser.execute_script(chosen)
    if path.endswith(".svg"):
        return path, 0
    browser.switch_to.frame(browser.find_element(By.TAG_NAME, "iframe"))
    rows = wait.until(lambda b: b.find_elements(By.CSS_SELECTOR, "tbody tr"))
    assert rows[0].is_displayed()
    browser.switch_to.default_content()
    return path, len(rows)


def test_it_is_made_without_many_words(report):
    said = (report.parent / "said.txt").read_text().splitlines()
    assert [line.split(" ")[0] for line in said] == ["Nothing", "Open"]
    assert "report.html" in said[-1]


def test_every_figure_and_table_shows(browser, reported):
    report, study = reported
    assert report.stat().st_size < 10e6
    browser.get(report.as_uri())
    browser.implicitly_wait(5)
    seen = {}
    categories = browser.execute_script("return Object.keys(categories)")
    for category in categories if len(categories) > 1 else ["Results"]:
        browser.execute_script("app.setView({navbarMode: 'menu'})")
        browser.find_element(By.LINK_TEXT, category).click()
        for entry in browser.find_elements(By.CSS_SELECTOR, "#app tbody tr"):
            path, seen[path] = see(browser, entry)
    missing = every_figure_and_table(study) - seen.keys()
    assert not missing, "declare them with figure() and table() in their rules"
    for page, rows in seen.items():
        table = (study / page).with_suffix(".csv")
        if page.endswith(".html") and table.exists():
            assert rows == min(len(pd.read_csv(table)), MAX_ROWS)

    for view in ("stats", "rulegraph"):
        browser.execute_script("app.setView({content: arguments[0]})", view)
        WebDriverWait(browser, 10).until(
            lambda b: b.find_elements(By.CSS_SELECTOR, "#app svg.marks, #app canvas")
        )
    assert browser.errors() == []
    outside = {url for url in browser.requested() if not url.startswith("file://")}
    assert outside == set()


def test_every_result_has_a_caption_with_its_parameters_filled_in(reported):
    for path, result in rendered(reported[0], "results").items():
        text = re.sub("<[^>]*>", "", result["caption"]).strip()
        assert len(text) > 40, path
        assert not re.search(r"[{}]|Undefined|None", text), (path, text)


def test_titles_read_alone(reported):
    """None stands twice, or points at another."""
    titles = [result["labels"]["result"] for result in rendered(reported[0], "results").values()]
    titles.remove("Every published number beside ours")
    assert len({*titles}) >= len(titles) - 1  # of another comparison
    assert not [title for title in titles if re.search(r"\b(Their|Its|them|same)\b", title)]


def test_the_overview_answers_from_the_results(report, thesis):
    overview = " ".join(re.sub("<[^>]*>", "", rendered(report, "workflow_desc")).split())
    assert "System Message" not in overview
    means = pd.read_csv(thesis / "results/we_sweep_means.csv")
    weights = pd.read_csv(thesis / "results/we_for_target_rate.csv")
    assert f"to {means['median_Vm_mV'].iloc[-1]:.1f} mV" in overview
    assert f"to {means['output_rate_Hz'].iloc[-1]:.1f} Hz" in overview
    assert f"For 4 Hz it takes {1000 * weights['we_nS'].iloc[0]:.4g} pS" in overview
    assert "152 printed numbers reproduced, and 39 of the published code run again" in overview


def test_a_part_of_the_results_can_be_reported(small, tmp_path):
    small.snakemake("results/we_sweep.csv", "--report", tmp_path / "report.html")
    overview = rendered(tmp_path / "report.html", "workflow_desc")
    assert "median voltage goes from" in overview
    assert "it takes" not in overview
