"""The weight that gives the target rate, for one N, and how it was found."""

import pandas as pd
from job import job, note
from tables import write_parquet

from nto1.adex import AdEx
from nto1.inputs import Inputs, Recording, count_spikes
from nto1.simulation import Realisations
from nto1.units import nS, pS, to_SI
from nto1.weight_search import find_weight, mean_rate


def main(
    N,
    seeds,
    recording,
    inputs,
    neuron,
    target_rate_Hz,
    guess,
    bracket_factor,
    relative_tolerance,
    threads,
    found_file,
    evaluations_file,
):
    recording, inputs = Recording(**to_SI(recording)), Inputs(**to_SI(inputs))
    realisations = Realisations([count_spikes(N, seed, recording, inputs) for seed in seeds])
    neuron = AdEx(**to_SI(neuron))
    search = find_weight(
        lambda w_exc: mean_rate(w_exc, realisations, neuron, threads),
        target_rate_Hz,
        guess["weight_pS"] * pS * (guess["N"] / N),
        bracket_factor,
        relative_tolerance,
        report=lambda e: note(f"N = {N}: {e.rate:g} Hz at {e.w_exc / pS:g} pS"),
    )
    found = {
        "N": N,
        "we_nS": search.w_exc / nS,
        "fr_Hz": search.rate,
        "factor": search.guess / search.w_exc,
        "w0_nS": search.guess / nS,
        "w0_fr_Hz": search.guess_rate,
        "iterations": search.iterations,
        "function_calls": search.function_calls,
    }
    write_parquet(pd.DataFrame([found]), found_file)
    evaluations = pd.DataFrame(search.evaluations)
    evaluations = pd.DataFrame(
        {"N": N, "we_nS": evaluations["w_exc"] / nS, "fr_Hz": evaluations["rate"]}
    )
    write_parquet(evaluations, evaluations_file)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            int(snakemake.wildcards.N),
            **dict(snakemake.params.items()),
            threads=snakemake.threads,
            found_file=snakemake.output.found,
            evaluations_file=snakemake.output.evaluations,
        )
