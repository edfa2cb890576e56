"""A detection as a web page that needs no other file, and as files in a folder."""

from html import escape
from pathlib import Path

from nto1.recordings.detection import Detection
from nto1.recordings.figure import pictures

PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font: 15px/1.5 sans-serif; margin: 1.5em auto; max-width: 60em; padding: 0 1em; }}
svg {{ max-width: 100%; height: auto; background: #fff; }}
table {{ border-collapse: collapse; font-size: 13px; }}
th {{ position: sticky; top: 0; background: #eee; }}
.wide {{ overflow-x: auto; }}
th, td {{ padding: 0.2em 0.7em; white-space: nowrap; text-align: right; }}
td {{ font-variant-numeric: tabular-nums; }}
tbody tr:nth-child(even) {{ background: #f7f7f7; }}
.verdict {{ font-size: 1.15em; }}
.doubts {{ border-left: 4px solid #d1641a; padding-left: 1em; }}
</style>
<h1>{title}</h1>
<p class="verdict">{called}<br>{missed}</p>
<div{doubtful}><p><b>{trusted}</b></p>
<ul>{doubts}</ul></div>
{figure}
<p>Above: averages of the voltage around the spikes of called trains, with the band in which 95 % of
averages lie after the spikes were moved at random (grey). Middle: z of all trains, and their
quantiles. Below: a piece of the voltage.</p>
<ul>{notes}</ul>
<h2>Trains, from the clearest on</h2>
<div class="wide">{table}</div>
"""


def page(detection: Detection, svg: bytes) -> str:
    """The page, which opens on the verdict."""
    verdict, figure = detection.verdict, svg.decode()
    order = detection.table["z"].abs().sort_values(ascending=False, kind="stable").index
    return PAGE.format(
        title=escape(detection.recording.name),
        called=escape(verdict.called),
        missed=escape(verdict.missed),
        trusted=escape(verdict.trusted),
        doubtful=' class="doubts"' if verdict.doubts else "",
        doubts="".join(f"<li>{escape(_sentence(doubt))}</li>" for doubt in verdict.doubts),
        notes="".join(f"<li>{escape(_sentence(note))}</li>" for note in verdict.notes),
        figure=figure[figure.index("<svg") :],
        table=detection.table.loc[order].to_html(
            float_format=lambda x: f"{x:.3g}", na_rep="", index=False, border=0
        ),
    )


def write(detection: Detection, folder: Path) -> None:
    """Table, figure and page of a detection: trains.csv and .parquet, figure.svg and .pdf,
    page.html."""
    folder.mkdir(parents=True, exist_ok=True)
    detection.table.to_csv(folder / "trains.csv", index=False, lineterminator="\n")
    detection.table.to_parquet(folder / "trains.parquet", index=False)
    figure = pictures(detection)
    for kind, picture in figure.items():
        (folder / f"figure.{kind}").write_bytes(picture)
    (folder / "page.html").write_text(page(detection, figure["svg"]), "utf-8")


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
