"""How well random guessing does."""

from typing import NamedTuple

import numpy as np

from nto1.inference.kinds import EXCITATORY, INHIBITORY, UNCONNECTED
from nto1.inference.scores import score
from nto1.jit import jit
from nto1.random.stream import seeded, uniforms


class ChanceLevel(NamedTuple):
    AUC: np.ndarray  # [n_draws]
    F1max: np.ndarray  # [n_draws]


def chance_level(seed: int = 1234, n_draws: int = 300, n_per_kind: int = 100) -> ChanceLevel:
    """AUC and F1max of t-values drawn evenly from -1 to 1, time and again, for as many trains of
    each kind."""
    kinds = np.repeat([EXCITATORY, INHIBITORY, UNCONNECTED], n_per_kind)
    AUC, F1max = np.empty(n_draws), np.empty(n_draws)
    for i, u in enumerate(_repeated_uniforms(n_draws, kinds.size, seeded(seed))):
        AUC[i], _, _, F1max[i], _ = score(2 * u - 1, kinds)
    return ChanceLevel(AUC, F1max)


@jit
def _repeated_uniforms(n_draws, n, state):
    """n uniform numbers, drawn n_draws times [n_draws, n]."""
    u = np.empty((n_draws, n))
    for i in range(n_draws):
        row, state = uniforms(n, state)
        for j in range(n):
            u[i, j] = row[j]
    return u
