"""The weight that gives the target rate, for some N, and how it was found."""

from job import job, note
from nto1.adex import AdEx
from nto1.inputs import Inputs, Recording, count_spikes
from nto1.simulation import Realisations
from nto1.units import nS, pS, to_SI
from nto1.weight_search import find_weight, mean_rate
from tables import write_parquet


def main(
    all_N, seeds, recording, inputs, neuron, target_rate_Hz, guess, bracket_factor,
    relative_tolerance, threads, found_file, evaluations_file,
):  # fmt: skip
    recording, inputs = Recording(**to_SI(recording)), Inputs(**to_SI(inputs))
    neuron = AdEx(**to_SI(neuron))
    searches = {}
    for N in all_N:
        realisations = Realisations([count_spikes(N, seed, recording, inputs) for seed in seeds])
        searches[N] = find_weight(
            lambda w_exc, realisations=realisations: mean_rate(
                w_exc, realisations, neuron, threads
            ),
            target_rate_Hz,
            guess["weight_pS"] * pS * (guess["N"] / N),
            bracket_factor,
            relative_tolerance,
            report=lambda e, N=N: note(f"N = {N}: {e.rate:g} Hz at {e.w_exc / pS:g} pS"),
        )
    rows = [
        {
            "N": N,
            "we_nS": search.w_exc / nS,
            "fr_Hz": search.rate,
            "factor": search.guess / search.w_exc,
            "w0_nS": search.guess / nS,
            "w0_fr_Hz": search.guess_rate,
            "iterations": search.iterations,
            "function_calls": search.function_calls,
        }
        for N, search in searches.items()
    ]
    write_parquet({name: [row[name] for row in rows] for name in rows[0]}, found_file)
    evaluations = [(N, e) for N, search in searches.items() for e in search.evaluations]
    columns = {
        "N": [N for N, _ in evaluations],
        "we_nS": [e.w_exc / nS for _, e in evaluations],
        "fr_Hz": [e.rate for _, e in evaluations],
    }
    write_parquet(columns, evaluations_file)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            **dict(snakemake.params.items()),
            threads=snakemake.threads,
            found_file=snakemake.output.found,
            evaluations_file=snakemake.output.evaluations,
        )
