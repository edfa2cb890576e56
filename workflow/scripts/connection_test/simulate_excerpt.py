"""A piece of the voltage of the N-to-1 experiment, with spikes discretised in two ways."""

import numpy as np

from nto1.simulation.voltage_imaging import draw_experiment, simulate_voltage
from nto1.units import ms, mV
from nto1_workflow.io import run, write_parquet


def main(experiment, seed, start_ms, duration_ms, output):
    start = round(start_ms * ms / experiment.timestep)
    end = start + round(duration_ms * ms / experiment.timestep)
    drawn = draw_experiment(experiment, seed)
    early, late = (
        simulate_voltage(drawn, experiment, n_steps=end, late_reset=late) for late in (False, True)
    )
    steps = np.arange(start, end)
    columns = {
        "step": steps,
        "t_ms": steps * experiment.timestep / ms,
        "V_m_mV": early.v[start:] / mV,
        "V_m_late_reset_mV": late.v[start:] / mV,
    }
    write_parquet(columns, output[0])


if "snakemake" in globals():
    run(main, snakemake)
