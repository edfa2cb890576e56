"""Every method on the recordings of the experiment of 2021, with its variants and seeds."""

import numpy as np
import pandas as pd

from nto1.inference.kinds import EXCITATORY, INHIBITORY, UNCONNECTED
from nto1.inference.method import Problem, run_tests
from nto1.inference.scores import roc
from nto1.measures.connection_test import ImagingTest
from nto1.measures.connections import calls
from nto1.simulation.voltage_imaging import draw_experiment, imaging_noise, simulate_voltage
from nto1_workflow.io import log, progress, run, write_table


def recorded(test: ImagingTest) -> tuple[Problem, np.ndarray, np.ndarray]:
    """The voltage with imaging noise, and which trains are connected, and inhibitory."""
    experiment = test.recording.experiment
    drawn = draw_experiment(experiment, test.recording.seed)
    simulated = simulate_voltage(drawn, experiment)
    σ = imaging_noise(test.spike_SNR, experiment.neuron)
    V = simulated.v + σ * drawn.rng.randn(simulated.v.size)
    output_times = simulated.spike_steps * experiment.timestep
    indices = np.arange(len(drawn.times))
    problem = Problem([V], experiment.timestep, drawn.times, output_times, indices)
    return problem, *drawn.connectivity[::-1]


def main(recordings, tests, threads, scores, means):
    """``recordings``: as tests of the measure connection_test."""
    report, rows = progress(len(recordings), "recordings"), []
    for recording in recordings:
        problem, connected, inhibitory = recorded(recording)
        problem = problem._replace(threads=threads)
        kinds = np.where(connected, np.where(inhibitory, INHIBITORY, EXCITATORY), UNCONNECTED)
        case = {"variant": recording.columns["case"], "seed": recording.recording.seed}
        for test, (outcome,) in zip(tests, run_tests(problem, tests), strict=True):
            # Any falling function of |t| gives the same areas.
            areas = roc(1 / (1 + np.abs(outcome.t)), connected, inhibitory).areas()
            row = case | {"method": test.method}
            row |= {f"area{kind}": areas[f"ties_halved{kind}"] for kind in ("", "_exc", "_inh")}
            trains = pd.DataFrame({"kind": kinds, "t": outcome.t} | outcome.columns)
            rows.append(row | (calls(trains) if "p" in trains else {}))
            log(", ".join(f"{name} {value}" for name, value in rows[-1].items()))
        report(1)
    table = pd.DataFrame(rows)
    write_table(table, *scores)
    by_case = table.drop(columns="seed").groupby(["variant", "method"], sort=False)
    errors = by_case.sem().add_suffix("_sem")
    write_table(by_case.mean().join(errors).assign(n_seeds=by_case.size()).reset_index(), *means)


if "snakemake" in globals():
    run(main, snakemake)
