"""What several tests need, made once for all of pytest's processes."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from browser import Browser
from study import CHEAP, ROOT, SMALL, Study, clone, need

# The first example of a test may compile; the same examples every time.
settings.register_profile("here", deadline=None, derandomize=True)
settings.load_profile("here")


# What takes longest first, so that all processes end at about the same time; Slurm before all,
# since its tests mostly wait, beside others.
LONG = ("slurm", "connection_inference", "crash_recovery", "doc_commands", "changes", "extensions")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        folder, file = item.path.parts[-2:]
        name = file.removeprefix("test_").removesuffix(".py")
        if name in LONG:
            return LONG.index(name)
        return len(LONG) + (folder not in ("workflow", "cluster", "provenance"))

    items.sort(key=rank)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory) -> Callable:
    """``made_once(name, make)``: a folder that was filled by ``make(folder)``, in the process that
    asked for it first; and the text that this returned."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent

    def folder_and_text(name: str, make: Callable[[Path], str | None]) -> tuple[Path, str]:
        folder, text = base / name, base / f"{name}.txt"
        with open(base / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not text.exists():
                if folder.exists():
                    pytest.fail(f"{name} could not be made, as another test says")
                folder.mkdir()
                text.write_text(make(folder) or "")
        return folder, text.read_text()

    return folder_and_text


@pytest.fixture(scope="session")
def kernels(made_once) -> None:
    """Compiled, before two runs would do so at once."""

    def compile_kernels(folder):
        code = "from nto1.jit import compile_once; compile_once()"
        subprocess.run([sys.executable, "-c", code], cwd=ROOT / "workflow", check=True)

    made_once("kernels", compile_kernels)


@pytest.fixture(scope="session")
def thesis(made_once, kernels) -> Study:
    """The real thing: what ``make`` makes in the project as it is cloned. Not to be changed; in the
    clone, the checkout, the commands of the documentation go on."""

    def make(folder):
        cloned = Study(clone(folder), {}, folder)
        output = cloned.make("run")
        cloned.copy_to(folder / "made")
        return output

    folder, output = made_once("thesis", make)
    study = Study(folder / "made", {}, folder)
    study.output = output
    return study


@pytest.fixture(scope="session")
def small_run(made_once, kernels) -> Study:
    """A small study that has been run. Not to be changed."""
    folder, _ = made_once("small", lambda folder: Study(folder, SMALL).snakemake())
    return Study(folder, SMALL)


@pytest.fixture
def small(small_run, tmp_path) -> Iterator[Study]:
    """A copy of it, to be changed."""
    study = small_run.copy_to(tmp_path / "small")
    yield study
    study.end()


@pytest.fixture(scope="session")
def inferred(made_once, kernels) -> Study:
    """The connection inference, as far as it is cheap, and its report. Not to be changed."""

    def make(folder):
        study = Study(folder, CHEAP)
        study.snakemake("connection_inference")
        study.snakemake("everything_made", "--report", folder / "report.html")

    folder, _ = made_once("inference", make)
    return Study(folder, CHEAP)


@pytest.fixture(scope="session")
def report(made_once, thesis) -> Path:
    """That of ``make report``; what this said is beside it."""

    def make(folder):
        output = thesis.make("report")
        shutil.copy(thesis.checkout / "report.html", folder)
        return output

    folder, output = made_once("report_of_thesis", make)
    (folder / "said.txt").write_text(output)
    return folder / "report.html"


@pytest.fixture(scope="session")
def docs_site(made_once, kernels) -> Path:
    """The documentation, built without a warning."""

    def build(folder):
        done = subprocess.run(
            [sys.executable, "-m", "sphinx", "--fail-on-warning", "--fresh-env"]
            + [ROOT / "docs", folder / "html", "--doctree-dir", folder / "doctrees"],
            text=True,
            capture_output=True,
        )
        assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-3000:]

    return made_once("docs", build)[0] / "html"


@pytest.fixture(scope="session")
def browser():
    need("chromium", "chromedriver")
    with Browser() as browser:
        yield browser
