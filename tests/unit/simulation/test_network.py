"""The network simulator against a plain version of it, neuron by neuron and synapse by synapse."""

from collections import defaultdict
from math import exp, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array, csr_array, random_array

from nto1.errors import DivergenceError
from nto1.neurons import MODELS
from nto1.neurons.adex import AdEx
from nto1.neurons.izhikevich import Izhikevich
from nto1.simulation.inputs import TimeGrid, count_spikes, draw_spike_trains, n_excitatory
from nto1.simulation.network import (
    Connections,
    Current,
    Network,
    arrival_steps,
    draw_peaks,
    poisson_trains,
    simulate_network,
    trains_from_table,
)
from nto1.simulation.runs import simulate
from nto1.units import ms, mV, nS, pA, pS

DT = 0.1 * ms
SIGMA = 3 * mV / sqrt(ms)
FAST = Izhikevich(C=20e-12, k=1e-6, v_r=-55 * mV, b=0.025e-9, a=200.0, c=-45 * mV, d=20 * pA)
TYPES = {"regular": Izhikevich(), "fast": FAST, "adaptive": AdEx()}


def notebook(σ=SIGMA):
    weights = [[0, 4 * nS, 0, 0], [0, 0, 0, 0], [0, 4 * nS, 0, 0], [0, 0, 0, 0]]
    connections = Connections.of_matrix(weights, [0, 0, 0, -65 * mV])
    return Network.of({"neuron": Izhikevich()}, ["neuron"] * 4, connections, σ=σ)


def is_crossed(v, p):
    return v >= p.v_peak if isinstance(p, Izhikevich) else v > p.V_spike


def slopes(v, u, I_syn, p):
    if isinstance(p, Izhikevich):
        return (
            p.k * (v - p.v_r) * (v - p.v_t) - u - I_syn
        ) / p.C, lambda v: p.a * (p.b * (v - p.v_r) - u)
    leak = -p.g_L * (v - p.E_L) + p.g_L * p.Δ_T * exp(min((v - p.V_T) / p.Δ_T, 600))
    return (leak - I_syn - u) / p.C, lambda v: (p.a * (min(v, p.V_spike) - p.E_L) - u) / p.τ_w


def injected(current, t):
    """What a current, constant or not, is at a time."""
    if not isinstance(current, Current):
        return current
    past = [k for k, time in enumerate(current.times) if round(time / DT) <= round(t / DT)]
    if not past:
        return 0.0
    if not current.ramp:
        return current.values[past[-1]]
    return np.interp(round(t / DT), np.rint(np.divide(current.times, DT)), current.values)


