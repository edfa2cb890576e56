"""The voltage of one run, with its spikes ceiled."""

from job import job
from nto1.neurons.adex import AdEx
from nto1.simulation.inputs import Inputs, TimeGrid, count_spikes
from nto1.simulation.runs import ceil_spikes, simulate
from nto1.units import ms, mV, pS, to_SI
from tables import write_parquet


def main(N, weight_pS, seed, recording, inputs, neuron, output):
    recording, inputs = TimeGrid(**to_SI(recording)), Inputs(**to_SI(inputs))
    neuron = AdEx(**to_SI(neuron))
    counts = count_spikes(N, seed, recording, inputs)
    run = simulate(weight_pS * pS, counts, neuron, record=["V"])
    V = ceil_spikes(run.trace.V, run.spike_steps, neuron.V_spike)
    write_parquet({"t_ms": run.trace.t / ms, "V_m_mV": V / mV}, output)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(**dict(snakemake.params.items()), output=snakemake.output[0])
