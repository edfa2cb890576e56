"""The configuration: ``resolve`` completes and checks it.

Every key stands once, in ``model``. What is checked, the JSON schema for editors
(``config/schema.json``) and the reference page (``config/README.md``) come from there:
``python -m nto1.config`` writes the two files.
"""

import re
import warnings
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from math import isfinite
from typing import Any, NamedTuple

import yaml
from pydantic import ValidationError

from nto1.config.checks import NotValid, consistency_errors
from nto1.config.model import Config, neuron_under
from nto1.config.studies import study_errors

__all__ = ["ConfigError", "DuplicateKey", "duplicate_keys", "resolve"]

SCHEMA = Config.model_json_schema()
SECTIONS = list(Config.model_fields)


# Keys that were called otherwise: their new names, and what becomes of their values.
RENAMED = {
    "connection_inference.N_by_duration.method": (
        "connection_inference.N_by_duration.methods",
        lambda method: [method],
    ),
}


class ConfigError(ValueError):
    """Its message has a line for everything that is wrong, each of ``problems``."""

    def __init__(self, problems: Iterable[str]):
        self.problems = list(problems)
        super().__init__("\n  ".join(["The configuration is not valid.", *self.problems]))


class DuplicateKey(NamedTuple):
    """A key that stands twice in one section of a config file: YAML forgets the first one."""

    path: str  # dotted
    first_line: int  # counted from 1
    line: int


def resolve(*layers: dict) -> Config:
    """The whole configuration: the given keys over the defaults, and those of later layers over
    those of earlier ones. A layer that names another ``neuron.model`` has only to give those of its
    parameters that differ from the model's own defaults.

    Numbers may be given as text, as Snakemake hands over ``--config sweep='{N: 100}'``. Raises
    ``ConfigError`` for anything that is not valid or makes no sense.
    """
    if problems := [each for layer in layers for each in _keys_that_are_no_text(layer)]:
        raise ConfigError(problems)
    resolved = Config().model_dump()
    for layer in (_renamed(_parse(layer)) for layer in layers):
        neuron = layer.get("neuron")
        if isinstance(neuron, dict) and isinstance(resolved["neuron"], dict):
            resolved["neuron"] = neuron_under(resolved["neuron"], neuron)
        resolved = _merge(resolved, layer)
    try:
        config, problems = Config.model_validate(resolved), []
    except ValidationError as error:
        problems = sorted(set(_problems(error, resolved)))
        config = _as_far_as_valid(resolved, problems)
    problems += consistency_errors(config)
    problems += study_errors(config, lambda path, of: expected(schema_of(path, of)))
    if problems:
        raise ConfigError(problems)
    return config


def _as_far_as_valid(config: dict, problems: list[str]) -> Config:
    """Without the sections that problems are about, or probably meant; nor studies."""
    wrong = {re.split(r"[.:\[]", problem)[0] for problem in problems}
    wrong |= {close for name in wrong - {*SECTIONS} for close in get_close_matches(name, SECTIONS)}
    valid = {name: config[name] for name in SECTIONS if name not in wrong}
    if isinstance(config["studies"], dict):
        parts = {tuple(re.split(r"[.:\[]", problem)[:2]) for problem in problems}
        studies = config["studies"].items()
        valid["studies"] = {n: study for n, study in studies if ("studies", n) not in parts}
    missing = {name: NotValid() for name in SECTIONS if name not in valid and name != "studies"}
    return Config.model_validate(valid).model_copy(update=missing)


