"""How well could inputs be told from other trains at best? The limit that imaging noise sets.

If the potential's shape and all other inputs were known, and imaging noise of standard deviation σ
per bin were all that is left, the best test of a train with n spikes and potentials of size w
would be

    t = w √(n Σ h²) / σ + a standard normal number,

where h is the potential's shape per bin, with a peak of 1.
"""

import numpy as np

from nto1.inference.kinds import EXCITATORY, INHIBITORY


def limit_t(
    n_spikes: np.ndarray,
    kinds: np.ndarray,
    sizes: dict[str, float],
    h: np.ndarray,
    σ: float,
    seed: int = 1,
) -> np.ndarray:
    """t of every train at the limit [n_trains].

    Parameters
    ----------
    n_spikes, kinds
        Of every train [n_trains]: how many spikes, and whether it is excitatory, inhibitory or
        unconnected.
    sizes
        Of excitatory and inhibitory potentials (V), by kind.
    h
        The potential's shape, per bin.
    σ
        Standard deviation of the noise (V) per bin.
    seed
        Of the normal numbers.
    """
    w = np.select(
        [kinds == kind for kind in (EXCITATORY, INHIBITORY)],
        [sizes[kind] for kind in (EXCITATORY, INHIBITORY)],
        0.0,
    )
    noise = np.random.default_rng(seed).standard_normal(len(kinds))
    return w * np.sqrt(n_spikes * (h @ h)) / σ + noise
