"""Studies: cases, tables, intervals; and the same numbers as single runs and searches."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from nto1 import (
    AdEx,
    count_spikes,
    find_weight,
    line_fit_test,
    mean_rate,
    run_study,
    score,
    simulate,
    sta_test,
)
from nto1.config import ConfigError, resolve
from nto1.config.model import NEURONS, Range, Study
from nto1.config.studies import (
    cases_of,
    column_names,
    keys_for,
    n_cases,
    values_of,
    varied_columns,
)
from nto1.inference.n_to_1 import Signal, choose_trains, imaged, record
from nto1.inference.scores import roc
from nto1.measures.connection_test import ImagingTest
from nto1.measures.measure import measures
from nto1.simulation.inputs import TimeGrid
from nto1.simulation.runs import draw_inputs
from nto1.studies.connection_tests import simulated_tests
from nto1.studies.summary import crossing_weight, summarise_runs, summarise_weights
from nto1.studies.work import work_of
from nto1.units import ms, mV, nS, pA, pS, s
from nto1_workflow.planning.jobs import jobs_of as jobs_of_work
from study import with_messages

SHORT = {"experiment.duration_s": 0.5, "experiment.seeds": [0, 1, 2]}
RESPONSE = {
    "measure": "response",
    "vary": {"neuron.b_pA": [0, 65], "neuron.tau_w_ms": [44, 88], "sweep.weights_pS": [600, 1200]},
    "set": SHORT | {"sweep.N": 100},
}

WEIGHTS = Study.model_validate({"measure": "weight_for_rate", "vary": {"find_weight.N": [10]}})


def jobs_of(study: dict, config: dict) -> dict:
    resolved = resolve(config | {"studies": {"study": study}})
    measure = measures()[study["measure"]]
    jobs = jobs_of_work(measure, work_of([Study.model_validate(study)], resolved)).by_name
    return {name: job.tasks for name, job in jobs.items()}


def test_every_row_is_what_a_run_alone_gives():
    table = run_study(RESPONSE).table
    assert [*table][:4] == ["b_pA", "tau_w_ms", "we_pS", "seed"]
    assert len(table) == 2 * 2 * 2 * 3
    for row in table.itertuples():
        neuron = AdEx(b=row.b_pA * pA, τ_w=row.tau_w_ms * ms)
        run = simulate(row.we_pS * pS, count_spikes(100, row.seed, TimeGrid(0.5 * s)), neuron)
        assert (run.rate, run.median_V / mV) == (row.output_rate_Hz, row.median_Vm_mV)


def test_every_weight_is_what_a_search_alone_finds():
    study = {
        "measure": "weight_for_rate",
        "vary": {"find_weight.target_rate_Hz": [4, 10], "find_weight.N": [20, 100]},
        "set": SHORT | {"find_weight.relative_tolerance": 0.01},
    }
    guess = {"N": 100, "weight_pS": 900}
    table, summary = run_study(study, {"find_weight": {"guess": guess}})
    assert [*table][:2] == ["target_rate_Hz", "N"]
    for row in table.itertuples():
        drawn = draw_inputs(row.N, [0, 1, 2], TimeGrid(0.5 * s))
        found = find_weight(
            lambda w, drawn=drawn: mean_rate(w, drawn),
            row.target_rate_Hz,
            guess["weight_pS"] * pS * (100 / row.N),
            relative_tolerance=0.01,
        )
        assert (found.w_exc / nS, found.rate) == (row.we_nS, row.fr_Hz)
        assert found.iterations == row.iterations
    assert summary["we_nS"].tolist() == table["we_nS"].tolist()
    assert (summary["we_nS_ci95_low"] <= summary["we_nS_ci95_high"]).all()


def test_the_guess_of_the_sweep_is_the_sweeps():
    study = {"measure": "weight_for_rate", "vary": {"find_weight.N": [20, 100]}, "set": SHORT}
    config = {"sweep": {"N": 100, "weights_pS": [0, 600, 900]}}
    given = {"find_weight": {"guess": {"N": 100, "weight_pS": 600}}}
    of_sweep, of_number = (run_study(study, c).table for c in (config, given))
    vary = {"sweep.weights_pS": [600, 900]}
    sweep = run_study({"measure": "response", "vary": vary, "set": {"sweep.N": 100}}).summary
    rates = sweep.set_index("we_pS")["output_rate_Hz"]
    assert abs(rates[600] - 4) < abs(rates[900] - 4)
    pd.testing.assert_frame_equal(of_sweep, of_number)


def test_scores_are_those_of_the_test_alone():
    study = {
        "measure": "connections",
        "vary": {
            "recording.spike_SNR": [float("inf"), 20],
            "recording.method": ["sta", "line_fit"],
        },
        "set": {"recording.N": [20], "recording.seeds": [3], "recording.duration_s": 20},
    }
    table, summary = run_study(study)
    assert len(table) == len(summary) == 4
    recording = record(20, 3, 1.8562411524500906 * nS, 20 * s)  # as published, for 4 Hz
    trains = choose_trains(recording, 4, 4)
    for row in table.itertuples():
        V = imaged(recording, Signal("at_reset", row.spike_SNR))
        if row.method == "sta":
            t = sta_test(V, 0.1 * ms, trains.times).t
        else:
            t = line_fit_test(V, 0.1 * ms, trains.times)
        scores = score(t, trains.kinds)
        assert (row.AUC, row.F1max, row.n_tested) == (scores.AUC, scores.F1max, 12)
        assert row.output_rate_Hz == recording.output_rate


def test_areas_are_those_of_each_test_alone():
    study = {
        "measure": "connection_test",
        "vary": {"connection_test.imaging_spike_SNR": [20, 0.5], "connection_test.seeds": [3, 4]},
        "cases": {"published": {}, "weak": {"connection_test.exc_weight_nS": 0.01}},
        "set": {"connection_test.duration_s": 20, "connection_test.n_shuffles": 20},
    }
    table, summary = run_study(study)
    assert summary["n_seeds"].tolist() == [2] * 4
    config = resolve({"connection_test": {"duration_s": 20, "n_shuffles": 20, "variants": []}})
    for row in table.to_dict("records"):
        own = {"imaging_spike_SNR": row["imaging_spike_SNR"]}
        own["exc_weight_nS"] = 0.4 if row["case"] == "published" else 0.01
        section = config.connection_test.model_copy(update=own)
        test = ImagingTest.of({}, section, config.izhikevich, row["seed"])
        drawn, _, tested = simulated_tests([test])
        p = [train.p[0].p for train in tested]
        curve = roc(np.array(p), drawn.connectivity.connected, drawn.connectivity.inhibitory)
        areas = curve.areas()
        assert {name: row[name] for name in areas} == areas
    strong, weak = (table[table["case"] == case] for case in study["cases"])
    assert strong["area"].mean() > weak["area"].mean()


@given(st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_cases_are_all_combinations_or_pairs(lengths):
    keys = ("neuron.b_pA", "neuron.a_nS", "experiment.duration_s")
    vary = {key: [float(i + 1) for i in range(n)] for key, n in zip(keys, lengths, strict=False)}
    study = Study.model_validate({"measure": "response", "vary": vary})
    cases = cases_of(study, resolve({}))
    assert len(cases) == n_cases(study) == np.prod(lengths)
    assert len({tuple(case.columns.values()) for case in cases}) == len(cases)
    zipped = Study.model_validate(
        {"measure": "response", "vary": {k: [1.0, 2.0] for k in vary}, "zip": True}
    )
    assert len(cases_of(zipped, resolve({}))) == n_cases(zipped) == 2


def test_named_cases_are_crossed_with_what_is_varied():
    cases = {"regular": {}, "bursting": {"neuron.V_reset_mV": -47}}
    study = RESPONSE | {"cases": cases, "vary": {"sweep.weights_pS": [600, 1200]}}
    table, summary = run_study(study)
    assert summary["case"].tolist() == ["regular"] * 2 + ["bursting"] * 2
    assert varied_columns(Study.model_validate(study)) == ["case", "we_pS"]
    assert set(table.query("case == 'regular'")["we_pS"]) == {600, 1200}


@pytest.mark.parametrize(
    "study",
    [
        {"cases": {"a": {"sweep.weights_pS": [600]}, "b": {"sweep.weights_pS": [1200]}}},
        {"cases": {"a": {"experiment.seeds": [0]}, "b": {"experiment.seeds": [1, 2]}}},
        {"cases": {"a": {}, "b": {}}},
        {"zip": True, "vary": {"experiment.seeds": [0, 1], "sweep.weights_pS": [600, 600]}},
        {"zip": True, "vary": {"neuron.b_pA": [0, 0, 9], "neuron.a_nS": [1, 2, 2]}},
    ],
    ids=["weights", "seeds", "the same", "zipped lists", "zipped"],
)
def test_nothing_of_any_case_is_lost(study):
    study |= {"measure": "response", "set": {"experiment.duration_s": 0.2, "sweep.N": 100}}
    config = {"experiment": {"seeds": [0, 1]}, "sweep": {"weights_pS": [600, 900]}}
    table = run_study(study, config).table
    cases = cases_of(Study.model_validate(study), resolve(config))
    expected = [
        (*case.columns.values(), weight, seed)
        for case in cases
        for weight in case.config.sweep.weights_pS
        for seed in case.config.experiment.seeds
    ]
    made = table[[*cases[0].columns, "we_pS", "seed"]].itertuples(index=False, name=None)
    assert sorted(made) == sorted(expected)


@pytest.mark.parametrize(
    ("range_", "values"),
    [
        ({"from": 3, "to": 6}, [3, 4, 5, 6]),
        ({"from": 0, "to": 1, "n": 5}, [0, 0.25, 0.5, 0.75, 1]),
        ({"from": 1, "to": 100, "n": 5, "log": True}, [1, 3.16227766017, 10, 31.6227766017, 100]),
    ],
)
def test_ranges(range_, values):
    assert values_of(Range.model_validate(range_)) == values


@given(st.lists(st.integers(1, 12), min_size=1, max_size=4), st.integers(0, 99))
def test_intervals_of_means_are_students(sizes, seed):
    n, rng = sum(sizes), np.random.default_rng(seed)
    runs = pd.DataFrame({"b_pA": np.repeat(np.arange(len(sizes)), sizes), "we_pS": 15.0})
    runs["median_Vm_mV"], runs["output_rate_Hz"] = rng.normal(5, 2, n), rng.normal(1, 1, n)
    runs = runs.sample(frac=1, random_state=seed)
    study = Study.model_validate(
        {"measure": "response", "vary": {"neuron.b_pA": [*range(len(sizes))]}}
    )
    for row in summarise_runs(runs, study).to_dict("records"):
        of_case = runs[runs["b_pA"] == row["b_pA"]]
        assert row["n_seeds"] == len(of_case)
        for measure, lowest in (("median_Vm_mV", -np.inf), ("output_rate_Hz", 0)):
            values = of_case[measure].to_numpy()
            assert row[measure] == values.mean()
            names = [f"{measure}_{name}" for name in ("sem", "ci95_low", "ci95_high")]
            sem, low, high = (row[name] for name in names)
            if len(values) == 1:
                assert np.isnan([sem, low, high]).all()
                continue
            assert sem == pytest.approx(stats.sem(values))
            ends = stats.t.interval(0.95, len(values) - 1, values.mean(), stats.sem(values))
            assert [low, high] == pytest.approx(np.maximum(ends, lowest))


@pytest.mark.parametrize("n_seeds", [2, 3, 5, 10])
def test_intervals_cover_what_they_say(n_seeds):
    """Of 4000 means of normal numbers about 0.5, and of none of what can't be."""
    rng, n_sets = np.random.default_rng(1), 4000
    runs = pd.DataFrame({"spike_SNR": np.repeat(np.arange(n_sets), n_seeds), "N": 100})
    for measure in ("AUC", "AUC_exc", "AUC_inh", "F1max", "output_rate_Hz"):
        runs[measure] = rng.normal(0.5, 0.5, len(runs))
    study = Study.model_validate({"measure": "connections", "vary": {"recording.spike_SNR": [1]}})
    summary = summarise_runs(runs, study)
    low, high = summary["AUC_ci95_low"], summary["AUC_ci95_high"]
    assert (low.le(0.5) & high.ge(0.5)).mean() == pytest.approx(0.95, abs=0.015)
    assert (low.min(), high.max()) == (0, 1)


