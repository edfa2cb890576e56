"""Who made which table and figure, when, where and from what: written at the end of every run."""

import json
import os
from pathlib import Path

from snakemake.logging import logger


def write(workflow, config: dict, succeeded: bool) -> None:
    """After a run that made something. ``workflow`` is Snakemake's."""
    try:
        from provenance import crate, record
        from provenance.page import page
    except ModuleNotFoundError as error:
        logger.warning(
            f"No provenance was written: {error.name} is missing. "
            "Install what envs/requirements.lock lists."
        )
        return
    as_json, as_page = record.RESULTS / "provenance.json", record.RESULTS / "provenance.md"
    run = record.of_run(workflow, config, succeeded)
    if not (run["complete"] and succeeded):
        run = record.with_earlier(run, as_json)
    record.RESULTS.mkdir(exist_ok=True)
    _write(as_json, json.dumps(run, indent=2, ensure_ascii=False) + "\n")
    _write(as_page, page(run))
    if run["complete"] and succeeded:
        folder = record.RESULTS / "run-crate"
        crate.write_crate(folder, run, record.CHECKOUT, as_json, as_page)
    logger.info(f"{run['published_numbers'] or ''} Recorded in {as_page}.".strip())


def _write(path: Path, text: str) -> None:
    unfinished = path.with_name(path.name + ".unfinished")
    try:
        unfinished.write_text(text, "utf-8")
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
