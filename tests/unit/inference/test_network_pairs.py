"""Pairs of neurons of a small network: which there are, what is found, and how it is scored."""

import numpy as np
import pandas as pd
import pytest

from nto1 import line_fit_test, output_spike_test, run_study, sta_test, template_test
from nto1.config import ConfigError, resolve
from nto1.config.model import ConnectionInference
from nto1.inference.method import methods
from nto1.inference.n_to_1 import Signal
from nto1.inference.network_pairs import NetworkRecording
from nto1.inference.scores import score
from nto1.measures.connections import Item
from nto1.measures.network_connections import pairs_of, scores_of_pairs
from nto1.simulation.adex_network import RandomNetwork, simulate_random_network
from nto1.simulation.izhikevich_network import LognormalNetwork
from nto1.simulation.network import draw_peaks
from nto1.units import mV, nS, pA

SMALL = RandomNetwork(N=7, N_exc=4, p_connected=0.3, exc_weight=5 * nS)
DT, DURATION = 1e-4, 5.0
RECORDING = NetworkRecording(SMALL, 3, DURATION, 0.1, tuple(range(7)))


@pytest.fixture(scope="module")
def simulated():
    return simulate_random_network(SMALL, DURATION, seed=3, record={"v": range(SMALL.N)})


@pytest.fixture(scope="module")
def found():
    return list(RECORDING.record())


def test_every_pair_with_a_sender_is_there_once(simulated, found):
    matrix = simulated.matrix
    pairs = [(i, r.target) for r in found for i in r.presynaptic.tolist()]
    presynaptic = [0, 1, 2, 3, 5, 6]  # but the first inhibitory one
    assert pairs == [(i, j) for j in range(7) for i in presynaptic if i != j]
    kind_of = {0: "unconnected", 1: "excitatory", -4: "inhibitory"}
    kinds = [kind for r in found for kind in r.kinds]
    assert kinds == [kind_of[int(matrix[pair])] for pair in pairs]
    assert set(kinds) == set(kind_of.values())
    weights = np.concatenate([r.weights for r in found])
    np.testing.assert_allclose(weights, [abs(matrix[pair]) * 5 * nS for pair in pairs])
    hops = np.concatenate([r.hops for r in found])
    assert {1, 2} < set(hops)
    connected = matrix != 0
    for (i, j), n in zip(pairs, hops, strict=True):
        assert (n == 1) == connected[i, j]
        if n == 2:
            assert (connected[i] & connected[:, j]).any()


def test_recordings_are_those_of_the_network(simulated, found):
    activity = simulated.activity
    v = activity.recorded["v"][:-1]
    for r in found:
        np.testing.assert_array_equal(r.V, v[:, r.target])
        assert r.spike_steps.size == r.spike_times.size > 0
        np.testing.assert_array_equal((r.spike_times / DT).astype(int), spikes(activity, r.target))
        for i, train in zip(r.presynaptic, r.times, strict=True):
            np.testing.assert_array_equal((train / DT).astype(int), spikes(activity, i))


def spikes(activity, neuron):
    return np.flatnonzero(
        np.bincount(activity.spike_steps[activity.spike_neurons == neuron], minlength=50_000)
    )


def test_blocks_are_parts_of_the_whole(found):
    """Three neurons' voltages in memory at a time."""
    blocks = list(RECORDING.blocks(max_samples=3 * 50_000))
    assert [block.neurons for block in blocks] == [(0, 1, 2), (3, 4, 5), (6,)]
    parts = [neuron for block in blocks for neuron in block.record()]
    for part, whole in zip(parts, found, strict=True):
        assert part.target == whole.target
        for values, wanted in zip(part, whole, strict=True):
            if isinstance(values, np.ndarray):
                np.testing.assert_array_equal(values, wanted)


def test_some_neurons_are_observed(found):
    some = list(RECORDING._replace(observed_share=0.5).record())
    observed = {i for r in some for i in r.presynaptic}
    assert 3 <= len(observed) <= 4  # of 7, one of which may be mute
    for part, whole in zip(some, found, strict=True):
        which = np.isin(whole.presynaptic, part.presynaptic)
        assert set(part.presynaptic) == observed - {part.target}
        np.testing.assert_array_equal(part.kinds, whole.kinds[which])


def test_all_senders_mute_none():
    assert SMALL._replace(mute_first_inhibitory=False).presynaptic.tolist() == list(range(7))
    assert SMALL._replace(N_exc=7).presynaptic.tolist() == list(range(7))


def test_inhibition_is_told_by_the_reversal_potential():
    """Also where it is near rest, between that of the neuron and the threshold."""
    network = LognormalNetwork(N=6, N_exc=3, p_connected=0.9, E_inh=-65 * mV, noise=9 * pA)
    for r in NetworkRecording(network, 1, 0.2, 0.1, (0, 5)).record():
        is_exc = r.presynaptic < 3
        assert set(r.kinds[is_exc]) <= {"excitatory", "unconnected"}
        assert set(r.kinds[~is_exc]) <= {"inhibitory", "unconnected"}


METHODS = ("sta", "template", "line_fit", "spikes")


def items(spike_SNR=np.inf, names=METHODS, **options) -> list[Item]:
    section = ConnectionInference(**options).model_dump()
    signal = Signal("before_reset", spike_SNR)
    return [Item({}, signal, methods()[name].test(section)) for name in names]


def t_of(neuron, **options) -> dict[str, np.ndarray]:
    """By each method, with a seed for all shuffles or for each train."""
    columns = pairs_of(neuron._replace(V=neuron.V.copy()), items(**options))
    return {c["method"][0]: c["t"] for c in columns}


