"""The weight that gives the target rate, of some N, and how it was found."""

from nto1.measures.weight_for_rate import weights_for_rate
from nto1.simulation.weight_search import mean
from nto1.units import nS, pS
from nto1_workflow.io import log, progress, read_parquet, run, write_parquet


def main(tasks, sweep, threads, found, evaluations):
    searches = [task.with_guess(read_parquet(sweep) if sweep else None) for task in tasks]
    done, n_evaluations = progress(len(tasks), "searches", every_s=0), 0

    def report(search, evaluation):
        nonlocal n_evaluations
        n_evaluations += 1
        log(
            f"N = {search.runs.N}: {evaluation.rate:g} Hz at {evaluation.w_exc / pS:g} pS "
            f"(evaluation {n_evaluations})"
        )

    rows, steps = [], []
    for _, row, evaluated in weights_for_rate(searches, threads, report):
        log(
            f"N = {row['N']}: found {row['we_nS'] * nS / pS:g} pS, {row['fr_Hz']:g} Hz, after "
            f"{row['iterations']} iterations"
        )
        n_evaluations = 0
        done(1)
        rows.append(row)
        steps += [
            {"N": row["N"], "we_nS": w_exc / nS, "fr_Hz": mean(rates)}
            for w_exc, rates in evaluated.items()
        ]
    write_parquet(rows, found)
    write_parquet(steps, evaluations)


if "snakemake" in globals():
    run(main, snakemake)
