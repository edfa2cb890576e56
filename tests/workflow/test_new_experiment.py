"""The page on adding an experiment, followed literally in a copy of the project."""

import re
import subprocess
import sys

import pandas as pd

from study import ROOT, SMALL, Study, copy_checkout

PAGE = (ROOT / "docs/new_experiment.md").read_text("utf-8")
# A part begins with the name of its file, and where in it it belongs, if it is not all of it.
PART = re.compile(r'^# ([\w/]+(?:\.\w+)?)(?:, (before|after) "(.*)")?\n', re.MULTILINE)


def follow(checkout) -> set[str]:
    """Add everything; the files touched."""
    touched = set()
    for block in re.findall(r"^```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
        parts = PART.split(re.sub(r"^\+", "", block, flags=re.MULTILINE))[1:]
        for name, side, line, text in zip(*[iter(parts)] * 4, strict=True):
            file = checkout / name
            touched.add(name)
            if side:
                old = file.read_text("utf-8")
                assert old.count(f"{line}\n") == 1, (name, line)
                new = f"{text}{line}\n" if side == "before" else f"{line}\n{text}"
                text = old.replace(f"{line}\n", new)
            else:
                assert not file.exists()
                file.parent.mkdir(exist_ok=True)
            file.write_text(text, "utf-8")
    return touched


def test_the_page_works_as_written(tmp_path, kernels):
    checkout = copy_checkout(tmp_path / "checkout")
    assert len(follow(checkout)) == 5
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
