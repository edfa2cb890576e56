"""The commands of README and all pages, as printed, in a clone; those that take long, in small."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from study import ROOT, SMALL

# What is done instead. The first three are other tests, or were made for one.
INSTEAD = {
    "make test": "make --dry-run test",
    "make report": "make --dry-run report",
    "snakemake connection_inference ": "snakemake connection_inference --dry-run ",
    "snakemake --profile": "snakemake --dry-run --profile",
    "--configfile corrected.yaml": "--configfile small.yaml corrected.yaml",
    "--configfile five_inputs.yaml": "--configfile small.yaml five_inputs.yaml",
    "--configfile studies.yaml": "--directory small --configfile small.yaml studies.yaml",
    "duration=600": "duration=6",
    "times, 600)": "times, 6)",
}
FEW = {"N": [20], "seeds": [1]}
SMALL_INFERENCE = SMALL["connection_inference"] | {
    "duration_s": 5,
    "n_tested": 2,
    "n_shuffles": 5,
    "clipping": {"N": 20},
    "noise": {"N": 20, "seeds": [1], "spike_SNR": [10]},
    "duration": {"N": 20, "seeds": [1], "duration_s": [5]},
    "all_inputs": FEW,
    "window": FEW,
    "N_by_duration": FEW | {"duration_s": [5]},
    "side_by_side": {"N": 20, "n_tested": 2},
}

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


# All with commands, but for pages that are followed in tests of their own.
FILES = [ROOT / "README.md", *ROOT.glob("[a-zA-Z]*/*.md"), *ROOT.glob("*.md")]
PAGES = [
    page
    for page in sorted({file.relative_to(ROOT).as_posix() for file in FILES})
    if {language for language, _ in blocks(page)} & {"sh", "python"}
    and not page.startswith("docs/new_")
]


def script(page: str) -> str:
    """All blocks in one shell, so that it stays where the reader is; each after a line =N=."""
    parts = ["set -euo pipefail"]
    for number, (language, text) in enumerate(blocks(page)):
        if language in AS_BASH:
            for command, other in INSTEAD.items():
                text = text.replace(command, other)
            file = re.match(r"# (\S+\.yaml)\n", text)
            if language != "yaml" or file:
                bash = AS_BASH[language].format(text=text, file=file and file[1])
                parts.append(f"echo ={number}=\n{bash}")
    return "\n".join(parts)


@pytest.fixture(scope="module")
def fresh(thesis, report) -> Path:
    """The clone in which pages begin with ``make``, which is done there already; and so are most
    of those results of README's study that do not depend on what it varies."""
    thesis.copy_to(thesis.checkout / "my-study")
    small = SMALL | {"connection_inference": SMALL_INFERENCE}
    (thesis.checkout / "small.yaml").write_text(yaml.safe_dump(small))
    (thesis.checkout / "my.yaml").write_text("{}\n")
    return thesis.checkout


@pytest.mark.skipif(not (ROOT / ".venv").exists(), reason="the environment is not that of make")
@pytest.mark.parametrize("page", PAGES)
def test_commands_and_what_they_print(page, fresh):
    walk = subprocess.run(
        ["bash", "-c", script(page)],
        cwd=fresh,
        env=os.environ
        | {
            "PYTHONPATH": str(fresh / "workflow"),
            "PATH": f"{fresh}/.venv/bin:{os.environ['PATH']}",
        },
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
    """Commands for a console need something that is not here, such as a cluster."""
    known = {*AS_BASH, "text", "console", "snakemake"}
    assert {language for page in PAGES for language, _ in blocks(page)} <= known
    assert {"README.md", "docs/tutorial.md", "docs/network.md", "docs/quirks.md"} <= {*PAGES}
