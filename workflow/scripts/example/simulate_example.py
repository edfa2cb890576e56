"""The voltage of one run, with its spikes ceiled."""

from nto1.simulation.inputs import count_spikes
from nto1.simulation.runs import ceil_spikes, simulate
from nto1.units import ms, mV, pS
from nto1_workflow.io import run, write_parquet


def main(N, weight_pS, seed, time_grid, inputs, neuron, output):
    counts = count_spikes(N, seed, time_grid, inputs)
    simulation = simulate(weight_pS * pS, counts, neuron, ["V"], with_median=False)
    V = ceil_spikes(simulation.trace.V, simulation.spike_steps, neuron.peak)
    write_parquet({"t_ms": simulation.trace.t / ms, "V_m_mV": V / mV}, output[0])


if "snakemake" in globals():
    run(main, snakemake)
