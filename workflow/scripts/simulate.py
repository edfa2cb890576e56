"""Median voltage and firing rate for some weights, at every seed.

Runs that earlier jobs made from the same sources and parameters are not made again.
"""

from collections import defaultdict

import numpy as np

from job import job, note, progress
from nto1.neurons.adex import AdEx
from nto1.simulation.inputs import Inputs, TimeGrid
from nto1.memory import fit_sweep
from nto1.errors import DivergenceError
from nto1.simulation.runs import realise, simulate_batch
from nto1.units import mV, pS, to_SI
from tables import columns_of, keep_rows, kept_rows, origin, write_parquet


def weights_by_missing_seeds(weights_pS, seeds, rows) -> dict[tuple, list]:
    """Weights that still have to be run, by the seeds at which they have to."""
    result = defaultdict(list)
    for weight in weights_pS:
        if missing := tuple(seed for seed in seeds if (weight, seed) not in rows):
            result[missing].append(weight)
    return result


def run(N, weights_pS, seeds, recording, inputs, neuron, threads, memory_MB):
    """Rows of runs that are fine; and what ran off, once all the rest is done and in the log."""
    at_once, width = fit_sweep(
        N, recording.n_steps, len(seeds), len(weights_pS), threads, memory_MB
    )
    rows, failures = {}, []
    report = progress(len(weights_pS) * len(seeds), "runs")
    for start in range(0, len(seeds), at_once):
        some_seeds = seeds[start : start + at_once]
        realisations = realise(N, some_seeds, recording, inputs, threads)
        weights = [weight * pS for weight in weights_pS]
        try:
            batch = simulate_batch(weights, realisations, neuron, True, threads, width, report)
        except DivergenceError as failure:
            failures.append(str(failure))
            batch = failure.batch
        for j, weight in enumerate(weights_pS):
            good = np.isfinite(batch.rates[:, j])
            for i in np.flatnonzero(good):
                rows[weight, some_seeds[i]] = {
                    "we_pS": weight,
                    "seed": some_seeds[i],
                    "median_Vm_mV": float(batch.median_V[i, j]) / mV,
                    "output_rate_Hz": float(batch.rates[i, j]),
                }
            rate, median = batch.rates[good, j], batch.median_V[good, j] / mV
            means = f"{rate.mean():g} Hz, {median.mean():g} mV" if good.any() else "nothing"
            note(f"{weight:g} pS: {means} on average of {good.sum()} of {good.size} runs")
    return rows, failures


def main(N, weights_pS, seeds, recording, inputs, neuron, threads, memory_MB, output):
    made_from = origin(__file__, N=N, recording=recording, inputs=inputs, neuron=neuron)
    rows = {(r["we_pS"], r["seed"]): r for r in kept_rows(output, made_from)}
    weights_pS = [float(weight) for weight in weights_pS]
    wanted = [(weight, seed) for weight in weights_pS for seed in seeds]
    note(f"{sum(run in rows for run in wanted)} of {len(wanted)} runs are there already")

    recording, inputs = TimeGrid(**to_SI(recording)), Inputs(**to_SI(inputs))
    neuron = AdEx(**to_SI(neuron))
    all_failures = []
    for missing, weights in weights_by_missing_seeds(weights_pS, seeds, rows).items():
        new_rows, failures = run(N, weights, missing, recording, inputs, neuron, threads, memory_MB)
        rows |= new_rows
        all_failures += failures
    keep_rows(list(rows.values()), output, made_from)
    if all_failures:
        raise DivergenceError("; ".join(all_failures))
    write_parquet(columns_of([rows[run] for run in wanted]), output, made_from)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            int(snakemake.wildcards.N),
            **dict(snakemake.params.items()),
            threads=snakemake.threads,
            memory_MB=snakemake.resources.to_use_MB,
            output=snakemake.output[0],
        )