def test_every_method_is_that_of_the_library(simulated, found):
    _, network, activity = simulated
    r, V = found[2], draw_peaks(activity, network)[:-1, 2]
    t = t_of(r, n_shuffles=20, shuffle_seed=5)
    options = {"n_shuffles": 20, "seed": 5}
    assert {method: values.tolist() for method, values in t.items()} == {
        "sta": sta_test(V, DT, r.times, **options).t.tolist(),
        "template": template_test(V, DT, r.times, **options).t.tolist(),
        "line_fit": line_fit_test(V, DT, r.times).tolist(),
        "spikes": output_spike_test(r.spike_times, DURATION, r.times, **options).tolist(),
    }


def test_noise_is_another_in_every_neuron(found):
    """Of the same voltage."""
    noisy = [found[2]._replace(target=target, V=found[2].V.copy()) for target in (2, 2, 3)]
    t = [next(pairs_of(r, items(10, ("line_fit",))))["t"].tolist() for r in noisy]
    assert t[0] == t[1] != t[2]


def test_connections_are_found():
    """Where they are few, so that neurons are not connected through others."""
    parameters = RandomNetwork(N=12, N_exc=8, exc_weight=3 * nS)
    sparse = list(NetworkRecording(parameters, 1, 20.0, 0.1, tuple(range(12))).record())
    t = np.concatenate([t_of(r, n_shuffles=2)["line_fit"] for r in sparse])
    kinds = np.concatenate([r.kinds for r in sparse])
    assert {"excitatory", "inhibitory"} < set(kinds)
    assert score(t, kinds).AUC > 0.95


def test_silent_senders_have_no_t(found):
    r = found[0]
    late = np.array([DURATION - 0.05])
    trains = [np.zeros(0), r.times[1], late, *r.times[3:]]
    t = t_of(r._replace(times=trains), n_shuffles=20, shuffle_seed_per_train=True)
    tested = [1, *range(3, len(trains))]
    fields = ("presynaptic", "kinds", "weights", "hops")
    kept = r._replace(
        times=[trains[i] for i in tested], **{name: getattr(r, name)[tested] for name in fields}
    )
    alone = t_of(kept, n_shuffles=20, shuffle_seed_per_train=True)
    for method, values in t.items():
        assert np.isnan(values[[0, 2]]).all()
        assert values[tested].tolist() == alone[method].tolist()
    silent = t_of(r._replace(times=[np.zeros(0)] * len(trains)))
    assert np.isnan(list(silent.values())).all()


def test_scores_of_pairs():
    """Two of three connections are found, one pair two steps apart is called, and a silent neuron
    is left out."""
    pairs = pd.DataFrame(
        {
            "kind": ["excitatory", "inhibitory", "excitatory", *["unconnected"] * 4],
            "hops": [1, 1, 1, 2, 2, 3, np.inf],
            "weight_nS": [2.0, 8, 1, 0, 0, 0, 0],
            "size_mV": [0.2, -0.9, 0.1, 0.2, 0, 0, np.nan],
            "t": [9.0, -9, 0.5, 8, 1, -1, np.nan],
            "p": [1e-9, 1e-9, 0.6, 1e-6, 0.3, 0.3, np.nan],
        }
    )
    found = scores_of_pairs(pairs)
    assert found["n_called"] == 3
    assert found["n_called_wrongly"] == 1
    assert found["precision"] == found["recall"] == pytest.approx(2 / 3)
    assert found["two_steps_p_below_5_percent"] == 0.5
    assert found["unconnected_p_below_5_percent"] == pytest.approx(1 / 3)
    assert (found["n_tested"], found["n_connected"]) == (6, 3)
    assert found["weight_correlation"] == pytest.approx(1)
    # False discoveries are limited among all pairs, whatever a method says of one neuron's.
    assert scores_of_pairs(pairs.assign(q=1.0)) == found


def test_a_study_of_a_network():
    network = {"N": 12, "N_exc": 8, "exc_weight_nS": 3}
    vary = {"network_recording.spike_SNR": [np.inf, 5], "network_recording.method": ["line_fit"]}
    vary["network_recording.method"] += ["regression"]
    study = {"measure": "network_connections", "vary": vary}
    study["set"] = {"network_recording.duration_s": 20, "adex_network.seed": 1}
    table, summary = run_study(study, {"adex_network": network})
    assert len(table) == len(summary) == 4
    assert set(table["n_tested"]) == {11 * 11}
    AUC = table.set_index(["spike_SNR", "method"])["AUC"]
    assert AUC[np.inf, "regression"] > 0.95
    assert AUC[5, "regression"] < AUC[np.inf, "regression"]


def test_a_network_of_ones_own():
    """Of two types, connected at random, with delays; some voltages."""
    exc = {"from": "exc", "to": "all", "probability": 0.1, "weight_nS": 4}
    network = {
        "type_of": {"exc": 12, "inh": 3},
        "types": {name: {"model": "izhikevich"} for name in ("exc", "inh")},
        "E_syn_mV": {"exc": 0, "inh": -80},
        "connections": {"exc": exc, "inh": exc | {"from": "inh", "weight_nS": 16}},
        "sigma_mV_per_sqrt_ms": 5,
        "recorded_neurons": [0],
    }
    study = {"measure": "network_connections", "vary": {"network.delay_ms": [0, 2]}}
    study["set"] = {"network_recording.network": "network", "network_recording.duration_s": 20}
    study["set"] |= {"network_recording.neurons": [0, 3, 7, 14]}
    table = run_study(study, {"network": network}).table
    assert table["n_tested"].tolist() == [4 * 14] * 2
    assert (table["n_connected"] > 3).all()
    assert (table["AUC"] > 0.9).all()


def test_neurons_that_are_not_there():
    with pytest.raises(ConfigError, match=r"network_recording\.neurons: there is no neuron 100"):
        resolve({"network_recording": {"neurons": [0, 100]}})