def oracle(network, arrivals, n_steps, update, reset, noise, current, start):
    """Spikes (step, neuron), and v, u, g, I_syn and I_inj of all samples. ``arrivals`` are those of
    the input spikes: (step, train)."""
    models = [
        network.types[name]._replace(
            **{p: x[j] for p, x in network.parameters.items() if not np.isnan(x[j])}
        )
        for j, name in enumerate(network.type_of)
    ]
    is_izhikevich = [isinstance(p, Izhikevich) for p in models]
    reset_v = [p.c if z else p.V_reset for p, z in zip(models, is_izhikevich, strict=True)]
    peak = [p.v_peak if z else p.V_spike for p, z in zip(models, is_izhikevich, strict=True)]
    jump = [p.d if z else p.b for p, z in zip(models, is_izhikevich, strict=True)]
    v = np.array([p.v_r if z else p.E_L for p, z in zip(models, is_izhikevich, strict=True)])
    u, E = np.zeros(network.N), network.E
    for j in range(network.N):
        v[j] = v[j] if np.isnan(start["v"][j]) else start["v"][j]
        own = start["u" if is_izhikevich[j] else "w"][j]
        u[j] = u[j] if np.isnan(own) else own
    g = np.zeros((E.size, network.N))
    due = defaultdict(list)  # sample: reversal potential, neuron, weight

    def send(some, source, sample):
        for s, target, weight, delay in zip(*some[:4], strict=True):
            if s == source:
                e = E.tolist().index(some.E[source])
                due[sample + round(delay / DT)].append((e, target, weight))

    for step, train in arrivals:
        send(network.inputs, train, step)
    spikes, late, samples = [], set(), defaultdict(list)
    for i in range(n_steps + 1):
        for e, target, weight in due[i]:
            g[e, target] += weight
        for name, signal in (("v", v), ("u", u), ("g", g)):
            samples[name].append(signal.copy())
        samples["I_syn"].append(np.sum(g * (v - E[:, np.newaxis]), axis=0))
        I_inj = np.array([injected(one, i * DT) for one in current])
        samples["I_inj"].append(I_inj)
        if i == n_steps:
            break
        if update == "sequential":
            g -= g * DT / network.τ_g[:, np.newaxis]
        I_syn = np.sum(g * (v - E[:, np.newaxis]), axis=0)
        if update == "simultaneous":
            g -= g * DT / network.τ_g[:, np.newaxis]
        late_before, late = late, set()
        for j, p in enumerate(models):
            if j in late_before:
                v[j], u[j] = reset_v[j], u[j] + jump[j]
                spikes.append((i, j))
                continue
            before = v[j]
            dv, du = slopes(before, u[j], I_syn[j] - I_inj[j], p)
            v[j] += DT * dv + network.σ[j] * sqrt(DT) * noise[i, j]
            u[j] += DT * du(v[j] if update == "sequential" else before)
            if is_crossed(v[j], p) and reset == "late":
                v[j] = peak[j]
                late.add(j)
            elif is_crossed(v[j], p):
                v[j], u[j] = reset_v[j], u[j] + jump[j]
                spikes.append((i, j))
        for step, j in spikes:
            if step == i:
                send(network.connections, j, i + 1)
    return spikes, {name: np.array(signal) for name, signal in samples.items()}


def only(type_of, names, values):
    return np.where(np.isin(type_of, names), values, np.nan)


def spreads(type_of, rng):
    """Parameters of some or all neurons; τ_w is that of AdEx alone, C of both models."""
    N = len(type_of)
    yield {"C": rng.uniform(50e-12, 200e-12, N), "τ_w": only(type_of, "adaptive", 20 * ms)}
    thresholds = only(type_of, "adaptive", rng.uniform(0, 40 * mV, N))
    yield {"V_spike": thresholds, "d": only(type_of, ["regular"], rng.uniform(0, 200 * pA, N))}


def at_rest(N):
    return {name: np.full(N, np.nan) for name in "vuw"}


def starts(type_of, rng):
    N = len(type_of)
    yield at_rest(N) | {"v": rng.uniform(-70 * mV, -55 * mV, N)}
    u = only(type_of, ["regular", "fast"], rng.uniform(-50 * pA, 50 * pA, N))
    yield at_rest(N) | {"u": u, "w": only(type_of, "adaptive", 30 * pA)}


def currents(N, rng):
    """Steps, a ramp and a constant; the first two of several neurons."""
    times = np.sort(rng.uniform(0, 600 * DT, 3))
    courses = [Current(times, rng.uniform(-100 * pA, 900 * pA, 3), ramp) for ramp in (False, True)]
    return [[*courses, 300 * pA][k] for k in rng.integers(0, 3, N)]


