"""What changed is made again, and nothing else: edits of code and of tables, by dry runs."""

import ast
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from study import Study, copy_checkout

CONFIG = {
    "network": {"duration_s": 0.5, "shown_s": 0.5, "weights_nS": "weights.csv"},
    "studies": {"mine": {"measure": "response", "vary": {"neuron.b_pA": [0, 60]}}},
}
WEIGHTS = "from,to,weight_nS\n0,1,4\n2,1,4\n"

PLOTS = {f"plot_{name}" for name in ("excerpt", "connection_tests", "adex_network", "example")}
PLOTS |= {f"plot_{name}" for name in ("network", "input_drive", "weights", "overview", "model")}
STUDY = {"study_mine", "explore"}
VERDICT = {"compare_with_published", "verify_published"}
SEARCH = {"find_weight", "summarise_weights", "plot_weights", "explore"} | VERDICT
TESTS = {"infer_connections", "test_variants", "summarise_connection_tests"}
TESTS |= {"plot_connection_tests", "explore"} | VERDICT
DETECTION = {"score_overview", "plot_overview"}
NETWORK = {"simulate_network", "plot_network", "explore"}


@pytest.fixture(scope="module")
def study(small_run, tmp_path_factory):
    """The small study, continued with a copy of the project that may be edited."""
    folder = tmp_path_factory.mktemp("changes")
    checkout = copy_checkout(folder / "checkout")
    study = small_run.copy_to(folder / "study")
    study = Study(study.folder, small_run.config | CONFIG, checkout)
    (study / "weights.csv").write_text(WEIGHTS)
    study.snakemake()
    assert study.planned() == {}
    return study


def with_comment(text: str) -> str:
    return f"# A comment.\n{text}\n# Another one.\n"


def with_other_docstrings(text: str) -> str:
    return text.replace('"""', '"""Edited: ', 1)


def laid_out_anew(text: str) -> str:
    return ast.unparse(ast.parse(text))


def with_another_statement(text: str) -> str:
    return f"{text}\n_EDITED = True\n"


@contextmanager
def edited(study: Study, *edits: tuple[str, Callable[[str], str]]) -> Iterator[None]:
    """Files of the checkout, for a while."""
    edit_of = {study.checkout / "workflow" / file: edit for file, edit in edits}
    before = {path: path.read_text() for path in edit_of}
    for path, edit in edit_of.items():
        path.write_text(edit(before[path]))
    try:
        yield
    finally:
        for path, text in before.items():
            path.write_text(text)


def test_edits_without_a_meaning_for_any_job_make_nothing_again(study):
    with edited(
        study,
        ("nto1/inference/scores.py", with_comment),
        ("nto1/neurons/adex.py", with_comment),
        ("nto1/simulation/runs.py", with_other_docstrings),
        ("nto1_workflow/style.py", laid_out_anew),
        ("scripts/we_sweep/simulate.py", with_comment),
        ("nto1/simulation/free_membrane.py", with_another_statement),
    ):
        assert study.planned() == {}


@pytest.mark.parametrize(
    ("file", "edit", "expected"),
    [
        ("nto1/inference/scores.py", with_another_statement, TESTS | DETECTION | {"test_inputs"}),
        ("nto1/published.py", with_another_statement, VERDICT),
        ("nto1/config/studies.py", with_another_statement, STUDY | DETECTION),
        ("nto1_workflow/plot_study.py", with_another_statement, STUDY),
        ("nto1_workflow/style.py", with_another_statement, PLOTS | STUDY),
        ("nto1_workflow/style.mplstyle", with_comment, PLOTS | STUDY),
        ("scripts/find_weight/find_weight.py", with_another_statement, SEARCH),
        ("scripts/network/simulate_network.py", with_another_statement, NETWORK),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_an_edit_makes_again_what_its_meaning_changes(study, file, edit, expected):
    with edited(study, (file, edit)):
        assert {*study.planned()} == expected


def test_what_all_scripts_use_makes_all_again(study):
    with edited(study, ("nto1_workflow/io.py", with_another_statement)):
        assert study.planned() == study.planned("--forceall")


def test_a_table_is_known_by_what_is_in_it_not_by_its_age(study):
    table = study / "weights.csv"
    os.utime(table)
    assert study.planned() == {}
    other = study / "other.csv"
    other.write_text(WEIGHTS.replace("4\n", "400\n"))
    os.utime(other, (1e9, 1e9))
    other.rename(table)
    assert {*study.planned()} == NETWORK
    table.write_text(WEIGHTS)
    assert study.planned() == {}
