"""Networks from a config: types, input trains, tables, recorded signals; and what is refused."""

import numpy as np
import pandas as pd
import pytest

from network.simulate_network import build, columns_of_file, input_trains, main
from nto1.config import ConfigError, resolve
from nto1.config.model import Config, types_of
from nto1.simulation.inputs import TimeGrid
from nto1.units import ms
from study import Study

NETWORK = {
    "duration_s": 0.5,
    "shown_s": 0.5,
    "types": {
        "fast": {"model": "izhikevich", "a_per_ms": 0.1},
        "adapting": {"model": "adex", "b_pA": 80},
    },
    "type_of": ["fast", "fast", "adapting"],
    "E_syn_mV": [0, -65, 0],
    "weights_nS": [[0, 2, 0], [0, 0, 4], [0, 0, 0]],
    "delay_ms": 1.5,
    "tau_g_ms": [{"E_syn_mV": 0, "tau_g_ms": 5}, {"E_syn_mV": -65, "tau_g_ms": 10}],
    "sigma_mV_per_sqrt_ms": 0,
    "inputs": {"number": 2, "rate_Hz": [50, 80], "weights_nS": [[9, 9, 9], [9, 9, 9]]},
    "recorded_neurons": [0],
    "record": {"v": [2], "u": [1], "w": [2], "g": [2], "I_syn": [2]},
}


def resolved(**changes) -> Config:
    return resolve({"network": NETWORK | changes})


def simulated(tmp_path, config) -> tuple:
    spikes, voltages = (
        [str(tmp_path / f"{name}.{kind}") for kind in ("csv", "parquet")]
        for name in ("spikes", "voltages")
    )
    main(config.network, types_of(config), spikes, voltages)
    return pd.read_csv(spikes[0]), pd.read_csv(voltages[0])


def test_signals_fit_each_other(tmp_path):
    spikes, signals = simulated(tmp_path, resolved())
    assert list(signals) == (
        "t_ms V_m_0_mV V_m_2_mV u_1_pA w_2_pA g_-65mV_2_nS g_0mV_2_nS I_syn_2_pA".split()
    )
    assert set(spikes["neuron"]) == {0, 1, 2}
    v, inh, exc = signals["V_m_2_mV"], signals["g_-65mV_2_nS"], signals["g_0mV_2_nS"]
    assert inh.max() > 0
    # Peaks are drawn into the voltage alone, in the sample before a reset.
    peaks = v == 40
    current = exc * v + inh * (v + 65)
    np.testing.assert_allclose(current[~peaks], signals["I_syn_2_pA"][~peaks], atol=1e-9)
    assert peaks.sum() == (spikes["neuron"] == 2).sum()


def test_tables_and_a_matrix_are_the_same_network(tmp_path):
    spikes = simulated(tmp_path, resolved())[0]
    rows = [(i, j, w) for i, row in enumerate(NETWORK["weights_nS"]) for j, w in enumerate(row)]
    table = pd.DataFrame(rows, columns=["from", "to", "weight_nS"]).query("weight_nS > 0")
    table.assign(delay_ms=1.5).to_parquet(tmp_path / "connections.parquet")
    neurons = pd.DataFrame({"E_syn_mV": NETWORK["E_syn_mV"], "type": NETWORK["type_of"]})
    neurons.to_csv(tmp_path / "neurons.csv", index=False)
    config = resolved()
    trains = input_trains(config.network.inputs, TimeGrid(0.5, 0.1 * ms))
    of_trains = [pd.DataFrame({"train": i, "time_s": t}) for i, t in enumerate(trains)]
    pd.concat(of_trains).to_csv(tmp_path / "spikes_of_trains.csv", index=False)
    inputs = NETWORK["inputs"] | {"spikes": str(tmp_path / "spikes_of_trains.csv")}
    changes = {"weights_nS": str(tmp_path / "connections.parquet"), "delay_ms": 0, "type_of": []}
    changes |= {"E_syn_mV": str(tmp_path / "neurons.csv"), "inputs": inputs}
    pd.testing.assert_frame_equal(simulated(tmp_path, resolved(**changes))[0], spikes)


def test_names_of_types_in_a_table_are_names(tmp_path):
    file = tmp_path / "neurons.csv"
    file.write_text("E_syn_mV,type\n0,1\n-65,2\n0,1\n")
    types = {"1": NETWORK["types"]["fast"], "2": NETWORK["types"]["adapting"]}
    config = resolved(types=types, type_of=[], E_syn_mV=str(file))
    built = build(config.network, types_of(config))
    assert built.type_of == ("1", "2", "1")


@pytest.mark.parametrize(
    ("spikes", "message"),
    [
        ([(0, 0.1), (1, 0.7)], "input train 1 has a spike at 0.7 s, but the simulation ends at"),
        ([(0, 0.2), (0, 0.1)], "spike times of input train 0 are not in order"),
        ([(1, -0.1)], "input train 1 has a spike at a negative time"),
        ([(2, 0.1)], "there is no train 2, only 0 … 1"),
        ([(0, None)], "a cell is empty"),
    ],
)
def test_spikes_that_make_no_sense(tmp_path, spikes, message):
    file = str(tmp_path / "trains.csv")
    pd.DataFrame(spikes, columns=["train", "time_s"]).to_csv(file, index=False)
    inputs = resolved(inputs=NETWORK["inputs"] | {"spikes": file}).network.inputs
    with pytest.raises(ValueError, match=message) as error:
        input_trains(inputs, TimeGrid(0.5, 0.1 * ms))
    assert file in str(error.value)


