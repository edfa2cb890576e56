"""The commands of README and tutorial, as printed, in a clone."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from study import ROOT

PAGES = ("README.md", "docs/tutorial.md")
# This is one of the tests; and the report was made for another.
DONE_ELSEWHERE = ("make test", "make report")

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
            for command in DONE_ELSEWHERE:
                text = text.replace(command, command.replace("make", "make --dry-run"))
            bash = AS_BASH[language].format(text=text, file=file and file[1])
            parts.append(f"echo ={number}=\n{bash}")
    return "\n".join(parts)


@pytest.fixture(scope="module")
def fresh(thesis, report) -> Path:
    """The clone in which both pages begin with ``make``, which is done there already; and so are
    most of those results of the study that do not depend on what it varies."""
    thesis.copy_to(thesis.checkout / "my-study")
    return thesis.checkout


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
