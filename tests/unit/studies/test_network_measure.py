"""Rates in a network, as a study measures them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nto1 import run_study
from nto1.config import ConfigError, resolve
from nto1.measures.network import rates
from nto1.simulation.inputs import TimeGrid
from nto1.units import ms

ONE = {
    "duration_s": 1,
    "types": {"exc": {"model": "adex"}},
    "type_of": {"exc": 3},
    "E_syn_mV": {"exc": 0},
    "connections": {"all": {"probability": 0.5, "weight_nS": 0}},
    "recorded_neurons": [0],
    "noise_pA_sqrt_s": 0,
    "shown_s": 1,
}


@given(st.lists(st.tuples(st.integers(0, 999), st.integers(0, 3)), unique=True))
def test_rates(spikes):
    """Of four neurons in 0.1 s, one by one."""
    spikes = sorted(spikes)
    steps, neurons = np.array(spikes, np.int64).reshape(-1, 2).T
    found = rates(steps, neurons, 4, TimeGrid(0.1, 0.1 * ms))
    assert found["rate_Hz"] == pytest.approx(len(spikes) / 0.4)
    assert found["late_rate_Hz"] == pytest.approx(sum(s >= 500 for s, _ in spikes) / 0.2)
    intervals = [np.diff([s for s, j in spikes if j == neuron]) for neuron in range(4)]
    CV = [some.std() / some.mean() for some in intervals if some.size > 1]
    assert found["CV_ISI"] == pytest.approx(np.mean(CV) if CV else np.nan, nan_ok=True)


def test_rate_grows_with_the_current_that_a_study_varies():
    vary = {"network.injected_current_pA": [0, 100, 200], "neuron.b_pA": [0, 65]}
    table, summary = run_study({"measure": "network", "vary": vary}, {"network": ONE})
    assert table["injected_current_pA"].tolist() == [0, 0, 100, 100, 200, 200]
    rates = table.pivot(index="injected_current_pA", columns="b_pA", values="rate_Hz")
    assert (rates.loc[0] == 0).all()
    assert (np.diff(rates, axis=0) > 0).all()
    assert (rates[65][1:] < rates[0][1:]).all()
    assert len(summary) == 6


def test_values_of_named_sections_and_seeds_are_varied():
    vary = {"network.connections.all.weight_nS": [0, 20], "network.seed": [0, 1, 2]}
    held = {"network.noise_pA_sqrt_s": 12, "network.types.exc.b_pA": 10}
    table, summary = run_study({"measure": "network", "vary": vary, "set": held}, {"network": ONE})
    assert summary["n_seeds"].tolist() == [3, 3]
    rates = table.groupby("weight_nS")["rate_Hz"]
    assert rates.nunique().tolist() == [3, 3]
    assert rates.mean()[20] > rates.mean()[0] > 0


@pytest.mark.parametrize(
    ("vary", "message"),
    [
        ({"network.weights": [1]}, "no such key. Did you mean network.weights_nS?"),
        ({"network.types.inh.b_pA": [1]}, "no such key. Did you mean network.types.exc.b_pA?"),
        ({"network.connections.all.probability": [0.1, 2]}, "2 is not a number ≥ 0, ≤ 1"),
        ({"network.timestep_ms": [0.3]}, "1 s is not a whole number of time steps of 0.3 ms"),
        ({"network.shown_s": [1]}, "no such key"),
    ],
)
def test_what_can_not_be_varied(vary, message):
    study = {"measure": "network", "vary": vary}
    with pytest.raises(ConfigError) as error:
        resolve({"network": ONE, "studies": {"mine": study}})
    assert message in str(error.value)
