"""Where compiled kernels are kept."""

import os
import shutil
import subprocess
import sys

from nto1 import jit
from nto1.kernel_cache import DIGEST, PACKAGE
from study import ROOT, copy_kernels


def printed(code: str, package=ROOT / "workflow", **environment) -> str:
    command = [sys.executable, "-c", code]
    environment = os.environ | {"PYTHONPATH": str(package)} | environment
    return subprocess.check_output(command, env=environment, cwd=package, text=True).strip()


def test_a_stale_kernel_is_never_loaded(tmp_path):
    """numba alone would not notice an edit to another file than the kernel's own. What has nothing
    to do with the edit is not compiled again."""
    package = tmp_path / "workflow/nto1"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    copy_kernels(tmp_path)
    code = (
        "from nto1 import TimeGrid, count_spikes, simulate; from nto1.kernel_cache import DIGEST; "
        "run = simulate(1e-9, count_spikes(100, 1, TimeGrid(0.1, 1e-4)), record=['w']); "
        "print(DIGEST, run.trace.w[-1])"
    )
    digest, w = printed(code, package.parent).split()
    before = {*package.rglob("*.nbc")}
    assert digest == DIGEST
    neuron = package / "neurons/adex.py"
    text = neuron.read_text()
    neuron.write_text(text.replace("p.a * (V - p.E_L) - w", "p.a * (V - p.E_L) - 2 * w"))
    edited_digest, edited_w = printed(code, package.parent).split()
    assert edited_digest != digest
    assert edited_w != w
    compiled = {file.name.partition(".")[0] for file in {*package.rglob("*.nbc")} - before}
    assert compiled == {"vectorized"}


def test_all_is_compiled_again_if_more_is_to_be_compiled(tmp_path):
    """A cache counts as complete by the same digest."""
    package = tmp_path / "workflow/nto1"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    with open(package / "compile_all.py", "a") as stream:
        stream.write("\n# A comment.\n")
    code = "from nto1.kernel_cache import DIGEST; print(DIGEST)"
    assert printed(code, package.parent) == DIGEST
    with open(package / "compile_all.py", "a") as stream:
        stream.write("MORE = True\n")
    assert printed(code, package.parent) != DIGEST


def test_kinds_of_processors_share_no_folder():
    """On a cluster with several, jobs on each may compile at the same time."""
    code = "from nto1.jit import processor; print(processor())"
    assert printed(code) != printed(code, NUMBA_CPU_NAME="generic")


def test_a_job_has_all_kernels_compiled_before_its_first(monkeypatch):
    """And not a few, as others do that begin at the same time."""
    asked = []
    monkeypatch.setattr(jit, "compile_once", lambda models: asked.append([*models]))
    monkeypatch.setenv("NTO1_MODELS", "izhikevich")
    kernels = [jit.Kernel(lambda x: x, {"cache": False}) for _ in range(2)]
    assert asked == []
    assert [kernel(1.0) for kernel in kernels] == [1.0, 1.0]
    assert asked == [["izhikevich"]]
