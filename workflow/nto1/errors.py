"""Detection of numerical divergence."""

from nto1.units import mV

# No current of the models can bring a voltage below this.
V_MIN = -1000 * mV


class DivergenceError(ArithmeticError):
    """The voltage diverged: too large a weight, or too coarse a time step."""
