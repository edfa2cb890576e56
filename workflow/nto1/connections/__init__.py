"""Which spike trains are inputs of a neuron? Tests, and how well they do.

Every test takes a voltage (V, one value per time step) or the neuron's output spikes, and a list
of spike trains (s), and gives a t per train: positive for excitatory inputs, negative for
inhibitory ones, small for trains that are no inputs. ``score`` says how well these tell them apart.
"""

from nto1.connections.line_fit import line_fit_test
from nto1.connections.output_spikes import output_spike_test
from nto1.connections.scores import chance_level, score
from nto1.connections.shuffles import draw_shuffles
from nto1.connections.sta import spike_triggered_average, sta_test
from nto1.connections.template import template_test

__all__ = [
    "chance_level",
    "draw_shuffles",
    "line_fit_test",
    "output_spike_test",
    "score",
    "spike_triggered_average",
    "sta_test",
    "template_test",
]
