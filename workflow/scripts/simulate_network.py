"""Spikes of all neurons of a network, and the voltages of some."""

from pathlib import Path

import numpy as np
import pyarrow.csv
import pyarrow.parquet
from scipy.sparse import coo_array

from script_io import log, run, write_parquet
from nto1.neurons.izhikevich import Izhikevich
from nto1.simulation.network import Network, simulate_network
from nto1.units import ms, mV, nS, to_SI


def columns_of_file(path: str, names: list[str]) -> list[np.ndarray]:
    """Columns of a table that a user wrote. Raises ``ValueError`` if it is not as it should be."""
    csv = Path(path).suffix.lower() == ".csv"
    try:
        table = pyarrow.csv.read_csv(path) if csv else pyarrow.parquet.read_table(path)
        columns = [table[name].to_numpy() for name in names]
        if not all(np.isfinite(column).all() for column in columns):
            raise ValueError("a cell is empty, or not a number")
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise ValueError(
            f"{path} has to be a CSV or Parquet table of numbers with the columns "
            f"{', '.join(names)}: {error}"
        ) from None
    return columns


def connections(weights_nS: str | list, N: int):
    """The matrix [N, N], dense or sparse (S)."""
    if not isinstance(weights_nS, str):
        return np.array(weights_nS) * nS
    before, after, weights = columns_of_file(weights_nS, ["from", "to", "weight_nS"])
    ends = np.concatenate([before, after])
    unknown = ends[(ends < 0) | (ends >= N) | (ends % 1 != 0)]
    if unknown.size:
        raise ValueError(f"{weights_nS}: there is no neuron {unknown[0]:g}, only 0 … {N - 1}")
    return coo_array((weights * nS, (before.astype(int), after.astype(int))), shape=(N, N))


def main(network, neuron, spikes, voltages):
    network = dict(network)
    E_syn_mV, weights_nS = network.pop("E_syn_mV"), network.pop("weights_nS")
    if isinstance(E_syn_mV, str):
        (E_syn_mV,) = columns_of_file(E_syn_mV, ["E_syn_mV"])
    E_syn, values = np.array(E_syn_mV) * mV, to_SI(network)
    simulated = simulate_network(
        Network.of(
            connections(weights_nS, E_syn.size),
            E_syn,
            values["τ_g"],
            values["σ"],
            Izhikevich(**to_SI(neuron)),
            allow_self_connections=values["allow_self_connections"],
        ),
        values["duration"],
        values["timestep"],
        values["seed"],
        values["recorded_neurons"],
    )
    log(f"{simulated.spike_times.size} spikes of {E_syn.size} neurons")
    write_parquet({"neuron": simulated.spike_neurons, "t_ms": simulated.spike_times / ms}, spikes)
    traces = {
        f"V_m_{neuron}_mV": v / mV
        for neuron, v in zip(values["recorded_neurons"], simulated.v.T, strict=True)
    }
    write_parquet({"t_ms": simulated.t / ms} | traces, voltages)


if "snakemake" in globals():
    run(main, snakemake)
