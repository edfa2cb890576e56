"""Write the reference page and the JSON schema of the configuration: ``python -m nto1.config``."""

import json
from collections.abc import Iterator
from pathlib import Path

import yaml

from nto1.config import SCHEMA, expected, schema_of
from nto1.config.model import NEURONS, Config, Study, model_of, neuron_under
from nto1.neurons import DEFAULT_MODEL

# By name, there are none at first.
ANY_STUDY = {"NAME": Study.model_construct(measure="(needed)").model_dump()}

CONFIG = Path(__file__).resolve().parents[3] / "config"

README = """\
# Configuration

`config.yaml` holds the parameters of the thesis. Write those that differ into a file, and run
`snakemake --cores 8 --configfile my.yaml`; or set them on the command line:
`--config sweep='{N: 100, weights_pS: [500, 600]}'`. Lists are replaced as a whole.

Units are part of the keys' names. This page and `schema.json`, with which editors can check a
configuration while it is written, are generated from `workflow/nto1/config/model.py` (`make docs`).
"""


def describe() -> str:
    """The reference page of all keys, as Markdown."""
    lines, config = [README], Config().model_dump()
    for section, model in Config.model_fields.items():
        about = model.description or model_of(section).__doc__ or ""
        lines += [f"## `{section}`", "", " ".join(about.split()), ""]
        lines += _table(config | {section: config[section] or ANY_STUDY}, section)
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
            default = yaml.safe_dump(value, default_flow_style=True, width=1000)
            default = default.removesuffix("\n").removesuffix("\n...")
            yield f"| `{name}` | {default} | {expected(schema)} | {description} |"


def describe_schema() -> str:
    """The JSON schema, as JSON. That knows no infinity; YAML writes .inf."""
    schema = json.loads(json.dumps(SCHEMA), parse_constant={"Infinity": ".inf"}.get)
    return json.dumps(schema, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


if __name__ == "__main__":
    (CONFIG / "README.md").write_text(describe(), "utf-8")
    (CONFIG / "schema.json").write_text(describe_schema(), "utf-8")
