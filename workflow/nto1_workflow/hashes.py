"""Files are known by what is in them."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def sha256(file: str | Path) -> str:
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def hashes_of(files: Iterable[str | Path]) -> dict[str, dict]:
    return {str(file): {"sha256": sha256(file)} for file in sorted(files) if Path(file).is_file()}
