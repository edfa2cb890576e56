"""Kernels beside each other, on several cores."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor


def map_ahead(function: Callable, items: Iterable, threads: int) -> Iterator:
    """Results in the order of the items.

    Items are made in the calling thread, a few ahead of what is needed: what they draw from a
    random stream, and the memory they take, does not depend on how fast the threads are. Kernels
    run beside each other, Python does not.
    """
    if threads == 1:
        yield from map(function, items)
        return
    with ThreadPoolExecutor(threads) as pool:
        pending: deque[Future] = deque()
        for item in items:
            pending.append(pool.submit(function, item))
            if len(pending) > threads:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
