"""Mistakes of users are said once, with where they are and what was probably meant."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from nto1_workflow.running import mistakes
from study import SMALL, Study

FILE = """\
experiment:
  seeds: [0, a]
swep:
  N: 100
studies:
  mine:
    measure: response
    vary:
      neuron.b_pA: [0, much]
find_weight: {N: [10, 21]}
swep: {N: 10}
"""
MINE = {"measure": "response", "vary": {"neuron.b_pA": [0]}}


@pytest.fixture
def study(tmp_path) -> Study:
    return Study(tmp_path, {"studies": {"mine": MINE}})


def said(study: Study, *arguments: str) -> list[str]:
    lines = study.snakemake("--dry-run", *arguments, ok=False).splitlines()
    assert not [line for line in lines if "Traceback" in line or ".smk" in line]
    return lines


def test_all_mistakes_with_their_files_and_lines(study, tmp_path):
    """What no key takes, and what makes no sense in the sections that are valid otherwise."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config/config.yaml").write_text(FILE)
    study.config = {"example": {"shown_s": 11, "N": 100}}
    lines = said(study, "--config", "example={N: -1}")
    assert lines.count("The configuration is not valid.") == 1
    for start, end in (
        ("  swep stands twice, before in line 3", "(config/config.yaml, line 11)"),
        ("  experiment.seeds[1]: 'a' is not a whole number", "(config/config.yaml, line 2)"),
        ("  swep: no such key. Did you mean sweep?", "(config/config.yaml, line 3)"),
        ("  find_weight.N[1]: 21 inputs can't be split", "(config/config.yaml, line 10)"),
        ("  studies.mine.vary.neuron.b_pA: 'much' is", "(config/config.yaml, line 9)"),
        ("  example.N: -1 is not", "(--config)"),
    ):
        (line,) = (line for line in lines if line.startswith(start))
        assert line.endswith(end), line


def test_the_checkouts_own_config(tmp_path, monkeypatch):
    """The file that is edited most has no other place than --configfile and that of the folder."""
    monkeypatch.chdir(tmp_path)
    own = Path("config/config.yaml").absolute()
    own.parent.mkdir()
    own.write_text("sweep: {N: 100}\nneuron: {b_pA: 0}\nsweep: {weights_pS: [1]}\n")
    nothing = SimpleNamespace(config=())
    workflow = SimpleNamespace(overwrite_configfiles=[], configfiles=[], config_settings=nothing)
    _, line = mistakes.in_config(workflow, own).splitlines()
    assert line.startswith("  sweep stands twice, before in line 1")
    assert line.endswith("(config/config.yaml, line 3)")
    own.write_text("sweep: {N: 100}\n")
    assert mistakes.in_config(workflow, own) == ""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"sweep: {N: 1\nneuron: {}\n",
            "my.yaml, line 2: this is not valid YAML (while parsing a ",
        ),
        (b"sweep:\n\tN: 1\n", "my.yaml, line 2: this is not valid YAML (while scanning for the ne"),
        ("# für\nsweep: {}\n# früh\n".encode("latin-1"), "my.yaml, line 1: a character is not in "),
        ("sweep: {}\n".encode("utf-16"), "my.yaml, line 1: a character is not in UTF-8."),
        (b"sweep: {N: 2026-13-45}", "my.yaml: it can't be read as YAML (month must be in 1..12)."),
        (b"sweep: !N 1", "my.yaml, line 1: this is not valid YAML (could not determine a construc"),
        (b"sweep: {}\n---\nneuron: {}\n", "my.yaml, line 2: this is not valid YAML (expected a si"),
        (b"sweep: \0", "my.yaml: it can't be read as YAML (unacceptable character"),
        (b"- sweep\n", "my.yaml: there is no section in it, like sweep: { N: 100 }."),
        (b"# nothing yet\n", "my.yaml: there is no section in it"),
        (None, "my.yaml: there is no such config file. Did you mean mine.yaml?"),
        (b"\xef\xbb\xbfsweep: {N: 100}\r\n", ""),
        (b'{\n\t"sweep": {"N": 100}\n}', ""),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path, monkeypatch, content, message):
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text("sweep: {}\n")
    if content is not None:
        Path("my.yaml").write_bytes(content)
    found = mistakes.in_files(["my.yaml"])
    assert found.startswith(message), found
    assert message or not found


def test_what_snakemake_reads_before_the_workflow(tmp_path):
    """A target after an option that takes any number of names; and both, said at once."""
    study = Study(tmp_path, {"sweep": {"N": 100}})
    command = [*study.command(), "thesis_figs/network.svg", "--config", "neuron.b_pA=1", "study_x"]
    lines = [line for line in study._run(command, ok=False).splitlines() if "profile" not in line]
    target, dotted, no_section = lines
    assert target.startswith("thesis_figs/network.svg: this is no config file, but was taken for")
    assert target.endswith("Name targets before it, or after --.")
    assert dotted.endswith("as in --config neuron='{b_pA: 1}'.")
    assert no_section.startswith("study_x: what follows --config has to be section='{key: value}'")


def test_misspelt_targets_and_tables(study, tmp_path):
    study.config |= {"network": {"weights_nS": "con.csv"}}
    study.config |= {"connection_inference": {"weights": "results/we_for_target_rate.csv"}}
    (tmp_path / "conn.csv").touch()
    lines = said(study, "study_mien", "results/we_sweep.cvs", "--forcerun", "plot_netwrk")
    for target, meant in (
        ("study_mien", "study_mine"),
        ("results/we_sweep.cvs", "results/we_sweep.csv"),
        ("plot_netwrk", "plot_network"),
    ):
        assert f"{target}: there is no such target, study or file. Did you mean {meant}?" in lines
    table = "network.weights_nS: there is no file con.csv. Did you mean conn.csv? (my.yaml, line "
    assert sum(line.startswith(table) for line in lines) == 1
    assert not [line for line in lines if "connection_inference.weights" in line]


def test_a_file_of_a_rule_with_wildcards_is_a_target(tmp_path):
    study = Study(tmp_path, SMALL)
    study.planned("results/simulations/N100/we600pS.parquet")
