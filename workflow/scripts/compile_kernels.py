"""Compile all kernels, so that jobs that start together don't each do it."""

import numba

from job import job, whole
from nto1.simulation import compile_all


def main(output):
    compile_all()
    with whole(output) as file, open(file, "w", encoding="utf-8") as stream:
        stream.write(f"numba {numba.__version__}\n")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.output[0])
