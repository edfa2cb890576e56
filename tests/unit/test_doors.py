"""What comes in at the library's doors is understood, or refused by the argument's name."""

import re
from collections import UserDict
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nto1 import (
    AdEx,
    Connections,
    Inputs,
    Izhikevich,
    Network,
    Synapses,
    TimeGrid,
    count_spikes,
    digitise,
    draw_inputs,
    draw_spike_trains,
    find_weight,
    free_membrane,
    line_fit_test,
    mean_rate,
    output_spike_test,
    p_value,
    regression_test,
    roc,
    score,
    shuffle_test,
    simulate,
    simulate_batch,
    simulate_network,
    spike_coupling_test,
    sta_test,
    template_test,
)
from nto1.simulation.inputs import locate_trains
from nto1.units import nS, pS

DT, DURATION = 1e-4, 1.0
RNG = np.random.default_rng(0)
V = RNG.normal(-0.065, 1e-3, round(DURATION / DT))
TRAINS = [np.sort(RNG.uniform(0, 0.85, 20)) for _ in range(3)]
TIMES = TRAINS[0]
UNITS = type("Quantity", (np.ndarray,), {"units": "mV"})


def of_sta(trains, V=V, **options):
    return sta_test(V, DT, trains, n_shuffles=5, **options).t


def of_template(trains, V=V, **options):
    return template_test(V, DT, trains, n_shuffles=5, **options).t


def of_line_fit(trains, V=V, **options):
    return line_fit_test(V, DT, trains, **options)


def of_output_spikes(trains, V=V, **options):
    return output_spike_test([0.5], DURATION, trains, n_shuffles=5, **options)


def of_2021(trains, V=V, n_shuffles=5, window=200, **options):
    tests = shuffle_test(
        trains, [digitise(V)], DT, window, n_shuffles, np.random.RandomState(0), **options
    )
    return np.array([test.height for (test,) in tests])


def of_regression(trains, V=V, **options):
    return regression_test(V, DT, trains, n_surrogates=20, own_spikes=None, **options).z


def of_spike_coupling(trains, **options):
    return spike_coupling_test(TIMES, DURATION, trains, n_surrogates=20, **options).z


TESTS = (of_sta, of_template, of_line_fit, of_output_spikes, of_2021)


def refused(name, call, *args, **options):
    """With a ``ValueError`` or ``TypeError`` whose message names the argument."""
    with pytest.raises((ValueError, TypeError), match=rf"(?<!\w){re.escape(name)}(?!\w)") as error:
        call(*args, **options)
    return str(error.value)


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize(
    "trains",
    [
        tuple(TRAINS),
        [list(times) for times in TRAINS],
        [pd.Series(times, index=range(5, 25)) for times in TRAINS],
        [pd.Series(times, dtype="Float64") for times in TRAINS],
        [times.astype(object) for times in TRAINS],
        [np.ma.array(times) for times in TRAINS],
        [np.repeat(times, 2)[::2] for times in TRAINS],
        dict(enumerate(TRAINS)).values(),
        pd.Series(TRAINS),
    ],
)
def test_lists_of_trains(test, trains):
    np.testing.assert_array_equal(test(trains), test(TRAINS))
    np.testing.assert_array_equal(test(iter(times) for times in trains), test(TRAINS))


