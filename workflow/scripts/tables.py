"""Tables as files: written whole, and read with a clear message if they are not."""

import hashlib
import json
import os
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from job import note, whole
from nto1.kernel_cache import digest, used_by
from pages import write_page


class UnreadableTable(ValueError):
    """A file is not the Parquet table it should be."""


def write_parquet(columns, path: str, origin: str = "") -> None:
    """``columns``: arrays or lists by name, or a pandas table."""
    table = pa.table(dict(columns)).replace_schema_metadata({"origin": origin} if origin else None)
    with whole(path) as file:
        pq.write_table(table, file, write_page_checksum=True)


def columns_of(rows: list[dict]) -> dict[str, list]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def origin(script: str, **parameters) -> str:
    """A hash of all that a script's numbers depend on: parameters, sources, versions."""
    sources = digest([Path(script), *used_by(Path(script))])
    made_from = [parameters, sources, version("numba"), version("numpy")]
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()


def kept_rows(table: str, origin: str) -> list[dict]:
    """Rows kept for a table by earlier jobs that need not be computed again."""
    path = _kept(table)
    try:
        kept = _read(path)
    except (OSError, ValueError):
        return []
    if (kept.schema.metadata or {}).get(b"origin") != origin.encode():
        note(f"{path} is there, but was made from other sources or parameters")
        return []
    return kept.to_pylist()


def keep_rows(rows: list[dict], table: str, origin: str) -> None:
    """Keep rows for later jobs that make this table, whatever becomes of this job.

    They can't stay in the table itself: Snakemake removes it before each job, or, if told to
    update it, takes what an earlier job wrote for the work of a job that failed.
    """
    if rows:
        path = _kept(table)
        path.parent.mkdir(exist_ok=True)
        write_parquet(columns_of(rows), path, origin)


def _kept(table: str) -> Path:
    path = Path(table)
    return path.parent / ".kept" / path.name


def _read(path) -> pa.Table:
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        table = file.read()
        if table.num_rows != file.metadata.num_rows:
            raise ValueError(f"{file.metadata.num_rows} rows expected, {table.num_rows} found")
        return table


def write_table(table, csv: str, parquet: str, page: str = "") -> None:
    """A pandas table as CSV, with all digits, as Parquet and, if a path is given, as a web page."""
    with whole(csv) as file:
        table.to_csv(file, index=False, lineterminator="\n")
    write_parquet(table, parquet)
    if page:
        write_page(page, Path(csv).name, table)


def read_parquet(path: str):
    """A pandas table. A file that is truncated or corrupted is put aside, and made anew next time.

    Raises ``UnreadableTable`` then.
    """
    try:
        return _read(path).to_pandas()
    except (FileNotFoundError, PermissionError):
        raise
    except (OSError, ValueError) as error:
        aside = f"{path}.corrupted"
        os.replace(path, aside)
        raise UnreadableTable(
            f"{path} is truncated or corrupted ({error}). It is called {aside} now. Run again: "
            "it will be made anew."
        ) from error
