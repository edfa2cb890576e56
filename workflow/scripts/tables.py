"""Tables as files: written whole, and read with a clear message if they are not."""

import pandas as pd
from job import whole


class UnreadableTable(ValueError):
    """A file is not the Parquet table it should be."""


def write_parquet(table: pd.DataFrame, path: str) -> None:
    with whole(path) as file:
        table.to_parquet(file, index=False)


def write_table(table: pd.DataFrame, csv: str, parquet: str) -> None:
    """The same table as CSV, with all digits, and as Parquet."""
    with whole(csv) as file:
        table.to_csv(file, index=False, lineterminator="\n")
    write_parquet(table, parquet)


def read_parquet(path: str, columns: list[str] | None = None) -> pd.DataFrame:
    """Raises ``UnreadableTable`` for a truncated or corrupted file."""
    try:
        return pd.read_parquet(path, columns=columns)
    except (OSError, ValueError) as error:
        raise UnreadableTable(
            f"{path} is truncated or corrupted ({error}). Delete it and run again."
        ) from error
