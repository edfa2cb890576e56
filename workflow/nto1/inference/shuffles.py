"""Spike trains with their inter-spike intervals shuffled, as Julia's generator does it."""

from collections.abc import Callable, Sequence

import numpy as np

from nto1.jit import int64, jit, uint64
from nto1.random.stream import next_word, seeded

MAX_KEPT = 2**22  # items of orders


def orders_from(seeds: Sequence[int], n_shuffles: int) -> Callable[..., np.ndarray]:
    """Orders [n_shuffles, n] int32 of the n intervals of a train, from a generator that is seeded
    anew for every train, with its seed.

    The last ones are kept, since they depend on nothing but seed and n; unless they are so many
    that they are rather written to ``room`` [n_shuffles, n], if there is any.
    """
    last, last_seed = np.empty((n_shuffles, 0), np.int32), None

    def orders(train, n, room=None):
        nonlocal last, last_seed
        seed = seeds[train]
        if room is not None and room.size > MAX_KEPT:
            draw_orders(room, seeded(seed))
            return room
        if last.shape[1] != n or seed != last_seed:
            last, last_seed = np.empty((n_shuffles, n), np.int32), seed
            draw_orders(last, seeded(seed))
        return last

    return orders


@jit
def draw_orders(orders, state):
    """Fill orders [n_shuffles, n] with those that successive shuffles of n things give.

    The places that are swapped are drawn first, which takes no branches.
    """
    n = orders.shape[1]
    places = np.empty(n + 1, np.int32)
    for order in orders:
        mask = uint64(1)
        while mask < uint64(n):
            mask <<= uint64(1)
        mask -= uint64(1)
        i = n
        while i > 1:
            until = max(int64(mask >> uint64(1)), 1)
            while i > until:
                word, state = next_word(state)
                place = int64((word >> uint64(12)) & mask)
                places[i] = place  # overwritten by the next one if it is too large
                i -= int64(place < i)
            mask >>= uint64(1)
        for i in range(n):
            order[i] = i
        for i in range(n, 1, -1):
            place = places[i]
            order[i - 1], order[place] = order[place], order[i - 1]