def test_lognormal_rates_have_their_mean():
    changes = {"number": 400, "rate_Hz": 30, "log_rate_variance": 0.4}
    inputs = resolved().network.inputs.model_copy(update=changes)
    trains = input_trains(inputs, TimeGrid(10, 0.1 * ms))
    rates = np.array([train.size / 10 for train in trains])
    assert rates.mean() == pytest.approx(30, rel=0.1)
    assert rates.std() > 15


def test_an_unknown_neuron_in_a_table(tmp_path):
    file = str(tmp_path / "connections.csv")
    pd.DataFrame({"from": [0], "to": [3], "weight_nS": [1]}).to_csv(file, index=False)
    config = resolved(weights_nS=file)
    with pytest.raises(ValueError, match="there is no neuron 3, only 0 … 2"):
        build(config.network, types_of(config))
    with pytest.raises(ValueError, match="a CSV or Parquet table of numbers with the columns"):
        columns_of_file(file, ["train"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"type_of": ["slow"] * 3}, "network.type_of: there is no type slow. Name one of"),
        ({"type_of": ["fast"]}, "network.type_of: 1 names for 3 neurons"),
        ({"types": {"a": {"model": "adex", "g_L": 4}}}, "a.g_L: no such key. Did you mean g_L_nS?"),
        ({"record": {"I_syn": [3]}}, "network.record.I_syn: there is no neuron 3"),
        ({"tau_g_ms": [{"E_syn_mV": 0, "tau_g_ms": 5}]}, "none for synapses with E_syn_mV = -65"),
        ({"inputs": {"number": 2}}, "network.inputs.weights_nS: input trains need weights"),
        ({"inputs": {"number": 1, "rate_Hz": [1, 2], "weights_nS": [[1] * 3]}}, "2 values for 1 t"),
        ({"inputs": {"number": 1, "weights_nS": [[1]]}}, "1 rows of 1 don't make a matrix"),
    ],
)
def test_configs_that_make_no_sense(changes, message):
    with pytest.raises(ConfigError, match=message.replace("?", r"\?")):
        resolved(**changes)


def test_one_run(tmp_path):
    study = Study(tmp_path, {"network": NETWORK})
    study.snakemake("thesis_figs/network.pdf")
    assert len(pd.read_csv(study / "results/network/voltages.csv")) == 5000


def test_the_network_of_1000_neurons(tmp_path):
    """Printed numbers, the spikes of the published raster, and figures."""
    study = Study(tmp_path, {})
    study.snakemake("izhikevich_network")
    folder = study / "results/izhikevich_network"
    assert (folder / "published_verdict.txt").read_text() == "31 printed numbers reproduced.\n"
    spikes = pd.read_parquet(folder / "spikes.parquet")
    assert (spikes["t_ms"] <= 10_000).sum() == 10_086
    for name in ("shortest-path-1", "shortest-path-all", "1144_raster", "1144_hist"):
        made, committed = (s / f"thesis_figs/{name}.svg" for s in (study, study.checkout))
        assert made.read_bytes() == committed.read_bytes(), name


def test_connections_of_the_published_network(tmp_path):
    """All pairs, as far as ten seconds tell."""
    recording = {"network_recording.spike_SNR": [float("inf"), 4]}
    recording |= {"network_recording.method": ["line_fit", "regression"]}
    held = {"network_recording.duration_s": 10}
    study = Study(tmp_path, {})
    study.config["studies"] = {
        "found": {"measure": "network_connections", "vary": recording, "set": held}
    }
    study.snakemake("study_found")
    pairs = pd.read_parquet(study / "results/studies/found_pairs.parquet")
    one = pairs[(pairs["method"] == "line_fit") & (pairs["spike_SNR"] == 4)]
    kinds = {"unconnected": 9313, "excitatory": 396, "inhibitory": 92}
    assert one["kind"].value_counts().to_dict() == kinds
    assert not one.duplicated(["from", "to"]).any()
    assert not (one["from"] == 80).any()
    assert ((one["hops"] == 1) == (one["kind"] != "unconnected")).all()
    assert set(one.loc[one["kind"] == "inhibitory", "weight_nS"]) == {8}

    scores = pd.read_csv(study / "results/studies/found.csv").set_index(["spike_SNR", "method"])
    assert scores.loc[(np.inf, "line_fit"), "AUC"] > 0.94
    assert scores.loc[(np.inf, "regression"), "AUC"] > 0.98
    assert scores.loc[(4, "regression"), "AUC"] > 0.93 > scores.loc[(4, "line_fit"), "AUC"]
    # Third neurons fool tests of one train at a time.
    two_steps = scores["two_steps_p_below_5_percent"]
    assert two_steps[4, "regression"] < 0.07 < two_steps[np.inf, "line_fit"]
