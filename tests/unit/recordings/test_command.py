"""The command, from files to a page."""

import os
import subprocess
import sys

import pandas as pd
from click.testing import CliRunner

from nto1.cli import main
from study import ROOT


def test_help_fits_a_screen():
    for command in ([], ["detect"], ["example-recording"]):
        done = CliRunner().invoke(main, [*command, "--help"], terminal_width=80)
        lines = done.output.splitlines()
        assert len(lines) <= 32
        assert max(map(len, lines)) <= 80


def test_from_the_example_to_its_page(tmp_path):
    command = [sys.executable, "-m", "nto1"]
    env = os.environ | {"PYTHONPATH": str(ROOT / "workflow")}
    subprocess.run([*command, "example-recording", "made"], cwd=tmp_path, env=env, check=True)
    assert sum(path.stat().st_size for path in (tmp_path / "made").iterdir()) < 4e6
    done = subprocess.run(
        [*command, "detect", "made/cell.npz", "--spikes", "made/units.csv", "--output", "found"]
        + ["--exclude", "3:4", "--exclude", "10:10.5"],
        cwd=tmp_path,
        env=env,
        check=True,
        text=True,
        capture_output=True,
    )
    lines = done.stdout.splitlines()
    assert len(lines) < 15
    assert "of 100 trains are called connected" in lines[0]
    assert "118.5 of 120 s were used" in done.stdout
    table = pd.read_parquet(tmp_path / "found/trains.parquet").set_index("train")
    truth = pd.read_csv(tmp_path / "made/truth.csv").set_index("train")["size_mV"]
    called = table.index[table["call"] != "none"]
    assert {*truth[truth != 0].index} <= {*called}
    assert "are called connected" in (tmp_path / "found/page.html").read_text()
