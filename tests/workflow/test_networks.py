"""Networks from a config: types, input trains, tables, recorded signals; and what is refused."""

import numpy as np
import pandas as pd
import pytest

from network.simulate_network import main
from nto1.config import ConfigError, resolve
from nto1.config.model import Config, Spread, types_of
from nto1.config.network import NetworkRun, columns_of_file, input_trains, per_neuron
from nto1.simulation.inputs import TimeGrid
from nto1.units import ms, mV, nS
from study import ROOT, Study

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


FILES = ("spikes", "voltages", "neurons", "connections", "input_spikes")


def simulated(tmp_path, config) -> list[pd.DataFrame]:
    """Tables of spikes, voltages, neurons, connections and input spikes."""
    files = [[tmp_path / f"{name}.{kind}" for kind in ("csv", "parquet")] for name in FILES]
    paths = [list(map(str, some)) for some in files]
    if not config.network.inputs.number:
        files, paths[-1] = files[:-1], []
    main(config.network, types_of(config), *paths)
    return [pd.read_csv(csv) for csv, _ in files]


def built(config):
    return NetworkRun.of(config.network, types_of(config)).network


def test_signals_fit_each_other(tmp_path):
    spikes, signals, *_ = simulated(tmp_path, resolved())
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


RANDOM = {
    "duration_s": 0.2,
    "shown_s": 0.2,
    "types": {"exc": {"model": "adex"}, "inh": {"model": "izhikevich"}},
    "type_of": {"exc": 30, "inh": 10},
    "E_syn_mV": {"exc": 0, "inh": -80},
    "connections": {
        "excitation": {"from": "exc", "probability": 0.2, "weight_nS": 0.5},
        "inhibition": {
            "from": "inh",
            "to": "exc",
            "in_degree": 3,
            "weight_nS": {"distribution": "lognormal", "mean": 2, "sd": 0.5},
            "delay_ms": {"distribution": "uniform", "min": 0.5, "max": 2},
        },
    },
    "delay_ms": 1,
    "connection_seed": 7,
    "noise_pA_sqrt_s": 8,
    "recorded_neurons": "all",
}


def resolved_at_random(**changes) -> Config:
    return resolve({"network": RANDOM | changes})


def test_connections_at_random(tmp_path):
    """As written to the table: an oracle draws excitation, in order of senders."""
    *_, neurons, connections = simulated(tmp_path, resolved_at_random())
    assert neurons["type"].tolist() == ["exc"] * 30 + ["inh"] * 10
    assert neurons["E_syn_mV"].tolist() == [0] * 30 + [-80] * 10
    rng = np.random.RandomState(7)
    drawn = [(i, j) for i in range(30) for j in range(40) if rng.random_sample() < 0.2]
    exc, inh = (connections[connections["from"] < 30], connections[connections["from"] >= 30])
    expected = [(i, j) for i, j in drawn if i != j]
    assert list(zip(exc["from"], exc["to"], strict=True)) == expected
    assert set(exc["weight_nS"].round(12)) == {0.5}
    assert set(exc["delay_ms"].round(12)) == {1}
    assert inh.groupby("to").size().tolist() == [3] * 30
    assert inh["delay_ms"].between(0.5, 2).all()
    assert inh["delay_ms"].nunique() == 90
    assert inh["weight_nS"].mean() == pytest.approx(2, abs=0.3)
    assert inh["weight_nS"].std() == pytest.approx(0.5, abs=0.2)


def test_the_published_network_is_one_like_any_other():
    senders = {"exc": (range(80), 2), "inh": (range(81, 100), 8)}
    network = {
        "duration_s": 60,
        "types": {"AdEx": {"model": "adex"}},
        "E_syn_mV": [0] * 80 + [-80] * 20,
        "connections": {
            kind: {"from": list(some), "probability": 0.05, "weight_nS": weight_nS}
            for kind, (some, weight_nS) in senders.items()
        },
        "connection_seed": 1234,
        "noise_pA_sqrt_s": 8,
        "noise_generator": "mersenne",
        "update": "simultaneous",
    }
    config = resolve({"network": network})
    run = NetworkRun.of(config.network, types_of(config))
    matrix = np.load(ROOT / "resources/published/adex_network_2024/connectivity_matrix.npy")
    source, target = np.nonzero(matrix)
    connections = run.network.connections
    np.testing.assert_array_equal(connections.source, source)
    np.testing.assert_array_equal(connections.target, target)
    sign = np.where(connections.E[source] < 0, -1, 1)
    relative = sign * connections.weight / (2 * nS)
    np.testing.assert_allclose(relative, matrix[source, target])
    times = np.load(ROOT / "resources/published/adex_network_2024/spiketimes.npz")
    for _ in range(2):  # the same again
        activity = run.simulate({})
        assert activity.spike_steps.size == 29_776
        for j in (0, 80, 99):
            steps = np.rint(times[f"neuron_{j}"] / 1e-4)
            np.testing.assert_array_equal(activity.spikes_of(j), steps)


