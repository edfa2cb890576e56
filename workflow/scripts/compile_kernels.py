"""Compile all kernels, so that jobs that start together don't each do it."""

import numba

from script_io import run, write_text
from nto1.compile_all import compile_all


def main(output):
    compile_all()
    write_text(f"numba {numba.__version__}\n", output[0])


if "snakemake" in globals():
    run(main, snakemake)
