"""Pages of the documentation that are followed literally, in a copy of the project."""

import re
from pathlib import Path

import yaml

from study import ROOT

# A part begins with the name of its file, and where in it it belongs, if it is not all of it.
PART = re.compile(r'^# ([\w/]+(?:\.\w+)?)(?:, (before|after) "(.*)")?\n', re.MULTILINE)
BLOCK = re.compile(r"^```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def follow(page: str, checkout: Path) -> set[str]:
    """Add everything; the files touched."""
    touched = set()
    for block in BLOCK.findall((ROOT / page).read_text("utf-8")):
        parts = PART.split(re.sub(r"^\+", "", block, flags=re.MULTILINE))[1:]
        for name, side, line, text in zip(*[iter(parts)] * 4, strict=True):
            file = checkout / name
            touched.add(name)
            if side:
                old = file.read_text("utf-8")
                assert old.count(f"{line}\n") == 1, (name, line)
                new = f"{text}{line}\n" if side == "before" else f"{line}\n{text}"
                text = old.replace(f"{line}\n", new)
            else:
                assert not file.exists()
                file.parent.mkdir(exist_ok=True)
            file.write_text(text, "utf-8")
    return touched


def config_of(page: str) -> dict:
    """What the page's last block of YAML says."""
    blocks = re.findall(r"^```yaml\n(.*?)^```$", (ROOT / page).read_text("utf-8"), re.M | re.S)
    return yaml.safe_load(blocks[-1])
