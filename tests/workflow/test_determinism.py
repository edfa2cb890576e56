"""The same tables and figures, to the byte, whatever a run should not depend on."""

import re
from pathlib import Path

import matplotlib as mpl
from matplotlib.font_manager import findfont, get_font

from study import SMALL, Study

# The look that somebody prefers for own figures.
MATPLOTLIBRC = """\
figure.facecolor: pink
font.family: serif
font.size: 20
lines.linewidth: 7
svg.fonttype: none
axes.formatter.use_locale: True
"""

# A locale without any non-ASCII letters, a folder with some; jobs with threads.
FOLDER = "größer, als 大"
ENVIRONMENT = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
ENVIRONMENT |= {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "1"}
THREADS = ("simulate=2", "find_weight=2", "infer_connections=2")

# All weights in one job, and all N; in the small run, each has its own.
BATCHED = ("results/simulations/", "results/find_weight/")


def test_a_run_in_other_batches_under_other_conditions_makes_the_same_bytes(
    small_run, tmp_path, monkeypatch
):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    other = Study(tmp_path / FOLDER, SMALL)
    other.config["sweep"]["weights_per_batch"] = "auto"
    other.config["find_weight"]["N_per_batch"] = "auto"
    (other / "matplotlibrc").write_text(MATPLOTLIBRC)
    other.snakemake("--cores", "8", "--set-threads", *THREADS)
    made, expected = (
        {name: hash for name, hash in run.outputs().items() if not name.startswith(BATCHED)}
        for run in (other, small_run)
    )
    assert made == expected
    assert len(list((other / "results/simulations/N100").glob("*.parquet"))) == 1
    assert len(list((small_run / "results/simulations/N100").glob("*.parquet"))) == 3


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
    assert Path(findfont("DejaVu Sans")).resolve().parent == shipped.resolve()


def test_figures_do_not_say_when_or_where_they_were_made(thesis):
    for figure in (thesis / "thesis_figs").iterdir():
        text = figure.read_bytes()
        for word in (
            b"CreationDate",
            b"<dc:date",
            str(thesis.checkout).encode(),
            mpl.__version__.encode(),
        ):
            assert word not in text, figure.name
