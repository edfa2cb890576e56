"""The network of AdEx neurons that are connected at random."""

import numpy as np
import pandas as pd

from nto1.simulation.adex_network import RandomNetwork, simulate_random_network
from nto1.simulation.network import draw_peaks
from nto1.units import ms, mV
from nto1_workflow.io import log, run, write_parquet, write_table


def main(network, neuron, connections, spikes, voltages):
    matrix, simulated, activity = simulate_random_network(
        RandomNetwork.of(network, neuron),
        network.duration_s,
        network.timestep_ms * ms,
        network.seed,
        {"v": network.recorded_neurons},
    )
    log(f"{activity.spike_steps.size} spikes, {np.count_nonzero(matrix)} connections")
    source, target = np.nonzero(matrix)
    relative = matrix[source, target]
    columns = {"from": source, "to": target, "relative_weight": relative}
    columns["weight_nS"] = np.abs(relative) * network.exc_weight_nS
    columns["E_syn_mV"] = simulated.connections.E[source] / mV
    write_table(pd.DataFrame(columns), *connections)
    columns = {"neuron": activity.spike_neurons, "step": activity.spike_steps}
    columns["t_ms"] = activity.spike_times / ms
    write_table(pd.DataFrame(columns), *spikes)
    v = draw_peaks(activity, simulated)[:-1] / mV
    recorded = zip(network.recorded_neurons, v.T, strict=True)
    traces = {f"V_m_{j}_mV": of_neuron for j, of_neuron in recorded}
    write_parquet({"t_ms": activity.t[:-1] / ms} | traces, voltages)


if "snakemake" in globals():
    run(main, snakemake)
