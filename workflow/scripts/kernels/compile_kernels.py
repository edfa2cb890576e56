"""Compile all kernels, so that jobs that start together don't each do it."""

import numba

from nto1.compile_all import compile_all, compile_lanes
from nto1.neurons import MODELS
from nto1.simulation.vectorized import WIDTHS
from nto1_workflow.io import run, write_text


def main(model, output):
    if model is None:
        compile_all()
    else:
        compile_lanes(WIDTHS, MODELS[model].parameters())
    write_text(f"numba {numba.__version__}\n", output[0])


if "snakemake" in globals():
    run(main, snakemake)
