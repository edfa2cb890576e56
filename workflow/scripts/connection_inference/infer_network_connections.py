"""Every pair of neurons of the AdEx network: t by every method, and how well these tell who is
connected to whom."""

import pandas as pd

from nto1.inference.network_pairs import find_inputs, postsynaptic_neurons
from nto1.inference.scores import UNCONNECTED, score
from nto1.simulation.adex_network import RandomNetwork
from nto1.studies.detection import shuffle_seeds
from nto1.units import ms
from nto1_workflow.io import log, progress, run, write_table


def main(network, neuron, inference, threads, pairs, scores):
    parameters, dt = RandomNetwork.of(network, neuron), network["timestep_ms"] * ms
    report = progress(parameters.N, "neurons")
    tables = []
    for target in postsynaptic_neurons(parameters, network["duration_s"], dt, network["seed"]):
        t = find_inputs(
            target,
            dt,
            inference["window_ms"] * ms,
            inference["line_fit_window_ms"] * ms,
            inference["n_shuffles"],
            shuffle_seeds(inference, target.presynaptic),
            inference["template_quantile"],
            inference["template_window_ms"] * ms,
            threads,
        )
        columns = {"from": target.presynaptic, "to": target.neuron, "kind": target.kinds}
        columns["n_spikes"] = [train.size for train in target.trains]
        tables.append(pd.DataFrame(columns | t))
        report(1)
    methods = list(t)
    table = pd.concat(tables, ignore_index=True)
    tested = table.dropna()
    if left_out := len(table) - len(tested):
        log(f"{left_out} of {len(table)} pairs can't be tested: their first neurons are silent")
    rows = []
    for method in methods:
        result = score(tested[method].to_numpy(), tested["kind"].to_numpy())
        rows.append({"method": method} | result._asdict())
    n = {"n_connected": (tested["kind"] != UNCONNECTED).sum(), "n_tested": len(tested)}
    write_table(table.rename(columns={method: f"t_{method}" for method in methods}), *pairs)
    write_table(pd.DataFrame(rows).drop(columns="curve").assign(**n), *scores)


if "snakemake" in globals():
    run(main, snakemake)
