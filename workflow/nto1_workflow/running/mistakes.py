"""Mistakes of users, said before anything runs: where, what, and what was probably meant."""

from difflib import get_close_matches
from pathlib import Path

import yaml

from nto1.config import ConfigError, duplicate_keys
from nto1_workflow.running.snakemake_internals import (
    config_files,
    given_on_the_command_line,
    names_of_targets,
    unknown_targets,
)


def in_config(workflow, error: ConfigError | None = None) -> str:
    """What is wrong, with its file and line; empty if nothing is. Of keys that stand twice in a
    file, YAML drops the first."""
    files, given = config_files(workflow), given_on_the_command_line(workflow)
    problems = [
        f"{twice.path} stands twice, before in line {twice.first_line}: leave out one of them, or "
        f"put them together. ({file}, line {twice.line})"
        for file in files
        for twice in duplicate_keys(Path(file).read_text("utf-8"))
    ]
    if error:
        problems += [_with_place(one, files, given) for one in str(error).split("\n  ")[1:]]
    title = "The configuration is not valid."
    return "\n  ".join([title, *problems]) if problems else str(error or "")


def in_targets(workflow) -> str:
    """A line for every target that is neither a rule nor a file that a rule makes."""
    names = names_of_targets(workflow)
    problems = []
    for target in unknown_targets(workflow):
        similar = get_close_matches(target, names, 1)
        hint = f" Did you mean {similar[0]}?" if similar else ""
        problems.append(f"{target}: there is no such target, study or file.{hint}")
    return "\n".join(problems)


def _with_place(problem: str, files: list[str], given: set[str]) -> str:
    path = problem.split(": ")[0]
    if path.split(".")[0].split("[")[0] in given:
        return f"{problem} (--config)"
    nodes = [yaml.compose(Path(file).read_text("utf-8")) for file in files]
    places = [(*_deepest(node, path), file) for node, file in zip(nodes, files, strict=True)]
    # Of files that say as much of the path, the last.
    depth, line, file = max(reversed(places), key=lambda place: place[0], default=(0, 0, ""))
    return f"{problem} ({file}, line {line})" if depth else problem


def _deepest(node: yaml.Node | None, path: str, line: int = 0) -> tuple[int, int]:
    """How many parts of a path like ``studies.mine.vary[0]`` there are, and the last one's line."""
    children = []
    if isinstance(node, yaml.MappingNode):
        children = [(str(key.value), key, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        children = [(f"[{i}]", value, value) for i, value in enumerate(node.value)]
    fitting = [child for child in children if (path[len(child[0]) :] or ".")[0] in ".["]
    fitting = [child for child in fitting if path.startswith(child[0])]
    if not fitting:
        return 0, line
    name, start, value = max(fitting, key=lambda child: len(child[0]))
    depth, line = _deepest(value, path[len(name) :].removeprefix("."), start.start_mark.line + 1)
    return depth + 1, line
