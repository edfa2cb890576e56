"""Write config/README.md from the schema and the thesis's config."""

from pathlib import Path

import yaml

from schemas.check import SCHEMA, expected

ROOT = Path(__file__).resolve().parents[2]

HEAD = """\
# Configuration

`config.yaml` is the thesis. To change something, write only that into a file of your own, and run
`snakemake --cores 8 --configfile my.yaml`. Lists are replaced as a whole.

Units stand in the names of the keys. This page is generated from the schema (`make docs`).
"""


def describe(config: dict) -> str:
    """The text of config/README.md."""
    lines = [HEAD]
    for section, schema in SCHEMA["properties"].items():
        lines += [f"## `{section}`", "", schema["description"], ""]
        lines += ["| key | thesis | may be | what it is |", "|---|---|---|---|"]
        lines += list(_rows(schema, config[section]))
        lines.append("")
    return "\n".join(lines)


def _rows(schema, values, prefix=""):
    for key, sub in schema["properties"].items():
        if sub.get("type") == "object":
            yield f"| `{prefix}{key}` | | | {sub['description']} |"
            yield from _rows(sub, values[key], f"{prefix}{key}.")
        else:
            value = yaml.safe_dump(values[key], default_flow_style=True, width=1000)
            value = value.removesuffix("\n").removesuffix("\n...")
            yield f"| `{prefix}{key}` | {value} | {expected(sub)} | {sub['description']} |"


if __name__ == "__main__":
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text("utf-8"))
    (ROOT / "config" / "README.md").write_text(describe(config), "utf-8")
