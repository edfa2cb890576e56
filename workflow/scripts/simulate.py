"""Median voltage and firing rate for some weights, at every seed."""

import numpy as np

from script_io import log, progress, run, write_parquet
from nto1.errors import DivergenceError
from nto1.neurons.adex import AdEx
from nto1.simulation.inputs import Inputs, TimeGrid
from nto1.simulation.runs import MAX_SAMPLES, check_divergence, draw_inputs, simulate_batch
from nto1.units import mV, pS, to_SI


def main(N, weights_pS, experiment, inputs, neuron, threads, output):
    seeds, time = experiment["seeds"], TimeGrid.of(experiment)
    inputs, neuron = Inputs(**to_SI(inputs)), AdEx(**to_SI(neuron))
    weights = [weight_pS * pS for weight_pS in weights_pS]
    report = progress(len(weights) * len(seeds), "runs")
    batches, errors = [], []
    n_at_once = max(1, MAX_SAMPLES // time.n_steps)
    for start in range(0, len(seeds), n_at_once):
        drawn = draw_inputs(int(N), seeds[start : start + n_at_once], time, inputs, threads)
        batch = simulate_batch(weights, drawn, neuron, True, threads, report)
        try:
            check_divergence(batch, weights, drawn)
        except DivergenceError as error:
            errors.append(str(error))
        batches.append(batch)
    rates = np.concatenate([batch.rates for batch in batches])
    medians = np.concatenate([batch.median_V for batch in batches]) / mV
    for weight_pS, rate, median in zip(weights_pS, rates.T, medians.T, strict=True):
        log(f"{weight_pS:g} pS: {rate.mean():g} Hz, {median.mean():g} mV on average")
    if errors:
        raise DivergenceError("; ".join(errors))
    columns = {
        "we_pS": np.repeat(np.array(weights_pS, float), len(seeds)),
        "seed": np.tile(np.array(seeds), len(weights)),
        "median_Vm_mV": medians.T.ravel(),
        "output_rate_Hz": rates.T.ravel(),
    }
    write_parquet(columns, output[0])


if "snakemake" in globals():
    run(main, snakemake)
