"""Stop if a published number deviates."""

import csv
from collections import Counter

from job import job, whole
from nto1.published import DEVIATES, REPLAYED, SKIPPED, headline, which


class Deviation(Exception):
    """A published number was not replayed."""


def main(table, output):
    with open(table, encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    deviating = [row for row in rows if row["verdict"] == DEVIATES]
    if deviating:
        worst = "; ".join(
            f"{which(row)}: published {row['published']}, computed {row['computed']}"
            for row in deviating[:5]
        )
        raise Deviation(
            f"{len(deviating)} of {len(rows)} published numbers deviate, see {table}: {worst}"
        )
    n = Counter(row["verdict"] for row in rows)
    verdict = headline(n[REPLAYED], n[DEVIATES], n[SKIPPED])
    with whole(output) as file, open(file, "w", encoding="utf-8") as stream:
        stream.write(verdict + "\n")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(snakemake.input[0], snakemake.output[0])