@st.composite
def networks(draw):
    """Some neurons of all types, with delays, and input trains that bring them to spike."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    N, n_trains = draw(st.integers(1, 6)), draw(st.integers(0, 4))
    type_of = [draw(st.sampled_from(list(TYPES))) for _ in range(N)]
    weights = rng.uniform(0, 20 * nS, (N, N)) * (rng.random((N, N)) < 0.5)
    np.fill_diagonal(weights, 0)
    E = rng.choice([0, -65 * mV, -80 * mV], N)
    input_weights = rng.uniform(0, 30 * nS, (n_trains, N)) * (rng.random((n_trains, N)) < 0.7)
    if n_trains > 2:
        input_weights[1] = input_weights[0]
    delay = draw(st.sampled_from([0.0, 1 * ms, "each"]))
    delays = [
        rng.integers(0, 30, w.shape) * DT if delay == "each" else delay
        for w in (weights, input_weights)
    ]
    network = Network.of(
        TYPES,
        type_of,
        Connections.of_matrix(weights, E, delays[0]),
        Connections.of_matrix(input_weights, np.zeros(n_trains), delays[1]) if n_trains else None,
        τ_g={0.0: 5 * ms, -65 * mV: 7 * ms, -80 * mV: 9 * ms},
        σ={"regular": SIGMA, "fast": 0.0, "adaptive": draw(st.sampled_from([0.0, SIGMA]))},
        parameters=draw(st.sampled_from([{}, *spreads(type_of, rng)])),
    )
    duration = 600 * DT
    trains = [np.sort(rng.uniform(0, duration, 40)) for _ in range(n_trains)]
    options = {
        "update": draw(st.sampled_from(["sequential", "simultaneous"])),
        "reset": draw(st.sampled_from(["early", "late"])),
        "current": currents(N, rng) if draw(st.booleans()) else np.zeros(N),
        "start": draw(st.sampled_from([at_rest(N), *starts(type_of, rng)])),
    }
    return network, trains, options


@settings(max_examples=40)
@given(networks(), st.integers(0, 100))
def test_like_the_plain_version(drawn, seed):
    network, trains, options = drawn
    n_steps, everyone = 600, list(range(network.N))
    noise = np.random.RandomState(seed).randn(n_steps, network.N)
    steps = [np.rint(times / DT).astype(int) for times in trains]
    arrivals = [(step, train) for train, some in enumerate(steps) for step in some]
    spikes, samples = oracle(network, arrivals, n_steps, noise=noise, **options)
    of_type = {
        "u": [i for i in everyone if network.type_of[i] != "adaptive"],
        "w": [i for i in everyone if network.type_of[i] == "adaptive"],
    }
    activity = simulate_network(
        network,
        n_steps * DT,
        DT,
        trains,
        np.random.RandomState(seed),
        {"v": everyone, "g": everyone, "I_syn": everyone, "I_inj": everyone} | of_type,
        **options,
    )
    got = zip(activity.spike_steps.tolist(), activity.spike_neurons.tolist(), strict=True)
    assert list(got) == sorted(spikes)
    np.testing.assert_allclose(activity.recorded["v"], samples["v"], atol=1e-8)
    np.testing.assert_allclose(activity.recorded["g"], samples["g"], atol=1e-16)
    np.testing.assert_allclose(activity.recorded["I_syn"], samples["I_syn"], atol=1e-15)
    np.testing.assert_allclose(activity.recorded["I_inj"], samples["I_inj"], atol=1e-21)
    for name, neurons in of_type.items():
        np.testing.assert_allclose(activity.recorded[name], samples["u"][:, neurons], atol=1e-15)


def test_recording_does_not_change_results():
    without, one, all_of_them = (
        simulate_network(notebook(), 5, DT, noise=3, record=record)
        for record in (None, {"v": [2]}, {"v": [3, 0, 1, 2], "g": [1], "I_syn": [1, 1], "u": [0]})
    )
    for activity in (one, all_of_them):
        np.testing.assert_array_equal(activity.spike_steps, without.spike_steps)
        np.testing.assert_array_equal(activity.spike_neurons, without.spike_neurons)
    assert without.recorded == {}
    assert without.t.size == 50_001
    np.testing.assert_array_equal(one.recorded["v"][:, 0], all_of_them.recorded["v"][:, 3])


@settings(max_examples=20)
@given(st.sets(st.integers(0, 2000), min_size=1), st.booleans())
def test_samples_that_are_asked_for(samples, single):
    """The same as if all were recorded; and peaks where the sample before a reset is among them."""
    network, chosen = notebook(), sorted(samples)
    record = {"v": [2, 0], "g": [1, 3], "u": [1], "I_syn": [0]}
    whole = simulate_network(network, 0.2, DT, record=record)
    some = simulate_network(
        network, 0.2, DT, record=record, samples=chosen, single_precision=single
    )
    np.testing.assert_array_equal(some.t, whole.t[chosen])
    peaks = draw_peaks(whole, network)[chosen], draw_peaks(some, network)
    for expected, got in [*((whole.recorded[n][chosen], some.recorded[n]) for n in record), peaks]:
        assert got.dtype == (np.float32 if single else float)
        np.testing.assert_array_equal(expected.astype(got.dtype), got)


def test_neurons_that_differ_are_as_if_alone():
    """Blocks of them have a loop of their own."""
    rng, N = np.random.default_rng(3), 700
    names = np.repeat(["adaptive", "regular"], 350)
    own = {"C": rng.uniform(60e-12, 150e-12, N), "b": only(names, "adaptive", 30 * pA)}
    current = rng.uniform(150 * pA, 400 * pA, N)
    network = Network.of(TYPES, names, parameters=own)
    together = simulate_network(network, 0.3, DT, current=current)
    assert np.unique(together.spike_neurons).size > 300
    for j in (0, 349, 350, 511, 512, 699):
        alone = Network.of({"one": network.neuron(j)}, ["one"])
        spikes = simulate_network(alone, 0.3, DT, current=current[j], update="sequential")
        np.testing.assert_array_equal(spikes.spike_steps, together.spikes_of(j))


def test_spikes_are_drawn_up_to_the_peak():
    network = notebook()
    activity = simulate_network(network, 5, DT, record={"v": [0]})
    steps, v = activity.spikes_of(0), draw_peaks(activity, network)[:, 0]
    assert len(steps) > 5
    assert (v[steps] == 35 * mV).all()
    assert (v[steps + 1] == -50 * mV).all()
    others = np.setdiff1d(np.arange(v.size), steps)
    np.testing.assert_array_equal(v[others], activity.recorded["v"][others, 0])


def test_the_number_of_blocks_does_not_matter():
    """1300 neurons are several blocks; every one of them is as if alone."""
    rng = np.random.default_rng(0)
    trains = [np.sort(rng.uniform(0, 0.2, 100)) for _ in range(3)]
    weights = rng.uniform(0, 20 * nS, (3, 1300))
    names = np.repeat(list(TYPES), [600, 100, 600])
    inputs = Connections.of_matrix(weights, [0, 0, -80 * mV])
    together = simulate_network(Network.of(TYPES, names, inputs=inputs), 0.2, DT, trains)
    assert np.unique(together.spike_neurons).size > 1000
    for j in (0, 511, 512, 599, 600, 699, 700, 1299):
        inputs = Connections.of_matrix(weights[:, [j]], [0, 0, -80 * mV])
        network = Network.of(TYPES, [names[j]], inputs=inputs)
        alone = simulate_network(network, 0.2, DT, trains)
        np.testing.assert_array_equal(alone.spike_steps, together.spikes_of(j))


def test_one_neuron_is_like_one_of_two():
    """A single neuron has a kernel of its own."""
    rng = np.random.default_rng(1)
    trains = [np.sort(rng.uniform(0, 1, 400)) for _ in range(2)]
    for name in TYPES:
        for reset in ("early", "late"):
            one, two = (
                simulate_network(
                    Network.of(
                        TYPES,
                        [name] * n,
                        inputs=Connections.of_matrix(
                            np.tile([[10 * nS], [3 * nS]], (1, n)), [0, -80 * mV]
                        ),
                    ),
                    *(1, DT, trains),
                    record={signal: [0] for signal in ("v", "g", "I_syn")},
                    update="simultaneous",
                    reset=reset,
                )
                for n in (1, 2)
            )
            assert one.spike_steps.size > 5
            np.testing.assert_array_equal(one.spike_steps, two.spikes_of(0))
            for signal in one.recorded:
                np.testing.assert_array_equal(one.recorded[signal], two.recorded[signal])


@pytest.mark.parametrize("name", MODELS)
def test_a_neuron_with_the_inputs_of_the_sweep(name):
    """The same spikes in the same steps as the sweep's kernel, and the same median."""
    N, grid, neuron = 200, TimeGrid(5.0, DT), MODELS[name].parameters()
    trains, counts = draw_spike_trains(N, 1, grid), count_spikes(N, 1, grid)
    times = [trains[k] for k in range(N)]
    last = int(np.argmax([t[-1] if t.size else -1 for t in times]))
    times[last] = times[last][:-1]  # never delivered, as published
    is_exc = np.arange(N) < n_excitatory(N, 4)
    for w_exc in np.array([300, 500, 900]) * pS * (1 if name == "adex" else 3):
        weights = np.where(is_exc, w_exc, 4 * w_exc)[:, np.newaxis]
        inputs = Connections.of_matrix(weights, np.where(is_exc, 0, -80 * mV))
        network = Network.of({"neuron": neuron}, ["neuron"], inputs=inputs)
        activity = simulate_network(
            *(network, grid.duration, DT, times),
            record={"v": [0]},
            update="simultaneous",
            arrival="next",
        )
        run = simulate(w_exc, counts, neuron, record=("V",))
        assert run.spike_steps.size > 3
        np.testing.assert_array_equal(activity.spike_steps, run.spike_steps)
        np.testing.assert_allclose(activity.recorded["v"][1:, 0], run.trace.V, atol=1e-9)
        # Spikes are drawn into the sample before the reset there, and into that of the reset here.
        v = activity.recorded["v"][1:, 0]
        v[activity.spike_steps] = neuron.peak
        assert run.median_V == pytest.approx(np.median(v), abs=1e-9)


