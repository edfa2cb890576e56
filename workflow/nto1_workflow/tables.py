"""Several tables put together."""

from itertools import chain

import numpy as np


def stacked(tables: list[dict]) -> dict:
    """One table of several with the same columns; none of none."""
    names = tables[0] if tables else ()
    return {
        name: list(chain(*(table[name] for table in tables)))
        if isinstance(tables[0][name], list)
        else np.concatenate([table[name] for table in tables])
        for name in names
    }
