"""The commands of README and tutorial, as printed, in a fresh folder."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from study import ROOT, copy_kernels

PAGES = ("README.md", "docs/tutorial.md")
MADE = (
    ".git",
    ".venv",
    "results",
    ".snakemake",
    "__pycache__",
    "_build",
    ".*_cache",
    ".hypothesis",
)

# A file for a block that begins with its name, a program for Python; expected output stays out.
# Blocks for a console need something that is not here, such as a cluster.
AS_BASH = {
    "sh": "{text}",
    "yaml": "cat > {file} <<'end of file'\n{text}end of file\n",
    "python": "python - <<'end of file'\n{text}end of file\n",
}


def blocks(page: str) -> list[tuple[str, str]]:
    """Language and text of each block of code."""
    text = (ROOT / page).read_text()
    return re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def script(page: str) -> str:
    """All blocks in one shell, so that it stays where the reader is; each after a line =N=."""
    parts = ["set -euo pipefail"]
    for number, (language, text) in enumerate(blocks(page)):
        if language in AS_BASH:
            file = re.match(r"# (\S+\.yaml)\n", text)
            # This is one of the tests.
            text = text.replace("make test", "make --dry-run test")
            bash = AS_BASH[language].format(text=text, file=file and file[1])
            parts.append(f"echo ={number}=\n{bash}")
    return "\n".join(parts)


# In one process: the tutorial goes on in the clone of the README.
pytestmark = pytest.mark.xdist_group("doc commands")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory, kernels) -> Path:
    """The project as it is cloned. What is set up for the tests stands in for the set-up, which
    continuous integration does on a clean checkout."""
    folder = tmp_path_factory.mktemp("doc_commands") / "clone"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*MADE))
    (folder / ".venv").mkdir()
    for part in ("bin", "lib", "pyvenv.cfg"):
        (folder / ".venv" / part).symlink_to(ROOT / ".venv" / part)
    (folder / ".venv/.in-sync-with-lock").touch()
    copy_kernels(folder)
    return folder


@pytest.mark.skipif(not (ROOT / ".venv").exists(), reason="the environment is not that of make")
@pytest.mark.parametrize("page", PAGES)
def test_commands_and_what_they_print(page, fresh):
    walk = subprocess.run(
        ["bash", "-c", script(page)],
        cwd=fresh,
        env=os.environ | {"PYTHONPATH": str(fresh / "workflow")},
        text=True,
        capture_output=True,
    )
    assert walk.returncode == 0, walk.stdout[-3000:] + walk.stderr[-3000:]
    parts = re.split(r"^=(\d+)=\n", walk.stdout, flags=re.MULTILINE)[1:]
    printed = dict(zip(map(int, parts[::2]), parts[1::2], strict=True))
    for number, (language, text) in enumerate(blocks(page)):
        if language == "text":
            assert printed[number - 1] == text
        if language == "python" and (promises := re.findall(r"print\(.*\)  # (.*)", text)):
            for line, promise in zip(printed[number].splitlines(), promises, strict=True):
                assert line.startswith(promise.removesuffix("..."))


def test_nothing_but_known_kinds_of_blocks():
    assert {language for page in PAGES for language, _ in blocks(page)} <= {
        *AS_BASH,
        "text",
        "console",
    }
    assert all(len(blocks(page)) >= 5 for page in PAGES)
