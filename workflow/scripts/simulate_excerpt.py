"""A piece of the voltage of the N-to-1 experiment, with spikes discretised in two ways."""

import numpy as np

from job import job
from nto1.units import ms, mV, to_SI
from nto1.simulation.voltage_imaging import realise, respond
from records import experiment_of
from tables import write_parquet


def main(test, neuron, excerpt, output):
    experiment, excerpt = experiment_of(test, neuron), to_SI(excerpt)
    start = round(excerpt["start"] / experiment.timestep)
    end = start + round(excerpt["duration"] / experiment.timestep)
    realisation = realise(experiment, test["seed"])
    early, late = (
        respond(realisation, experiment, n_steps=end, late_reset=late) for late in (False, True)
    )
    steps = np.arange(start, end)
    columns = {
        "step": steps,
        "t_ms": steps * experiment.timestep / ms,
        "V_m_mV": early.v[start:] / mV,
        "V_m_late_reset_mV": late.v[start:] / mV,
    }
    write_parquet(columns, output)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(**dict(snakemake.params.items()), output=snakemake.output[0])
