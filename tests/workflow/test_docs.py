"""The documentation builds without a warning, and says what is so."""

import json
import re
import subprocess
import sys
import tomllib
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
