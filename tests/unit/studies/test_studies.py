"""Studies: cases, tables, intervals; and the same numbers as single runs and searches."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from nto1.config.studies import cases_of, complete, n_cases, values_of, varied_columns
from nto1.inference.n_to_1 import Signal, choose_trains, imaged, record
from nto1.inference.scores import roc
from nto1.inference.sta import p_value
from nto1.simulation.inputs import TimeGrid
from nto1.simulation.runs import draw_inputs
from nto1.studies.connection_tests import simulated_tests
from nto1.studies.summary import crossing_weight, summarise_runs
from nto1.studies.tasks import units_of
from nto1.units import ms, mV, nS, pA, pS, s
from nto1_workflow.planning.study_jobs import study_jobs

SHORT = {"experiment.duration_s": 0.5, "experiment.seeds": [0, 1, 2]}
RESPONSE = {
    "measure": "response",
    "vary": {"neuron.b_pA": [0, 65], "neuron.tau_w_ms": [44, 88], "sweep.weights_pS": [600, 1200]},
    "set": SHORT | {"sweep.N": 100},
}


def jobs_of(study: dict, config: dict) -> dict:
    resolved = resolve(config | {"studies": {"study": study}})
    return study_jobs(complete(study), resolved).tasks


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
    section = resolve({})["connection_test"] | {"duration_s": 20, "n_shuffles": 20}
    for row in table.to_dict("records"):
        own = {"seed": row["seed"], "imaging_spike_SNR": row["imaging_spike_SNR"]}
        own["exc_weight_nS"] = 0.4 if row["case"] == "published" else 0.01
        drawn, _, tested = simulated_tests([section | own], resolve({})["izhikevich"])
        p = [p_value(test.height, test.shuffled_heights).p for (test,) in tested]
        curve = roc(np.array(p), drawn.connectivity.connected, drawn.connectivity.inhibitory)
        areas = curve.areas()
        assert {name: row[name] for name in areas} == areas
    strong, weak = (table[table["case"] == case] for case in study["cases"])
    assert strong["area"].mean() > weak["area"].mean()


@given(st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_cases_are_all_combinations_or_pairs(lengths):
    keys = ("neuron.b_pA", "neuron.a_nS", "experiment.duration_s")
    vary = {key: [float(i + 1) for i in range(n)] for key, n in zip(keys, lengths, strict=False)}
    study = complete({"measure": "response", "vary": vary})
    cases = cases_of(study, resolve({}))
    assert len(cases) == n_cases(study) == np.prod(lengths)
    assert len({tuple(case.columns.values()) for case in cases}) == len(cases)
    zipped = complete({"measure": "response", "vary": {k: [1.0, 2.0] for k in vary}, "zip": True})
    assert len(cases_of(zipped, resolve({}))) == n_cases(zipped) == 2


def test_named_cases_are_crossed_with_what_is_varied():
    cases = {"regular": {}, "bursting": {"neuron.V_reset_mV": -47}}
    study = RESPONSE | {"cases": cases, "vary": {"sweep.weights_pS": [600, 1200]}}
    table, summary = run_study(study)
    assert summary["case"].tolist() == ["regular"] * 2 + ["bursting"] * 2
    assert varied_columns(complete(study)) == ["case", "we_pS"]
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
    cases = cases_of(complete(study), resolve(config))
    expected = [
        (*case.columns.values(), weight, seed)
        for case in cases
        for weight in case.config["sweep"]["weights_pS"]
        for seed in case.config["experiment"]["seeds"]
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
    assert values_of(range_) == values


def test_means_and_intervals():
    runs = pd.DataFrame(
        {"b_pA": np.repeat([0, 1, 2], [50, 50, 1]), "seed": [*range(50), *range(50), 0]}
    )
    rng = np.random.default_rng(1)
    runs["median_Vm_mV"], runs["output_rate_Hz"] = rng.normal(5, 2, len(runs)), 3.0
    runs["we_pS"] = 15.0
    study = complete({"measure": "response", "vary": {"neuron.b_pA": [0, 1, 2]}})
    summary = summarise_runs(runs, study)
    values = runs.query("b_pA == 1")["median_Vm_mV"]
    row = summary.iloc[1]
    assert row["median_Vm_mV"] == values.mean()
    assert row["median_Vm_mV_sem"] == pytest.approx(values.sem())
    half = 1.96 * values.sem()  # as of a normal distribution, for means of 50
    assert row["median_Vm_mV_ci95_low"] == pytest.approx(values.mean() - half, abs=0.2 * half)
    assert row["median_Vm_mV_ci95_high"] == pytest.approx(values.mean() + half, abs=0.2 * half)
    assert row["output_rate_Hz_ci95_low"] == row["output_rate_Hz_ci95_high"] == 3
    assert summary["n_seeds"].tolist() == [50, 50, 1]
    assert np.isnan(summary.iloc[2]["median_Vm_mV_ci95_low"])


def test_where_lines_pass_the_target():
    weights = np.array([1.0, 2.0, 4.0])
    rates = np.array([[0, 0, 5, 0], [2, 4, 6, 0], [4, 8, 7, 1]], float)
    assert crossing_weight(weights, rates, 4.0).tolist() == [4, 2, 1, 4]
    assert crossing_weight(weights, rates[:, :1], 3.0).tolist() == [3]


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
    assert sum(55.5 in [task["neuron"]["b_pA"] for task in after[job]] for job in new) >= 2
    assert len(new) - len(changed) <= 2
    later = jobs_of(study, {"experiment": {"duration_s": 50, "seeds": [*seeds, 168]}})
    old = [job for job, tasks in before.items() if tasks[-1]["experiment"]["seeds"][0] == 0]
    assert old
    assert all(later[job] == before[job] for job in old)


@pytest.mark.parametrize("key", ["sweep.weights_pS", "experiment.seeds", "neuron.b_pA"])
def test_what_was_there_keeps_its_name_when_a_value_is_added(key):
    def names(values):
        study = {"measure": "response", "vary": {key: values}}
        study["cases"] = {"short": {"experiment.duration_s": 5}, "long": {}}
        resolved = resolve({"studies": {"study": study}})
        return {unit.name for unit in units_of(complete(study), resolved)}

    assert names([1, 2]) <= names([1, 2, 3])


def test_jobs_are_cut_across_cases():
    vary = {
        "neuron.b_pA": {"from": 0, "to": 60, "n": 40},
        "neuron.tau_w_ms": {"from": 20, "to": 200, "n": 25},
    }
    config = {"experiment": {"duration_s": 1}, "sweep": {"weights_pS": [15]}}
    assert len(jobs_of({"measure": "response", "vary": vary}, config)) <= 3  # 1000 cases


THOUSAND = {"from": 0, "to": 1, "n": 1000}
MISTAKES = {
    "unknown key": (
        {"vary": {"neuron.b_pa": [1]}},
        "vary.neuron.b_pa: no such key. Did you mean neuron.b_pA?",
    ),
    "no section": (
        {"vary": {"b_pA": [1]}},
        "vary.b_pA: no such key. Did you mean neuron.b_pA?",
    ),
    "without effect": (
        {"vary": {"network.duration_s": [1]}},
        "vary.network.duration_s: no such key. Did you mean experiment.duration_s?",
    ),
    "empty list": (
        {"vary": {"neuron.b_pA": []}},
        "vary.neuron.b_pA: [] is not a list of one or more",
    ),
    "nothing varied": (
        {},
        "nothing is varied",
    ),
    "value twice": (
        {"vary": {"neuron.b_pA": [1, 1]}},
        "there is a value twice",
    ),
    "wrong value": (
        {"vary": {"neuron.C_pF": [0.5]}},
        "0.5 is not a number ≥ 1, ≤ 100000.",
    ),
    "inconsistent": (
        {"vary": {"neuron.V_T_mV": [50]}},
        "(V_T_mV = 50): neuron.V_T_mV: 50 mV has to be below V_spike_mV",
    ),
    "too many": (
        {"vary": {"neuron.b_pA": THOUSAND, "neuron.a_nS": THOUSAND}},
        "1000000 cases are more than 100000",
    ),
    "range turned round": (
        {"vary": {"neuron.b_pA": {"from": 3, "to": 1}}},
        "from 3 to 1. Exchange them.",
    ),
    "no whole numbers": (
        {"vary": {"neuron.b_pA": {"from": 0.5, "to": 3}}},
        "Say how many: n.",
    ),
    "zip": (
        {"zip": True, "vary": {"neuron.b_pA": [1], "neuron.a_nS": [1, 2]}},
        "lists of one length are needed",
    ),
    "axis": (
        {"vary": {"neuron.b_pA": [1]}, "x": "a_nS"},
        "x: a_nS is not varied. There are: b_pA, we_pS.",
    ),
    "zip, twice": (
        {"zip": True, "vary": {"neuron.b_pA": [1, 2, 1], "sweep.weights_pS": [5, 5, 5]}},
        "zip: the same values are there twice. Keep one.",
    ),
    "zip, logarithmic from 0": (
        {"zip": True, "vary": {"neuron.b_pA": {"from": 0, "to": 3, "n": 2, "log": True}}},
        "a logarithmic range needs n, and begins above 0.",
    ),
    "varied and set": (
        {"vary": {"neuron.b_pA": [1]}, "set": {"neuron.b_pA": 2}},
        "vary.neuron.b_pA: it is in set, too. Name it in one of them.",
    ),
    "varied and in a case": (
        {"vary": {"neuron.b_pA": [1]}, "cases": {"a": {"neuron.b_pA": 2}}},
        "vary.neuron.b_pA: it is in a, too.",
    ),
    "in a case": (
        {"cases": {"a": {"neuron.c": 3}}},
        "cases.a.neuron.c: no such key.",
    ),
    "measure": (
        {"measure": "rate", "vary": {"sweep.N": [5]}},
        "measure: 'rate' is not response or weight_for_rate or connections or connection_test",
    ),
}


@pytest.mark.parametrize(("study", "message"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_refused_with_what_was_probably_meant(study, message):
    with pytest.raises(ConfigError) as error:
        resolve({"studies": {"mine": {"measure": "response"} | study}})
    assert message in str(error.value)
    assert "studies.mine" in str(error.value)