def test_half_the_time_step_leaves_the_rates():
    """Of 300 unconnected neurons: noise that grew with dt instead of √dt would halve or double
    them."""
    network = Network.of({"neuron": Izhikevich()}, ["neuron"] * 300, σ=SIGMA)
    rates = [
        simulate_network(network, 10, dt, noise=seed).spike_steps.size / 3000
        for seed, dt in ((0, DT), (1, DT / 2))
    ]
    assert 2 < rates[0] < 4
    assert rates[1] == pytest.approx(rates[0], rel=0.05)


@pytest.mark.parametrize("legacy", [False, True])
def test_noise_of_a_free_membrane(legacy):
    """An AdEx neuron without upstroke and adaptation is an Ornstein-Uhlenbeck process: mean E_L,
    variance σ² τ / 2, or in steps σ² dt / (1 - (1 - dt/τ)²); correlation (1 - dt/τ)^lag."""
    leaky = AdEx(V_T=1.0, V_spike=2.0, a=0, b=0)
    τ, σ, N, n_steps = leaky.C / leaky.g_L, 0.1 * mV / sqrt(ms), 400, 20_000
    network = Network.of({"leaky": leaky}, ["leaky"] * N, σ=σ)
    noise = np.random.RandomState(1) if legacy else 1
    activity = simulate_network(network, n_steps * DT, DT, noise=noise, record={"v": range(N)})
    v = activity.recorded["v"][2000:] - leaky.E_L
    decay = 1 - DT / τ
    variance = σ**2 * DT / (1 - decay**2)
    n_independent = v.size * (1 - decay) / (1 + decay)
    assert abs(v.mean()) < 5 * sqrt(variance / n_independent)
    assert v.var() == pytest.approx(variance, rel=5 * sqrt(2 / n_independent))
    assert variance == pytest.approx(σ**2 * τ / 2, rel=0.01)
    lag = 100
    correlation = np.mean(v[:-lag] * v[lag:]) / v.var()
    assert correlation == pytest.approx(decay**lag, abs=0.02)
    across = np.corrcoef(v[::200, :10].T) - np.eye(10)
    assert np.abs(across).max() < 5 / sqrt(v[::200].shape[0] / 3)


