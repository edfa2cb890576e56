"""Reading and writing in scripts: files that are whole or not there, and progress."""

import hashlib
import os
import resource
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pandas as pd
import pytest

from nto1_workflow.io import (
    MAX_ROWS,
    UnreadableTableError,
    progress,
    read_parquet,
    run,
    write_page,
    write_parquet,
    write_table,
)
from nto1_workflow.running import lock
from nto1_workflow.running.files import SupersededError, atomic_write
from study import ROOT


def test_an_unfinished_file_never_has_the_right_name(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), atomic_write(path) as file, open(file, "w") as stream:  # noqa: PT012
        stream.write("half a ta")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_written_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    events = []
    monkeypatch.setattr(os, "fsync", lambda stream: events.append("fsync"))
    monkeypatch.setattr(os, "replace", lambda *names: events.append("replace"))
    with atomic_write(tmp_path / "table.csv") as file, open(file, "w") as stream:
        stream.write("all of it")
    assert events == ["fsync", "replace"]


def test_a_job_of_a_run_that_is_over_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lock.LOCK.parent.mkdir()
    monkeypatch.setenv(lock.RUN, "host a, process 1")
    lock.LOCK.write_text("host a, process 1")
    with atomic_write("1") as file, open(file, "w") as stream:
        stream.write("of this run")
    lock.LOCK.write_text("host a, process 2")
    with pytest.raises(SupersededError), atomic_write("2") as file, open(file, "w") as stream:
        stream.write("of an earlier run")
    assert (tmp_path / "1").exists()
    assert not (tmp_path / "2").exists()


def test_a_table_that_does_not_fit_leaves_the_old_one(tmp_path):
    """The system refuses files of more than 4 kB, as it would on a full disk."""
    table = tmp_path / "table.parquet"
    write_parquet({"x": [1]}, table)
    before = table.read_bytes()
    code = (
        "from nto1_workflow.io import write_parquet; import numpy as np; "
        f"write_parquet({{'x': np.random.default_rng(1).random(10000)}}, {str(table)!r})"
    )

    def small_files_only():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = subprocess.run(
        [sys.executable, "-c", code],
        preexec_fn=small_files_only,
        cwd=ROOT / "workflow",
        stderr=subprocess.PIPE,
        text=True,
    )
    assert "File too large" in done.stderr
    assert table.read_bytes() == before
    assert list(tmp_path.iterdir()) == [table]


def test_damage_is_noticed_and_the_file_put_aside(tmp_path):
    path = tmp_path / "table.parquet"
    write_parquet({"x": [0.1 * i for i in range(200)]}, path)
    data = path.read_bytes()
    damaged = [data[: int(part * len(data))] for part in (0, 0.3, 0.6, 0.999)]
    in_numbers = len(data) // 3
    damaged += [data[:in_numbers] + bytes([data[in_numbers] ^ 4]) + data[in_numbers + 1 :]]
    for bad in damaged:
        path.write_bytes(bad)
        with pytest.raises(UnreadableTableError, match=r"called .*\.corrupted now\. Run again"):
            read_parquet(path)
        assert not path.exists()


def test_csv_has_all_digits(tmp_path):
    table = pd.DataFrame({"x": [0.1 + 0.2, 1e-300]})
    csv, parquet, page = (str(tmp_path / f"table.{kind}") for kind in ("csv", "parquet", "html"))
    write_table(table, csv, parquet, page)
    pd.testing.assert_frame_equal(pd.read_csv(csv), table, check_exact=True)
    pd.testing.assert_frame_equal(read_parquet(parquet), table, check_exact=True)
    assert "<td>0.3</td>" in (tmp_path / "table.html").read_text()  # rounded, for people


def test_a_long_table_is_cut_and_says_so(tmp_path):
    table = pd.DataFrame({"a": range(MAX_ROWS + 5), "b": "<b>"})
    write_page(tmp_path / "page.html", "A & B", "1 < 2", table)
    html = (tmp_path / "page.html").read_text()
    assert html.count("<tr") == 1 + MAX_ROWS
    assert f"The first {MAX_ROWS} of {MAX_ROWS + 5} rows" in html
    assert "A &amp; B" in html
    assert "1 &lt; 2" in html
    assert "<b>" not in html


def test_a_script_gets_what_its_rule_names_and_its_error_is_in_the_log(tmp_path):
    class Named(list):
        def items(self):
            return {"table": "in.csv"}.items()

    snakemake = SimpleNamespace(
        input=Named(["in.csv"]),
        output=SimpleNamespace(items={"figure": "out.svg"}.items),
        wildcards=SimpleNamespace(items={"N": "100"}.items),
        params=SimpleNamespace(items={"weight_pS": 14}.items),
        threads=2,
        log=[str(tmp_path / "log")],
    )

    def main(table, figure, N, weight_pS, threads, input):
        raise ValueError(f"{table} {figure} {N} {weight_pS} {threads} {input[0]}")

    with pytest.raises(SystemExit):
        run(main, snakemake)
    text = (tmp_path / "log").read_text()
    assert text.endswith("Failed: ValueError: in.csv out.svg 100 14 2 in.csv\n")
    assert text.count("Traceback") == 1


def test_what_this_project_says_itself_needs_no_traceback(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "table.parquet").write_text("no table")
    job = job_given(tmp_path / "table.parquet", tmp_path)
    with pytest.raises(SystemExit):
        run(lambda: read_parquet("table.parquet"), job)
    text = (tmp_path / "log").read_text()
    assert "Failed: UnreadableTableError: table.parquet is truncated or corrupted" in text
    assert "Traceback" not in text
    assert capsys.readouterr().err == ""


def test_a_line_every_few_seconds_and_one_at_the_end(capsys):
    report = progress(1000, "runs", every_s=60)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(report, [2] * 500))
    assert capsys.readouterr().err == "1000 of 1000 runs done\n"

    report = progress(3, "runs", every_s=0)
    report(1)
    report(2)
    assert capsys.readouterr().err == "1 of 3 runs done\n3 of 3 runs done\n"


def job_given(table, folder) -> SimpleNamespace:
    """What Snakemake hands to a script whose job was given this table."""
    content = {str(table): hashlib.sha256(table.read_bytes()).hexdigest()}
    job = SimpleNamespace(params={"content": content}, threads=1, log=[str(folder / "log")])
    job.input = job.output = job.wildcards = {}
    return job


@pytest.mark.parametrize("when", ["before", "during", "never"])
def test_a_job_whose_table_is_edited_meanwhile_fails_and_says_so(
    when, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    table = tmp_path / "table.csv"
    table.write_text("as planned")
    job, read = job_given(table, tmp_path), []

    def main():
        read.append(table.read_text())
        if when == "during":
            table.write_text("edited")

    if when == "before":
        table.write_text("edited")
    if when in ("before", "during"):
        with pytest.raises(SystemExit):
            run(main, job)
        said = (tmp_path / "log").read_text()
        assert "table.csv was changed after this run began" in said
        assert "Traceback" not in said
        assert read == (["as planned"] if when == "during" else [])
    else:
        run(main, job)
        assert read == ["as planned"]