@pytest.mark.parametrize(
    ("spread", "mean", "sd", "low", "high"),
    [
        ({"mean": 3, "sd": 2}, 3, 2, -np.inf, np.inf),
        ({"mean": 3, "sd": 2, "min": 1, "max": 5}, 3, 1.079, 1, 5),
        ({"distribution": "uniform", "min": -70, "max": -60}, -65, 10 / 12**0.5, -70, -60),
        ({"distribution": "lognormal", "mean": 3, "sd": 2}, 3, 2, 0, np.inf),
        ({"mean": 3, "sd": 0}, 3, 0, 3, 3),
    ],
)
def test_distributions(spread, mean, sd, low, high):
    """The standard deviation of the one that is cut off at ± 1 sd is 0.5396 times as large."""
    values = per_neuron(Spread(**spread), "parameters.b_pA", ["a"] * 40_000)
    assert values.mean() == pytest.approx(mean, abs=5 * sd / 200)
    assert values.std() == pytest.approx(sd, rel=0.06)
    assert low <= values.min()
    assert values.max() <= high
    others = per_neuron(Spread(**spread), "parameters.C_pF", ["a"] * 40_000)
    again = per_neuron(Spread(**spread), "parameters.b_pA", ["a"] * 40_000)
    np.testing.assert_array_equal(values, again)
    assert not sd or abs(np.corrcoef(values, others)[0, 1]) < 5 / 200


def test_five_ways_to_give_values(tmp_path):
    file = str(tmp_path / "neurons.csv")
    pd.DataFrame({"b_pA": [1.5, 2, 3]}).to_csv(file, index=False)
    types = ["x", "y", "x"]
    for given, expected in (
        (2, [2, 2, 2]),
        ([1, 2, 3], [1, 2, 3]),
        (file, [1.5, 2, 3]),
        ({"y": 4}, [np.nan, 4, np.nan]),
        ({"x": Spread(mean=1, sd=0), "y": 4}, [1, 4, 1]),
    ):
        np.testing.assert_array_equal(per_neuron(given, "parameters.b_pA", types), expected)
    with pytest.raises(ValueError, match=r"parameters.b_pA: .* has 3 rows, for 2"):
        per_neuron(file, "parameters.b_pA", types[:2])


def test_parameters_and_start_of_single_neurons(tmp_path):
    """Of what has them: AdEx neurons have b_pA, Izhikevich neurons another b."""
    own = {"b_pA": {"mean": 65, "sd": 10}, "C_pF": {"inh": 120}}
    start = {"v_mV": {"exc": {"distribution": "uniform", "min": -70, "max": -60}}, "w_pA": None}
    changes = {"parameters": own, "start": start, "record": {"u": "all"}}
    _, signals, neurons, *_ = simulated(tmp_path, resolved_at_random(**changes))
    exc, inh = neurons[:30], neurons[30:]
    assert exc["b_pA"].nunique() == 30
    assert inh["b_pA"].isna().all()
    assert set(inh["C_pF"].round(9)) == {120}
    assert set(exc["C_pF"].round(9)) == {104}
    first = signals.iloc[0]
    assert first[[f"V_m_{j}_mV" for j in range(30)]].between(-72, -58).all()
    assert [n for n in signals if n.startswith("u_")] == [f"u_{j}_pA" for j in range(30, 40)]


def test_currents_of_every_kind(tmp_path):
    pd.DataFrame({"time_s": [0.1], "current_pA": [50]}).to_csv(tmp_path / "t.csv", index=False)
    column = pd.DataFrame({"injected_current_pA": [1, 2, 3]})
    column.to_csv(tmp_path / "column.csv", index=False)
    steps, ramp = {"steps": [[0.1, 200], [0.3, 0]]}, {"ramp": [[0.1, 0], [0.3, 100]]}
    for given, at_200_ms, at_400_ms in (
        (7, [7, 7, 7], [7, 7, 7]),
        ([1, steps, ramp], [1, 200, 50], [1, 0, 100]),
        ({"fast": str(tmp_path / "t.csv"), "adapting": 3}, [50, 50, 3], [50, 50, 3]),
        (str(tmp_path / "column.csv"), [1, 2, 3], [1, 2, 3]),
        ({"adapting": ramp}, [0, 0, 50], [0, 0, 100]),
    ):
        config = resolved(injected_current_pA=given, record={"I_inj": "all"})
        signals = simulated(tmp_path, config)[1][[f"I_inj_{j}_pA" for j in range(3)]]
        np.testing.assert_allclose(signals.iloc[1999], at_200_ms, atol=1e-9)
        np.testing.assert_allclose(signals.iloc[3999], at_400_ms, atol=1e-9)


