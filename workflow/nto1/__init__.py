"""N-to-1: what one neuron does with N inputs, and what its voltage tells of them.

Quantities are in SI units; `nto1.units` converts (``14 * pS``, ``V / mV``).

    from nto1 import count_spikes, simulate
    from nto1.units import mV, pS

    run = simulate(14 * pS, count_spikes(N=6500, seed=1), record=["V"])
    print(run.rate, run.median_V / mV)

Inputs        draw_spike_trains, count_spikes, draw_inputs; Inputs, TimeGrid
Simulation    simulate (one run), simulate_batch (many); AdEx, Izhikevich, Synapses,
              neuron_of
Weights       mean_rate, find_weight
Studies       run_study
Theory        free_membrane
Networks      Connections, Current, Network, simulate_network
Detection     Recording, read_recording, detect (of one's own);
              regression_test, spike_coupling_test
Connections   sta_test, template_test, line_fit_test, output_spike_test, score;
              digitise, shuffle_test, p_value, roc (those of the notebook of 2021)

`nto1.reference` is the model in one plain loop: the place to begin reading.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

_MODULES = {
    "simulation.inputs": "draw_spike_trains count_spikes Inputs TimeGrid",
    "simulation.runs": "draw_inputs simulate simulate_batch",
    "simulation.weight_search": "mean_rate find_weight",
    "studies.run": "run_study",
    "simulation.free_membrane": "free_membrane",
    "simulation.network": "Connections Current Network simulate_network",
    "inference.windows": "digitise",
    "inference.sta": "shuffle_test sta_test p_value",
    "inference.template": "template_test",
    "inference.line_fit": "line_fit_test",
    "inference.output_spikes": "output_spike_test",
    "inference.regression": "regression_test",
    "inference.spike_coupling": "spike_coupling_test",
    "inference.scores": "roc score",
    "recordings.recording": "Recording",
    "recordings.files": "read_recording",
    "recordings.detection": "detect",
    "neurons.adex": "AdEx",
    "neurons.izhikevich": "Izhikevich",
    "neurons.protocol": "Synapses neuron_of",
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names.split()}

__all__ = list(_MODULE_OF)


def __getattr__(name: str) -> Any:
    """Import on demand: most of the package brings a compiler with it, and not all need that."""
    if name == "__version__":
        return _version()
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), "__version__", *__all__]


def _version() -> str:
    """Of the project whose clone this is in, or of the installed package."""
    import tomllib
    from importlib.metadata import version

    project = Path(__file__).parents[2] / "pyproject.toml"
    if project.is_file():
        return tomllib.loads(project.read_text("utf-8"))["project"]["version"]
    return version("nto1")
