"""The thesis's network of 1000 neurons: its connections, paths, tested neurons, and spikes."""

import numpy as np
import pandas as pd

from nto1.simulation.izhikevich_network import (
    LognormalNetwork,
    choose_unconnected,
    draw_network,
    simulate_lognormal_network,
)
from nto1.units import mV, nS
from nto1_workflow.io import log, run, write_table

FIRST = 0  # the neuron whose inputs the thesis looks for; it counts from 1


def main(section, neuron, connections, neurons, path_lengths, spikes):
    parameters = LognormalNetwork.of(section, neuron)
    drawn = draw_network(parameters, section.seed).network.connections
    columns = {"from": drawn.source, "to": drawn.target, "weight_nS": drawn.weight / nS}
    columns["E_syn_mV"] = drawn.E[drawn.source] / mV
    write_table(pd.DataFrame(columns), *connections)

    hops = drawn.path_lengths()
    unconnected = choose_unconnected(drawn, FIRST, section.n_unconnected, section.seed)
    table = pd.DataFrame({"neuron": np.arange(parameters.N)})
    table["kind"] = np.where(table["neuron"] < parameters.N_exc, "excitatory", "inhibitory")
    table["hops_to_first"], table["hops_from_first"] = hops[:, FIRST], hops[FIRST]
    table["is_tested"] = table["neuron"].isin(unconnected) | (hops[:, FIRST] == 1)
    write_table(table, *neurons)
    lengths = np.unique(hops[np.isfinite(hops) & (hops > 0)])
    n_pairs, n_to_first = ([(of == k).sum() for k in lengths] for of in (hops, hops[:, FIRST]))
    counts = {"hops": lengths.astype(int), "n_pairs": n_pairs, "n_to_first": n_to_first}
    write_table(pd.DataFrame(counts), *path_lengths)

    of_raster = section.of_raster
    parameters = LognormalNetwork.of(of_raster, neuron)
    _, activity = simulate_lognormal_network(
        parameters, of_raster.duration_s, of_raster.timestep_ms * 1e-3, of_raster.seed
    )
    log(f"{drawn.source.size} connections; {activity.spike_steps.size} spikes for the raster")
    ends = (activity.spike_steps + 1) * of_raster.timestep_ms
    write_table(pd.DataFrame({"neuron": activity.spike_neurons, "t_ms": ends}), *spikes)


if "snakemake" in globals():
    run(main, snakemake)
