"""A workflow of four small jobs, of which provenance is written; one has an interpreter apart."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

from study import ROOT

SNAKEFILE = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(ROOT / "workflow")!r})

rule all:
    input: "results/table.csv", "results/figure.svg", "results/published_comparison.md"

rule simulate:
    output: "results/part.csv"
    log: "results/logs/simulate.log"
    script: "job.py"

rule table:
    input: "data.csv", "results/part.csv"
    output: "results/table.csv"
    log: "results/logs/table.log"
    params: seed=config.get("seed", 1)
    script: "job.py"

rule draw:
    input: "results/table.csv"
    output: "results/figure.svg"
    log: "results/logs/draw.log"
    threads: 2
    shell: "other/bin/python job.py {{log}} {{output}}"

rule compare:
    input: "results/table.csv"
    output: "results/published_comparison.md"
    log: "results/logs/compare.log"
    script: "job.py"

rule show:
    input: ancient("results/provenance.json")
    output: "results/provenance.html"
    log: "results/logs/show.log"
    script: "job.py"

from nto1_workflow.provenance import record
from nto1_workflow.running import changes

changes.watch(workflow, Path(workflow.basedir))

onstart:
    changes.plan(workflow)

onsuccess:
    record.write(workflow, config, succeeded=True)

onerror:
    record.write(workflow, config, succeeded=False)
"""
JOB = f"""
import sys
sys.path.insert(0, {str(ROOT / "workflow")!r})
from nto1_workflow.provenance import environment

names = [snakemake.log[0], snakemake.output[0]] if "snakemake" in globals() else sys.argv[1:]
log, output = names
with open(log, "w") as stream:
    environment.register(stream)
if open("data.csv").read() == "bad" and output.endswith(".md"):
    sys.exit(1)
with open(output, "w") as stream:
    stream.write("# Comparison\\n\\nAll 3 numbers agree.\\n\\n" + open("data.csv").read())
"""


class Workflow:
    def __init__(self, folder: Path):
        self.folder = folder

    def snakemake(self, *arguments: str, ok: bool = True, **variables: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "snakemake", "--cores", "2", "--nocolor", *arguments],
            cwd=self.folder,
            env=os.environ | variables,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert (done.returncode == 0) == ok, done.stdout
        return done.stdout

    @property
    def record(self) -> dict:
        return json.loads((self / "results/provenance.json").read_text())

    def __truediv__(self, path: str) -> Path:
        return self.folder / path


def install(folder: Path, package: str, version: str) -> None:
    """In the environment apart, as far as its record goes."""
    (site_packages,) = folder.glob("other/lib/python*/site-packages")
    metadata = site_packages / f"{package}-{version}.dist-info/METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")


def make_workflow(folder: Path) -> str:
    """After a run of everything, whose output is returned."""
    (folder / "Snakefile").write_text(SNAKEFILE)
    (folder / "job.py").write_text(JOB)
    (folder / "data.csv").write_text("1")
    venv.create(folder / "other", symlinks=True)
    install(folder, "numba", "0.68.1")
    return Workflow(folder).snakemake()
