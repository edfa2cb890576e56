"""Neuron models: parameters, and equations as functions that kernels are made of."""
