"""The workflow as a module of somebody else's Snakefile."""

import subprocess
import sys

import yaml

from study import ROOT, SMALL, Study, copy_checkout

ALONE = """\
module thesis:
    snakefile: {snakefile!r}
    config: config["thesis"]

use rule * from thesis
"""

TWO = """\
module thesis:
    snakefile: {snakefile!r}
    prefix: "thesis"
    config: config["thesis"]

module without_adaptation:
    snakefile: {snakefile!r}
    prefix: "without adaptation"
    config: config["without_adaptation"]

use rule * from thesis as thesis_*
use rule * from without_adaptation as without_adaptation_*

rule compare:
    default_target: True
    input:
        rules.thesis_summarise_sweep.output.runs[0],
        rules.without_adaptation_summarise_sweep.output.runs[0],
        "thesis/thesis_figs/input_drive_we.pdf",
    output:
        "difference.txt",
    shell:
        "diff {{input[0]:q}} {{input[1]:q}} > {{output}} || true"
"""


class Outer(Study):
    """A Snakefile with a config of its own, in a folder of its own."""

    def write(self, text: str, snakefile="Snakefile"):
        text = text.format(snakefile=str(ROOT / snakefile))
        (self.folder / "Snakefile").write_text(text)
        self.checkout = self.folder
        return self


def test_all_rules_with_a_config_that_says_only_what_differs(tmp_path):
    """And somebody else's folder with that name is left alone."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config/config.yaml").write_text("samples: samples.tsv\n")
    outer = Outer(tmp_path, {"thesis": SMALL}).write(ALONE, "workflow/Snakefile")
    assert outer.planned()["simulate"] == 3
    outer.config["thesis"]["swep"] = {}
    assert "swep: no such key. Did you mean sweep?" in outer.snakemake("--dry-run", ok=False)


def test_two_studies_side_by_side(small_run, tmp_path):
    ours = SMALL | {"sweep": SMALL["sweep"] | {"weights_per_batch": "auto"}}
    config = {"thesis": ours, "without_adaptation": ours | {"neuron": {"b_pA": 0}}}
    outer = Outer(tmp_path / "outer", config).write(TWO)
    outer.snakemake()
    thesis, other = (
        (outer / folder / "results/we_sweep.csv").read_text()
        for folder in ("thesis", "without adaptation")
    )
    assert thesis == (small_run / "results/we_sweep.csv").read_text()
    assert thesis != other
    assert (outer / "difference.txt").read_text()
    assert not list((outer / "results").rglob("*.parquet"))
    assert outer.planned() == {}
    outer.snakemake("--report", outer / "report.html")
    assert "without adaptation/results/we_sweep.html" in (outer / "report.html").read_text()


def test_it_is_not_run_straight_from_a_repository_and_says_so(tmp_path):
    checkout = copy_checkout(tmp_path / "checkout")
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"]):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", *identity, *arguments], cwd=checkout, check=True)
    (tmp_path / "Snakefile").write_text(
        f"module thesis:\n    snakefile: gitfile({str(checkout)!r}, path='Snakefile', ref='HEAD')\n"
        "    config: {}\n\nuse rule * from thesis\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--dry-run"],
        cwd=tmp_path,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode
    assert "Clone it, and give the Snakefile of the clone." in done.stdout


def test_the_catalog_finds_what_it_asks_for():
    usage = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text())["usage"]
    deployment = usage["software-stack-deployment"]
    assert deployment.keys() == {"conda", "apptainer", "apptainer+conda"}
    assert all(isinstance(works, bool) for works in [*deployment.values(), usage["report"]])
    assert isinstance(usage["mandatory-flags"]["flags"], list)
    for file in ("workflow/Snakefile", "config/README.md", "LICENSE"):
        assert (ROOT / file).exists()
