"""Runs against a plain loop over sorted spikes, checkpoints, and what must not change a result."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nto1 import reference
from nto1.errors import DivergenceError
from nto1.neurons import MODELS, Levels, Synapses, with_floats
from nto1.neurons.adex import AdEx
from nto1.neurons.izhikevich import Izhikevich
from nto1.simulation import runs
from nto1.simulation.inputs import (
    Inputs,
    TimeGrid,
    _count_spikes,
    count_spikes,
    draw_spike_trains,
)
from nto1.simulation.runs import (
    InputBatch,
    ceil_spikes,
    check_divergence,
    draw_inputs,
    simulate,
    simulate_batch,
)
from nto1.simulation.vectorized import WIDTHS, tile_kernel
from nto1.units import mV, nS, pA, pS

SHORT = TimeGrid(0.3, 1e-4)
THESIS_WEIGHTS = np.array([0, 10, 14, 30]) * pS
SIGNALS = ("V", "w", "g_exc", "g_inh")


@pytest.fixture(scope="module")
def published():
    return InputBatch([count_spikes(6500, seed) for seed in range(3)])


def one_lane(model, exc, inh, w_exc, dt, p):
    """A plain loop over time that uses the neuron's equations, and nothing of the lanes: V after
    each step, and the steps of spikes."""
    levels, synapses = Levels.of(p), p.synapses
    V, u, G_exc, G_inh = levels.V_rest, levels.u_rest, 0.0, 0.0
    trace, spikes = [], []
    for i, (n_exc, n_inh) in enumerate(zip(exc.tolist(), inh.tolist(), strict=True)):
        G_exc += n_exc
        G_inh += n_inh
        g_exc, g_inh = w_exc * G_exc, synapses.inh_to_exc_weight * w_exc * G_inh
        I_syn = g_exc * (V - synapses.E_exc) + g_inh * (V - synapses.E_inh)
        V, u = V + model.dV(V, u, I_syn, dt, p), u + model.du(V, u, dt, p)
        if V >= levels.V_threshold:
            V, u = levels.V_reset, u + levels.u_jump
            spikes.append(i)
        G_exc -= dt / synapses.τ_g * G_exc
        G_inh -= dt / synapses.τ_g * G_inh
        trace.append(V)
    return trace, spikes


def test_checkpoint():
    run = simulate(14 * pS, count_spikes(6500, 1))
    assert run.spike_steps[:5].tolist() == [1993, 4294, 7060, 10195, 12860]
    assert run.spike_steps.size == 41
    assert run.rate == 4.1
    assert run.median_V / mV == pytest.approx(-54.04052333302967, abs=1e-9)


@pytest.mark.parametrize("weight", THESIS_WEIGHTS)
@pytest.mark.parametrize("seed", [0, 7])
def test_plain_loop_over_sorted_spikes(weight, seed):
    trace, spikes = reference.simulate(weight, draw_spike_trains(6500, seed), 6500)
    run = simulate(weight, count_spikes(6500, seed), record=SIGNALS)
    assert run.spike_steps.tolist() == spikes.tolist()
    # The upstroke multiplies any rounding by thousands within a few steps.
    rising = trace[0] > -50 * mV
    np.testing.assert_allclose(run.trace.V[~rising], trace[0, ~rising], rtol=0, atol=1e-9 * mV)
    np.testing.assert_allclose(run.trace.V[rising], trace[0, rising], rtol=0, atol=1e-5 * mV)
    np.testing.assert_allclose(run.trace.w, trace[1], rtol=0, atol=1e-9 * pA)
    np.testing.assert_allclose(run.trace.g_exc, trace[2], rtol=1e-11)
    np.testing.assert_allclose(run.trace.g_inh, trace[3], rtol=1e-11)
    median = np.median(ceil_spikes(trace[0], spikes, AdEx().V_spike))
    assert run.median_V == pytest.approx(median, abs=1e-9 * mV)


@pytest.mark.parametrize("name", MODELS)
def test_lanes_are_the_equations_to_the_bit(name):
    model, counts = MODELS[name], count_spikes(6500, 2, TimeGrid(3.0))
    neuron = with_floats(model.parameters())
    weight = (18 if name == "adex" else 40) * pS
    run = simulate(weight, counts, neuron, record=["V"])
    trace, spikes = one_lane(model, counts.exc, counts.inh, weight, 1e-4, neuron)
    assert len(spikes) > 5
    assert run.spike_steps.tolist() == spikes
    np.testing.assert_array_equal(run.trace.V, trace)
    assert run.median_V == np.median(ceil_spikes(run.trace.V, run.spike_steps, neuron.peak))


def test_only_what_the_model_has_is_recorded():
    counts = count_spikes(100, 0, SHORT)
    assert simulate(0, counts, Izhikevich(), record=["u"]).trace.u.shape == (3000,)
    with pytest.raises(ValueError, match="record: there is no w, but V, u, g_exc, g_inh"):
        simulate(0, counts, Izhikevich(), record=["w"])
    with pytest.raises(TypeError, match="there are AdEx, Izhikevich"):
        simulate(0, counts, 3)


@settings(max_examples=40)
@given(
    N=st.integers(2, 40).map(lambda k: 5 * k),
    seed=st.integers(0, 100),
    w_nS=st.floats(0, 5),
    n_steps=st.integers(1, 3000),
    p=st.fixed_dictionaries(
        {
            "C": st.floats(50e-12, 200e-12),
            "g_L": st.floats(2e-9, 20e-9),
            "Δ_T": st.floats(0.3 * mV, 4 * mV),
            "a": st.floats(-1 * nS, 4 * nS),
            "b": st.floats(0, 100 * pA),
            "V_reset": st.floats(-70 * mV, -50 * mV),
        }
    ).map(lambda changed: AdEx(**changed)),
    drop=st.booleans(),
)
def test_other_neurons_against_the_plain_loop(N, seed, w_nS, n_steps, p, drop):
    grid, inputs = TimeGrid(n_steps * 1e-4, 1e-4), Inputs(drop_last_spike=drop)
    weight = w_nS * nS * 20 / N
    trace, spikes = reference.simulate(
        weight, draw_spike_trains(N, seed, grid, inputs), N, grid, drop, p
    )
    run = simulate(weight, count_spikes(N, seed, grid, inputs), p, record=SIGNALS)
    # Rounding may move a spike by a step where the upstroke crosses V_spike just so; until then:
    same = run.trace.V.size
    if run.spike_steps.tolist() != spikes.tolist():
        n = min(run.spike_steps.size, spikes.size)
        differing = np.flatnonzero(run.spike_steps[:n] != spikes[:n])
        same = min(run.spike_steps[differing[0]], spikes[differing[0]]) if differing.size else 0
        assert abs(run.spike_steps.size - spikes.size) <= 1
    np.testing.assert_allclose(run.trace.V[:same], trace[0, :same], rtol=0, atol=1e-6 * mV)


def test_the_batch_is_the_single_runs(published):
    batch = simulate_batch(THESIS_WEIGHTS, published)
    for i, counts in enumerate(published.counts):
        for j, weight in enumerate(THESIS_WEIGHTS):
            run = simulate(weight, counts)
            assert batch.rates[i, j] == run.rate
            assert batch.median_V[i, j] == run.median_V


@settings(max_examples=25)
@given(
    n_weights=st.integers(1, 70),
    n_inputs=st.integers(1, 20),
    threads=st.integers(1, 4),
    n_steps=st.sampled_from([100, 1000, 3001]),
)
def test_the_arrangement_changes_nothing(n_weights, n_inputs, threads, n_steps):
    grid = TimeGrid(n_steps * 1e-4, 1e-4)
    inputs = InputBatch([count_spikes(50, seed, grid) for seed in range(n_inputs)])
    weights = np.linspace(0, 3, n_weights) * nS
    batch = simulate_batch(weights, inputs, threads=threads)
    i, j = n_inputs - 1, n_weights // 2
    alone = simulate(weights[j], inputs.counts[i])
    assert (batch.rates[i, j], batch.median_V[i, j]) == (alone.rate, alone.median_V)
    one_by_one = [simulate_batch([weight], inputs) for weight in weights]
    np.testing.assert_array_equal(batch.rates, np.hstack([b.rates for b in one_by_one]))
    np.testing.assert_array_equal(batch.median_V, np.hstack([b.median_V for b in one_by_one]))


def test_recording_changes_nothing():
    counts = count_spikes(6500, 5)
    recorded, not_recorded = simulate(20 * pS, counts, record=SIGNALS), simulate(20 * pS, counts)
    assert not_recorded.trace.V is None
    assert recorded.median_V == not_recorded.median_V
    np.testing.assert_array_equal(recorded.spike_times, not_recorded.spike_times)
    ceiled = ceil_spikes(recorded.trace.V, recorded.spike_steps, AdEx().V_spike)
    assert np.median(ceiled) == recorded.median_V
    assert (recorded.trace.V[recorded.spike_steps] == AdEx().V_reset).all()


def test_the_same_seed_gives_the_same_run():
    first, second = (simulate(14 * pS, count_spikes(100, 3), record=SIGNALS) for _ in range(2))
    np.testing.assert_array_equal(first.trace.V, second.trace.V)


def test_without_input_strength_the_voltage_stays_at_rest():
    run = simulate(0.0, count_spikes(6500, 0), record=SIGNALS)
    assert run.rate == 0
    # The exponential current alone lifts the fixed point a little above E_L.
    assert run.median_V == pytest.approx(AdEx().E_L, abs=1e-4 * mV)
    assert not run.trace.g_exc.any()


def test_stronger_input_gives_a_higher_rate_on_average():
    inputs = InputBatch([count_spikes(6500, seed) for seed in range(10)])
    rates = simulate_batch(np.array([10, 12, 15, 20, 30]) * pS, inputs, with_medians=False).rates
    assert (np.diff(rates.mean(axis=0)) > 0).all()


def test_rates_do_not_need_medians(published):
    with_medians = simulate_batch(THESIS_WEIGHTS, published)
    without = simulate_batch(THESIS_WEIGHTS, published, with_medians=False)
    assert without.median_V is None
    np.testing.assert_array_equal(with_medians.rates, without.rates)


@pytest.mark.parametrize("timestep_ms", [0.1, 1.0])
def test_divergence_names_the_runs_and_leaves_the_others_alone(timestep_ms):
    grid = TimeGrid(0.1, timestep_ms * 1e-3)
    inputs = InputBatch([count_spikes(6500, seed, grid) for seed in (3, 4)])
    weights = [0.1 * pS, 15 * nS]
    batch = simulate_batch(weights, inputs)
    assert (
        np.isnan(batch.rates).tolist() == np.isnan(batch.median_V).tolist() == [[False, True]] * 2
    )
    np.testing.assert_array_equal(batch.rates[:, :1], simulate_batch(weights[:1], inputs).rates)
    message = r"diverged in 2 of 4 runs.*w_e = 15000 pS, N = 6500, seed 3; .*seed 4"
    with pytest.raises(DivergenceError, match=message):
        check_divergence(batch, weights, inputs)
    with pytest.raises(DivergenceError, match="1 of 1 runs"):
        simulate(15 * nS, inputs.counts[0])


def test_a_neuron_that_is_unstable_by_itself_diverges():
    # Adaptation that pulls down what is down: V falls without end.
    neuron = AdEx(a=-20 * nS, synapses=Synapses(E_inh=-90 * mV, inh_to_exc_weight=20))
    with pytest.raises(DivergenceError, match=r"seed 0$"):
        simulate(14 * pS, count_spikes(6500, 0), neuron)


def test_realisations_of_different_length_do_not_mix():
    counts = [count_spikes(10, 0, TimeGrid(duration, 1e-4)) for duration in (0.1, 0.2)]
    with pytest.raises(ValueError, match="need one duration and time step"):
        InputBatch(counts)


@pytest.mark.parametrize("n_seeds", [1, 9, 37])
def test_medians_of_neurons_that_fire_fast(n_seeds):
    """Their medians are hard to guess: some need another try, or all samples."""
    neuron, weights = AdEx(b=0.0), np.array([10, 18, 28, 30]) * pS
    inputs = draw_inputs(6500, range(n_seeds), TimeGrid(2.0))
    batch = simulate_batch(weights, inputs, neuron)
    assert batch.rates[:, -1].min() > 80
    for i in {0, n_seeds // 2, n_seeds - 1}:
        for j, w_exc in enumerate(weights):
            run = simulate(w_exc, inputs.counts[i], neuron, ["V"], with_median=False)
            ceiled = ceil_spikes(run.trace.V, run.spike_steps, neuron.V_spike)
            assert batch.median_V[i, j] == np.median(ceiled)


def test_kernels_are_compiled_for_whole_numbers_and_others_alike():
    kernel = tile_kernel(MODELS["adex"], WIDTHS[0])
    weights, inputs = np.array([14 * pS]), Inputs(exc_to_inh=4, log_rate_variance=1)
    drawn = draw_inputs(100, [0], SHORT, inputs)
    simulate_batch(weights, drawn, AdEx(synapses=Synapses(inh_to_exc_weight=4)))
    compiled = len(kernel.made.signatures), len(_count_spikes.made.signatures)
    drawn = draw_inputs(100, [0], SHORT, inputs._replace(exc_to_inh=4.0, log_rate_variance=0.5))
    simulate_batch(weights, drawn, AdEx(synapses=Synapses(inh_to_exc_weight=4.5)))
    assert (len(kernel.made.signatures), len(_count_spikes.made.signatures)) == compiled


def test_runs_whose_medians_are_found_at_once_are_integrated_twice(monkeypatch):
    """Coarsely, to guess where the median lies; and as asked for."""
    calls = []

    def counted(model, width):
        calls.append(width)
        return tile_kernel(model, width)

    monkeypatch.setattr(runs, "tile_kernel", counted)
    simulate_batch(THESIS_WEIGHTS[1:], InputBatch([count_spikes(6500, 1)]))
    assert len(calls) == 2