@pytest.mark.parametrize("test", [*TESTS, of_regression, of_spike_coupling])
@pytest.mark.parametrize(
    ("name", "trains"),
    [
        ("trains", dict(enumerate(TRAINS))),
        ("trains", UserDict(enumerate(TRAINS))),
        ("trains", TIMES),
        ("trains", TIMES.tolist()),
        ("trains", pd.Series(TIMES)),
        ("trains", np.array(TRAINS)),
        ("trains", np.array(TRAINS).T),
        ("trains", pd.DataFrame(np.array(TRAINS).T)),
        ("trains", np.ma.array(TRAINS, mask=np.array(TRAINS) > 0.8)),
        ("trains", 0.5),
        ("trains", None),
        ("trains", "spikes.csv"),
        ("trains", set(TIMES)),
        ("trains[1]", [TIMES, TIMES[:, np.newaxis]]),
        ("trains[1]", [TIMES, {0: TIMES}]),
        ("trains[1]", [TIMES, set(TIMES)]),
        ("trains[1]", [TIMES, None]),
        ("trains[1]", [TIMES, "0.1"]),
        ("trains[1]", [TIMES, ["0.1", "0.2"]]),
        ("trains[1]", [TIMES, np.array([0.1, None], object)]),
        ("trains[1]", [TIMES, [0.1, [0.2]]]),
        ("trains[1]", [TIMES, np.ma.array(TIMES, mask=TIMES > 0.8)]),
        ("trains[1]", [TIMES, pd.Series([0.1, None], dtype="Float64")]),
        ("trains[1]", [TIMES, TIMES.view(UNITS)]),
        ("trains[1]", [TIMES, TIMES + 0j]),
        ("trains[1]", [TIMES, np.array([1, 2], "datetime64[s]")]),
        ("trains[1]", [TIMES, V > 0]),
        ("trains[1]", [TIMES, TIMES[::-1]]),
        ("trains[1]", [TIMES, np.append(TIMES, np.nan)]),
        ("trains[1]", [TIMES, np.append(TIMES, np.inf)]),
        ("trains[1]", [TIMES, np.append(-0.5, TIMES)]),
        ("trains[1]", [TIMES, np.append(TIMES, 1.5)]),
        ("trains[1]", [TIMES, TIMES * 1000]),
        ("trains[1]", [TIMES, np.sort(np.append(TIMES, TIMES[3]))]),
        ("trains[0]", [*TIMES]),
    ],
)
def test_what_is_no_list_of_trains(test, name, trains):
    refused(name, test, trains)


@pytest.mark.parametrize("test", TESTS[:3])
@pytest.mark.parametrize(
    "convert",
    [list, pd.Series, lambda v: pd.Series(v, dtype="Float64"), lambda v: v.astype(object)],
)
def test_voltages(test, convert):
    np.testing.assert_array_equal(test(TRAINS, convert(V)), test(TRAINS))


@pytest.mark.parametrize("test", [*TESTS[:3], of_2021, of_regression])
@pytest.mark.parametrize(
    "wrong",
    [
        V[:, np.newaxis],
        np.ma.array(V, mask=V > -0.064),
        V.view(UNITS),
        dict(enumerate(V)),
        pd.DataFrame({"V": V}),
        V + 0j,
        V.astype(str),
        None,
        -0.065,
        SimpleNamespace(V=V),
    ],
)
def test_what_is_no_voltage(test, wrong):
    name = "v" if test is of_2021 else "V"
    refused(name, test, TRAINS, wrong)
    if test is not of_regression:  # which says where
        for odd in (np.nan, np.inf):
            refused(name, test, TRAINS, np.append(V[1:], odd))


@given(
    st.sampled_from(
        "int8 int16 int32 int64 uint8 uint16 uint32 float16 float32 bool".split()
    ).flatmap(
        lambda dtype: arrays(
            dtype,
            st.integers(1, 40),
            elements={"allow_nan": False, "allow_infinity": False} if "float" in dtype else None,
        )
    )
)
def test_digitised_numbers_of_any_type(samples):
    """A raw recording's integers overflow where their range is computed in their own type."""
    digitised, expected = digitise(samples), samples.astype(float)
    np.testing.assert_array_equal(digitised.samples, digitise(expected.tolist()).samples)
    found = digitised.centre + digitised.step * digitised.samples
    np.testing.assert_allclose(found, expected, rtol=0, atol=0.501 * digitised.step)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("window", {"window": 20}),
        ("window", {"window": 1.5}),
        ("window", {"window": 1e-5}),
        ("window", {"window": np.nan}),
        ("window", {"window": "20 ms"}),
        ("n_shuffles", {"n_shuffles": 0}),
        ("n_shuffles", {"n_shuffles": 1.5}),
        ("n_shuffles", {"n_shuffles": True}),
        ("seed", {"seed": -1}),
        ("seed", {"seed": 1.5}),
        ("seed", {"seed": [1, 2]}),
        ("seed[2]", {"seed": [1, 2, -3]}),
        ("seed", {"seed": "a"}),
        ("threads", {"threads": 0}),
        ("dt", {"dt": 0}),
        ("dt", {"dt": np.inf}),
        ("dt", {"dt": [1e-4]}),
    ],
)
def test_options_of_tests(name, options):
    options = {"dt": DT, "n_shuffles": 5} | options
    V = np.zeros(300_000)  # so long that a window of 20 s fits
    refused(name, sta_test, V, trains=TRAINS, **options)
    refused(name, template_test, V, trains=TRAINS, **options)
    refused(name, output_spike_test, [0.5], 30, TRAINS, **options)
    if not {"n_shuffles", "seed"} & set(name.partition("[")[0].split()):
        del options["n_shuffles"]
        refused(name, line_fit_test, V, trains=TRAINS, **options)


