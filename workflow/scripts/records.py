"""Sections of the config as the records that nto1 works with."""

from nto1.neurons.izhikevich import Izhikevich
from nto1.units import to_SI
from nto1.simulation.voltage_imaging import Experiment, Synapses, Trains


def experiment_of(test: dict, neuron: dict) -> Experiment:
    """The voltage-imaging experiment of a connection test."""
    values = to_SI(test)
    trains, synapses = (
        record(*(values[name] for name in record._fields)) for record in (Trains, Synapses)
    )
    neuron = Izhikevich(**to_SI(neuron))
    return Experiment(values["duration"], values["timestep"], trains, synapses, neuron)
