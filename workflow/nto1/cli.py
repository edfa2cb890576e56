"""The command ``nto1``: from the files of a recording to a table, a figure and a page."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import nto1

if TYPE_CHECKING:
    from nto1.recordings.detection import Null

FILE = click.Path(path_type=Path)


class Interval(click.ParamType):
    """Begin and end (s): 12:12.5."""

    name = "FROM:TO"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[float, float]:
        try:
            begin, end = map(float, value.split(":"))
        except ValueError:
            self.fail(f"{value} is no interval in seconds, such as 12:12.5", param, ctx)
        return begin, end


class Numbers(click.ParamType):
    """Whole numbers: 0,2,5-9."""

    name = "LIST"

    def convert(self, value: Any, param: Any, ctx: Any) -> list[int]:
        numbers: list[int] = []
        for part in value.split(","):
            first, _, last = part.partition("-")
            if not first.isdigit() or (last and not last.isdigit()):
                self.fail(f"{value} is no list of numbers, such as 0,2,5-9", param, ctx)
            numbers += range(int(first), int(last or first) + 1)
        return numbers


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(nto1._version(), prog_name="nto1")
def main() -> None:
    """Detect a neuron's inputs from its voltage."""


@main.command()
@click.argument("voltage", type=FILE)
@click.option("-s", "--spikes", type=FILE, required=True, help="Spike trains.")
@click.option("-o", "--output", type=FILE, help="Folder of the results [VOLTAGE's name].")
@click.option("--channel", help="Name or number of the signal, of several.")
@click.option("--sweeps", type=Numbers(), help="Such as 0,2,5-9 [all].")
@click.option("--unit", help="mV, V, uV, or how many mV one is [the file's].")
@click.option("--sampling-rate", type=float, metavar="HZ", help="If the file has none.")
@click.option("--time-unit", type=click.Choice(["s", "ms"]), default="s", help="Of spikes [s].")
@click.option("--clock-offset", type=float, default=0.0, metavar="S", help="Added to spike times.")
@click.option("--exclude", type=Interval(), multiple=True, help="Leave out (s); repeatable.")
@click.option("--own-spikes", default="detect", help="A file, or none [found in the voltage].")
@click.option("--drop", is_flag=True, help="Drop spikes that are NaN, double, or beyond the end.")
@click.option("--method", default="regression", help="Such as sta, line_fit [regression].")
@click.option("--null", type=click.Choice(["empirical", "surrogates"]), help="[empirical]")
@click.option("--timing-window", type=float, metavar="MS", help="Slower relations don't count.")
@click.option("--fdr", type=float, default=0.05, help="False-discovery rate [0.05].")
def detect(
    voltage: Path,
    spikes: Path,
    output: Path | None,
    unit: str | None,
    exclude: tuple[tuple[float, float], ...],
    own_spikes: str,
    method: str,
    null: "Null | None",
    timing_window: float | None,
    fdr: float,
    **options: Any,
) -> None:
    """Tell which spike trains drive the VOLTAGE.

    VOLTAGE is ABF or what else Neo reads, NWB, CSV, Parquet, NPZ or NPY; spikes are NWB, CSV or
    Parquet (columns train, time_s), NPZ, or a folder of text files. Prints a verdict, and writes
    trains.csv, trains.parquet, figure.svg, figure.pdf and page.html.
    """
    from nto1.recordings.detection import detect
    from nto1.recordings.files import needed, read_recording

    try:
        from nto1.recordings.page import write
    except ImportError as error:
        raise click.ClickException(str(needed("matplotlib"))) from error
    folder = output or Path(voltage.stem)
    try:
        recording = read_recording(
            *(voltage, spikes),
            unit=float(unit) if unit and unit.replace(".", "", 1).isdigit() else unit,
            excluded=exclude,
            own_spikes=None if own_spikes == "none" else own_spikes,
            **options,
        )
        found = detect(
            recording,
            method=method,
            null=null,
            timing_window=timing_window and timing_window * 1e-3,
            false_discovery_rate=fdr,
            threads=os.cpu_count() or 1,
        )
        write(found, folder)
    except (ValueError, OSError) as error:  # RecordingError, and what the regression refuses
        raise click.ClickException(str(error)) from error
    click.echo(f"{found}\n\nWritten: {folder}/page.html, with the figure and trains.csv beside it")


@main.command()
@click.argument("folder", type=FILE, default=Path("example-recording"))
def example_recording(folder: Path) -> None:
    """Make an example of a recording, with the truth, in FOLDER [example-recording]."""
    from nto1.recordings.example import write_example

    write_example(folder)
    click.echo(f"Written: {folder}/cell.npz, units.csv, truth.csv. Now try:\n")
    click.echo(
        f"  nto1 detect {folder}/cell.npz --spikes {folder}/units.csv --output {folder}/found"
    )