def duplicate_keys(text: str) -> list[DuplicateKey]:
    """Keys that stand twice in one section of a config file's text (YAML or JSON), of which the
    first is lost when it is read.

    Raises ``yaml.YAMLError`` if it is neither.
    """

    def within(node: yaml.Node | None, path: tuple[str, ...]) -> Iterator[DuplicateKey]:
        children: list[tuple[tuple[str, ...], yaml.Node]] = []
        if isinstance(node, yaml.SequenceNode):
            children = [((*path, f"[{i}]"), item) for i, item in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            lines: dict[str, int] = {}
            for key, item in node.value:
                name, line = str(key.value), key.start_mark.line + 1
                if name in lines:
                    yield DuplicateKey(_joined([*path, name]), lines[name], line)
                lines[name] = line
                children.append(((*path, name), item))
        for of_child, child in children:
            yield from within(child, of_child)

    return list(within(yaml.compose(text, Loader=yaml.SafeLoader), ()))


def _keys_that_are_no_text(value: Any, path: tuple = ()) -> Iterator[str]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        if isinstance(value, dict) and not isinstance(key, str):
            where = f"{_dotted(list(path))}: " if path else ""
            yield (
                f"{where}the name {key!r} is no text. YAML takes no, off, yes and on for false and "
                f"true, and digits for a number: write it in quotes, or choose another name."
            )
        elif isinstance(item, dict | list):
            yield from _keys_that_are_no_text(item, (*path, key))


def _parse(value: Any, path: tuple = ()) -> Any:
    """With every text as YAML reads it, if that is no text again (without what follows #), and
    unless a text is what belongs there: a name may be "no", or "1"."""
    match value:
        case dict():
            return {key: _parse(item, (*path, key)) for key, item in value.items()}
        case list():
            return [_parse(item, (*path, i)) for i, item in enumerate(value)]
        case str():
            try:
                read = yaml.safe_load(value)
            except (yaml.YAMLError, ValueError):
                return value
            return value if isinstance(read, str) or _takes_text_but(read, path) else read
    return value


JSON_TYPES = {
    bool: {"boolean"},
    int: {"integer", "number"},
    float: {"number"},
    list: {"array"},
    dict: {"object"},
    type(None): {"null"},
}


def _takes_text_but(read: Any, path: tuple) -> bool:
    """Whether any text may stand at a path of the config, and what was read instead may not."""
    try:
        options = _options(schema_of(list(path)))
    except LookupError:  # there is no such key
        return False
    types = {option.get("type") for option in options if "enum" not in option}
    return "string" in types and not types & JSON_TYPES.get(type(read), set())


def _renamed(config: dict) -> dict:
    """With today's names of keys; a key that has another one is accepted, with a warning."""
    for old, (new, changed) in RENAMED.items():
        *path, key = old.split(".")
        section: Any = config
        for part in path:
            section = section.get(part) if isinstance(section, dict) else None
        if isinstance(section, dict) and key in section:
            warnings.warn(f"{old} is called {new} now.", FutureWarning, stacklevel=3)
            section[new.rpartition(".")[2]] = changed(section.pop(key))
    return config


def _merge(base: Any, changes: Any) -> Any:
    if not (isinstance(base, dict) and isinstance(changes, dict)):
        return changes
    merged = {key: _merge(base[key], changes[key]) for key in base.keys() & changes.keys()}
    return base | changes | merged


# What is wrong, a line each: where, what, what was expected, what was probably meant.


def _problems(error: ValidationError, config: dict) -> Iterator[str]:
    located = [(detail, *_locate(config, detail["loc"])) for detail in error.errors()]
    for detail, path, value in located:
        # Of what may be one thing or another: what is wrong within it says more.
        if any(len(path) < len(other) and path == other[: len(path)] for _, other, _ in located):
            continue
        where = _dotted(path)
        match detail["type"]:
            case "extra_forbidden" | "invalid_key":
                yield f"{where}: no such key. {_suggestion(path, config)}"
            case "union_tag_invalid":
                models = detail["ctx"]["expected_tags"].replace("'", "").split(", ")
                close = get_close_matches(detail["ctx"]["tag"], models, n=1, cutoff=0.5)
                hint = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(models)}."
                yield f"{where}.model: there is no such model of a neuron. {hint}"
            case "union_tag_not_found":
                yield f"{where}.model: needed, to say which model of a neuron this is."
            case "value_error":
                yield f"{where}: {detail['ctx']['error']}"
            case _:
                wanted = expected(schema_of(path, config))
                yield f"{where}: {_shown(value)} is not {wanted}.{_hint(value, wanted)}"


def _locate(config: Any, location: tuple) -> tuple[list, Any]:
    """Path and value in the config; pydantic's location also names the types that were tried."""
    path, value = [], config
    for part in location:
        inside = isinstance(value, dict) and part in value
        if inside or (isinstance(value, list) and isinstance(part, int)):
            path.append(part)
            value = value[part]
    return path, value


