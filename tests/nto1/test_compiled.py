"""Where compiled kernels are kept."""

import os
import subprocess
import sys

from conftest import ROOT


def folder(**environment) -> str:
    return subprocess.run(
        [sys.executable, "-c", "from nto1.jit.decorators import PROCESSOR; print(PROCESSOR)"],
        cwd=ROOT / "workflow",
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_kinds_of_processors_share_no_folder():
    """On a cluster with several, jobs on each may compile at the same time."""
    here = folder()
    assert here == folder()
    assert here != folder(NUMBA_CPU_NAME="generic")
