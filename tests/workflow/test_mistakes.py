"""Mistakes of users are said once, with where they are and what was probably meant."""

import pytest

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
"""
MINE = {"measure": "response", "vary": {"neuron.b_pA": [0]}}


@pytest.fixture
def study(tmp_path) -> Study:
    return Study(tmp_path, {"studies": {"mine": MINE}})


def said(study: Study, *arguments: str) -> list[str]:
    lines = study.snakemake("--dry-run", *arguments, ok=False).splitlines()
    assert not [line for line in lines if "Traceback" in line or ".smk" in line]
    return lines


def test_a_config_file_and_its_lines_are_named(study, tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config/config.yaml").write_text(FILE)
    study.config = {"sweep": {"N": 100}}
    lines = said(study, "--config", "example={N: -1}")
    assert lines.count("The configuration is not valid.") == 1
    for start, end in (
        ("  experiment.seeds[1]: 'a' is not a whole number", "(config/config.yaml, line 2)"),
        ("  swep: no such key. Did you mean sweep?", "(config/config.yaml, line 3)"),
        ("  example.N: -1 is not", "(--config)"),
    ):
        (line,) = (line for line in lines if line.startswith(start))
        assert line.endswith(end), line


def test_a_key_that_stands_twice_is_refused(study, tmp_path):
    (tmp_path / "config").mkdir()
    text = "sweep: {N: 100}\nneuron: {b_pA: 0}\nsweep: {weights_pS: [1]}\n"
    (tmp_path / "config/config.yaml").write_text(text)
    (line,) = (line for line in said(study) if "stands twice" in line)
    assert line.startswith("  sweep stands twice, before in line 1")
    assert line.endswith("(config/config.yaml, line 3)")


@pytest.mark.parametrize(
    ("target", "meant"),
    [("study_mien", "study_mine"), ("results/we_sweep.cvs", "results/we_sweep.csv")],
)
def test_a_misspelt_target(study, target, meant):
    lines = said(study, target)
    assert f"{target}: there is no such target, study or file. Did you mean {meant}?" in lines


def test_a_file_of_a_rule_with_wildcards_is_a_target(tmp_path):
    study = Study(tmp_path, SMALL)
    study.planned("results/simulations/N100/we600pS.parquet")
