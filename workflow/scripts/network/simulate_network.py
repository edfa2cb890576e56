"""Spikes of all neurons of a network, and the voltages and other signals of some."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.csv
import pyarrow.parquet

from nto1.config.model import InputTrains
from nto1.config.model import Network as Section
from nto1.neurons import Neuron
from nto1.simulation.inputs import Inputs, TimeGrid, draw_spike_trains
from nto1.simulation.network import (
    Connections,
    Network,
    arrival_steps,
    draw_peaks,
    poisson_trains,
    simulate_network,
    trains_from_table,
)
from nto1.units import ms, mV, nS, pA, to_SI
from nto1_workflow.io import log, run, write_table

NAMES_ARE_TEXT = pyarrow.csv.ConvertOptions(column_types={"type": pyarrow.string()})


def columns_of_file(path: str, names: list[str], optional=()) -> list[np.ndarray | None]:
    """Columns of a table that a user wrote, and None for optional ones that aren't there. Raises
    ``ValueError`` if it is not as it should be."""
    csv = Path(path).suffix.lower() == ".csv"
    try:
        table = (
            pyarrow.csv.read_csv(path, convert_options=NAMES_ARE_TEXT)
            if csv
            else pyarrow.parquet.read_table(path)
        )
        columns = [table[name].to_numpy() for name in names]
        columns += [
            table[name].to_numpy() if name in table.column_names else None for name in optional
        ]
        for name, column in zip([*names, *optional], columns, strict=True):
            if column is None or name == "type":
                continue
            if column.dtype.kind not in "iuf" or not np.isfinite(column).all():
                raise ValueError("a cell is empty, or not a number")
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise ValueError(
            f"{path} has to be a CSV or Parquet table of numbers with the columns "
            f"{', '.join(names)}: {error}"
        ) from None
    return columns


def connections(weights_nS: str | list, delay_ms: float, E, N: int, source: str) -> Connections:
    """From a matrix, or a table, whose rows are called neurons or input trains."""
    if not isinstance(weights_nS, str):
        return Connections.of_matrix(np.array(weights_nS, float) * nS, E, delay_ms * ms)
    before, after, weights, delays_ms = columns_of_file(
        weights_nS, ["from", "to", "weight_nS"], ["delay_ms"]
    )
    for indices, n, what in ((before, E.size, source), (after, N, "neuron")):
        unknown = indices[(indices < 0) | (indices >= n) | (indices % 1 != 0)]
        if unknown.size:
            raise ValueError(f"{weights_nS}: there is no {what} {unknown[0]:g}, only 0 … {n - 1}")
    delay = delay_ms if delays_ms is None else delays_ms
    try:
        return Connections.of_table(before, after, weights * nS, E, N, np.multiply(delay, ms))
    except ValueError as error:
        raise ValueError(f"{weights_nS}: {error}") from None


def input_trains(inputs: InputTrains, time_grid: TimeGrid) -> list[np.ndarray]:
    """Spike times (s) of every train."""
    n, rate, seed = inputs.number, inputs.rate_Hz, inputs.seed
    if not n:
        return []
    if inputs.spikes != "poisson":
        train, time = columns_of_file(inputs.spikes, ["train", "time_s"])
        try:
            trains = trains_from_table(train, time, n)
            for i, times in enumerate(trains):
                arrival_steps(times, time_grid, train=i)
        except ValueError as error:
            raise ValueError(f"{inputs.spikes}: {error}") from None
        return trains
    if inputs.log_rate_variance:
        rates = Inputs(mean_rate=rate, log_rate_variance=inputs.log_rate_variance)
        return list(draw_spike_trains(n, seed, time_grid, rates))
    return poisson_trains(np.broadcast_to(np.asarray(rate, float), n), time_grid.duration, seed)


def build(network: Section, types: dict[str, Neuron]) -> Network:
    E_syn_mV, inputs, column = network.E_syn_mV, network.inputs, None
    if isinstance(E_syn_mV, str):
        E_syn_mV, column = columns_of_file(E_syn_mV, ["E_syn_mV"], ["type"])
    E_syn = np.array(E_syn_mV, float) * mV
    N, n_trains = E_syn.size, inputs.number
    decay = network.tau_g_ms
    if isinstance(decay, list):
        τ_g = {each.E_syn_mV * mV: each.tau_g_ms * ms for each in decay}
    else:
        τ_g = decay * ms
    if network.type_of or column is None:
        type_of = network.type_of or [next(iter(types))] * N
    else:
        type_of = list(column)
    E_inputs = np.broadcast_to(np.array(inputs.E_syn_mV, float) * mV, n_trains)
    return Network.of(
        types,
        type_of,
        connections(network.weights_nS, network.delay_ms, E_syn, N, "neuron"),
        connections(inputs.weights_nS, inputs.delay_ms, E_inputs, N, "input train")
        if n_trains
        else None,
        τ_g=τ_g,
        σ=to_SI({"sigma_mV_per_sqrt_ms": network.sigma_mV_per_sqrt_ms})["σ"],
        allow_self_connections=network.allow_self_connections,
    )


def columns_of(activity, network: Network) -> dict[str, np.ndarray]:
    """What was recorded, after each step, by name and unit; the voltage with peaks drawn in."""
    columns = {}
    for signal, neurons in activity.neurons.items():
        values = draw_peaks(activity, network) if signal == "v" else activity.recorded[signal]
        for i, neuron in enumerate(neurons.tolist()):
            if signal == "v":
                columns[f"V_m_{neuron}_mV"] = values[1:, i] / mV
            elif signal == "g":
                for E, g in zip(network.E, values[1:, :, i].T, strict=True):
                    columns[f"g_{E / mV:g}mV_{neuron}_nS"] = g / nS
            else:
                columns[f"{signal}_{neuron}_pA"] = values[1:, i] / pA
    return columns


def main(network, types, spikes, voltages):
    time_grid = TimeGrid.of(network)
    simulated = build(network, types)
    record = {signal: some for signal, some in network.record if some}
    record["v"] = list(dict.fromkeys([*network.recorded_neurons, *record.get("v", [])]))
    activity = simulate_network(
        simulated,
        time_grid.duration,
        time_grid.timestep,
        input_trains(network.inputs, time_grid),
        noise=network.seed,
        record={"v": record.pop("v")} | record,
    )
    log(f"{activity.spike_times.size} spikes of {simulated.N} neurons")
    columns = {"neuron": activity.spike_neurons, "t_ms": activity.spike_times / ms}
    write_table(pd.DataFrame(columns), *spikes)
    signals = {"t_ms": activity.t[:-1] / ms} | columns_of(activity, simulated)
    write_table(pd.DataFrame(signals), *voltages)


if "snakemake" in globals():
    run(main, snakemake)
