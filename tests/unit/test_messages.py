"""The documentation's list of messages: each is one that the code can give, and none is missing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from study import ROOT

SOURCES = [*ROOT.glob("workflow/**/*.py"), *ROOT.glob("workflow/**/*.smk"), ROOT / "Snakefile"]
FROM_OTHERS = {"No space left on device"}  # the system

# Whose errors reach users of the workflow and of nto1 detect; others only reach those who call
# functions with arguments that are not valid.
OF_USERS = (
    *("nto1/cli.py", "nto1/config/__init__.py", "nto1/config/[cmns]*.py", "nto1/recordings/*.py"),
    *("nto1/inference/n_to_1.py", "nto1/jit/__init__.py", "nto1/regression/signal.py"),
    *("nto1/simulation/network/trains.py", "nto1/simulation/network/wiring.py"),
    *("nto1_workflow/**/*.py", "scripts/**/*.py"),
)
# Parts of other messages, and what can't come from a configuration that is valid.
NOT_ALONE = {
    "…Correct them, or have them dropped (drop, --drop)",
    "… rows expected, … found",
    "other seeds",
    "rates of Poisson trains have to be finite, and not negative",
    "spikes are ceiled before_reset, at_reset or none of them, not …",
    "spikes can arrive at …, not at …",
}

PAGE = (ROOT / "docs/messages.md").read_text()
QUOTED = re.findall(r"`(.+?)`", PAGE)
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
        found += map(text_of, ast.walk(tree))
    return "\n".join(found)


def text_of(node: ast.AST) -> str:
    """Of a literal, or of several that are added up; … stands for all else."""
    match node:
        case ast.JoinedStr(values=values):
            return "".join(p.value if isinstance(p, ast.Constant) else "…" for p in values)
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return (text_of(left) or "…") + (text_of(right) or "…")
    return ""


def errors() -> Iterator[str]:
    """What is raised with a text, and texts that checks yield."""
    files: set[Path] = {file for some in OF_USERS for file in ROOT.glob(f"workflow/{some}")}
    for file in sorted(files):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Raise(exc=ast.Call(args=[ast.List(elts=[first]), *_] | [first, *_])):
                    text = text_of(first)
                case ast.Yield(value=ast.expr() as value):
                    text = text_of(value)
                case _:
                    continue
            if " " in text and text not in NOT_ALONE:
                yield text


def fits(message: str, text: str) -> bool:
    """Whether a message, with … for anything, is there in a text."""
    return bool(re.search(".*".join(map(re.escape, message.split("…"))), text))


@pytest.mark.parametrize("error", sorted(set(errors())))
def test_the_page_has_every_error(error):
    assert any(fits(quoted, error) or fits(error, quoted) for quoted in QUOTED if " " in quoted)


TEXTS = texts()


@pytest.mark.parametrize("message", MESSAGES)
def test_the_code_has_every_message(message):
    phrases = [phrase.strip() for phrase in re.split(r"[….:;,?()]+", message)]
    phrases = [phrase for phrase in phrases if len(phrase) >= 6]
    assert phrases
    assert message in FROM_OTHERS or [phrase for phrase in phrases if phrase not in TEXTS] == []
