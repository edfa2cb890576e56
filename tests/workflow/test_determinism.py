"""The same tables and figures, to the byte, whatever a run should not depend on."""

import re
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.font_manager import findfont, get_font

from conftest import SMALL, Study

# The look that somebody prefers for own figures.
MATPLOTLIBRC = """\
figure.facecolor: pink
font.family: serif
font.size: 20
lines.linewidth: 7
svg.fonttype: none
axes.formatter.use_locale: True
"""

OTHERWISE = {
    "one core, a locale without any non-ASCII letters, a folder with some": (
        "größer, als 大",
        ["--cores", "1"],
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
        | {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "1"},
    ),
    "eight cores, jobs with threads": (
        "plain",
        ["--cores", "8", "--set-threads", "simulate=2", "find_weight=2"],
        {"LC_ALL": "C.UTF-8", "TZ": "America/St_Johns", "PYTHONHASHSEED": "2"},
    ),
}


@pytest.mark.parametrize("how", OTHERWISE)
def test_a_run_under_other_conditions_makes_the_same_bytes(small, tmp_path, monkeypatch, how):
    folder, arguments, environment = OTHERWISE[how]
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    other = Study(tmp_path / folder, SMALL)
    (other / "matplotlibrc").write_text(MATPLOTLIBRC)
    other.snakemake(*arguments)
    assert other.hashes() == small.hashes()


def fonts_of(pdf: Path) -> set[str]:
    """Names of the fonts in a PDF that is not compressed."""
    return {
        name.decode() for name in re.findall(rb"/BaseFont /(?:\w{6}\+)?([\w-]+)", pdf.read_bytes())
    }


def test_fonts_are_those_that_come_with_matplotlib(thesis):
    shipped = Path(mpl.get_data_path()) / "fonts/ttf"
    names = {get_font(path).postscript_name for path in shipped.glob("*.ttf")}
    used = {name for pdf in (thesis / "thesis_figs").glob("*.pdf") for name in fonts_of(pdf)}
    assert used
    assert used <= names
    assert Path(findfont("DejaVu Sans")).parent == shipped


def test_figures_do_not_say_when_or_where_they_were_made(thesis):
    for figure in (thesis / "thesis_figs").iterdir():
        text = figure.read_bytes()
        for word in (
            b"CreationDate",
            b"<dc:date",
            str(thesis.folder).encode(),
            mpl.__version__.encode(),
        ):
            assert word not in text, figure.name