@pytest.mark.parametrize("N", [100.0, np.int16(100), np.float32(100), np.array(100)])
@pytest.mark.parametrize("seed", [3, np.uint8(3), np.int64(3), 3.0])
def test_whole_numbers_of_any_type(N, seed):
    grid = TimeGrid(1, 1e-3)
    expected = count_spikes(100, 3, grid._replace(duration=1.0))
    counts = count_spikes(N, seed, grid)
    np.testing.assert_array_equal(counts.exc, expected.exc)
    assert counts[:2] == (100, 3)
    assert of_sta(TRAINS, seed=seed).tolist() == of_sta(TRAINS, seed=3).tolist()


GRID = TimeGrid(0.1, 1e-4)
COUNTS = count_spikes(10, 1, GRID)
BATCH = draw_inputs(10, [1, 2], GRID)


@pytest.mark.parametrize("draw", [count_spikes, draw_spike_trains, locate_trains])
@pytest.mark.parametrize(
    ("name", "N", "seed", "grid", "inputs"),
    [
        ("N", 100.5, 1, (), {}),
        ("N", -10, 1, (), {}),
        ("N", 0, 1, (), {}),
        ("N", "100", 1, (), {}),
        ("N", None, 1, (), {}),
        ("N", [100], 1, (), {}),
        ("N", np.nan, 1, (), {}),
        ("N", True, 1, (), {}),
        ("seed", 100, -1, (), {}),
        ("seed", 100, 1.5, (), {}),
        ("seed", 100, None, (), {}),
        ("duration", 100, 1, (0, 1e-4), {}),
        ("duration", 100, 1, (-1, 1e-4), {}),
        ("duration", 100, 1, (np.inf, 1e-4), {}),
        ("duration", 100, 1, (np.nan, 1e-4), {}),
        ("duration", 100, 1, (1e-5, 1e-4), {}),
        ("duration", 100, 1, ("1 s", 1e-4), {}),
        ("timestep", 100, 1, (1, 0), {}),
        ("timestep", 100, 1, (1, -1e-4), {}),
        ("timestep", 100, 1, (1, np.nan), {}),
        ("mean_rate", 100, 1, (), {"mean_rate": -4}),
        ("mean_rate", 100, 1, (), {"mean_rate": np.nan}),
        ("mean_rate", 100, 1, (), {"mean_rate": np.inf}),
        ("mean_rate", 100, 1, (), {"mean_rate": [4]}),
        ("log_rate_variance", 100, 1, (), {"log_rate_variance": -1}),
        ("log_rate_variance", 100, 1, (), {"log_rate_variance": np.nan}),
        ("exc_to_inh", 100, 1, (), {"exc_to_inh": -2}),
        ("exc_to_inh", 100, 1, (), {"exc_to_inh": np.inf}),
    ],
)
def test_draws(draw, name, N, seed, grid, inputs):
    refused(name, draw, N, seed, TimeGrid(*grid), Inputs(**inputs))


