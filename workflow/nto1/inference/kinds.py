"""What a spike train can be to a neuron."""

UNCONNECTED, EXCITATORY, INHIBITORY = "unconnected", "excitatory", "inhibitory"
