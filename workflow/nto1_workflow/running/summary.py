"""What a run says when it ends: what it made, how long it took, and where to look next."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from shutil import get_terminal_size
from textwrap import TextWrapper

from nto1_workflow.durations import duration
from nto1_workflow.running.snakemake_internals import is_as_configured, jobs_of, makes_everything

VERDICTS = (
    "results/published_verdict.txt",
    "results/connection_inference/published_verdict.txt",
    "results/izhikevich_network/published_verdict.txt",
)
OWN = ("results/studies/", "results/recordings/")  # named first
MAX_NAMES = 6
NEXT = {  # where to look, in this order, after charts
    "results/published_comparison.html": "every published number beside ours",
    "results/provenance.md": "who, when, from what; all hashes",
    "results/run-crate": "to archive, with the sources",
}


def summary_of(workflow, display, succeeded: bool) -> str:
    """Few lines. ``display``: what was shown of the jobs."""
    jobs = jobs_of(workflow)
    up_to_date = _existing(file for job in jobs if job.is_done for file in job.output)
    time, n_done = duration(display.seconds()), display.n_jobs - len(display.to_do)
    how = "Interrupted" if display.is_interrupted else "Failed"
    lines = [
        f"Done: {_number(n_done, 'job')} in {time}."
        if succeeded
        else f"{how} after {time}: {n_done} of {display.n_jobs} jobs are done."
    ]
    lines += [f"  failed: {name}" for name in display.failed[:3]]
    if len(display.failed) > 3:
        lines.append(f"  failed: {len(display.failed) - 3} more")
    lines += _made(_existing(file for job in jobs if job.was_run for file in job.output))
    lines += [Path(file).read_text("utf-8").strip() for file in VERDICTS if file in up_to_date]
    if succeeded:
        lines += ["Where to look next:", *_suggestions(workflow, up_to_date)]
    elif display.is_interrupted:
        lines.append("The same command does the rest.")
    else:
        lines.append(
            "The end of each failed job's log is above. Once corrected, the same command does "
            "the rest."
        )
    width = get_terminal_size().columns
    at_words = TextWrapper(
        width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(map(at_words.fill, lines))


def _made(files: set[str]) -> list[str]:
    """Studies and recordings by name, as few others; of many, how many there are, and where."""
    lines = []
    for own in (True, False):
        for kind, ending in (("figure", ".pdf"), ("table", ".csv")):
            some = sorted(f for f in files if f.endswith(ending) and f.startswith(OWN) == own)
            folder = os.path.commonpath(map(os.path.dirname, some)) if some else ""
            if len(some) <= MAX_NAMES:
                lines += [f"  {file}" for file in some]
            else:
                lines.append(f"  {_number(len(some), kind)} in {folder}/")
    return lines


def _suggestions(workflow, up_to_date: set[str]) -> list[str]:
    """Those that apply to this run, and to this folder."""
    everything = makes_everything(workflow)
    there = up_to_date | _existing(["results/provenance.md", *["results/run-crate"] * everything])
    found = {path: "interactive charts" for path in sorted(there) if path.endswith("explore.html")}
    found |= {path: why for path, why in NEXT.items() if path in there}
    if everything and is_as_configured(workflow) and Path("Makefile").exists():
        found["make report"] = "all of it on one page: report.html"
        if not Path(VERDICTS[1]).exists():
            command = "snakemake --cores all connection_inference"
            found[command] = "all of the tests of detection"
    else:
        found["this command, with --report report.html"] = "all of it on one page"
    width = max(map(len, found))
    return [f"  {what:{width}}  {why}" for what, why in found.items()]


def _existing(files: Iterable[str]) -> set[str]:
    return {file for file in files if Path(file).exists()}


def _number(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"


def show(workflow, display, succeeded: bool) -> None:
    """On the terminal, or where the run's other lines go."""
    if display:
        display.close()
        print(f"\n{summary_of(workflow, display, succeeded)}", file=sys.stderr, flush=True)