def test_time_grid_and_inputs_are_named():
    refused("time_grid", count_spikes, 100, 1, 10.0)
    refused("time_grid", draw_inputs, 100, [1], 10.0)
    refused("inputs", draw_spike_trains, 100, 1, GRID, {"mean_rate": 4})
    for seeds, name in ((1, "seeds"), ([], "seeds"), ([1, -1], "seeds[1]"), ([0.5], "seeds[0]")):
        refused(name, draw_inputs, 100, seeds, GRID)


NEURONS = [
    ("τ_g", AdEx(synapses=Synapses(τ_g=0.07e-3))),
    ("τ_g", AdEx(synapses=Synapses(τ_g=-7e-3))),
    ("τ_w", AdEx(τ_w=1e-4)),
    ("C", AdEx(C=0)),
    ("C", AdEx(C=np.nan)),
    ("Δ_T", AdEx(Δ_T=-1e-3)),
    ("g_L", AdEx(g_L=-1e-9)),
    ("b", AdEx(b=np.inf)),
    ("E_exc", AdEx(synapses=Synapses(E_exc=None))),
    ("inh_to_exc_weight", AdEx(synapses=Synapses(inh_to_exc_weight=-4))),
    ("neuron", {"C": 1}),
]


@pytest.mark.parametrize(
    ("name", "w_exc", "neuron"),
    [
        ("w_exc", -1 * nS, AdEx()),
        ("w_exc", np.nan, AdEx()),
        ("w_exc", "14 pS", AdEx()),
        *((name, 1 * nS, neuron) for name, neuron in NEURONS),
    ],
)
def test_runs(name, w_exc, neuron):
    refused(name, simulate, w_exc, COUNTS, neuron)
    refused(name, mean_rate, w_exc, BATCH, neuron)
    refused("weights" if name == "w_exc" else name, simulate_batch, [1 * nS, w_exc], BATCH, neuron)
    if getattr(neuron, "τ_w", 1) == getattr(neuron, "τ_g", 1) or name not in ("τ_g", "τ_w"):
        refused(name, free_membrane, w_exc, 100, 100, neuron)


def test_types_of_a_network():
    assert "there are AdEx, Izhikevich" in refused("types['n']", Network.of, {"n": 3}, ["n"])


def test_more_of_runs():
    refused("record", simulate, 1 * nS, COUNTS, record=["V", "voltage"])
    np.testing.assert_array_equal(
        simulate(1 * nS, COUNTS, record="g_exc").trace.g_exc,
        simulate(1 * nS, COUNTS, record=["g_exc"]).trace.g_exc,
    )
    refused("inputs", simulate, 1 * nS, BATCH)
    refused("inputs", simulate_batch, [1 * nS], COUNTS)
    for weights in ([], 1 * nS, {1: 1 * nS}, [[1 * nS]]):
        refused("weights", simulate_batch, weights, BATCH)
    refused("threads", simulate_batch, [1 * nS], BATCH, threads=0)
    for rates in ((-1, 1), (1, np.nan)):
        refused("rate_exc" if rates[0] < 0 else "rate_inh", free_membrane, 1 * nS, *rates)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("target_rate", {"target_rate": 0}),
        ("target_rate", {"target_rate": np.nan}),
        ("guess", {"guess": 0}),
        ("guess", {"guess": -1 * pS}),
        ("bracket_factor", {"bracket_factor": 1}),
        ("relative_tolerance", {"relative_tolerance": 0}),
    ],
)
def test_searches(name, options):
    refused(name, find_weight, lambda w: 4.0, **{"target_rate": 4, "guess": 14 * pS} | options)
    refused("rate_of", find_weight, 4.0, 4.0, 14 * pS)


def test_drawn_trains_are_a_list_of_trains():
    drawn, source = (
        draw(50, 1, TimeGrid(2.0, 1e-4)) for draw in (draw_spike_trains, locate_trains)
    )
    trains = np.split(drawn.times, np.cumsum(drawn.n_spikes)[:-1])
    for some in (drawn, source):
        assert len(some) == len(list(some)) == 50
        for i, times in enumerate(some):
            for same in (trains[i], some[i], some[i - 50], some[np.int64(i)]):
                np.testing.assert_array_equal(times, same)
        assert [times.size for times in some[-3:]] == drawn.n_spikes[-3:].tolist()
        for beyond in (50, -51):
            with pytest.raises(IndexError):
                some[beyond]
    tested = [i for i, times in enumerate(trains) if times.size and times[0] < 0.9]
    long = np.zeros(20_000)
    long[::7] = 1e-3
    np.testing.assert_array_equal(
        of_sta([drawn[i] for i in tested], long), of_sta([trains[i] for i in tested], long)
    )


