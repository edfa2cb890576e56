"""What is known of data that were made elsewhere: recorded voltages, and simulated cultures.

Random trains are not connected to a recorded cell. Of a simulated culture's neurons, the spikes are
known, and which of them are connected.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import scipy

from nto1.recordings.errors import RecordingError
from nto1.recordings.files import read_columns
from nto1.recordings.recording import Recording

ARRAYS = ("times", "ids", "nodes", "marked_edges")


class Culture(NamedTuple):
    """Neurons that fire, and who is connected to whom."""

    duration: float  # s
    trains: list[np.ndarray]  # [n] of spike times (s)
    connected: np.ndarray  # [n, n] from row to column: 1, 0, or NaN where it is not known


def read_culture(path: Path) -> Culture:
    """From an NPZ file with the arrays ``times`` (s) and ``ids`` of all spikes, ``nodes`` (all ids)
    and ``marked_edges`` [n_edges, 3]: from, to, and a weight, 0 for none, NaN if it is not known.

    Raises ``RecordingError`` for any other file.
    """
    columns = read_columns(path)
    if missing := [name for name in ARRAYS if name not in columns]:
        raise RecordingError(
            f"{path} is no simulated culture: it has no array {missing[0]}, which take "
            f"{', '.join(ARRAYS)}"
        )
    times, ids, nodes, edges = (columns[name] for name in ARRAYS)
    if (
        times.shape != ids.shape
        or edges.shape[1:] != (3,)
        or not np.isin(edges[:, :2], nodes).all()
    ):
        raise RecordingError(
            f"{path} is no simulated culture: times has to have a value for each of ids, and "
            f"marked_edges rows of from, to (of nodes) and weight"
        )
    nodes = np.intersect1d(nodes, ids)  # those that fire
    edges = edges[np.isin(edges[:, :2], nodes).all(axis=1)]
    source, target = np.searchsorted(nodes, edges[:, :2]).T
    connected = np.full((nodes.size, nodes.size), np.nan)
    connected[source, target] = np.where(np.isnan(edges[:, 2]), np.nan, edges[:, 2] != 0)
    np.fill_diagonal(connected, np.nan)
    if not {0, 1} <= {*connected.ravel().tolist()}:
        raise RecordingError(
            f"{path} is no simulated culture: of marked_edges, some have to be connections and "
            f"some (weight 0) none"
        )
    trains = [np.unique(times[ids == node]) for node in nodes]
    return Culture(float(np.ceil(times.max())), trains, connected)


def two_class_AUC(t: np.ndarray, connected: np.ndarray) -> float:
    """How well |t| tells connected pairs from others, whatever their signs, of all pairs for which
    this is known. Pairs without t (NaN) count as the least clear ones."""
    clear = np.nan_to_num(np.abs(t))
    one, other = clear[connected == 1], clear[connected == 0]
    return float(scipy.stats.mannwhitneyu(one, other).statistic / (one.size * other.size))


def with_random_trains(recording: Recording, n: int, rate: float, seed: int) -> Recording:
    """The recording beside n Poisson trains of a rate (Hz), in place of its own."""
    rng = np.random.default_rng(seed)
    begin, end = recording.begin, recording.end
    n_spikes = rng.poisson(rate * (end - begin), n)
    trains = [np.unique(rng.uniform(begin, end, size)) for size in n_spikes]
    return recording._replace(
        names=tuple(map(str, range(n))), trains=tuple(trains), dropped=("",) * n
    )
