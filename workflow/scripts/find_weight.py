"""The weight that gives the target rate, for some N, and how it was found.

Searches that earlier jobs made from the same sources and parameters are not made again.
"""

from concurrent.futures import ThreadPoolExecutor
from itertools import chain, count

from job import job, note, progress
from nto1.neurons.adex import AdEx
from nto1.simulation.inputs import Inputs, TimeGrid
from nto1.simulation.runs import realise
from nto1.units import nS, pS, to_SI
from nto1.simulation.weight_search import find_weight, mean_rate
from tables import columns_of, keep_rows, kept_rows, origin, write_parquet


def search(N, seeds, recording, inputs, neuron, target_rate, guess, factor, tolerance):
    """Rows of both tables."""
    realisations = realise(N, seeds, recording, inputs)
    number = count(1)
    found = find_weight(
        lambda w_exc: mean_rate(w_exc, realisations, neuron),
        target_rate,
        guess,
        factor,
        tolerance,
        report=lambda e: note(
            f"N = {N}: {e.rate:g} Hz at {e.w_exc / pS:g} pS (evaluation {next(number)})"
        ),
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
    found = {row["N"]: row for row in kept_rows(found_file, made_from)}
    evaluations = {N: [] for N in all_N}
    for row in kept_rows(evaluations_file, made_from):
        evaluations.setdefault(row["N"], []).append(row)

    guess = parameters["guess"]
    to_do = [N for N in all_N if not (N in found and evaluations[N])]
    for N in all_N:
        if N not in to_do:
            note(f"N = {N} is there already")
    report = progress(len(to_do), "searches", every_s=0)

    def search_for(N):
        rows = search(
            N,
            parameters["seeds"],
            TimeGrid(**to_SI(parameters["recording"])),
            Inputs(**to_SI(parameters["inputs"])),
            AdEx(**to_SI(parameters["neuron"])),
            parameters["target_rate_Hz"],
            guess["weight_pS"] * pS * (guess["N"] / N),
            parameters["bracket_factor"],
            parameters["relative_tolerance"],
        )
        report(1)
        return rows

    try:
        with ThreadPoolExecutor(threads) as pool:
            for N, of_N in zip(to_do, pool.map(search_for, to_do), strict=True):
                found[N], evaluations[N] = of_N
    finally:
        keep_rows(list(found.values()), found_file, made_from)
        keep_rows(list(chain.from_iterable(evaluations.values())), evaluations_file, made_from)
    write_parquet(columns_of([found[N] for N in all_N]), found_file, made_from)
    rows = [row for N in all_N for row in evaluations[N]]
    write_parquet(columns_of(rows), evaluations_file, made_from)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            **dict(snakemake.params.items()),
            threads=snakemake.threads,
            found_file=snakemake.output.found,
            evaluations_file=snakemake.output.evaluations,
        )
