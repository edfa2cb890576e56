"""What the workflow adds to its kernels: a sweep of 100 000 runs beside these, and a study of as
many over parameters of the neuron beside the sweep. All cores, compiled kernels, one after another.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd

from nto1.simulation.runs import draw_inputs, simulate_batch
from nto1.units import pS
from nto1_workflow.io import log, run, write_text

ROOT = Path(__file__).resolve().parents[1]

WEIGHTS_PS = [round(0.03 * i, 2) for i in range(1000)]
SEEDS = list(range(100))
SWEEP = {"sweep": {"weights_pS": WEIGHTS_PS}, "experiment": {"seeds": SEEDS}}
STUDY = {
    "studies": {
        "large": {
            "measure": "response",
            "vary": {
                "neuron.b_pA": {"from": 0, "to": 90, "n": 10},
                "neuron.tau_w_ms": {"from": 44, "to": 176, "n": 10},
                "sweep.weights_pS": {"from": 10, "to": 28, "n": 10},
            },
            "set": {"experiment.seeds": SEEDS},
        }
    }
}


def kernels(threads: int) -> float:
    start = perf_counter()
    drawn = draw_inputs(6500, SEEDS, threads=threads)
    simulate_batch(np.array(WEIGHTS_PS) * pS, drawn, threads=threads)
    return perf_counter() - start


def workflow(target: str, config: dict, cores: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "config.json").write_text(json.dumps(config))
        command = [sys.executable, "-m", "snakemake", target, "--cores", str(cores)]
        command += ["--snakefile", str(ROOT / "Snakefile"), "--directory", folder]
        command += ["--configfile", f"{folder}/config.json"]
        start = perf_counter()
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=os.environ)
        return perf_counter() - start


def main(threads, output):
    kernels(threads)
    rows = []
    for round_ in range(3):
        bare = kernels(threads)
        sweep = workflow("results/we_sweep.csv", SWEEP, threads)
        study = workflow("study_large", STUDY, threads)
        rows.append(
            {"round": round_, "cores": threads, "kernels_s": bare, "sweep_s": sweep}
            | {"study_s": study, "sweep_to_kernels": sweep / bare, "study_to_sweep": study / sweep}
        )
        log(str(rows[-1]))
    write_text(pd.DataFrame(rows).to_csv(index=False), output[0])


if "snakemake" in globals():
    run(main, snakemake)