def test_intervals_of_weights_where_rates_grow_evenly():
    """Then these are the weights at both ends of the interval of the rate at the weight found."""
    rng, target, slope, study = np.random.default_rng(3), 4.0, 2.0, WEIGHTS
    weights, of_seeds = np.array([0.5, 1, 2, 3, 8]), rng.normal(0, 1, 6)
    steps = pd.DataFrame(
        {"N": 10, "we_nS": weight, "seed": seed, "fr_Hz": slope * weight + own}
        for weight in weights
        for seed, own in enumerate(of_seeds)
    )
    row = {"N": 10, "we_nS": 2.0, "fr_Hz": 4 + of_seeds.mean(), "target_rate_Hz": target}
    (found,) = summarise_weights(pd.DataFrame([row]), steps, study).to_dict("records")
    sem, at_target = stats.sem(of_seeds), (target - of_seeds.mean()) / slope
    low, high = stats.t.interval(0.95, 5, at_target, sem / slope)
    assert found == pytest.approx(
        {"N": 10, "we_nS": 2.0, "fr_Hz": row["fr_Hz"], "n_seeds": 6}
        | {"we_nS_sem": sem / slope, "fr_Hz_sem": sem}
        | {"we_nS_ci95_low": low, "we_nS_ci95_high": high}
    )
    few = steps[steps["we_nS"].between(1, 2)]
    (found,) = summarise_weights(pd.DataFrame([row]), few, study).to_dict("records")
    assert np.isnan(found["we_nS_ci95_high"])  # beyond all weights tried
    (found,) = summarise_weights(pd.DataFrame([row]), steps[steps["seed"] == 0], study).to_dict(
        "records"
    )
    assert np.isnan([found[f"we_nS_{name}"] for name in ("sem", "ci95_low", "ci95_high")]).all()


