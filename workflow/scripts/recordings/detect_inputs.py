"""Which trains drive the voltage of a recording: a table, a figure, and a page with the verdict."""

from pathlib import Path

from nto1.config.model import OwnRecording
from nto1.recordings.detection import detect
from nto1.recordings.figure import pictures
from nto1.recordings.files import read_recording
from nto1.recordings.page import page as page_of
from nto1.units import ms
from nto1_workflow.io import log, run, write_table
from nto1_workflow.running.files import atomic_write, write_text


def main(name: str, recording: OwnRecording, table, figure, page, threads: int):
    voltage, window = recording.voltage, recording.timing_window_ms
    read = read_recording(
        *(voltage.file, recording.spikes.file),
        channel=voltage.channel,
        sweeps=None if voltage.sweeps == "all" else voltage.sweeps,
        unit=voltage.unit,
        sampling_rate=voltage.sampling_rate_Hz,
        time_unit=recording.spikes.time_unit,
        own_spikes=None if recording.own_spikes == "none" else recording.own_spikes,
        excluded=[(begin, end) for begin, end in recording.exclude_s],
        clock_offset=recording.clock_offset_s,
        drop=recording.drop,
        name=name,
    )
    found = detect(
        read,
        method=recording.method,
        null=recording.null_distribution,
        false_discovery_rate=recording.false_discovery_rate,
        timing_window=None if window is None else window * ms,
        threads=threads,
    )
    log(str(found))
    write_table(found.table, *table)
    drawn = pictures(found)
    for path in figure:
        with atomic_write(path) as unfinished:
            Path(unfinished).write_bytes(drawn[path.rpartition(".")[2]])
    write_text(page_of(found, drawn["svg"]), page)


if "snakemake" in globals():
    run(main, snakemake)
