"""The documentation's list of messages: each is one that the code can give."""

import ast
import re

import pytest

from study import ROOT

SOURCES = [*ROOT.glob("workflow/**/*.py"), *ROOT.glob("workflow/**/*.smk"), ROOT / "Snakefile"]
FROM_OTHERS = {"No space left on device"}  # the system

PAGE = (ROOT / "docs/messages.md").read_text()
MESSAGES = re.findall(r"^\| `(.+?)`", PAGE, re.MULTILINE)


def texts() -> str:
    """All string literals, with … for what f-strings fill in; adjacent ones are joined."""
    found = []
    for file in SOURCES:
        text = file.read_text()
        try:
            tree = ast.parse(text)
        except SyntaxError:  # Snakemake's language: join literals that follow each other
            found.append(re.sub(r"\{.*?\}", "…", re.sub(r'"\s*f?"', "", text)))
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = (p.value if isinstance(p, ast.Constant) else "…" for p in node.values)
                found.append("".join(parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return "\n".join(found)


TEXTS = texts()


@pytest.mark.parametrize("message", MESSAGES)
def test_the_code_has_every_message(message):
    phrases = [phrase.strip() for phrase in re.split(r"[….:;,?()]+", message)]
    phrases = [phrase for phrase in phrases if len(phrase) >= 6]
    assert phrases
    assert message in FROM_OTHERS or [phrase for phrase in phrases if phrase not in TEXTS] == []
