"""Connection tests with other parameters and other seeds than the base case's: p-values alone."""

from nto1.studies.connection_tests import connection_tests
from nto1_workflow.io import progress, run, write_parquet
from nto1_workflow.tables import p_columns, stacked


def main(tests, threads, output):
    tested = connection_tests(tests, threads, progress(len(tests), "recordings", 0))
    write_parquet(stacked([p_columns(test) for test in tested]), output[0])


if "snakemake" in globals():
    run(main, snakemake)
