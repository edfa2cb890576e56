"""The methods on data from elsewhere, in the workflow; here, the data are made."""

import numpy as np
import pandas as pd
import pytest
from pyabf.abfWriter import writeABF1

from study import ROOT, Study

STORED = pd.read_csv(ROOT / "resources/published/simulated_cultures.csv")
NAME = STORED["file"][0]


def culture(rng) -> dict[str, np.ndarray]:
    """Neuron 0 drives 1, and 2 drives 3: half of the spikes are answered."""
    trains = [np.sort(rng.uniform(0, 60, 300)) for _ in range(6)]
    for source, target in ((0, 1), (2, 3)):
        caused = trains[source][::2] + rng.uniform(0.002, 0.005, 150)
        trains[target] = np.sort(np.append(trains[target], caused))
    ids = np.repeat(np.arange(6), [t.size for t in trains])
    connected = {(0, 1), (2, 3)}
    edges = [(i, j, (i, j) in connected) for i in range(6) for j in range(6) if i != j]
    times = np.concatenate(trains)
    return {
        "times": times,
        "ids": ids,
        "nodes": np.arange(6),
        "marked_edges": np.array(edges, float),
    }


@pytest.fixture(scope="module")
def study(kernels, tmp_path_factory):
    checks = {"folder": "elsewhere", "n_trains": 30, "seeds": [1, 2]}
    study = Study(tmp_path_factory.mktemp("external"), {"external_checks": checks})
    (study / "elsewhere").mkdir()
    rng = np.random.default_rng(1)
    noise = np.convolve(rng.normal(0, 1, 60_100), np.exp(-np.arange(100) / 20), "valid")
    writeABF1(noise[np.newaxis, :60_000] - 65, str(study / "elsewhere/cell.abf"), 1000, units="mV")
    np.savez(study / "elsewhere" / NAME, **culture(rng))
    (study / "elsewhere/README.md").write_text("Where all this is from.")
    return study


def test_a_table_of_false_positives_and_of_connections_found(study):
    study.snakemake("external_checks")
    table = pd.read_csv(study / "results/external_checks.csv")
    of_cell = table[table["file"] == "cell.abf"]
    assert of_cell["method"].tolist() == [
        f"regression, {n} null" for n in ("surrogates", "empirical")
    ]
    assert (of_cell["n_unconnected"] == 60).all()
    assert of_cell["false_positive_share"].between(0, 0.15).all()
    assert (of_cell["n_sets"] == 2).all()
    assert of_cell["n_sets_with_a_call"].between(0, 1).all()
    of_culture = table[table["file"] == NAME].set_index("method")
    computed = of_culture[of_culture["origin"] == "computed"]
    assert (computed[["n_unconnected", "n_connected"]] == [28, 2]).all(axis=None)
    assert (computed["AUC"][["spike_coupling, joint", "spike_coupling, marginal"]] == 1).all()
    stored = of_culture[of_culture["origin"] == "stored"]
    assert stored["AUC"].tolist() == STORED["AUC"].tolist()


@pytest.mark.parametrize("folder", [None, "empty", "foreign", "not there"])
def test_what_is_wrong_with_a_folder(kernels, tmp_path, folder):
    study = Study(tmp_path, {"external_checks": {"folder": folder}})
    (tmp_path / "empty").mkdir()
    (tmp_path / "foreign").mkdir()
    np.savez(tmp_path / "foreign/a.npz", times=[1.0], ids=[1])
    output = study.snakemake("external_checks", ok=False)
    expected = {
        "foreign": "foreign/a.npz is no simulated culture: it has no array nodes",
        "not there": "external_checks.folder: there is no file not there.",
    }
    assert expected.get(folder, f"external_checks.folder ({folder}) has neither ABF") in output
    assert "Traceback" not in output