def test_where_lines_pass_the_target():
    weights = np.array([1.0, 2.0, 4.0])
    for rates, weight in (([0, 2, 4], 4), ([0, 4, 8], 2), ([0, 2, 6], 3), ([2, 6, 3], 1.5)):
        assert crossing_weight(weights, np.array(rates, float), 4.0) == weight
    for rates in ([5, 6, 7], [0, 0, 1]):
        assert np.isnan(crossing_weight(weights, np.array(rates, float), 4.0))


def test_one_more_value_or_seed_makes_only_jobs_with_something_new():
    seeds = [*range(64), *range(128, 168)]
    config = {"experiment": {"duration_s": 50, "seeds": seeds}}
    vary = {"neuron.b_pA": [float(b) for b in range(40)], "sweep.weights_pS": [*range(10, 30)]}
    study = {"measure": "response", "vary": vary}
    before = jobs_of(study, config)
    assert len(before) > 5
    more = vary | {"neuron.b_pA": [*vary["neuron.b_pA"], 55.5]}
    after = jobs_of(study | {"vary": more}, config)
    changed = [job for job in before if before[job] != after.get(job)]
    assert len(changed) <= 2  # for each block of seeds, the one it falls in
    new = [job for job in after if after[job] != before.get(job)]
    assert len(new) <= 2 * 2 < len(after)  # or the two that one was split into
    assert sum(55.5 in [task.columns["b_pA"] for task in after[job]] for job in new) >= 2
    assert len(new) - len(changed) <= 2
    later = jobs_of(study, {"experiment": {"duration_s": 50, "seeds": [*seeds, 168]}})
    old = [job for job, tasks in before.items() if tasks[-1].seeds[0] == 0]
    assert old
    assert all(later[job] == before[job] for job in old)