P, CONNECTED, INHIBITORY = [0.01, 0.01, 0.2, 0.9, 0.6, 0.01], [1, 1, 1, 0, 0, 0], [0, 0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    "convert",
    [
        list,
        np.array,
        lambda x: np.array(x, bool),
        lambda x: np.array(x, np.uint8),
        lambda x: np.array(x, float),
        lambda x: np.array(x, bool).astype(object),
        lambda x: pd.Series(x, index=range(9, 9 + len(x))),
        lambda x: pd.Series(x, dtype="boolean"),
        lambda x: [value == 1 for value in x],
    ],
)
def test_labels(convert):
    expected = roc(np.array(P), np.array(CONNECTED, bool), np.array(INHIBITORY, bool))
    assert expected.areas()["ties_halved"] == pytest.approx(7 / 9)
    rates = roc(P, convert(CONNECTED), convert(INHIBITORY))
    for found, wanted in zip(rates, expected, strict=True):
        np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize(
    ("name", "p", "connected"),
    [
        ("connected", P, CONNECTED[:5]),
        ("connected", P, ["yes"] * 6),
        ("connected", P, ["1", "1", "1", "0", "0", "0"]),
        ("connected", P, [1, 1, 2, 0, 0, 0]),
        ("connected", P, [1, 1, np.nan, 0, 0, 0]),
        ("connected", P, [1, 1, None, 0, 0, 0]),
        ("connected", P, np.ma.array(CONNECTED, mask=INHIBITORY)),
        ("connected", P, [CONNECTED]),
        ("connected", P, 1),
        ("connected", P, dict(enumerate(CONNECTED))),
        ("p", np.array(P) * 100, CONNECTED),
        ("p", np.array(P) - 1, CONNECTED),
        ("p", [P], CONNECTED),
        ("p", dict(enumerate(P)), CONNECTED),
    ],
)
def test_what_is_no_label(name, p, connected):
    refused(name, roc, p, connected, INHIBITORY)
    if name == "connected":
        refused("inhibitory", roc, p, CONNECTED, connected)


KINDS = ["excitatory", "inhibitory", "unconnected"]


def test_kinds():
    expected = score([0.9, -0.8, 0.1], KINDS)[:4]
    for kinds in (tuple(KINDS), pd.Series(KINDS), pd.Categorical(KINDS), np.array(KINDS, object)):
        assert score([0.9, -0.8, 0.1], kinds)[:4] == expected
    wrong = (
        [1, -1, 0],
        KINDS[:2],
        [KINDS],
        "excitatory",
        dict(enumerate(KINDS)),
        [*KINDS[:2], None],
    )
    for kinds in wrong:
        refused("kinds", score, [0.9, -0.8, 0.1], kinds)
    for t in ([0.9, -0.8, None], [[0.9, -0.8, 0.1]], ["a", "b", "c"], [0.9, -0.8, np.nan]):
        refused("t", score, t, KINDS)


def test_p_values():
    assert p_value(1, [0.1, 2]) == p_value(np.float32(1), np.array([0.1, 2])) == (0.5, False)
    # Shuffles without a window are none.
    assert p_value(1.0, [0.1, 2.0, np.nan]) == (0.5, False)
    assert np.isnan([p_value(np.nan, [1]).p, p_value(1.0, [np.nan]).p]).all()
    for height, shuffled in ((1.0, []), (1.0, 0.5), (1.0, [[0.5]]), (1.0, ["a"]), (1.0, None)):
        refused("shuffled_heights", p_value, height, shuffled)
    for height in ([1.0], "a", None, np.inf):
        refused("height", p_value, height, [0.5])


