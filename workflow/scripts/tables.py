"""Tables as files: written whole, and read with a clear message if they are not."""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from job import note, whole
from nto1.sources import digest, used_by
from pages import write_page


class UnreadableTable(ValueError):
    """A file is not the Parquet table it should be."""


def write_parquet(columns, path: str, origin: str = "") -> None:
    """``columns``: arrays or lists by name, or a pandas table."""
    table = pa.table(dict(columns)).replace_schema_metadata({"origin": origin} if origin else None)
    with whole(path) as file:
        pq.write_table(table, file)


def columns_of(rows: list[dict]) -> dict[str, list]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def origin(script: str, **parameters) -> str:
    """A hash of all that a script's numbers depend on: parameters, sources, versions."""
    sources = digest([Path(script), *used_by(Path(script))])
    made_from = [parameters, sources, version("numba"), version("numpy")]
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()


def rows_of_same_origin(path: str, origin: str) -> list[dict]:
    """Rows of an earlier version of a table that need not be computed again."""
    try:
        table = pq.read_table(path)
    except (OSError, ValueError):
        return []
    if (table.schema.metadata or {}).get(b"origin") != origin.encode():
        note(f"{path} is there, but was made from other sources or parameters")
        return []
    return table.to_pylist()


def write_table(table, csv: str, parquet: str, page: str = "") -> None:
    """A pandas table as CSV, with all digits, as Parquet and, if a path is given, as a web page."""
    with whole(csv) as file:
        table.to_csv(file, index=False, lineterminator="\n")
    write_parquet(table, parquet)
    if page:
        write_page(page, Path(csv).name, table)


def read_parquet(path: str):
    """A pandas table. Raises ``UnreadableTable`` if the file is truncated or corrupted."""
    try:
        return pq.read_table(path).to_pandas()
    except (OSError, ValueError) as error:
        raise UnreadableTable(
            f"{path} is truncated or corrupted ({error}). Delete it and run again."
        ) from error
