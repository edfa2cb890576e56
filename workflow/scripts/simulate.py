"""Median voltage and firing rate for some weights, at every seed."""

from job import job, note
from nto1.adex import AdEx
from nto1.inputs import Inputs, Recording, count_spikes
from nto1.simulation import Realisations, simulate_batch
from nto1.units import mV, pS, to_SI
from tables import write_parquet


def main(N, weights_pS, seeds, recording, inputs, neuron, threads, output):
    recording, inputs = Recording(**to_SI(recording)), Inputs(**to_SI(inputs))
    realisations = Realisations([count_spikes(N, seed, recording, inputs) for seed in seeds])
    note(f"{len(seeds)} realisations of {N} inputs are made")
    weights = [weight * pS for weight in weights_pS]
    batch = simulate_batch(weights, realisations, AdEx(**to_SI(neuron)), threads=threads)
    note(f"{batch.rates.size} runs are done")
    table = {
        "we_pS": [float(weight) for weight in weights_pS for _ in seeds],
        "seed": seeds * len(weights_pS),
        "median_Vm_mV": (batch.median_V / mV).T.ravel(),
        "output_rate_Hz": batch.rates.T.ravel(),
    }
    write_parquet(table, output)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            int(snakemake.wildcards.N),
            **dict(snakemake.params.items()),
            threads=snakemake.threads,
            output=snakemake.output[0],
        )
