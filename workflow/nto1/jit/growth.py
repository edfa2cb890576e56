"""Arrays of which a kernel can't know beforehand how long they get."""

import numpy as np

from nto1.jit import jit_inline


@jit_inline
def ensure_capacity(array, n):
    """The array [size], or a copy of it twice as long if it has no item n."""
    if n < array.size:
        return array
    longer = np.empty(2 * array.size, array.dtype)
    for i in range(array.size):  # compiles sooner than slices, whose lengths numba compares
        longer[i] = array[i]
    return longer
