"""Detection of numerical divergence."""

from nto1.units import mV

# A voltage below this has diverged: no current of the models brings it there.
V_MIN = -1000 * mV


class DivergenceError(ArithmeticError):
    """The voltage diverged: too large a weight, or too coarse a time step."""


class NothingToTest(ValueError):
    """No train has enough spikes, or the recording is too short."""
