"""The benchmarks work, on the smallest of sizes."""

import json
import sys
from importlib.util import module_from_spec, spec_from_file_location

import numpy as np
import pandas as pd
import pytest

from nto1 import line_fit_test, simulate_network, sta_test
from nto1.config import resolve
from nto1.measures.measure import measures
from nto1.random.stream import seeded
from nto1.simulation.voltage_imaging import Experiment, PoissonTrains
from nto1.studies.work import work_of
from nto1_workflow.planning.jobs import jobs_of, weight_batches
from study import ROOT


def load(name: str):
    """A file of the benchmarks, some of whose names others have, too."""
    spec = spec_from_file_location(f"benchmark_{name}", ROOT / f"benchmarks/{name}.py")
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_measurements_and_their_page(monkeypatch, tmp_path):
    measure, show = load("measure"), load("show")
    imaging = Experiment(5.0, trains=PoissonTrains(n_trains=2))
    sizes = {"N": 10, "SEEDS": range(1), "SWEEP": measure.SWEEP[-1:], "ALL_N": (10,)}
    sizes |= {"N_DRAWN": (10,), "N_IN_MEMORY": (10,)}
    sizes |= {"IMAGING": imaging, "WINDOW": 20, "N_SHUFFLES": 2, "N_LANES": (1, 8)}
    for name, value in sizes.items():
        monkeypatch.setattr(measure, name, value)
    in_turns = measure.in_turns
    monkeypatch.setattr(measure, "in_turns", lambda *f, rounds=1: in_turns(*f, rounds=1))

    measured = {"machine": measure.machine(), "compared": [f() for f in measure.COMPARED]}
    measured["compared"][0]["their_set_up_ms"] = 1.0  # of a simulator that isn't installed here
    for function in measure.SHOWN:
        # The one moves to other processors, the other starts many programs.
        left_out = function in (measure.imaging_experiment, measure.default_run)
        measured[function.__name__] = [{"seconds": 1.0}] if left_out else function()
    (tmp_path / "measured.json").write_text(json.dumps(measured))
    page, table, *figure = (str(tmp_path / f"page.{kind}") for kind in ("md", "csv", "pdf", "svg"))
    show.main(tmp_path / "measured.json", page, table, figure)
    assert "## Beside others" in (tmp_path / "page.md").read_text()
    assert all(row["ratio"] > 0 for row in measured["compared"])


def test_plain_connection_tests_agree_with_ours():
    plain = load("connections")
    rng, dt = np.random.default_rng(1), 1e-4
    V, times = rng.normal(size=20_000), np.sort(rng.uniform(0, 1.9, 50))
    t = plain.plain_sta_test(V, times, dt, 100, 10, seeded(1))
    assert sta_test(V, dt, [times], 100 * dt, 10).t.tolist() == [t]
    t = plain.plain_line_fit(V, times, dt, 100)
    assert line_fit_test(V, dt, [times], 100 * dt) == pytest.approx([t])


def test_GLMCC_finds_a_coupling_and_its_direction():
    """Beside a rate that both share; a third of the first one's spikes are answered after 3 ms."""
    glmcc, rng = load("glmcc"), np.random.default_rng(1)
    t = np.arange(0, 300, 1e-3)
    rate = 5 * (1 + 0.8 * np.sin(2 * np.pi * t)) * 1e-3
    trains = [t[rng.random(t.size) < rate] + 1e-3 * rng.random() for _ in range(8)]
    answers = trains[0][::3] + 3e-3 + rng.exponential(2e-3, trains[0][::3].size)
    trains[1] = np.sort(np.append(trains[1], answers))
    z = np.array([glmcc.z_of_trains(target, trains) for target in trains]).T
    others = ~np.eye(8, dtype=bool)
    others[0, 1] = False
    assert z[0, 1] > 6
    assert (np.abs(z[others]) < 1.96).mean() > 0.85
    assert glmcc.coupling(glmcc.correlogram(trains[0], trains[1])).delay >= 2


def test_growth_and_networks():
    growth, network = load("growth"), load("network")
    growth.many_runs(10), growth.many_inputs(10), growth.long_run(1)
    of_two_types, trains, _ = network.two_types()
    spikes = simulate_network(of_two_types, 0.05, trains=[times[times < 0.05] for times in trains])
    assert spikes.spike_steps.size > 0


def test_a_large_sweep_and_a_study_of_as_many_runs():
    studies = load("studies")
    sweep, study = weight_batches(resolve(studies.SWEEP)), resolve(studies.STUDY)
    of_sweep = len(studies.WEIGHTS_PS) * len(studies.SEEDS)
    large = study.studies["large"]
    of_study = jobs_of(measures()[large.measure], work_of([large], study))
    assert sum(len(task.weights_pS) for (task,) in sweep.values()) == len(studies.WEIGHTS_PS)
    assert of_study.description.startswith(f"{of_sweep} runs in ")


def test_intervals(monkeypatch, tmp_path):
    intervals = load("intervals")
    monkeypatch.setattr(intervals, "SIZES", (2, 3))
    monkeypatch.setattr(intervals, "N_SEEDS", dict.fromkeys(intervals.N_SEEDS, 6))
    short = {"experiment.duration_s": 1, "sweep.N": 20, "sweep.weights_pS": [1800]}
    search = {"experiment.duration_s": 1, "find_weight.N": [100]}
    monkeypatch.setattr(intervals, "CASES", [("response", short), ("weight_for_rate", search)])
    intervals.main([tmp_path / "intervals.csv"])
    table = pd.read_csv(tmp_path / "intervals.csv")
    assert table["n_sets"].tolist() == [3, 3, 2, 2, 3, 2]
    assert table["covered"].between(0, 1).all()
