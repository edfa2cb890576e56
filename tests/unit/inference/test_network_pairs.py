"""Pairs of neurons of a small network: which there are, and what is found."""

import numpy as np
import pytest

from nto1 import line_fit_test, output_spike_test, sta_test, template_test
from nto1.config.model import ConnectionInference
from nto1.inference.method import methods
from nto1.inference.network_pairs import find_inputs, postsynaptic_neurons
from nto1.inference.scores import score
from nto1.simulation.adex_network import RandomNetwork, simulate_random_network
from nto1.simulation.network import draw_peaks
from nto1.units import nS

SMALL = RandomNetwork(N=7, N_exc=4, p_connected=0.3, exc_weight=5 * nS)
DT, DURATION = 1e-4, 5.0


@pytest.fixture(scope="module")
def simulated():
    return simulate_random_network(SMALL, DURATION, seed=3, record={"v": range(SMALL.N)})


@pytest.fixture(scope="module")
def found():
    """Three neurons' voltages in memory at a time."""
    return list(postsynaptic_neurons(SMALL, DURATION, seed=3, max_samples=3 * 50_000))


def test_every_pair_with_a_sender_is_there_once(simulated, found):
    matrix, network, activity = simulated
    pairs = [(i, r.neuron) for r in found for i in r.presynaptic.tolist()]
    presynaptic = [0, 1, 2, 3, 5, 6]  # but the first inhibitory one
    assert pairs == [(i, j) for j in range(7) for i in presynaptic if i != j]
    kind_of = {0: "unconnected", 1: "excitatory", -4: "inhibitory"}
    kinds = [kind for r in found for kind in r.kinds]
    assert kinds == [kind_of[int(matrix[pair])] for pair in pairs]
    assert set(kinds) == set(kind_of.values())
    voltages = draw_peaks(activity, network)[:-1]
    for r in found:
        np.testing.assert_array_equal(r.V, voltages[:, r.neuron])
        assert (r.V == SMALL.neuron.V_spike).sum() == r.output_times.size > 0
        np.testing.assert_array_equal((r.output_times / DT).astype(int), spikes(activity, r.neuron))
        for i, train in zip(r.presynaptic, r.trains, strict=True):
            np.testing.assert_array_equal((train / DT).astype(int), spikes(activity, i))


def spikes(activity, neuron):
    return np.flatnonzero(
        np.bincount(activity.spike_steps[activity.spike_neurons == neuron], minlength=50_000)
    )


def test_all_senders_mute_none():
    assert SMALL._replace(mute_first_inhibitory=False).presynaptic.tolist() == list(range(7))
    assert SMALL._replace(N_exc=7).presynaptic.tolist() == list(range(7))


METHODS = ("sta", "template", "line_fit", "spikes")


def t_of(neuron, **options) -> dict:
    """t by each method, with a seed for all shuffles or for each train."""
    section = ConnectionInference(**options).model_dump()
    tests = [methods()[name].test(section) for name in METHODS]
    found = find_inputs(neuron, DT, tests)
    return {name: outcome.t for name, outcome in zip(METHODS, found, strict=True)}


def test_every_method_is_that_of_the_library(found):
    r = found[2]
    t = t_of(r, n_shuffles=20, shuffle_seed=5)
    options = {"n_shuffles": 20, "seed": 5}
    assert {method: values.tolist() for method, values in t.items()} == {
        "sta": sta_test(r.V, DT, r.trains, **options).t.tolist(),
        "template": template_test(r.V, DT, r.trains, **options).t.tolist(),
        "line_fit": line_fit_test(r.V, DT, r.trains).tolist(),
        "spikes": output_spike_test(r.output_times, DURATION, r.trains, **options).tolist(),
    }


def test_connections_are_found():
    """Where they are few, so that neurons are not connected through others."""
    parameters = RandomNetwork(N=12, N_exc=8, exc_weight=3 * nS)
    sparse = list(postsynaptic_neurons(parameters, 20.0, seed=1))
    t = np.concatenate([t_of(r, n_shuffles=2)["line_fit"] for r in sparse])
    kinds = np.concatenate([r.kinds for r in sparse])
    assert {"excitatory", "inhibitory"} < set(kinds)
    assert score(t, kinds).AUC > 0.95


def test_silent_senders_have_no_t(found):
    r = found[0]
    late = np.array([DURATION - 0.05])
    trains = [np.zeros(0), r.trains[1], late, *r.trains[3:]]
    t = t_of(r._replace(trains=trains), n_shuffles=20, shuffle_seed_per_train=True)
    tested = [1, *range(3, len(trains))]
    kept = r._replace(trains=[trains[i] for i in tested], presynaptic=r.presynaptic[tested])
    alone = t_of(kept, n_shuffles=20, shuffle_seed_per_train=True)
    for method, values in t.items():
        assert np.isnan(values[[0, 2]]).all()
        assert values[tested].tolist() == alone[method].tolist()
    silent = t_of(r._replace(trains=[np.zeros(0)] * len(trains)))
    assert np.isnan(list(silent.values())).all()
