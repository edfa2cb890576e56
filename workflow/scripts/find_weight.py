"""The weight that gives the target rate, for some N, and how it was found."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count

from script_io import log, progress, read_parquet, run, write_parquet
from nto1.neurons.adex import AdEx
from nto1.simulation.inputs import Inputs, TimeGrid, n_excitatory
from nto1.simulation.runs import draw_inputs
from nto1.simulation.weight_search import find_weight, mean_rate, nearest_to_target
from nto1.units import nS, pS, to_SI


def first_guess(search, means, N_of_sweep) -> tuple[int, float]:
    """N, and a weight (S) for it."""
    if search["guess"] != "sweep":
        return search["guess"]["N"], search["guess"]["weight_pS"] * pS
    means = read_parquet(means)
    weight_pS = nearest_to_target(means["we_pS"], means["output_rate_Hz"], search["target_rate_Hz"])
    log(f"first guess, from the sweep: {weight_pS:g} pS at N = {N_of_sweep}")
    return N_of_sweep, weight_pS * pS


def main(all_N, search, means, N_of_sweep, experiment, inputs, neuron, threads, found, evaluations):
    inputs, neuron = Inputs(**to_SI(inputs)), AdEx(**to_SI(neuron))
    N_of_guess, guess = first_guess(search, means, N_of_sweep)
    report = progress(len(all_N), "searches", every_s=0)

    def search_for(N):
        drawn = draw_inputs(N, experiment["seeds"], TimeGrid.of(experiment), inputs)
        number = count(1)
        result = find_weight(
            lambda w_exc: mean_rate(w_exc, drawn, neuron),
            search["target_rate_Hz"],
            guess * (N_of_guess / N),
            search["bracket_factor"],
            search["relative_tolerance"],
            report=lambda e: log(
                f"N = {N}: {e.rate:g} Hz at {e.w_exc / pS:g} pS (evaluation {next(number)})"
            ),
        )
        log(
            f"N = {N}: found {result.w_exc / pS:g} pS, {result.rate:g} Hz, after "
            f"{result.iterations} iterations"
        )
        report(1)
        return result

    with ThreadPoolExecutor(threads) as pool:
        results = list(pool.map(search_for, all_N))
    rows = [
        {
            "N": N,
            "N_exc": n_excitatory(N, inputs.exc_to_inh),
            "we_nS": result.w_exc / nS,
            "fr_Hz": result.rate,
            "factor": result.guess / result.w_exc,
            "w0_nS": result.guess / nS,
            "w0_fr_Hz": result.guess_rate,
            "iterations": result.iterations,
            "function_calls": result.function_calls,
        }
        for N, result in zip(all_N, results, strict=True)
    ]
    steps = [
        {"N": N, "we_nS": e.w_exc / nS, "fr_Hz": e.rate}
        for N, result in zip(all_N, results, strict=True)
        for e in result.evaluations
    ]
    write_parquet(rows, found)
    write_parquet(steps, evaluations)


if "snakemake" in globals():
    run(main, snakemake)
