"""The weight that gives the target rate, for some N, and how it was found.

Searches that are in the tables already, made from the same sources and parameters, stay there.
"""

from concurrent.futures import ThreadPoolExecutor

from job import job, note
from nto1.adex import AdEx
from nto1.inputs import Inputs, Recording
from nto1.simulation import realise
from nto1.units import nS, pS, to_SI
from nto1.weight_search import find_weight, mean_rate
from tables import columns_of, origin, rows_of_same_origin, write_and_keep


def search(N, seeds, recording, inputs, neuron, target_rate, guess, factor, tolerance):
    """Rows of both tables."""
    realisations = realise(N, seeds, recording, inputs)
    found = find_weight(
        lambda w_exc: mean_rate(w_exc, realisations, neuron),
        target_rate,
        guess,
        factor,
        tolerance,
        report=lambda e: note(f"N = {N}: {e.rate:g} Hz at {e.w_exc / pS:g} pS"),
    )
    result = {
        "N": N,
        "we_nS": found.w_exc / nS,
        "fr_Hz": found.rate,
        "factor": found.guess / found.w_exc,
        "w0_nS": found.guess / nS,
        "w0_fr_Hz": found.guess_rate,
        "iterations": found.iterations,
        "function_calls": found.function_calls,
    }
    evaluations = [{"N": N, "we_nS": e.w_exc / nS, "fr_Hz": e.rate} for e in found.evaluations]
    return result, evaluations


def main(all_N, threads, found_file, evaluations_file, **parameters):
    made_from = origin(__file__, **parameters)
    found = {row["N"]: row for row in rows_of_same_origin(found_file, made_from)}
    evaluations = {N: [] for N in all_N}
    for row in rows_of_same_origin(evaluations_file, made_from):
        evaluations.setdefault(row["N"], []).append(row)

    guess = parameters["guess"]

    def search_for(N):
        if N in found and evaluations[N]:
            note(f"N = {N} is there already")
            return found[N], evaluations[N]
        return search(
            N,
            parameters["seeds"],
            Recording(**to_SI(parameters["recording"])),
            Inputs(**to_SI(parameters["inputs"])),
            AdEx(**to_SI(parameters["neuron"])),
            parameters["target_rate_Hz"],
            guess["weight_pS"] * pS * (guess["N"] / N),
            parameters["bracket_factor"],
            parameters["relative_tolerance"],
        )

    with ThreadPoolExecutor(threads) as pool:
        for N, (result, steps) in zip(all_N, pool.map(search_for, all_N), strict=True):
            found[N], evaluations[N] = result, steps
    write_and_keep(columns_of([found[N] for N in all_N]), found_file, made_from)
    rows = [row for N in all_N for row in evaluations[N]]
    write_and_keep(columns_of(rows), evaluations_file, made_from)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            **dict(snakemake.params.items()),
            threads=snakemake.threads,
            found_file=snakemake.output.found,
            evaluations_file=snakemake.output.evaluations,
        )
