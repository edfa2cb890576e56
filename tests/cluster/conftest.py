import os
import re
from pathlib import Path

import pytest

from cluster.slurm import Cluster, missing
from conftest import ROOT, Study


class OnCluster(Study):
    """A study whose jobs are sent away, by one of the profiles."""

    def __init__(self, folder: Path, config: dict, profile: str, *options: str):
        super().__init__(folder, config)
        self.where = ("--profile", ROOT / "profiles" / profile, *options)


def rules_that_stay() -> set[str]:
    """Rules for the machine where snakemake runs."""
    text = "".join(file.read_text() for file in (ROOT / "workflow/rules").glob("*.smk"))
    rules = re.split(r"^rule ", text, flags=re.MULTILINE)[1:]
    return {rule.split(":")[0] for rule in rules if "localrule: True" in rule} | {"all"}


@pytest.fixture(scope="session")
def slurm(tmp_path_factory):
    if reason := missing():
        (pytest.fail if os.environ.get("SLURM_IS_REQUIRED") else pytest.skip)(reason)
    cluster = Cluster(tmp_path_factory.mktemp("slurm"))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
