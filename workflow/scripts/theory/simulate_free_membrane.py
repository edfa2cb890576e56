"""Mean and standard deviation of a voltage that never reaches its threshold, and of theory."""

import pandas as pd

from nto1.measures.response import Runs
from nto1.neurons import model_of
from nto1.neurons.adex import AdEx
from nto1.simulation.free_membrane import free_membrane
from nto1.simulation.inputs import count_spikes, draw_spike_trains, n_excitatory
from nto1.simulation.runs import simulate
from nto1.units import mV, pS
from nto1_workflow.io import progress, run, write_table

BURN_IN = 0.05  # of the recording: conductances begin at 0


def main(runs: Runs, output):
    N, time, inputs, neuron = runs.N, runs.time_grid, runs.inputs, runs.neuron
    if not isinstance(neuron, AdEx):
        raise ValueError(
            f"the theory is of AdEx neurons, and neuron.model is {model_of(neuron).name}: set it "
            "to adex"
        )
    neuron = neuron._replace(V_T=neuron.V_spike - 1 * mV)
    n_exc = n_excitatory(N, inputs.exc_to_inh)
    report = progress(len(runs.seeds) * len(runs.weights_pS), "runs")
    rows = []
    for seed in runs.seeds:
        counts = count_spikes(N, seed, time, inputs)
        rates = draw_spike_trains(N, seed, time, inputs).rates
        for we_pS in runs.weights_pS:
            theory = free_membrane(we_pS * pS, rates[:n_exc].sum(), rates[n_exc:].sum(), neuron)
            simulated = simulate(we_pS * pS, counts, neuron, ["V"], with_median=False)
            V = simulated.trace.V[int(BURN_IN * time.n_steps) :]
            rows.append(
                {"we_pS": float(we_pS), "seed": seed}
                | {"mean_Vm_mV": V.mean() / mV, "theory_mean_Vm_mV": theory.mean_V / mV}
                | {"sd_Vm_mV": V.std() / mV, "theory_sd_Vm_mV": theory.sd_V / mV}
                | {"output_rate_Hz": simulated.rate}
            )
            report(1)
    table = pd.DataFrame(rows).sort_values(["we_pS", "seed"], ignore_index=True)
    write_table(table, *output)


if "snakemake" in globals():
    run(main, snakemake)