def test_a_legacy_generator_goes_on_where_the_network_stopped():
    network = notebook()
    whole, parts = np.random.RandomState(4), np.random.RandomState(4)
    whole.randn(3000 * 4 + 1)
    simulate_network(network, 3000 * DT, DT, noise=parts)
    parts.randn(1)
    assert whole.randn() == parts.randn()


def test_an_excitatory_synapse_excites():
    driven, alone = (
        simulate_network(
            Network.of(
                {"neuron": Izhikevich()},
                ["neuron"] * 2,
                Connections.of_matrix([[0, weight], [0, 0]], [0, 0]),
                σ=SIGMA,
            )
        ).spikes_of(1)
        for weight in (40 * nS, 0)
    )
    assert driven.size > 1.5 * alone.size


@pytest.mark.parametrize(("delay", "n_steps"), [(1.23 * ms, 12), (1.27 * ms, 13)])
def test_a_delay_shifts_what_is_felt(delay, n_steps):
    """To the nearest step."""
    inputs = [Connections.of_matrix([[1 * nS]], [0], some) for some in (0, delay)]
    g = [
        simulate_network(
            Network.of({"n": AdEx()}, ["n"], inputs=some), 0.1, DT, [[0.05]], record={"g": [0]}
        ).recorded["g"][:, 0, 0]
        for some in inputs
    ]
    assert np.flatnonzero(g[0])[0] == 500
    np.testing.assert_array_equal(g[0][:-n_steps], g[1][n_steps:])


