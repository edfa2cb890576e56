"""Spikes of all neurons of a network, and the voltages and other signals of some."""

import numpy as np
import pandas as pd

from nto1.config.network import NetworkRun, recorded, recorded_steps
from nto1.neurons import keys_of
from nto1.simulation.network import draw_peaks
from nto1.units import ms, mV, nS, pA, to_SI
from nto1_workflow.io import log, run, write_csv, write_parquet, write_table


def columns_of(activity, network) -> dict[str, np.ndarray]:
    """What was recorded, by name and unit; the voltage with peaks drawn in."""
    columns = {}
    for signal, neurons in activity.neurons.items():
        values = activity.recorded[signal]
        values = draw_peaks(activity, network, copy=False) if signal == "v" else values
        for i, neuron in enumerate(neurons.tolist()):
            if signal == "v":
                columns[f"V_m_{neuron}_mV"] = values[:, i] / mV
            elif signal == "g":
                for E, g in zip(network.E, values[:, :, i].T, strict=True):
                    columns[f"g_{E / mV:g}mV_{neuron}_nS"] = g / nS
            else:
                columns[f"{signal}_{neuron}_pA"] = values[:, i] / pA
    return columns


def neurons_of(network) -> dict[str, np.ndarray]:
    """What each neuron is: its type, what its synapses do, and parameters that are its own."""
    columns = {"neuron": np.arange(network.N), "type": np.array(network.type_of)}
    columns["E_syn_mV"] = network.connections.E / mV
    neurons = [network.neuron(j) for j in range(network.N)] if network.parameters else []
    for j, neuron in enumerate(neurons):
        for key in keys_of(type(neuron)):
            if key.field in network.parameters:
                ((_, factor),) = to_SI({key.name: 1.0}).items()
                column = columns.setdefault(key.name, np.full(network.N, np.nan))
                column[j] = getattr(neuron, key.field) / factor
    return columns


def connections_of(network) -> dict[str, np.ndarray]:
    """Of neurons, not of input trains."""
    some = network.connections
    columns = {"from": some.source, "to": some.target, "weight_nS": some.weight / nS}
    return columns | {"delay_ms": some.delay / ms}


def write(columns: dict, *paths: str) -> None:
    """As CSV, unless it is too much, and as Parquet."""
    *csv, parquet = paths
    write_parquet(columns, parquet)
    for path in csv:
        write_csv(pd.DataFrame(columns), path)


def main(network, types, spikes, voltages, neurons, connections, input_spikes):
    simulated, steps = NetworkRun.of(network, types), recorded_steps(network)
    # The state after each step.
    record = recorded(network, simulated.network)
    activity = simulated.simulate(record, steps + 1, network.record.compact)
    log(f"{activity.spike_times.size} spikes of {simulated.network.N} neurons")
    columns = {"neuron": activity.spike_neurons, "t_ms": activity.spike_times / ms}
    write_table(pd.DataFrame(columns), *spikes)
    signals = {"t_ms": steps * simulated.time_grid.timestep / ms}
    signals |= columns_of(activity, simulated.network)
    write(signals, *voltages)
    write(neurons_of(simulated.network), *neurons)
    write(connections_of(simulated.network), *connections)
    if input_spikes:
        trains = simulated.trains
        n_spikes = [times.size for times in trains]
        columns = {"train": np.repeat(np.arange(len(trains)), n_spikes)}
        columns["time_s"] = np.concatenate(trains)
        write(columns, *input_spikes)


if "snakemake" in globals():
    run(main, snakemake)
