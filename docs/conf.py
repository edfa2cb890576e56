"""The documentation as web pages: make docs. Nothing is fetched when they are read."""

import ast
import inspect
import os
import re
import shutil
import sys
import tomllib
from pathlib import Path

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.ext.autodoc._dynamic import _preserve_defaults

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

# Kernels are documented as the functions that they are compiled from. The notebook, which runs in
# a process of its own, is compiled.
os.environ["NUMBA_DISABLE_JIT"] = "1"
sys.path.insert(0, str(ROOT / "workflow"))
import nto1.compile_all  # noqa: E402

del os.environ["NUMBA_DISABLE_JIT"]

project = PROJECT["name"]
author = "the authors of nto1"
version = release = PROJECT["version"]

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build"]
templates_path = ["_templates"]
shutil.rmtree(ROOT / "docs/api", ignore_errors=True)  # pages of modules that may be gone
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300

autodoc_default_options = {"members": True, "undoc-members": True, "member-order": "bysource"}
autodoc_preserve_defaults = True
# Sphinx takes bytes for characters, which Greek letters are not.
_preserve_defaults.get_default_value = lambda lines, expression: ast.unparse(expression)
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 88
napoleon_google_docstring = False
napoleon_use_param = napoleon_use_rtype = False
napoleon_custom_sections = [("Fields", "params_style")]
add_module_names = False

# What the package offers at its top, for the page api.md.
offered = [getattr(nto1, name) for name in nto1.__all__]
names = "".join(f"   ~{object.__module__}.{object.__qualname__}\n" for object in offered)
(ROOT / "docs/api").mkdir(exist_ok=True)
(ROOT / "docs/api/main.txt").write_text(f".. autosummary::\n\n{names}")

# Every reference to this package has to be found; other projects' pages are not at hand.
nitpicky = True
nitpick_ignore_regex = [
    ("py:.*", r"(?!nto1).*"),
    ("py:class", r"nto1\..*\.([A-Z]|Found)"),  # variables for types
    ("py:class", r"nto1\.config\.model\..*"),  # sections: config.md has their keys
]

# The reference of the configuration: a page for each section, and the contents for config.md.
contents, *sections = (ROOT / "config/README.md").read_text().split("\n## ")
shutil.rmtree(ROOT / "docs/config", ignore_errors=True)
(ROOT / "docs/config").mkdir()
(ROOT / "docs/config/contents.txt").write_text(re.sub(r"\(#(\w+)\)", r"(config/\1.md)", contents))
for section in sections:
    (ROOT / f"docs/config/{section.split('`')[1]}.md").write_text(f"# {section}")

# Results of a run, if there was one. Pages say so where the tag is set.
html_extra_path = []
for page in (ROOT / "results/explore.html", ROOT / "report.html"):
    if page.exists():
        html_extra_path.append(str(page))
        tags.add(page.stem)  # noqa: F821, of Sphinx

html_theme = "furo"
html_title = f"Detecting a neuron's inputs from its voltage {release}"
html_favicon = "_static/favicon.svg"
html_show_sphinx = False
html_show_copyright = False
html_static_path = ["_static", "../workflow/scripts/report/live_neuron.js"]
html_css_files = ["custom.css"]
html_js_files = ["copy.js"]
html_math_renderer = "mathml"

FIELD = re.compile(
    r"^    (?P<name>\w+): (?P<type>.+?)(?: = (?P<default>.+?))?(?:  # (?P<text>.+))?$"
)


def describe_fields(app, what, name, obj, options, lines):
    """The fields of a named tuple, with the comments that say their shapes and units."""
    if what != "class" or not hasattr(obj, "_fields"):
        return
    source = inspect.getsource(obj)
    fields = [match for match in map(FIELD.match, source.splitlines()) if match]
    fields = [field for field in fields if field["name"] in obj._fields]
    lines += ["", "Fields", "------"]
    for field in fields:
        default = f" : {field['default']}" if field["default"] not in (None, "None") else ""
        lines += [f"{field['name']}{default}", f"    {field['text'] or ''}"]


def prepare(app, what, name, obj, options, lines):
    """Absolute values are no substitutions; indented lines of modules are equations, or code."""
    text = re.sub(r"\|(\w+)\|", r"\\|\1\\|", "\n".join(lines))
    if what == "module":
        text = re.sub(r"(?<=\n\n)(?=    \S)(?<!    \n\n)", "::\n\n", text)
    lines[:] = text.split("\n")


def hide_defaults(app, what, name, obj, options, signature, returns):
    """Of a named tuple: its fields are described, with defaults in units that people read."""
    return ("", None) if hasattr(obj, "_fields") else None


def skip_fields(app, what, name, obj, skip, options):
    """The fields again, of which Python says "Alias for field number 0"."""
    return True if type(obj).__name__ == "_tuplegetter" else None


def enlarge(app, doctree):
    """Figures are as wide as the page, and with a width, Sphinx links them to their file."""
    for image in doctree.findall(nodes.image):
        image.setdefault("width", "100%")


def mathml(self, node):
    """Equations as MathML, which browsers show by themselves."""
    self.body.append(tex2mathml(node.astext(), as_block=isinstance(node, nodes.math_block)))
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (mathml, None), (mathml, None))
    app.connect("autodoc-process-docstring", describe_fields, priority=400)  # before napoleon
    app.connect("autodoc-process-docstring", prepare)
    app.connect("autodoc-process-signature", hide_defaults)
    app.connect("autodoc-skip-member", skip_fields)
    app.connect("doctree-read", enlarge)
