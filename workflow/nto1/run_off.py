"""When a voltage can't be right any more."""

from nto1.units import mV

# The voltage has run off if it falls below any that the models' currents could bring about.
V_FLOOR = -1000 * mV


class RunOff(ArithmeticError):
    """A voltage ran off: too large a weight, or too coarse a time step.

    ``batch`` holds all other runs (NaN where it ran off), if there were others.
    """

    batch = None