def schema_of(path: list, values: Any = None) -> dict:
    """The JSON schema of what stands at a path of the config, with these values: a section that
    says which model it is about has the keys of that."""
    schema = SCHEMA
    for part in path:
        items = [option["items"] for option in _options(schema) if "items" in option]
        if isinstance(part, int) and items:
            schema = items[0]
        else:
            names, keys = _names_and_keys(schema)
            schema = keys[part] if names is None else keys.get(part, names)
        schema = _resolved(schema)
        values = values.get(part) if isinstance(values, dict) else None
        if "discriminator" in schema and isinstance(values, dict):
            of_model = schema["discriminator"]["mapping"].get(str(values.get("model")))
            schema = _resolved({"$ref": of_model}) if of_model else schema
    return schema


def _options(schema: dict) -> list[dict]:
    options = schema.get("anyOf") or schema.get("oneOf") or [schema]
    return [_resolved(option) for option in options]


def _names_and_keys(schema: dict) -> tuple[dict | None, dict]:
    """Of the options that are sections: the schema of what any name may stand for, and those of
    their keys."""
    sections = [option for option in _options(schema) if option.get("type") == "object"]
    names = next(filter(None, (o.get("additionalProperties") for o in sections)), None)
    return names, {key: s for o in sections for key, s in o.get("properties", {}).items()}


def _resolved(schema: dict) -> dict:
    name = schema.get("$ref", "").rpartition("/")[2]
    return (SCHEMA["$defs"][name] | schema) if name else schema


def expected(schema: dict) -> str:
    """What a schema allows, in words."""
    schema = _resolved(schema)
    if len(options := _options(schema)) > 1:
        return " or ".join(map(expected, options))
    if "const" in schema or "enum" in schema:
        return " or ".join(schema.get("enum", [schema.get("const")]))
    if schema["type"] == "array":
        some = "one or more" if schema.get("minItems") else "none or more"
        return f"a list of {some}, at most {schema['maxItems']}: {expected(schema['items'])}"
    if "properties" not in schema and schema["type"] == "object":
        return f"a section of names, each with {expected(schema['additionalProperties'])}"
    if schema["type"] == "object":
        return f"a section with the keys {', '.join(schema['properties'])}"
    words = {
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
        "string": "the name of a file" if "maxLength" in schema else "a name",
        "null": "nothing",
    }
    bounds = {"exclusiveMinimum": ">", "minimum": "≥", "maximum": "≤"}
    limits = [f"{sign} {schema[key]:g}" for key, sign in bounds.items() if key in schema]
    return " ".join([words[schema["type"]], ", ".join(limits)]).strip()


def _hint(value: Any, wanted: str) -> str:
    """1e-3 is text to YAML, which wants a point; no and 1 are none, unless they are in quotes."""
    if isinstance(value, bool | int | float) and wanted.startswith(("a name", "the name")):
        return " Write it in quotes."
    try:
        number = repr(float(value)).removesuffix(".0") if isinstance(value, str) else "nan"
    except ValueError:
        return ""
    if "e" in number and "." not in number:
        number = number.replace("e", ".0e")
    return f" It is text; write {number}." if isfinite(float(number)) else ""


def _dotted(path: list) -> str:
    return _joined([f"[{p}]" if isinstance(p, int) else p for p in path])


def _joined(parts: list[str]) -> str:
    return "".join(p if p.startswith("[") else f".{p}" for p in parts).lstrip(".")


def _shown(value: Any) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _suggestion(path: list, config: dict) -> str:
    """A guess at what an unknown key should have been."""
    key, section = str(path[-1]), schema_of(path[:-1])
    allowed = list(_names_and_keys(schema_of(path[:-1], config))[1])
    for model, reference in section.get("discriminator", {"mapping": {}})["mapping"].items():
        if key in _resolved({"$ref": reference})["properties"]:
            return f"It is one of the model {model}: set {_dotted(path[:-1])}.model to that."
    by_lower = {name.lower(): name for name in allowed}
    if close := get_close_matches(key.lower(), by_lower, n=1, cutoff=0.5):
        return f"Did you mean {by_lower[close[0]]}?"
    for name in Config.model_fields:
        if key in _names_and_keys(schema_of([name], config))[1]:
            return f"Did you mean {name}.{key}?"
    return f"There are: {', '.join(allowed)}."
