"""The first page of the report, and the pages of tables, as somebody clicks through them."""

import pandas as pd
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from nto1_workflow.io import write_page


@pytest.fixture
def first_page(browser, report):
    browser.get(report.as_uri())
    wait = WebDriverWait(browser, 20)
    wait.until(
        lambda b: b.execute_script(
            "const all = [...document.querySelectorAll('.gallery img')];"
            "return all.length && all.every(i => i.complete && i.naturalWidth > 50)"
        )
    )
    return wait


def card(browser, title: str):
    gallery = "//div[contains(@class, 'gallery')]"
    return browser.find_element(By.XPATH, f"{gallery}/div[.//b[.='{title}']]")


def test_it_opens_on_all_figures_with_a_sentence_each(browser, first_page, thesis):
    cards = browser.find_elements(By.CSS_SELECTOR, ".gallery > div")
    shown = {c.find_element(By.TAG_NAME, "img").get_attribute("data-path") for c in cards}
    assert {f"thesis_figs/{p.name}" for p in (thesis / "thesis_figs").glob("*.svg")} <= shown
    for each in cards:
        sentence = each.find_elements(By.TAG_NAME, "p")[1].text
        assert len(sentence) > 20
        assert sentence.endswith(".")
    verdict = browser.find_element(By.CSS_SELECTOR, ".prose p")
    assert "152 printed numbers reproduced" in verdict.text
    first = cards[0].find_element(By.TAG_NAME, "img")
    assert first.get_attribute("data-path") == "thesis_figs/detection_overview.svg"
    assert first.rect["width"] > 300
    assert verdict.rect["y"] < first.rect["y"] < 1000


@pytest.mark.parametrize(
    ("title", "tables"),
    [
        ("Which inputs can be detected", ["Table: Overview of methods, means"]),
        ("Heights of spike-triggered averages", ["Table: test of every train"]),
        ("Times of simulators", ["Table: times of simulators"]),
        ("Response to one input spike", []),
    ],
)
def test_a_card_has_its_own_tables(browser, first_page, title, tables):
    links = card(browser, title).find_elements(By.CSS_SELECTOR, ".links a")
    assert [link.text for link in links] == [*tables, "Code"]


def test_it_is_dark_where_pages_are_and_fits_a_phone(browser, first_page):
    """Also when the first page has been left."""
    dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    phone = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    try:
        image = card(browser, "Median voltage").find_element(By.TAG_NAME, "img")
        assert 0 < image.rect["x"] < image.rect["x"] + image.rect["width"] <= 390
        browser.execute_script("arguments[0].click()", image)
        seen = first_page.until(lambda b: b.find_element(By.CSS_SELECTOR, ".p-3 > img"))
        assert "invert" in seen.value_of_css_property("filter")
        body = browser.find_element(By.TAG_NAME, "body")
        assert body.value_of_css_property("background-color") == "rgba(18, 18, 18, 1)"
        assert seen.rect["y"] < browser.find_element(By.TAG_NAME, "nav").rect["y"]
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_from_a_thumbnail_to_the_figure_its_caption_and_its_code(browser, first_page):
    card(browser, "Median voltage").find_element(By.TAG_NAME, "img").click()
    first_page.until(
        lambda b: b.execute_script(
            "const i = document.querySelector('#app .h-screen img[src^=\"data:image/svg\"]');"
            "return i && i.naturalWidth > 50 && !document.querySelector('.gallery')"
        )
    )
    assert "Median voltage against" in browser.find_element(By.ID, "app").text


def test_from_the_first_page_to_the_code(browser, first_page):
    card(browser, "Median voltage").find_element(By.LINK_TEXT, "Code").click()
    first_page.until(lambda b: "def plot_median" in b.find_element(By.ID, "app").text)


def test_from_the_first_page_to_a_table_that_is_searched_and_sorted(browser, first_page, thesis):
    card(browser, "Median voltage").find_element(
        By.LINK_TEXT, "Table: every run of the sweep"
    ).click()
    first_page.until(lambda b: b.find_elements(By.TAG_NAME, "iframe"))
    browser.switch_to.frame(browser.find_element(By.TAG_NAME, "iframe"))
    search = first_page.until(lambda b: b.find_element(By.CSS_SELECTOR, "input[type=search]"))
    runs = pd.read_csv(thesis / "results/we_sweep.csv")
    assert len(rows(browser)) == len(runs)

    search.send_keys("12.5 ")
    expected = sum("12.5" in "".join(map(str, row)) for row in runs.itertuples(index=False))
    assert len(rows(browser)) == expected
    search.send_keys(Keys.CONTROL, "a", Keys.DELETE)
    search.send_keys("no such thing")
    assert rows(browser) == []
    search.send_keys(Keys.CONTROL, "a", Keys.DELETE)

    title = browser.find_elements(By.TAG_NAME, "th")[list(runs).index("output_rate_Hz")]
    for ascending in (True, False):
        title.click()
        rates = [float(row[-1]) for row in rows(browser)]
        assert rates == sorted(runs["output_rate_Hz"], reverse=not ascending)
    browser.switch_to.default_content()


def test_charts_are_beside_it(browser, first_page, thesis):
    link = browser.find_element(By.LINK_TEXT, "Explore the results")
    assert link.get_attribute("href").endswith("/results/explore.html")
    assert (thesis / "results/explore.html").exists()


def rows(browser) -> list[list[str]]:
    return browser.execute_script(
        "return [...document.querySelectorAll('tbody tr')].filter(r => r.offsetHeight)"
        ".map(r => [...r.cells].map(c => c.textContent))"
    )


def test_words_sort_as_words_and_numbers_as_numbers(browser, tmp_path):
    write_page(tmp_path / "page.html", "T", pd.DataFrame({"a": [10, 9, 100], "b": ["y", "x", "z"]}))
    browser.get((tmp_path / "page.html").as_uri())
    for title, expected in (("a", ["9", "10", "100"]), ("b", ["9", "10", "100"])):
        browser.find_element(By.XPATH, f"//th[starts-with(., '{title}')]").click()
        assert [row[0] for row in rows(browser)] == expected
