"""Mistakes of users, said before anything runs: where, what, and what was probably meant."""

import json
import os
import re
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

import yaml

from nto1.config import ConfigError, duplicate_keys
from nto1.config.model import Config
from nto1_workflow.running.snakemake_internals import (
    arguments_given,
    config_files,
    files_there,
    given_on_the_command_line,
    names_of_targets,
    unknown_targets,
)

SUFFIXES = (".yaml", ".yml", ".json")
FIRST = "Name targets before it, or after --."


def in_config(workflow, own: Path, error: ConfigError | None = None) -> str:
    """What is wrong, with its file and line; empty if nothing is. Of keys that stand twice in a
    file, YAML drops the first. ``own``: the thesis's config."""
    files, given = config_files(workflow), given_on_the_command_line(workflow)
    own_file = os.path.relpath(own)
    problems = [
        f"{twice.path} stands twice, before in line {twice.first_line}: leave out one of them, or "
        f"put them together. ({file}, line {twice.line})"
        for file in dict.fromkeys([own_file, *files])
        for twice in duplicate_keys(_text(file))
    ]
    if error:
        problems += [_with_place(one, files, given, own_file) for one in error.problems]
    title = "The configuration is not valid."
    return "\n  ".join([title, *problems]) if problems else ""


def in_files(files: Iterable[str | Path]) -> str:
    """A line for every config file that can't be read; empty if all can be."""
    return "\n".join(filter(None, map(_why_unreadable, map(Path, files))))


def before_reading() -> None:
    """End the process if Snakemake can't make sense of what its command line says of the
    configuration. It reads that before the workflow, and so ``profiles/default`` calls this."""
    if not (arguments := arguments_given()):
        return
    problems = [in_files(arguments.configfile or [])]
    for entry in arguments.config or []:
        name, is_assigned, value = entry.partition("=")
        if not is_assigned:
            problems.append(
                f"{entry}: what follows --config has to be section='{{key: value}}', in quotes. "
                f"{FIRST}"
            )
        elif not re.fullmatch(r"[a-zA-Z_][\w-]*\w", name):
            section, _, key = name.partition(".")
            problems.append(
                f"--config {entry}: a section of the configuration has to stand before =, as in "
                f"--config {section}='{{{key or 'key'}: {value}}}'."
            )
    if problem := "\n".join(filter(None, problems)):
        sys.exit(problem)


def in_targets(workflow) -> str:
    """A line for every target that is neither a rule nor a file that a rule makes."""
    names = names_of_targets(workflow)
    return "\n".join(
        f"{target}: there is no such target, study or file.{_meant(target, names)}"
        for target in unknown_targets(workflow)
    )


def in_tables(workflow, own: Path, config: Config) -> str:
    """A line for every table that the config names, that is not there and that no rule makes."""
    named = config.network.tables()
    named["connection_inference.weights"] = config.connection_inference.weights
    if config.external_checks.folder is not None:
        named["external_checks.folder"] = config.external_checks.folder
    there = {*files_there(workflow, named.values()), "published", "search"}
    problems = [
        f"{key}: there is no file {name}.{_meant(name, Path(name).parent.glob('*.*'))}"
        for key, name in named.items()
        if name not in there
    ]
    places = config_files(workflow), given_on_the_command_line(workflow), os.path.relpath(own)
    return "\n".join(_with_place(problem, *places) for problem in problems)


def _meant(name: str, names: Iterable[str | Path]) -> str:
    close = get_close_matches(name, map(str, names), 1)
    return f" Did you mean {close[0]}?" if close else ""


def _why_unreadable(file: Path) -> str:
    """What, where, and what to do; empty if it is a config file."""
    where, what = _mistake_in(file)
    if what and file.suffix not in SUFFIXES:
        where = str(file)
        what = f"this is no config file, but was taken for one, after --configfile. {FIRST}"
    if not file.exists():
        what += _meant(str(file), (each for s in SUFFIXES for each in file.parent.glob(f"*{s}")))
    return what and f"{where}: {what}"


def _mistake_in(file: Path) -> tuple[str, str]:
    """Where it is, and what."""
    if not file.exists():
        return str(file), "there is no such config file."
    try:
        content = yaml.load(_text(file), yaml.FullLoader)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return f"{file}, line {line}", "a character is not in UTF-8. Save the file as UTF-8."
    except yaml.MarkedYAMLError as error:
        mark, what = error.problem_mark, ", ".join(filter(None, [error.context, error.problem]))
        hint = " Indent with spaces." if "'\\t'" in what else ""
        what = what.replace("character '\\t'", "a tab")
        where = f"{file}, line {mark.line + 1}" if mark else str(file)
        return where, f"this is not valid YAML ({what}).{hint}"
    except (OSError, ValueError, yaml.YAMLError) as error:
        return str(file), f"it can't be read as YAML ({str(error).splitlines()[0]})."
    is_config = isinstance(content, dict)
    return str(file), "" if is_config else "there is no section in it, like sweep: { N: 100 }."


def _text(file: str | Path) -> str:
    """A file's YAML; JSON, which may be indented by tabs, is YAML without them."""
    text = Path(file).read_text("utf-8")
    try:
        json.loads(text)
    except ValueError:
        return text
    return text.replace("\t", " ")


def _with_place(problem: str, files: list[str], given: set[str], own_file: str) -> str:
    """The thesis's config is named if no file of the user's says anything of the key."""
    path = problem.split(": ")[0]
    if path.split(".")[0].split("[")[0] in given:
        return f"{problem} (--config)"
    for some in (files, [own_file]):
        places = [(*_deepest(yaml.compose(_text(file)), path), file) for file in some]
        # Of files that say as much of the path, the last.
        depth, line, file = max(reversed(places), key=lambda place: place[0], default=(0, 0, ""))
        if depth:
            return f"{problem} ({file}, line {line})"
    return problem


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
