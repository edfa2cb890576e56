"""Arrays of which a kernel can't know beforehand how long they get."""

import numpy as np

from nto1.compiled import inner


@inner
def with_room_for(array, n):
    """The array [size], or a copy of it twice as long if it has no item n."""
    if n < array.size:
        return array
    longer = np.empty(2 * array.size, array.dtype)
    longer[:n] = array
    return longer
