"""Neuron models: parameters, and equations as functions that kernels are made of.

Each file holds one model, which registers itself; nothing else lists it (docs/new_neuron_model.md).
"""

from importlib import import_module
from pkgutil import iter_modules

from nto1.neurons.protocol import (
    DEFAULT_MODEL,
    MODELS,
    Levels,
    Model,
    Neuron,
    Synapses,
    keys_of,
    model_of,
    neuron_of,
    with_floats,
)

__all__ = [
    "DEFAULT_MODEL",
    "MODELS",
    "Levels",
    "Model",
    "Neuron",
    "Synapses",
    "keys_of",
    "model_of",
    "neuron_of",
    "with_floats",
]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
