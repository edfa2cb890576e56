"""What every script needs around its work: a log, and tables and pages that are written whole."""

import gc
import inspect
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr
from html import escape
from pathlib import Path
from threading import Lock
from time import monotonic

import pyarrow as pa
import pyarrow.parquet as pq

from nto1_workflow.hashes import sha256
from nto1_workflow.provenance.environment import register
from nto1_workflow.running.files import atomic_write, write_text
from nto1_workflow.running.lock import is_superseded

MAX_ROWS = 5_000  # of a table on a page: what a browser shows at once

PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
body { font: 13px/1.4 sans-serif; margin: 1.5em; }
table { border-collapse: collapse; margin: 1em 0; }
th { position: sticky; top: 0; background: light-dark(#eee, #333); }
table.rows th { cursor: pointer; }
th[aria-sort="ascending"]::after { content: " \\25B2"; }
th[aria-sort="descending"]::after { content: " \\25BC"; }
th, td { padding: 0.2em 0.8em; text-align: right; font-variant-numeric: tabular-nums; }
tbody tr:nth-child(even) { background: light-dark(#f7f7f7, #222); }
</style>
<h1>{title}</h1>
"""

# Every table is searched by words, and sorted by the column whose title is clicked.
SEARCH_AND_SORT = """\
<script>
for (const table of document.querySelectorAll("table.rows")) {
  const body = table.tBodies[0], rows = [...body.rows];
  const search = document.createElement("input"), count = document.createElement("span");
  Object.assign(search, {type: "search", placeholder: "Search the rows"});
  table.before(search, " ", count);
  search.oninput = () => {
    const words = search.value.toLowerCase().split(/\\s+/);
    const found = row => words.every(word => row.textContent.toLowerCase().includes(word));
    rows.forEach(row => { row.hidden = !found(row); });
    count.textContent = `${rows.filter(row => !row.hidden).length} of ${rows.length} rows`;
  };
  search.oninput();
  const titles = [...table.tHead.rows[0].cells];
  titles.forEach((title, column) => title.onclick = () => {
    const down = title.getAttribute("aria-sort") === "ascending";
    titles.forEach(other => other.removeAttribute("aria-sort"));
    title.setAttribute("aria-sort", down ? "descending" : "ascending");
    const text = row => row.cells[column].textContent;
    const compare = (a, b) => text(a) - text(b) || text(a).localeCompare(text(b));
    body.append(...rows.sort((a, b) => down ? compare(b, a) : compare(a, b)));
  });
}
</script>
"""


class UnreadableTableError(ValueError):
    """A file is not the Parquet table it should be."""


class ChangedFileError(Exception):
    """A file that a job was given was changed after the run began."""


def run(main: Callable, snakemake) -> None:
    """Call ``main`` with what its rule names: inputs, outputs, params, wildcards, threads.

    stderr goes to the rule's log. If the work fails, the reason is the log's last line, which a run
    shows on the terminal.
    """
    values = {"input": snakemake.input, "output": snakemake.output, "threads": snakemake.threads}
    for named in (snakemake.wildcards, snakemake.input, snakemake.output, snakemake.params):
        values |= dict(named.items())
    for name, value in values.items():
        if type(value) is tuple and len(value) == 1:  # a section of the configuration
            (values[name],) = value
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # jobs end silently at Ctrl-C
    if is_superseded():
        sys.exit(1)
    content, log = values.get("content", {}), snakemake.log[0]
    with open(log, "w", 1, "utf-8", "backslashreplace") as stream:
        try:
            register(stream)
            with redirect_stderr(stream):
                _check(content)
                main(**{name: values[name] for name in inspect.signature(main).parameters})
                _check(content)
            gc.freeze()  # at its end, Python would look for garbage in all that was imported
        except Exception as error:
            said = f"Failed: {type(error).__name__}: {error}"
            try:
                if not _is_said_by_us(error):
                    traceback.print_exc(file=stream)
                print(said, file=stream)
            except OSError:  # the disk may be full
                sys.exit(said)
            sys.exit(1)


def _is_said_by_us(error: Exception) -> bool:
    """Whether a statement of this project raised it, whose message says what is wrong."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    ours = (str(Path(__file__).parents[1]), str(Path(".snakemake/scripts").absolute()))
    return frame.filename.startswith(ours) and (frame.line or "").startswith("raise ")


def _check(content: dict[str, str]) -> None:
    """Raises ``ChangedFileError`` if a file isn't what it was when the run was planned."""
    for file, digest in content.items():
        if not Path(file).exists() or sha256(file) != digest:
            raise ChangedFileError(
                f"{file} was changed after this run began, and so what was made of it is not kept. "
                "Give the same command again."
            )


def log(message: str) -> None:
    """A line in the log."""
    print(message, file=sys.stderr)


def progress(n_all: int, what: str, every_s: float = 5) -> Callable[[int], None]:
    """A function to be told how many more are done; a line in the log every few seconds."""
    n_done, last, lock = 0, monotonic(), Lock()

    def add(n: int) -> None:
        nonlocal n_done, last
        with lock:
            n_done += n
            if n_done == n_all or monotonic() - last >= every_s:
                log(f"{n_done} of {n_all} {what} done")
                last = monotonic()

    return add


def write_table(table, csv: str, parquet: str, page: str = "") -> None:
    """A pandas table as CSV, with all digits, as Parquet and, if a path is given, as a web page."""
    write_csv(table, csv)
    write_parquet(table, parquet)
    if page:
        write_page(page, Path(csv).name, table)


def write_csv(table, path: str) -> None:
    with atomic_write(path) as file:
        table.to_csv(file, index=False, lineterminator="\n")


def write_parquet(columns, path: str) -> None:
    """``columns``: arrays or lists by name, a list of rows, or a pandas table."""
    rows = isinstance(columns, list)
    table = pa.Table.from_pylist(columns) if rows else pa.table(dict(columns))
    with atomic_write(path) as file:
        pq.write_table(table.replace_schema_metadata(None), file, write_page_checksum=True)


def read_parquet(path: str):
    """A pandas table. A file that is truncated or corrupted is put aside, to be made again.

    Raises ``UnreadableTableError`` then.
    """
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            table = file.read()
            if table.num_rows != file.metadata.num_rows:
                raise ValueError(f"{file.metadata.num_rows} rows expected, {table.num_rows} found")
            return table.to_pandas()
    except (FileNotFoundError, PermissionError):
        raise
    except (OSError, ValueError) as error:
        aside = f"{path}.corrupted"
        os.replace(path, aside)
        raise UnreadableTableError(
            f"{path} is truncated or corrupted ({error}). It is called {aside} now. Run again: "
            "it will be made again."
        ) from error


def write_page(path: str, title: str, *parts, digits: int = 7) -> None:
    """A web page that needs no other file. ``parts``: paragraphs, and pandas tables, of whose
    numbers as many digits are shown."""
    html = [PAGE.replace("{title}", escape(title))]
    html += [
        f"<p>{escape(part)}</p>" if isinstance(part, str) else _rows(part, digits) for part in parts
    ]
    write_text("\n".join([*html, SEARCH_AND_SORT]), path)


def _rows(table, digits: int) -> str:
    """For people: 4 and not 3.999999999999999, which the CSV has."""
    html = table.head(MAX_ROWS).to_html(
        float_format=lambda number: f"{number:.{digits}g}",
        na_rep="",
        index=False,
        border=0,
        classes="rows",
    )
    if len(table) > MAX_ROWS:
        html = f"<p>The first {MAX_ROWS} of {len(table)} rows:</p>\n{html}"
    return html
