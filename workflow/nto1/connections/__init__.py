"""Which spike trains are inputs of a neuron? Tests, and how well they do."""
