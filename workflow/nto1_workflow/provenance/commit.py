"""Which commit of the workflow is at work."""

import os
import subprocess
from pathlib import Path


def git_state(folder: Path) -> dict:
    """The commit a folder is at, and what was changed since; or why that isn't known."""

    def git(*arguments: str) -> str:
        # Without locks: others may be working with the repository. It may be somebody else's, too.
        safe = ["-c", f"safe.directory={folder}", "-c", "core.fsmonitor=false"]
        command = ["git", "--no-optional-locks", *safe, "-C", str(folder), *arguments]
        env = os.environ | {"LC_ALL": "C"}
        return subprocess.run(
            command, capture_output=True, check=True, env=env, text=True, timeout=60
        ).stdout

    try:
        # A repository around an unpacked archive is not that of the workflow.
        git("ls-files", "--error-unmatch", "Snakefile")
        commit, date = git("log", "-1", "--format=%H %cI").split()
        changes = git("status", "--porcelain").splitlines()
    except (OSError, subprocess.SubprocessError) as error:
        reason = getattr(error, "stderr", None) or str(error)
        return {"commit": None, "why_unknown": reason.splitlines()[0]}
    return {"commit": commit, "commit_date": date, "uncommitted_changes": changes}