def test_dense_sparse_and_a_table_are_the_same_network():
    matrix = random_array((40, 40), density=0.2, rng=np.random.default_rng(0)).tolil()
    matrix.setdiag(0)
    matrix = coo_array(matrix) * 10 * nS
    matrix.eliminate_zeros()
    delays = coo_array((np.arange(matrix.nnz) % 7 * DT, matrix.coords), shape=matrix.shape)
    E = np.where(np.arange(40) < 30, 0, -65 * mV)
    table = (*matrix.coords, matrix.data, E, 40, delays.data)
    ways = [
        Connections.of_matrix(matrix.toarray(), E, delays.toarray()),
        Connections.of_matrix(matrix, E, delays),
        Connections.of_matrix(csr_array(matrix), E, csr_array(delays)),
        Connections.of_table(*table),
    ]
    first, *others = (
        simulate_network(
            Network.of({"n": Izhikevich()}, ["n"] * 40, way, σ=SIGMA), 1, record={"v": [5]}
        )
        for way in ways
    )
    for other in others:
        np.testing.assert_array_equal(first.spike_steps, other.spike_steps)
        np.testing.assert_array_equal(first.recorded["v"], other.recorded["v"])


def test_ten_thousand_neurons_with_a_hundred_synapses_each():
    """A dense matrix would take 800 MB, all voltages 80 MB."""
    N, rng = 10_000, np.random.default_rng(0)
    before, after = np.repeat(np.arange(N), 100), rng.integers(0, N, 100 * N)
    weights = np.where(before == after, 0, 0.1 * nS)
    E = np.where(np.arange(N) < 8000, 0, -65 * mV)
    connections = Connections.of_matrix(coo_array((weights, (before, after)), shape=(N, N)), E)
    network = Network.of({"n": Izhikevich()}, ["n"] * N, connections, σ=SIGMA)
    activity = simulate_network(network, 0.1, record={"v": [0, 9999]})
    assert activity.spike_steps.size > 500
    assert activity.recorded["v"].shape == (1001, 2)


@settings(max_examples=50)
@given(st.integers(0, 1000), st.lists(st.floats(0, 200), min_size=1, max_size=5))
def test_poisson_trains(seed, rates):
    trains = poisson_trains(rates, 2.0, seed)
    assert len(trains) == len(rates)
    for times, rate in zip(trains, rates, strict=True):
        assert abs(times.size - 2 * rate) <= 6 * sqrt(2 * rate) + 6
        assert ((times >= 0) & (times <= 2)).all()
        assert (np.diff(times) > 0).all()


