import os
from pathlib import Path

import pytest

from cluster.slurm import Cluster, missing
from study import ROOT, Study


class OnCluster(Study):
    """A study whose jobs are sent away, by one of the profiles."""

    def __init__(self, folder: Path, config: dict, profile: str, *options: str):
        super().__init__(folder, config)
        self.where = ("--profile", ROOT / "profiles" / profile, *options)


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
