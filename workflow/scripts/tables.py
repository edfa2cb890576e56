"""Tables as files: written whole, and read with a clear message if they are not."""

import pyarrow as pa
import pyarrow.parquet as pq

from job import whole


class UnreadableTable(ValueError):
    """A file is not the Parquet table it should be."""


def write_parquet(columns, path: str) -> None:
    """``columns``: arrays or lists by name, or a pandas table."""
    with whole(path) as file:
        pq.write_table(pa.table(dict(columns)), file)


def write_table(table, csv: str, parquet: str) -> None:
    """A pandas table as CSV, with all digits, and as Parquet."""
    with whole(csv) as file:
        table.to_csv(file, index=False, lineterminator="\n")
    write_parquet(table, parquet)


def read_parquet(path: str):
    """A pandas table. Raises ``UnreadableTable`` if the file is truncated or corrupted."""
    try:
        return pq.read_table(path).to_pandas()
    except (OSError, ValueError) as error:
        raise UnreadableTable(
            f"{path} is truncated or corrupted ({error}). Delete it and run again."
        ) from error
