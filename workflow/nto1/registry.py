"""What modules of a package offer under one name: nothing else lists them."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any


def offered_in(package: ModuleType, name: str) -> list[Any]:
    """What each module of a package that has this name calls so."""
    modules = [
        import_module(f"{package.__name__}.{module.name}")
        for module in iter_modules(package.__path__)
    ]
    return [getattr(module, name) for module in modules if hasattr(module, name)]
