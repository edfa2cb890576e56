"""Median voltage and firing rate for some weights, at every seed.

Runs that are in the table already, made from the same sources and parameters, stay there.
"""

from collections import defaultdict

from job import job, note
from nto1.adex import AdEx
from nto1.inputs import Inputs, Recording, count_spikes
from nto1.simulation import Realisations, simulate_batch
from nto1.units import mV, pS, to_SI
from tables import columns_of, origin, rows_of_same_origin, write_parquet


def main(N, weights_pS, seeds, recording, inputs, neuron, threads, output):
    made_from = origin(__file__, N=N, recording=recording, inputs=inputs, neuron=neuron)
    rows = {(r["we_pS"], r["seed"]): r for r in rows_of_same_origin(output, made_from)}
    wanted = [(float(weight), seed) for weight in weights_pS for seed in seeds]
    note(f"{sum(run in rows for run in wanted)} of {len(wanted)} runs are there already")
    weights_by_missing_seeds = defaultdict(list)
    for weight in map(float, weights_pS):
        if missing := tuple(seed for seed in seeds if (weight, seed) not in rows):
            weights_by_missing_seeds[missing].append(weight)

    recording, inputs = Recording(**to_SI(recording)), Inputs(**to_SI(inputs))
    neuron = AdEx(**to_SI(neuron))
    for missing, weights in weights_by_missing_seeds.items():
        realisations = Realisations([count_spikes(N, seed, recording, inputs) for seed in missing])
        batch = simulate_batch([w * pS for w in weights], realisations, neuron, threads=threads)
        for j, weight in enumerate(weights):
            for i, seed in enumerate(missing):
                rows[weight, seed] = {
                    "we_pS": weight,
                    "seed": seed,
                    "median_Vm_mV": batch.median_V[i, j] / mV,
                    "output_rate_Hz": batch.rates[i, j],
                }
        note(f"{batch.rates.size} runs are done")

    write_parquet(columns_of([rows[run] for run in wanted]), output, made_from)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            int(snakemake.wildcards.N),
            **dict(snakemake.params.items()),
            threads=snakemake.threads,
            output=snakemake.output[0],
        )