@pytest.mark.parametrize("key", ["sweep.weights_pS", "experiment.seeds", "neuron.b_pA"])
def test_what_was_there_keeps_its_name_when_a_value_is_added(key):
    def names(values):
        study = {"measure": "response", "vary": {key: values}}
        study["cases"] = {"short": {"experiment.duration_s": 5}, "long": {}}
        resolved = resolve({"studies": {"study": study}})
        return {piece.name for piece in work_of([Study.model_validate(study)], resolved)}

    assert names([1, 2]) <= names([1, 2, 3])


def test_jobs_are_cut_across_cases():
    vary = {
        "neuron.b_pA": {"from": 0, "to": 60, "n": 40},
        "neuron.tau_w_ms": {"from": 20, "to": 200, "n": 25},
    }
    config = {"experiment": {"duration_s": 1}, "sweep": {"weights_pS": [15]}}
    assert len(jobs_of({"measure": "response", "vary": vary}, config)) <= 3  # 1000 cases


MISTAKES = """
{vary: {neuron.b_pa: [1]}} -> vary.neuron.b_pa: no such key. Did you mean neuron.b_pA?
{vary: {b_pA: [1]}} -> vary.b_pA: no such key. Did you mean neuron.b_pA?
{vary: {network.duration_s: [1]}}
    -> vary.network.duration_s: no such key. Did you mean experiment.duration_s?
{vary: {neuron.b_pA: []}} -> vary.neuron.b_pA: [] is not a list of one or more
{} -> nothing is varied
{vary: {neuron.b_pA: [1, 1]}} -> there is a value twice
{vary: {neuron.b_pA: [65, 65.0]}} -> there is a value twice
{vary: {neuron.C_pF: [0.5]}} -> 0.5 is not a number ≥ 1, ≤ 100000.
{vary: {neuron.V_T_mV: [50]}} -> (V_T_mV = 50): neuron.V_T_mV: 50 mV has to be below V_spike_mV
{vary: {neuron.b_pA: &id001 {from: 0, to: 1, n: 1000}, neuron.a_nS: *id001}}
    -> 1000000 cases are more than 100000
{vary: {neuron.b_pA: {from: 3, to: 1}}} -> from 3 to 1. Exchange them.
{vary: {neuron.b_pA: {from: 0.5, to: 3}}} -> Say how many: n.
{zip: true, vary: {neuron.b_pA: [1], neuron.a_nS: [1, 2]}} -> lists of one length are needed
{vary: {neuron.b_pA: [1]}, x: a_nS} -> x: a_nS is not varied. There are: b_pA, we_pS.
{zip: true, vary: {neuron.b_pA: [1, 2, 1], sweep.weights_pS: [5, 5, 5]}}
    -> zip: the same values are there twice. Keep one.
{zip: true, vary: {neuron.b_pA: [1, 1.0], sweep.weights_pS: [5.0, 5]}}
    -> zip: the same values are there twice. Keep one.
{zip: true, vary: {neuron.b_pA: {from: 0, to: 3, n: 2, log: true}}}
    -> a logarithmic range needs n, and begins above 0.
{vary: {neuron.b_pA: [1]}, set: {neuron.b_pA: 2}}
    -> vary.neuron.b_pA: it is in set, too. Name it in one of them.
{vary: {neuron.b_pA: [1]}, cases: {a: {neuron.b_pA: 2}}} -> vary.neuron.b_pA: it is in a, too.
{cases: {a: {neuron.c: 3}}} -> cases.a.neuron.c: no such key.
{measure: rate, vary: {sweep.N: [5]}}
    -> measure: 'rate' is not connection_test or connections or
"""


