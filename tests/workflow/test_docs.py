"""The documentation builds without a warning, and says what is so."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlparse

import yaml

from study import ROOT, Study

sys.path.append(str(ROOT / "docs"))

from rulegraph import arrows


def test_every_page_is_there(docs_site):
    pages = [*(ROOT / "docs").glob("*.md"), *(ROOT / "docs").glob("*.ipynb")]
    index = (docs_site / "index.html").read_text()
    for page in pages:
        assert (docs_site / f"{page.stem}.html").exists()
        assert page.stem == "index" or f'href="{page.stem}.html"' in index


def test_no_line_is_taken_for_a_comment():
    """MyST leaves out lines that begin with a per cent sign."""
    for page in [*(ROOT / "docs").glob("*.md"), *ROOT.glob("*.md")]:
        assert not re.search(r"^\s*%", page.read_text(), re.MULTILINE), page


def test_the_notebook_was_run_and_replays_a_published_run(docs_site):
    html = re.sub("<[^>]*>", "", (docs_site / "notebook.html").read_text())
    assert "4.1 -54.040523333" in html
    published = (ROOT / "resources/published/adex_n_to_1.csv").read_text()
    for digits in ("-64.99986538", "-64.99623327", "-54.53301958", "-54.49719995"):
        assert digits in html
        assert f"1,{digits}" in published or f",{digits},mV" in published
    assert len(list((docs_site / "_images").glob("*.png"))) == 2


def test_the_notebook_is_stored_without_outputs():
    cells = json.loads((ROOT / "docs/notebook.ipynb").read_text())["cells"]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)


def test_pages_show_without_a_network(docs_site, browser):
    for page in ("index", "model", "notebook", "config", "benchmark"):
        browser.get((docs_site / f"{page}.html").as_uri())
        assert browser.errors() == []
        assert {urlparse(url).scheme for url in browser.requested()} == {"file"}
    browser.get((docs_site / "model.html").as_uri())
    assert browser.execute_script("""
        const all = [...document.querySelectorAll("math")];
        return all.length > 20 && all.every(math => math.getBoundingClientRect().width > 4)
    """)


def test_figures_lead_to_their_files_and_a_click_copies_code(docs_site, browser):
    browser.get((docs_site / "results.html").as_uri())
    links = browser.execute_script(
        "return [...document.querySelectorAll('article img')].map(image => image.parentNode.href)"
    )
    assert len(links) > 10
    assert all((docs_site / "_images" / Path(urlparse(link).path).name).exists() for link in links)
    browser.get((docs_site / "tutorial.html").as_uri())
    copied = browser.execute_async_script("""
        const done = arguments[arguments.length - 1];
        navigator.clipboard.writeText = async text => done(text);
        document.querySelector("button.copy").click();
    """)
    assert copied == "make\n"


def test_the_picture_of_the_rules_is_up_to_date(tmp_path):
    graph = Study(tmp_path, {}).snakemake("--rulegraph")
    drawn = (ROOT / "docs/rulegraph.svg").read_text()
    titles = re.findall(r"<title>(\w+)&#45;&gt;(\w+)</title>", drawn)
    assert sorted(titles) == arrows(graph), "run: make rulegraph"


def test_the_citation_is_valid():
    subprocess.run(
        [sys.executable, "-m", "check_jsonschema", ROOT / "CITATION.cff"]
        + ["--builtin-schema", "vendor.citation-file-format"],
        check=True,
    )


def test_the_version_is_one():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"] == project["version"]
    assert f"## {project['version']} " in (ROOT / "CHANGELOG.md").read_text()
