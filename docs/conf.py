"""The documentation as web pages: make docs. Nothing is fetched when they are read."""

import tomllib
from pathlib import Path

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

project = PROJECT["name"]
author = "the authors of nto1"
version = release = PROJECT["version"]

extensions = ["myst_nb"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300

html_theme = "furo"
html_title = "How strong must an input be?"
html_show_sphinx = False
html_show_copyright = False
html_static_path = ["_static"]
html_css_files = ["math.css"]
html_math_renderer = "mathml"


def mathml(self, node):
    """Equations as MathML, which browsers show by themselves."""
    self.body.append(tex2mathml(node.astext(), as_block=isinstance(node, nodes.math_block)))
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (mathml, None), (mathml, None))
