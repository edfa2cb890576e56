"""The voltage of one run, with its spikes ceiled."""

from nto1.neurons import neuron_of
from nto1.simulation.inputs import Inputs, TimeGrid, count_spikes
from nto1.simulation.runs import ceil_spikes, simulate
from nto1.units import ms, mV, pS, to_SI
from nto1_workflow.io import run, write_parquet


def main(example, time, inputs, neuron, output):
    neuron = neuron_of(neuron)
    counts = count_spikes(example["N"], example["seed"], TimeGrid.of(time), Inputs(**to_SI(inputs)))
    simulation = simulate(example["weight_pS"] * pS, counts, neuron, ["V"], with_median=False)
    V = ceil_spikes(simulation.trace.V, simulation.spike_steps, neuron.peak)
    write_parquet({"t_ms": simulation.trace.t / ms, "V_m_mV": V / mV}, output[0])


if "snakemake" in globals():
    run(main, snakemake)
