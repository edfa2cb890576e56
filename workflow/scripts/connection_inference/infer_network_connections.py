"""Every pair of neurons of the AdEx network: t by every method, and how well these tell who is
connected to whom."""

import pandas as pd

from nto1.inference.kinds import UNCONNECTED
from nto1.inference.network_pairs import find_inputs, postsynaptic_neurons
from nto1.measures.connections import scores_of
from nto1.simulation.adex_network import RandomNetwork
from nto1.units import ms
from nto1_workflow.io import log, progress, run, write_table


def main(network, neuron, tests, threads, pairs, scores):
    parameters, dt = RandomNetwork.of(network, neuron), network.timestep_ms * ms
    report = progress(parameters.N, "neurons")
    tables = []
    for target in postsynaptic_neurons(parameters, network.duration_s, dt, network.seed):
        columns = {"from": target.presynaptic, "to": target.neuron, "kind": target.kinds}
        columns["n_spikes"] = [train.size for train in target.trains]
        for test, outcome in zip(tests, find_inputs(target, dt, tests, threads), strict=True):
            named = {"t": outcome.t} | outcome.columns
            columns |= {f"{name}_{test.method}": values for name, values in named.items()}
        tables.append(pd.DataFrame(columns))
        report(1)
    table = pd.concat(tables, ignore_index=True)
    write_table(table, *pairs)
    tested = table.dropna(subset=[f"t_{test.method}" for test in tests])
    if left_out := len(table) - len(tested):
        log(f"{left_out} of {len(table)} pairs can't be tested: their first neurons are silent")
    rows = []
    for test in tests:
        scores_of_method = scores_of(tested[f"t_{test.method}"], tested["kind"])
        rows.append({"method": test.method} | scores_of_method)
    n = {"n_connected": (tested["kind"] != UNCONNECTED).sum(), "n_tested": len(tested)}
    write_table(pd.DataFrame(rows).assign(**n), *scores)


if "snakemake" in globals():
    run(main, snakemake)
