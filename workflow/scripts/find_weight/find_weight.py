"""The weight that gives the target rate, of some N or cases of a study, and how it was found."""

from nto1.studies.measures import weights_for_rate, with_guess
from nto1.units import nS, pS
from nto1_workflow.io import log, progress, read_parquet, run, write_parquet


def main(tasks, sweep, N_of_sweep, of_seeds, threads, found, evaluations):
    sweep = read_parquet(sweep) if sweep else None
    tasks = [with_guess(task, sweep, N_of_sweep) for task in tasks]
    done, n_evaluations = progress(len(tasks), "searches", every_s=0), 0

    def report(task, evaluation):
        nonlocal n_evaluations
        n_evaluations += 1
        log(
            f"N = {task['N']}: {evaluation.rate:g} Hz at {evaluation.w_exc / pS:g} pS "
            f"(evaluation {n_evaluations})"
        )

    rows, steps = [], []
    for row, steps_of_row in weights_for_rate(tasks, threads, report, of_seeds):
        log(
            f"N = {row['N']}: found {row['we_nS'] * nS / pS:g} pS, {row['fr_Hz']:g} Hz, after "
            f"{row['iterations']} iterations"
        )
        n_evaluations = 0
        done(1)
        rows.append(row)
        steps += steps_of_row
    write_parquet(rows, found)
    write_parquet(steps, evaluations)


if "snakemake" in globals():
    run(main, snakemake)
