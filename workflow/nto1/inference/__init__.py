"""Which spike trains are inputs of a neuron? Tests, and how well they do.

Every test takes a voltage (V, one value per time step) or the neuron's output spikes, and a list
of spike trains (s), and gives a t per train: positive for excitatory inputs, negative for
inhibitory ones, small for trains that are no inputs. ``score`` says how well these tell them apart.
"""
