"""Recordings of one's own: which files they take, and how much memory."""

from pathlib import Path

from nto1.config import ConfigError
from nto1.config.checks import too_large
from nto1.config.model import Config, OwnRecording
from nto1.inference.method import methods
from nto1.recordings.files import extent_of
from nto1_workflow.planning.jobs import Job

# Measured: of the program and the libraries of formats; of every sample that is read; and the least
# that a spike takes in a file.
PROGRAM_MB, BYTES_PER_SAMPLE, BYTES_OF_SPIKE = 400, 14, 4


def inputs_of(recording: OwnRecording) -> dict[str, list[str]]:
    """The files of a recording, by what they are for."""
    own = recording.own_spikes
    return {
        "voltage": [recording.voltage.file],
        "spikes": _files_of(recording.spikes.file),
        "own_spikes": [] if own in ("detect", "none") else _files_of(own),
    }


def job_of(name: str, config: Config) -> Job:
    """Of a recording whose files are there. Raises ``ConfigError`` if it takes more memory than a
    job should."""
    recording, limit_MB = config.recordings[name], config.experiment.memory_per_job_MB
    files = inputs_of(recording)
    n_samples, seconds = extent_of(recording.voltage.file, recording.voltage.sampling_rate_Hz)
    n_spikes = sum(Path(file).stat().st_size for file in files["spikes"]) / BYTES_OF_SPIKE
    method = methods()[recording.method]
    of_test = method.n_bytes(method.test(dict(config.connection_inference)), n_spikes, seconds, 1)
    memory_MB = PROGRAM_MB + (BYTES_PER_SAMPLE * n_samples + of_test) / 1e6
    if memory_MB > limit_MB:
        hint = "cut the recording into pieces"
        raise ConfigError([too_large(f"recordings.{name}", memory_MB, limit_MB, hint)])
    return Job([recording], memory_MB=memory_MB)


def external_files(folder: str | None) -> dict[str, list[str]]:
    """Voltages and simulated cultures in a folder."""
    files = _files_of(folder) if folder else []
    return {
        what: [file for file in files if file.endswith(suffix)]
        for what, suffix in (("voltages", ".abf"), ("cultures", ".npz"))
    }


def _files_of(path: str) -> list[str]:
    """A file, or those in a folder."""
    return sorted(map(str, Path(path).iterdir())) if Path(path).is_dir() else [path]
