"""Recordings of one's own: which files they take."""

from pathlib import Path

from nto1.config.model import OwnRecording


def inputs_of(recording: OwnRecording) -> dict[str, list[str]]:
    """The files of a recording, by what they are for."""
    own = recording.own_spikes
    return {
        "voltage": [recording.voltage.file],
        "spikes": _files_of(recording.spikes.file),
        "own_spikes": [] if own in ("detect", "none") else _files_of(own),
    }


def _files_of(path: str) -> list[str]:
    """A file, or those in a folder."""
    return sorted(map(str, Path(path).iterdir())) if Path(path).is_dir() else [path]