@pytest.mark.parametrize(("study", "message"), with_messages(MISTAKES))
def test_mistakes_are_refused_with_what_was_probably_meant(study, message):
    with pytest.raises(ConfigError) as error:
        resolve({"studies": {"mine": {"measure": "response"} | study}})
    assert message in str(error.value)
    assert "studies.mine" in str(error.value)


@pytest.mark.parametrize("other", ["Mine", "mine_summary", "MINE_SUMMARY"])
def test_studies_whose_files_would_have_one_name(other):
    study = {"measure": "response", "vary": {"neuron.b_pA": [1]}}
    with pytest.raises(ConfigError, match=f"studies.{other}: its files would have names of those "):
        resolve({"studies": {"mine": study, other: study}})
    resolve({"studies": {"mine": study, "mine_too": study}})


@pytest.mark.parametrize("measure", measures())
def test_what_is_varied_has_no_column_of_what_is_measured(measure):
    measured = {*measures()[measure].measured, *measures()[measure].also, "n_seeds"}
    assert not measured & {
        column_names([key], measures()[measure])[key]
        for key in keys_for(measure, list(NEURONS), resolve({}))
    }


def test_numbers_of_trains_that_are_varied_and_those_that_were_tested():
    vary = {"connection_inference.n_tested": [2, 4]}
    held = {"recording.N": [50], "recording.seeds": [1, 2], "recording.duration_s": 5}
    table, summary = run_study({"measure": "connections", "vary": vary, "set": held})
    for rows in (table, summary):
        assert rows["connection_inference.n_tested"].unique().tolist() == [2, 4]
    assert table["n_tested"].tolist() == [6, 6, 12, 12]
