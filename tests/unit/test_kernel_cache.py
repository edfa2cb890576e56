"""Where compiled kernels are kept."""

import os
import shutil
import subprocess
import sys

from nto1.kernel_cache import DIGEST, SOURCES
from study import ROOT


def printed(code: str, package=ROOT / "workflow", **environment) -> str:
    command = [sys.executable, "-c", code]
    environment = os.environ | {"PYTHONPATH": str(package)} | environment
    return subprocess.check_output(command, env=environment, cwd=package, text=True).strip()


def test_an_edit_of_any_source_leads_to_another_folder(tmp_path):
    shutil.copytree(ROOT / "workflow/nto1", tmp_path / "nto1")
    code = "import nto1.kernel_cache as k; print(k.DIGEST)"
    assert printed(code, tmp_path) == DIGEST
    assert len(SOURCES) > 15
    with open(tmp_path / "nto1/neurons/adex.py", "a") as source:
        source.write("# edited\n")
    assert printed(code, tmp_path) != DIGEST


def test_kinds_of_processors_share_no_folder():
    """On a cluster with several, jobs on each may compile at the same time."""
    code = "from nto1.jit import PROCESSOR; print(PROCESSOR)"
    assert printed(code) != printed(code, NUMBA_CPU_NAME="generic")
