"""Stop if a published number deviates."""

import csv

from nto1.published import DEVIATES, headline, name_of
from nto1_workflow.io import run, write_text


class Deviation(Exception):
    """A published number was not replayed."""


def main(input, output):
    with open(input[0], encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    deviating = [row for row in rows if row["verdict"] == DEVIATES]
    if deviating:
        worst = "; ".join(
            f"{name_of(row)}: published {row['published']}, computed {row['computed']}"
            for row in deviating[:5]
        )
        raise Deviation(
            f"{len(deviating)} of {len(rows)} published numbers deviate, see {input[0]}: {worst}"
        )
    write_text(headline(rows) + "\n", output[0])


if "snakemake" in globals():
    run(main, snakemake)
