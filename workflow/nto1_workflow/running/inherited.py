"""What jobs inherit from this process: environment variables."""

import os
from collections.abc import Iterable
from pathlib import Path

from nto1.kernel_cache import BASE, can_write, users_cache


def find_packages_in(folder: Path) -> None:
    """Before others of their names that are installed."""
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys([str(folder), *filter(None, paths)]))


def compile_for(models: Iterable[str]) -> None:
    """Kernels for these models of neurons, beside those for the thesis's."""
    os.environ["NTO1_MODELS"] = ",".join(sorted({*models} - {"adex"}))


def find_cache() -> None:
    """For Snakemake and Matplotlib, which keep things in the user's home: where that can't be
    written to, beside compiled kernels."""
    if not can_write(users_cache()):
        os.environ |= dict.fromkeys(("XDG_CACHE_HOME", "XDG_CONFIG_HOME"), str(BASE / "cache"))
