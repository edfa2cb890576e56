"""What the best of tests could tell in spite of imaging noise, for the trains of a result set."""

import numpy as np
import pandas as pd

from nto1.inference.kinds import EXCITATORY, INHIBITORY, UNCONNECTED
from nto1.inference.limit import limit_t
from nto1.inference.scores import score
from nto1.measures.connections import SCORES
from nto1.regression.kernel import Kernel
from nto1.units import ms, mV
from nto1_workflow.io import read_parquet, run, write_table

BIN = 1 * ms


def main(trains, neuron, timestep_ms, output):
    """Sizes and shape of potentials are those that the regression found with the least noise, but
    with some: without any, they are fitted to frequencies far above those that noise leaves."""
    spike_height = neuron.peak - neuron.rest[0]
    trains = read_parquet(trains).query("method == 'regression'")
    rows = []
    for (N, seed), tested in trains.groupby(["N", "seed"]):
        noisy = tested[np.isfinite(tested["spike_SNR"])]
        found = noisy[noisy["spike_SNR"] == noisy["spike_SNR"].max()].dropna(subset="t")
        mean_mV = found.groupby("kind")["size_mV"].mean()
        if not {EXCITATORY, INHIBITORY, UNCONNECTED} <= {*mean_mV.index}:
            continue  # too few spikes to tell anything
        sizes = {kind: mean_mV[kind] * mV for kind in (EXCITATORY, INHIBITORY)}
        τ_r, τ_d = (found[f"tau_{name}_ms"].iloc[0] * ms for name in ("rise", "decay"))
        h = Kernel(τ_r, τ_d).samples(BIN)
        of_trains = found["n_spikes"].to_numpy(), found["kind"].to_numpy()
        for spike_SNR in sorted(tested["spike_SNR"].unique()):
            if np.isinf(spike_SNR):
                continue
            σ = spike_height / spike_SNR / np.sqrt(BIN / (timestep_ms * ms))
            scores = score(limit_t(*of_trains, sizes, h, σ, seed), of_trains[1])
            row = {"N": N, "seed": seed, "spike_SNR": spike_SNR}
            rows.append(row | {name: getattr(scores, name) for name in SCORES})
    write_table(pd.DataFrame(rows, columns=["N", "seed", "spike_SNR", *SCORES]), *output)


if "snakemake" in globals():
    run(main, snakemake)
