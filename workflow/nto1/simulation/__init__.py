"""From inputs to voltage and spikes: the N-to-1 experiments, their weights, and networks."""