def test_the_experiment_of_2021():
    rng, v = np.random.RandomState(0), digitise(V)

    def refuses(
        name, trains=TRAINS, voltages=(v,), dt=DT, window=200, n_shuffles=5, rng=rng, **more
    ):
        """At once, not when the first train is asked for."""
        refused(name, shuffle_test, trains, voltages, dt, window, n_shuffles, rng, **more)

    refuses("voltages", voltages=v)
    refuses("voltages", voltages=[])
    refuses("voltages[1]", voltages=[v, V])
    refuses("voltages", voltages=[v, digitise(V[1:])])
    for window in (0, -5, 0.02, V.size, "20"):
        refuses("window" if window != V.size else "recording", window=window)
    refuses("timestep", dt=0)
    refuses("n_shuffles", n_shuffles=0)
    refuses("rng", rng=np.random.default_rng(0))
    refuses("threads", threads=0)
    (empty,) = next(shuffle_test([[]], [v], DT, 200, 5, rng))
    assert (empty.n_windows, np.isnan(empty.height)) == (0, True)
    for nothing in ([], None, "ab"):
        refused("v", digitise, nothing)


def test_a_first_pass_has_to_fit():
    first_pass = sta_test(V, DT, TRAINS, n_shuffles=5)
    for options in ({"n_shuffles": 6}, {"trains": TRAINS[:2]}, {"first_pass": first_pass.t}):
        arguments = {"trains": TRAINS, "n_shuffles": 5, "first_pass": first_pass}
        refused("first_pass", template_test, V, DT, **arguments | options)
    refused("quantile", template_test, V, DT, TRAINS, quantile=99)
    refused("template_window", template_test, V, DT, TRAINS, template_window=100)


ONE = Network.of({"n": Izhikevich()}, ["n"], inputs=Connections.of_matrix([[nS]], [0.0]))


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("duration", lambda: simulate_network(ONE, np.inf, trains=[TIMES])),
        ("timestep", lambda: simulate_network(ONE, 1.0, 0, trains=[TIMES])),
        ("τ_g", lambda: simulate_network(ONE, 1.0, 7e-3, trains=[TIMES])),
        ("trains", lambda: simulate_network(ONE, 1.0, trains={0: TIMES})),
        ("trains", lambda: simulate_network(ONE, 1.0, trains=TIMES[:1])),
        ("trains[0]", lambda: simulate_network(ONE, 1.0, trains=[None])),
        ("trains[0]", lambda: simulate_network(ONE, 1.0, trains=[np.ma.array([0.1], mask=[1])])),
        ("noise", lambda: simulate_network(ONE, 1.0, trains=[TIMES], noise=0.5)),
        ("record", lambda: simulate_network(ONE, 1.0, trains=[TIMES], record=["v"])),
        ("record['v']", lambda: simulate_network(ONE, 1.0, trains=[TIMES], record={"v": 0.5})),
        ("record['v']", lambda: simulate_network(ONE, 1.0, trains=[TIMES], record={"v": [True]})),
        ("network", lambda: simulate_network(AdEx(), 1.0)),
        ("types", lambda: Network.of([AdEx()], ["n"])),
        ("type_of", lambda: Network.of({"n": AdEx()}, "n")),
        ("C", lambda: Network.of({"n": AdEx(C=0.0)}, ["n"])),
        ("σ", lambda: Network.of({"n": AdEx()}, ["n"], σ=np.inf)),
        ("weights", lambda: Connections.of_matrix(np.ma.array([[nS]], mask=[[1]]), [0.0])),
        ("weight", lambda: Connections.of_table([0], [0], ["a"], [0.0], 1)),
        ("source", lambda: Connections.of_table([None], [0], [nS], [0.0], 1)),
        ("delay", lambda: Connections.of_table([0], [0], [nS], [0.0], 1, [np.nan])),
        ("E", lambda: Connections.of_table([0], [0], [nS], {0: 0.0}, 1)),
        ("n_targets", lambda: Connections.of_table([0], [0], [nS], [0.0], 1.5)),
    ],
)
def test_networks(name, make):
    refused(name, make)
