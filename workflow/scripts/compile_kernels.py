"""Compile the kernels of a family, so that jobs that start together don't each do it."""

import numba

from job import job, whole
from nto1.compile_all import compile_all


def main(family, output):
    compile_all(family)
    with whole(output) as file, open(file, "w", encoding="utf-8") as stream:
        stream.write(f"numba {numba.__version__}\n")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.wildcards.family, snakemake.output[0])
