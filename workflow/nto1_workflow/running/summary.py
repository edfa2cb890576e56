"""What a run says when it ends: what it made, how long it took, and where to look next."""

import sys
from pathlib import Path

from nto1_workflow.durations import duration
from nto1_workflow.running.snakemake_internals import jobs_of

VERDICT = "results/published_verdict.txt"
NEXT = {  # where to look, in this order
    "results/explore.html": "interactive charts",
    "results/published_comparison.html": "every published number beside ours",
    "results/provenance.md": "who, when, where, from what; all hashes",
    "results/run-crate": "to archive or to hand on, with the sources",
}


def summary_of(workflow, display, succeeded: bool) -> str:
    """At most 15 lines. ``display``: what was shown of the jobs."""
    done = [job for job in jobs_of(workflow) if job.is_done]
    existing = sorted({file for job in done for file in job.output if Path(file).exists()})
    time = duration(display.seconds())
    n_done = display.n_jobs - len(display.to_do)
    lines = [
        f"Done: {n_done} jobs in {time}."
        if succeeded
        else f"Failed after {time}: {n_done} of {display.n_jobs} jobs are done."
    ]
    lines += [f"  failed: {name}" for name in display.failed[:3]]
    if len(display.failed) > 3:
        lines.append(f"  failed: {len(display.failed) - 3} more")
    for kind, ending in (("figure", ".svg"), ("table", ".csv")):
        made = [file for file in existing if file.endswith(ending)]
        folders = sorted({str(Path(file).parts[0]) for file in made})
        if made:
            kind += "s" * (len(made) > 1)
            lines.append(f"{len(made)} {kind} in {', '.join(f'{folder}/' for folder in folders)}")
    if VERDICT in existing:
        lines.append(Path(VERDICT).read_text("utf-8").strip())
    if succeeded:
        written = {*existing, *(path for path in NEXT if "provenance" in path or "crate" in path)}
        shown = {path: why for path, why in NEXT.items() if path in written and Path(path).exists()}
        lines += ["Where to look next:"] if shown else []
        lines += [f"  {path:35}{why}" for path, why in shown.items()]
        if Path("Makefile").exists():
            lines.append(f"  {'make report':35}all of it on one page: report.html")
    else:
        lines.append(
            "The end of each failed job's log is above. Once corrected, the same command does "
            "the rest."
        )
    return "\n".join(lines)


def show(workflow, display, succeeded: bool) -> None:
    """On the terminal, or where the run's other lines go."""
    if display:
        display.close()
        print(f"\n{summary_of(workflow, display, succeeded)}", file=sys.stderr, flush=True)
