"""What Snakemake knows of a run that has just ended: files, rules, times."""

import hashlib
import re
from datetime import datetime
from pathlib import Path

KINDS = {".csv": "table", ".parquet": "table", ".pdf": "figure", ".svg": "figure", ".png": "figure"}
CPU_TIME = re.compile(r"^([\d.]+) s of CPU time$", re.MULTILINE)


def done(dag) -> list:
    """Jobs whose outputs are as they should be: made by this run, or up to date before."""
    return [job for job in dag.jobs if job.output and dag.noneedrun_finished(job)]


def outputs(dag) -> dict[str, dict]:
    """Every table and figure, by path; the final ones are not just batches of others."""
    return {
        file: describe(file)
        | {
            "kind": KINDS[Path(file).suffix],
            "rule": job.rule.name,
            "final": not job.wildcards or not any(user.output for user in dag.depending[job]),
        }
        for file, job in sorted((str(file), job) for job in done(dag) for file in job.output)
        if Path(file).suffix in KINDS and Path(file).exists()
    }


def describe(file: str) -> dict:
    stat = Path(file).stat()
    return {
        "sha256": sha256(file),
        "bytes": stat.st_size,
        "made": datetime.fromtimestamp(stat.st_mtime).astimezone().isoformat("T", "seconds"),
    }


def sha256(file: str) -> str:
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def inputs(dag, checkout: Path) -> dict[str, dict]:
    """The files in ``resources`` that the jobs read, by path."""
    files = {Path(file).resolve() for job in dag.jobs for file in job.input}
    return {
        str(file.relative_to(checkout)): {"sha256": sha256(file)}
        for file in sorted(files)
        if checkout / "resources" in file.parents
    }


def rules(dag, persistence) -> dict[str, dict]:
    """How often each rule ran, with how many threads, and the time that took.

    A job that was not run again counts with the time it took when it was.
    """
    result = {}
    for job in sorted(done(dag), key=lambda job: job.rule.name):
        rule = result.setdefault(
            job.rule.name, {"jobs": 0, "run_this_time": 0, "threads": 0, "wall_s": 0, "CPU_s": 0}
        )
        rule["jobs"] += 1
        rule["run_this_time"] += dag.finished(job)
        rule["threads"] = max(rule["threads"], job.threads)
        rule["wall_s"] = _sum(rule["wall_s"], wall_time(job, persistence))
        rule["CPU_s"] = _sum(rule["CPU_s"], cpu_time(job))
    return result


def wall_time(job, persistence) -> float | None:
    """From start to end (s), as recorded by Snakemake. On a cluster: from submission."""
    records = [persistence.metadata(file) for file in job.output]
    times = [r.endtime - r.starttime for r in records if r and r.starttime]
    return max(times, default=None)


def cpu_time(job) -> float | None:
    """As the job's own log says (s); other programs than our scripts don't."""
    logs = [Path(log).read_text("utf-8") for log in job.log if Path(log).exists()]
    times = [float(time) for log in logs for time in CPU_TIME.findall(log)]
    return sum(times) if times else None


def _sum(total: float | None, time: float | None) -> float | None:
    return None if total is None or time is None else round(total + time, 2)
