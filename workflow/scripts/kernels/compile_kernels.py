"""Compile all kernels, so that jobs that start together don't each do it."""

import numba

from nto1.compile_all import compile_all
from nto1_workflow.io import run, write_text


def main(output):
    compile_all()
    write_text(f"numba {numba.__version__}\n", output[0])


if "snakemake" in globals():
    run(main, snakemake)
