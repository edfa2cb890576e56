"""Digests of code by its meaning."""

import subprocess
import sys
from pathlib import Path

import pytest

from nto1.source_digest import digest_of, imported, remembered
from study import ROOT

FILES = {
    "package/__init__.py": "from package.unused import nothing\n",
    "package/unused.py": "nothing = 0\n",
    "package/used.py": (
        '"""About."""\nfrom typing import TYPE_CHECKING\nfrom package.constants import G\n'
        "if TYPE_CHECKING:\n    from package import for_types\n\n"
        "def f():\n    return G\n\n"
        "class A:\n    def called(self):\n        from package import of_method\n"
        "    def not_called(self):\n        from package import unused\n"
    ),
    "package/of_method.py": "value = 1\n",
    "package/constants.py": "G = 1  # nS\n",
    "package/inner/__init__.py": "from package.inner.deep import h\n",
    "package/inner/deep.py": "def h():\n    import package.late\n    import package.models\n",
    "package/late.py": "late = True\n",
    "package/finder.py": (
        "from package import registry\nfrom package.look import offered_in\n\n"
        "class Kind:\n    pass\n\n"
        "def kinds():\n    return offered_in(registry, 'KIND')\n\n"
        "def use():\n    return kinds()\n"
    ),
    "package/look.py": "def offered_in(package, name):\n    return []\n",
    "package/registry/__init__.py": '"""A module for each kind."""\n',
    "package/registry/one.py": "KIND = 1\n",
    "package/for_types.py": "",
    "package/registry/other.py": "from package import rare\nKIND = rare\n",
    "package/registry/helper.py": "nothing = 0\n",
    "package/rare.py": "rare = True\n",
    "package/models/__init__.py": (
        "from pkgutil import iter_modules\n"
        "for module in iter_modules(__path__):\n    print(module)\n"
    ),
    "package/models/adex.py": "b = 1\n",
    "package/figure.py": "import json\n",
    "package/figure.mplstyle": "axes.grid: True\n",
    "script.py": "from package import used\nfrom package.inner import h\nimport package.figure\n"
    "from package.finder import use\nused.A().called()\n",
    "other_script.py": "from package.finder import Kind\n",
}


def written(top: Path, changes: dict[str, str] | None = None) -> Path:
    for name, text in (FILES | (changes or {})).items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text)
    return top


def test_imports_are_followed_but_not_to_the_packages_around_a_module(tmp_path):
    top = written(tmp_path)
    found = {str(file.relative_to(top)) for file in imported([top / "script.py"], top)}
    not_used = {"package/__init__.py", "package/unused.py", "package/for_types.py"}
    not_used |= {"package/registry/helper.py"}
    assert found == FILES.keys() - not_used - {"other_script.py"}
    of_class = imported([top / "other_script.py"], top)
    assert {file.name for file in of_class} == {
        "other_script.py",
        "finder.py",
        "look.py",
        "__init__.py",
    }
    left = imported([top / "script.py"], top, [top / "package/registry/other.py"])
    assert {str(file.relative_to(top)) for file in left} == found - {
        "package/registry/other.py",
        "package/rare.py",
    }


@pytest.mark.parametrize(
    ("name", "text", "is_same"),
    [
        ("package/constants.py", "G = 1\n", True),
        ("package/constants.py", "G = (\n    1\n)\n", True),
        ("package/constants.py", "G = 1.0\n", False),
        ("package/used.py", FILES["package/used.py"].replace("About", "More about"), True),
        ("package/used.py", FILES["package/used.py"].replace("return G", "return -G"), False),
        ("package/late.py", "late = False\n", False),
        ("package/figure.mplstyle", "axes.grid: False\n", False),
        ("package/unused.py", "nothing = 1\n", True),
    ],
)
def test_the_digest_changes_with_the_meaning_alone(tmp_path, name, text, is_same):
    folders = written(tmp_path / "before"), written(tmp_path / "after", {name: text})
    before, after = (digest_of([folder / "script.py"], folder) for folder in folders)
    assert (before == after) is is_same


def test_every_module_that_a_process_loads_was_found():
    """What Python itself imports for a script, from packages of ours."""
    top = ROOT / "workflow"
    script = top / "scripts/we_sweep/simulate.py"
    code = (
        "import sys, runpy; runpy.run_path(sys.argv[1], run_name='script'); "
        "print(*(m.__file__ for m in sys.modules.values() if getattr(m, '__file__', None)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, script], cwd=top, text=True, capture_output=True, check=True
    )
    loaded = {Path(file) for file in done.stdout.split() if file.startswith(str(top))}
    around = {file for file in loaded if file.name == "__init__.py"}
    assert loaded - around <= imported([script], top)
    assert len(loaded) > 10


def test_what_was_computed_is_remembered_for_the_same_bytes(tmp_path):
    file, calls = tmp_path / "a.py", []

    def compute() -> dict:
        calls.append(file.read_text())
        return {"length": len(calls[-1])}

    for text in ("x = 1", "x = 1", "x = 10", "x = 1"):
        file.write_text(text)
        assert remembered([file], tmp_path, compute) == {"length": len(text)}
    assert calls == ["x = 1", "x = 10"]