@given(st.lists(st.tuples(st.integers(0, 4), st.floats(0, 10)), max_size=20))
def test_trains_from_a_table(rows):
    train, time = np.array(rows).reshape(-1, 2).T
    trains = trains_from_table(train, time, 5)
    assert [t.tolist() for t in trains] == [[t for k, t in rows if k == n] for n in range(5)]


@given(st.lists(st.floats(0, 1), max_size=20))
def test_arrival(times):
    grid, times = TimeGrid(1.0, DT), np.sort(times)
    starts = np.cumsum(np.r_[0, np.full(9999, DT)])
    for time, nearest, later in zip(
        times, arrival_steps(times, grid), arrival_steps(times, grid, "next"), strict=True
    ):
        assert nearest == round(time / DT)
        assert later == sum(starts <= time)


TWO = {"n": Izhikevich(), "a": AdEx()}
ONE_INPUT = Connections.of_matrix([[1 * nS, 0]], [0])


@pytest.mark.parametrize(
    ("train", "message"),
    [
        ([0.1, 1.5], r"input train 0 has a spike at 1.5 s, but the simulation ends at 1 s"),
        ([-0.1, 0.5], r"input train 0 has a spike at a negative time, -0.1 s"),
        ([0.2, 0.1], r"spike times of input train 0 are not in order"),
        ([[0.2]], r"trains\[0\] has to be a list of numbers, one after the other, not an array of"),
        ([np.nan], r"1 of 1 values of trains\[0\] are NaN or infinite"),
    ],
)
def test_bad_trains(train, message):
    network = Network.of(TWO, ["n", "a"], inputs=ONE_INPUT)
    with pytest.raises(ValueError, match=message):
        simulate_network(network, 1, DT, [train])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"trains": []}, "the network has 1 input trains, got 0"),
        ({"record": {"v": [0, 2]}}, "can't record neuron 2: there are neurons 0 … 1"),
        ({"record": {"V": [0]}}, "can't record 'V': there are v, u, w, I_syn, I_inj, g"),
        (
            {"record": {"w": [0]}},
            "can't record w of neuron 0, whose model is Izhikevich: record its u",
        ),
        ({"record": {"u": [1]}}, "can't record u of neuron 1, whose model is AdEx: record its w"),
        ({"update": "both"}, "update has to be sequential or simultaneous, not 'both'"),
        ({"reset": "never"}, "reset has to be early or late"),
        ({"arrival": "soon"}, "spikes can arrive at nearest or next, not at 'soon'"),
        ({"noise": -1}, "noise has to be 0 or more, not -1"),
        ({"duration": 0}, "duration has to be a finite number, above 0, not 0"),
        ({"current": [1e-10]}, "current has 1 values, for 2 neurons"),
        ({"current": np.nan}, "current has to be a finite number|are NaN or infinite"),
        ({"current": Current([0.2, 0.1], [1, 2])}, "times of a current have to be 0 or more, in"),
        ({"current": Current([0.2], [1, 2])}, "1 times of a current for 2 values"),
        ({"start": {"V": 0}}, r"start\['V'\]: neurons start with v, and u or w"),
        ({"start": {"w": 0}}, r"start\['w'\]: neuron 0 \(n\) has no w"),
        ({"start": {"v": [0.1, -0.07]}}, "neuron 0 would start beyond its threshold"),
        ({"start": {"v": [-0.07]}}, r"start\['v'\] has 1 values, for 2 neurons"),
        ({"samples": [3, 2]}, "samples have to be some of 0 … 10000, in ascending order"),
        ({"samples": [0.5]}, "samples have to be some of 0 … 10000, in ascending order"),
    ],
)
def test_bad_options(options, message):
    network = Network.of(TWO, ["n", "a"], inputs=ONE_INPUT)
    with pytest.raises(ValueError, match=message):
        simulate_network(network, **({"duration": 1, "trains": [[0.5]]} | options))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Connections.of_matrix(np.zeros(4), np.zeros(4)),
            "with 4 rows, this is 4",
        ),
        (
            lambda: Connections.of_matrix(np.zeros((3, 4)), np.zeros(4)),
            "4 rows, this is 3 × 4",
        ),
        (
            lambda: Connections.of_matrix(-np.eye(2), [0, 0]),
            "have to be finite, and not neg",
        ),
        (
            lambda: Connections.of_matrix([[np.nan]], [0]),
            "1 of 1 values of weight are NaN",
        ),
        (lambda: Connections.of_matrix([[1]], [0], -1), "delays of connections have to be finite"),
        (lambda: Connections.of_matrix([[1]], [0], [1, 2]), "delays are one number or a matrix"),
        (lambda: Connections.of_matrix([[1]], [np.inf]), "1 of 1 values of E are NaN or infinite"),
        (
            lambda: Connections.of_table([0], [2], [1], [0], 2),
            "can't connect neuron 2",
        ),
        (
            lambda: Connections.of_table([-1], [0], [1], [0], 2),
            "can't connect source -1",
        ),
        (lambda: Connections.of_table([0.5], [0], [1], [0], 2), "can't connect source 0.5"),
        (lambda: Connections.of_table([0, 0], [0], [1], [0], 2), "these are 2, 1, 1, 1"),
        (lambda: Network.of(TWO, []), "a network needs at least one neuron"),
        (lambda: Network.of(TWO, ["n", "m"]), "there is no type of neurons called 'm', only n, a"),
        (lambda: Network.of(TWO, ["n"], inputs=ONE_INPUT), "inputs are for 2 neurons, there are 1"),
        (
            lambda: Network.of(TWO, ["n"] * 3, Connections.of_matrix(np.zeros((2, 3)), [0, 0])),
            "connections come from 2 neurons, there are 3",
        ),
        (
            lambda: Network.of(TWO, ["n"] * 4, Connections.of_matrix(np.eye(4), np.zeros(4))),
            "neuron 0 connects to itself, as do 3 others",
        ),
        (
            lambda: Network.of(TWO, ["n", "a"], inputs=ONE_INPUT, τ_g={-0.08: 1}),
            "τ_g has no value for the reversal potential 0.0",
        ),
        (lambda: Network.of(TWO, ["n", "a"], inputs=ONE_INPUT, τ_g=0), "τ_g has to be positive"),
        (lambda: Network.of(TWO, ["n"], σ={"n": 1}), "σ has no value for the type 'a'"),
        (lambda: Network.of(TWO, ["n"], σ=np.nan), "σ has to be a finite number"),
        (lambda: Network.of(TWO, ["n"], σ=np.ones(2)), "σ has 2 values, for 1 neurons"),
        (
            lambda: Network.of(TWO, ["n", "a"], parameters={"k": [1, 1]}),
            r"parameters\['k'\]: neuron 1 \(a\) has no k",
        ),
        (lambda: Network.of(TWO, ["n"], parameters={"C": -1}), r"neuron 0.C has to be a finite nu"),
        (
            lambda: Network.of(TWO, ["a"], parameters={"V_reset": 0.1}),
            "neuron 0: V_reset has to be below V_spike",
        ),
        (lambda: poisson_trains([-1], 1, 0), "rates of Poisson trains have to be finite"),
        (lambda: trains_from_table([3], [0.1], 3), "there is no train 3, only 0 … 2"),
        (lambda: trains_from_table([0, 1], [0.1], 3), "a train and a time: there are 2 and 1"),
    ],
)
def test_bad_networks(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_self_connections_that_are_asked_for():
    connections = Connections.of_matrix(np.eye(4) * nS, np.zeros(4))
    network = Network.of(TWO, ["n"] * 4, connections, allow_self_connections=True)
    assert network.connections.source.size == 4


def test_a_voltage_that_diverges_is_named():
    connections = Connections.of_matrix([[0, 1], [0, 0]], [-65 * mV, 0])
    network = Network.of(TWO, ["n", "n"], connections, σ=SIGMA)
    with pytest.raises(DivergenceError, match=r"neuron 1 diverged at t = \d+\.\d+ s"):
        simulate_network(network)