def test_pieces_of_a_recording(tmp_path):
    whole = simulated(tmp_path, resolved())[1]
    record = NETWORK["record"] | {"every": 3, "pieces_s": [[0.3, 0.4], [0, 0.01]], "compact": True}
    some = simulated(tmp_path, resolved(record=record))[1]
    rows = [*range(0, 100, 3), *range(3000, 4000, 3)]
    assert some["t_ms"].tolist() == whole["t_ms"].iloc[rows].tolist()
    compact = pd.read_parquet(tmp_path / "voltages.parquet")
    assert set(map(str, compact.dtypes[1:])) == {"float32"}
    np.testing.assert_allclose(some, whole.iloc[rows], rtol=1e-5, atol=1e-5)


def test_spikes_of_inputs_are_written(tmp_path):
    """Read as a table of spikes, they give the same network."""
    spikes, *_, trains = simulated(tmp_path, resolved())
    file = str(tmp_path / "again.csv")
    trains.to_csv(file, index=False)
    config = resolved(inputs=NETWORK["inputs"] | {"spikes": file})
    pd.testing.assert_frame_equal(simulated(tmp_path, config)[0], spikes)


def test_many_trains_with_two_reversal_potentials(tmp_path):
    """More than a list may have, from tables."""
    n, file = 12_000, str(tmp_path / "trains.parquet")
    E, rates = np.where(np.arange(n) < 9000, 0, -80), np.where(np.arange(n) < 6000, 1, 2)
    pd.DataFrame({"E_syn_mV": E, "rate_Hz": rates}).to_parquet(file)
    inputs = {"number": n, "E_syn_mV": file, "rate_Hz": file}
    inputs["connections"] = {"all": {"probability": 0.1, "weight_nS": 0.01}}
    changes = {"inputs": inputs, "tau_g_ms": 7}
    config = resolved(**changes)
    run = NetworkRun.of(config.network, types_of(config))
    np.testing.assert_array_equal(run.network.inputs.E, E * mV)
    assert run.network.inputs.source.size == pytest.approx(3600, abs=5 * 60)
    n_spikes = np.array([train.size for train in run.trains])
    assert n_spikes[:6000].sum() == pytest.approx(3000, abs=5 * 3000**0.5)
    assert n_spikes[6000:].sum() == pytest.approx(6000, abs=5 * 6000**0.5)


def test_names_of_types_in_a_table_are_names(tmp_path):
    file = tmp_path / "neurons.csv"
    file.write_text("E_syn_mV,type\n0,1\n-65,2\n0,1\n")
    types = {"1": NETWORK["types"]["fast"], "2": NETWORK["types"]["adapting"]}
    config = resolved(types=types, type_of=[], E_syn_mV=str(file))
    assert built(config).type_of == ("1", "2", "1")


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
        built(config)
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
        ({"type_of": {"fast": 2}}, "network.type_of: 2 names for 3 neurons"),
        ({"type_of": [], "E_syn_mV": 0}, "network.type_of: how many neurons are there?"),
        ({"type_of": {"fast": 0}, "E_syn_mV": 0}, "a network needs at least one neuron"),
        (
            {"recorded_neurons": "slow"},
            "recorded_neurons: there is no type slow",
        ),
        ({"injected_current_pA": [1, 2]}, "injected_current_pA: 2 values for 3 neurons"),
        ({"injected_current_pA": {"slow": 1}}, "injected_current_pA.slow: there is no such type"),
        ({"injected_current_pA": {"steps": [[2, 1], [1, 0]]}}, "times of a current are 0 or more"),
        ({"injected_current_pA": {"steps": [[0, 1]], "ramp": [[0, 1]]}}, "either steps or a ramp"),
        ({"parameters": {"b": 1}}, "parameters.b: the neurons' models have no such parameter"),
        ({"parameters": {"b_pA": {"mean": 1}}}, "b_pA: a normal distribution needs a mean and an"),
        ({"parameters": {"b_pA": {"mean": 1, "sd": -1}}}, "b_pA.sd: -1 is not a number ≥ 0"),
        ({"start": {"v_mV": {"distribution": "uniform", "mean": 1}}}, "a uniform distribution has"),
        (
            {"start": {"v_mV": {"mean": 1, "sd": 1, "min": 2}}},
            "mean of a distribution lies",
        ),
        ({"connections": {"a": {"weight_nS": 1}}}, "a: connections have either a probability or"),
        (
            {"connections": {"a": {"probability": 1, "weight_nS": 1, "to": [3]}}},
            "network.connections.a.to: there is no neuron 3. There are 3, 0 … 2.",
        ),
        (
            {"connections": {"a": {"probability": 1, "weight_nS": 1, "from": "slow"}}},
            "network.connections.a.from: there is no type slow",
        ),
        ({"record": {"pieces_s": [[0.4, 0.6]]}}, r"pieces_s\[0\]: from 0.4 to 0.6 s is no piece"),
        ({"record": {"every": 6000}}, "network.record.every: 6000 time steps of 0.1 ms are longer"),
        ({"inputs": {"number": 0, "record_spikes": True}}, "record_spikes: there are no input tr"),
        ({"delay_ms": [[0, 1], [1, 0]]}, "network.delay_ms: 2 rows of 2 don't make a matrix"),
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
