"""Write the configuration of the thesis, its reference page and its JSON schema:
``python -m nto1.config``."""

import json
import re
import textwrap
from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import Any

import yaml

from nto1.config import SCHEMA, expected, schema_of
from nto1.config.model import (
    NEURONS,
    Config,
    OwnRecording,
    RecordedSpikes,
    RecordedVoltage,
    Study,
    model_of,
    neuron_under,
)
from nto1.neurons import DEFAULT_MODEL

# By name, there are none at first.
NEEDED = "(needed)"
ANY = {
    "studies": Study.model_construct(measure=NEEDED),
    "recordings": OwnRecording.model_construct(
        voltage=RecordedVoltage.model_construct(file=NEEDED),
        spikes=RecordedSpikes.model_construct(file=NEEDED),
    ),
}

WIDTH = 100  # of lines of YAML

CONFIG = Path(__file__).resolve().parents[3] / "config"

README = """\
# Configuration

`config.yaml` contains the parameters of the thesis. Write the parameters that differ into a file
and run `snakemake --cores 8 --configfile my.yaml`, or set them on the command line:
`--config sweep='{N: 100, weights_pS: [500, 600]}'`. A list replaces the whole list.

Names of quantities end in their unit, as in `duration_s`. This page, `config.yaml` and
`schema.json`, which lets editors check a configuration while it is written, are generated from
`workflow/nto1/config/model.py` by `make docs`.
"""

THESIS = """\
# The parameters of the thesis. config/README.md explains each key and its limits.
# To change some, write only those into your own file and run: snakemake --configfile my.yaml
"""


def describe() -> str:
    """The reference page of all keys, as Markdown."""
    lines, config = [README, "| section | content |", "|---|---|"], Config().model_dump()
    lines += [f"| [`{name}`](#{name}) | {_about(name)} |" for name in config] + [""]
    for section in Config.model_fields:
        lines += [f"## `{section}`", "", _about(section), ""]
        values = config[section] or {"NAME": ANY[section].model_dump()}
        lines += _table(config | {section: values}, section)
        for name in NEURONS if section == "neuron" else ():
            if name != DEFAULT_MODEL:
                other = neuron_under(config["neuron"], {"model": name})
                lines += [f"With `model: {name}`, the section has these keys:", ""]
                lines += _table({"neuron": other}, "neuron")
    return "\n".join(lines)


def _table(config: dict, section: str) -> Iterator[str]:
    yield from ("| key | default | expected | description |", "|---|---|---|---|")
    yield from _rows(config[section], [section], config)
    yield ""


def _rows(values: dict, path: list, config: dict) -> Iterator[str]:
    for key, value in values.items():
        schema, name = schema_of([*path, key], config), ".".join([*path[1:], key])
        description = schema["description"]
        if isinstance(value, dict) and value:
            yield f"| `{name}` | | | {description} |"
            yield from _rows(value, [*path, key], config)
        else:
            yield f"| `{name}` | {_in_yaml(value)} | {expected(schema)} | {description} |"


def describe_thesis() -> str:
    """The configuration of the thesis, as YAML with comments."""
    lines = [THESIS]
    for section, values in Config().model_dump().items():
        lines += [*_comment(_about(section), ""), *_listed(section, values, []), ""]
    return "\n".join(lines)


def _listed(key: str, value: Any, above: list[str]) -> Iterator[str]:
    """A key with all below it, and the first sentence of what is said about it: behind it or, where
    that is too long, before it."""
    indent, path = "  " * len(above), [*above, key]
    is_section = isinstance(value, dict) and bool(value)
    line = f"{indent}{key}:" if is_section else f"{indent}{key}: {_in_yaml(value)}"
    items = value if isinstance(value, list) and len(line) > WIDTH else []
    line = f"{indent}{key}:" if items else line
    about = re.split(r"\.(?: |$)", schema_of(path)["description"])[0] if above else ""
    if about and len(f"{line} # {about}") <= WIDTH:
        yield f"{line} # {about}"
    else:
        yield from (*_comment(about, indent), line)
    yield from (f"{indent}  - {_in_yaml(item)}" for item in items)
    for name in value if is_section else ():
        yield from _listed(name, value[name], path)


def _comment(text: str, indent: str) -> list[str]:
    lines = textwrap.wrap(text, WIDTH - 2 - len(indent), break_on_hyphens=False)
    return [f"{indent}# {line}" for line in lines]


def _about(section: str) -> str:
    about = Config.model_fields[section].description or model_of(section).__doc__ or ""
    return " ".join(about.split())


def _in_yaml(value: Any) -> str:
    """On one line; whole numbers without a point."""
    shown = yaml.safe_dump(value, default_flow_style=True, width=inf, sort_keys=False)
    return re.sub(r"(?<=\d)\.0\b", "", shown).removesuffix("\n").removesuffix("\n...")


def describe_schema() -> str:
    """The JSON schema, as JSON. That knows no infinity; YAML writes .inf."""
    schema = json.loads(json.dumps(SCHEMA), parse_constant={"Infinity": ".inf"}.get)
    return json.dumps(schema, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


if __name__ == "__main__":
    (CONFIG / "config.yaml").write_text(describe_thesis(), "utf-8")
    (CONFIG / "README.md").write_text(describe(), "utf-8")
    (CONFIG / "schema.json").write_text(describe_schema(), "utf-8")
