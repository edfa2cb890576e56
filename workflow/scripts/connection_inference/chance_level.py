"""Scores of random t-values: what is detected by chance."""

import numpy as np
import pandas as pd

from nto1.inference.chance import chance_level
from nto1_workflow.io import run, write_table


def main(seed, n_repetitions, n_tested, output):
    found = chance_level(seed, n_repetitions, n_tested)
    table = {"repetition": np.arange(found.AUC.size), "AUC": found.AUC, "F1max": found.F1max}
    write_table(pd.DataFrame(table), *output)


if "snakemake" in globals():
    run(main, snakemake)
