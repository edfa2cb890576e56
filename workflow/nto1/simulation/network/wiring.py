"""Connections that are drawn at random."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from nto1 import checks


def connect_with_probability(
    sources: ArrayLike,
    targets: ArrayLike,
    p: float,
    rng: np.random.RandomState,
    without_self: bool = True,
) -> tuple[np.ndarray, np.ndarray]:
    """Source and target [n_connections] int64 of every connection, in order of sources.

    For each source in turn, a uniform per target is drawn; they are connected if it is below p. A
    connection of a neuron to itself is then dropped. Raises ``ValueError`` for a p that is no
    probability.
    """
    p = checks.number(p, "p", at_least=0, at_most=1)
    sources, targets = np.asarray(sources, np.int64), np.asarray(targets, np.int64)
    found = [targets[rng.random_sample(targets.size) < p] for _ in sources]
    return _pairs(np.repeat(sources, list(map(len, found))), _joined(found), without_self)


def connect_with_in_degree(
    sources: ArrayLike,
    targets: ArrayLike,
    n: int,
    rng: np.random.RandomState,
    without_self: bool = True,
) -> tuple[np.ndarray, np.ndarray]:
    """Source and target [n_connections] int64: each target, in turn, gets n different sources, the
    first of their permutation (without itself).

    Raises ``ValueError`` if there are fewer.
    """
    n = checks.whole(n, "n", 0)
    sources, targets = np.asarray(sources, np.int64), np.asarray(targets, np.int64)

    def sources_of() -> Iterator[np.ndarray]:
        for target in targets:
            possible = sources[sources != target] if without_self else sources
            if possible.size < n:
                raise ValueError(
                    f"neuron {target} can't have {n} inputs: there are {possible.size} sources"
                )
            yield possible[rng.permutation(possible.size)[:n]]

    return _joined(list(sources_of())), np.repeat(targets, n)


def _pairs(
    source: np.ndarray, target: np.ndarray, without_self: bool
) -> tuple[np.ndarray, np.ndarray]:
    kept = source != target if without_self else np.ones(source.size, bool)
    return source[kept], target[kept]


def _joined(arrays: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.zeros(0, np.int64), *arrays])
