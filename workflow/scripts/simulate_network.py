"""Spikes of all neurons of a network, and the voltages of some."""

from pathlib import Path

import numpy as np
import pyarrow.csv
import pyarrow.parquet
from scipy.sparse import coo_array

from script_io import log, run, write_parquet
from batching import omit
from nto1.neurons.izhikevich import Izhikevich
from nto1.simulation.network import Connections, Network, draw_peaks, simulate_network
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
    E_syn_mV, weights_nS = network["E_syn_mV"], network["weights_nS"]
    if isinstance(E_syn_mV, str):
        (E_syn_mV,) = columns_of_file(E_syn_mV, ["E_syn_mV"])
    E_syn, values = np.array(E_syn_mV, float) * mV, to_SI(omit(network, "E_syn_mV", "weights_nS"))
    simulated = Network.of(
        {"regular": Izhikevich(**to_SI(neuron))},
        ["regular"] * E_syn.size,
        Connections.of_matrix(connections(weights_nS, E_syn.size), E_syn),
        τ_g=values["τ_g"],
        σ=values["σ"],
        allow_self_connections=values["allow_self_connections"],
    )
    recorded = values["recorded_neurons"]
    activity = simulate_network(
        simulated,
        values["duration"],
        values["timestep"],
        noise=values["seed"],
        record={"v": recorded},
    )
    log(f"{activity.spike_times.size} spikes of {E_syn.size} neurons")
    write_parquet({"neuron": activity.spike_neurons, "t_ms": activity.spike_times / ms}, spikes)
    v = draw_peaks(activity, simulated)[1:] / mV
    traces = {f"V_m_{j}_mV": of_neuron for j, of_neuron in zip(recorded, v.T, strict=True)}
    write_parquet({"t_ms": activity.t[:-1] / ms} | traces, voltages)


if "snakemake" in globals():
    run(main, snakemake)
