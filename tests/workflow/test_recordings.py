"""Recordings of one's own, in the workflow."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from nto1.recordings.example import write_example
from study import Study

CONFIG = {
    "recordings": {
        "cell": {
            "voltage": {"file": "made/cell.npz"},
            "spikes": {"file": "made/units.csv"},
            "exclude_s": [[3, 4]],
        },
        "other": {
            "voltage": {"file": "made/cell.npz"},
            "spikes": {"file": "trains"},
            "own_spikes": "none",
            "null_distribution": "surrogates",
        },
    }
}


@pytest.fixture(scope="module")
def study(kernels, tmp_path_factory):
    study = Study(tmp_path_factory.mktemp("recordings"), CONFIG)
    write_example(study / "made")
    (study / "trains").mkdir()
    for train, spikes in pd.read_csv(study / "made/units.csv").groupby("train"):
        spikes["time_s"].to_csv(study / f"trains/{train}.txt", index=False, header=False)
    study.output = study.snakemake("recordings")
    return study


def test_each_has_a_table_a_figure_and_a_page(study):
    truth = pd.read_csv(study / "made/truth.csv").set_index("train")["size_mV"]
    for name in CONFIG["recordings"]:
        table = pd.read_parquet(study / f"results/recordings/{name}.parquet").set_index("train")
        called = table.index[table["call"] != "none"]
        assert {*truth[truth != 0].index} <= {*called}
        assert (study / f"results/recordings/{name}.svg").exists()
        page = (study / f"results/recordings/{name}.html").read_text()
        assert "of 100 trains are called connected" in page
    assert "called connected" in (study / "results/logs/recording/cell.log").read_text()


def test_the_command_finds_the_same(study):
    done = [sys.executable, "-m", "nto1", "detect", "made/cell.npz", "--spikes", "made/units.csv"]
    env = os.environ | {"PYTHONPATH": str(study.checkout / "workflow")}
    command = [*done, "--exclude", "3:4", "--output", "by_command"]
    subprocess.run(command, check=True, cwd=study.folder, env=env)
    by_command = (study / "by_command/trains.csv").read_bytes()
    assert (study / "results/recordings/cell.csv").read_bytes() == by_command


def test_what_changes_is_made_again(study):
    assert study.planned("recordings") == {}
    file = study / "trains/exc00.txt"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[1:]))
    assert study.planned("recordings") == {"recording_other": 1, "recordings": 1}


def test_one_that_needs_too_much_memory_is_refused_before_anything_runs(study):
    np.lib.format.open_memmap(study / "long.npy", "w+", np.int16, (72_000_000,))  # of zeros
    voltage = {"file": "long.npy", "sampling_rate_Hz": 20_000}
    long = {"long": {"voltage": voltage, "spikes": {"file": "made/units.csv"}}}
    too_long = Study(study.folder, {"recordings": long})
    output = too_long.snakemake("recordings", "--dry-run", ok=False)
    assert "recordings.long: a job needs" in output
    assert "more than experiment.memory_per_job_MB (1000)" in output


def test_they_are_in_the_page_of_charts(study):
    planned = study.snakemake("results/explore.html", "--dry-run", "--printshellcmds")
    assert "results/recordings/cell.parquet" in planned
