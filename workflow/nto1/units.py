"""Units as SI factors: ``14 * pS`` is 1.4e-11 (siemens), ``V / mV`` is V in millivolt.

Inside ``nto1`` every quantity is in SI. Named units appear where a person reads or writes:
in config keys and column names, as a suffix (``C_pF``, ``median_Vm_mV``, ``a_per_ms``).
"""

import re
from math import sqrt

pF = 1e-12
pA = 1e-12
pS = 1e-12
nS = 1e-9
mV = 1e-3
ms = 1e-3
s = 1.0
Hz = 1.0

FACTORS = {"pF": pF, "pA": pA, "pS": pS, "nS": nS, "mV": mV, "ms": ms, "s": s, "Hz": Hz}

_UNIT = "|".join(FACTORS)
_NAME_AND_UNIT = re.compile(rf"(.+?)(?:_({_UNIT}))?(?:_per_(sqrt_)?({_UNIT}))?")

# Symbols that are awkward to type in a config file.
GREEK = {"tau": "τ", "Delta": "Δ", "sigma": "σ"}


def to_SI(quantities: dict) -> dict:
    """Strip the unit suffix of each key and bring its value, or list of values, to SI.

    ``{"tau_w_ms": 88, "a_per_ms": 0.03, "exc_to_inh": 4}`` gives ``{"τ_w": 0.088, "a": 30,
    "exc_to_inh": 4}``: keys without a unit stay as they are; tau, Delta and sigma become Greek.
    """
    converted = {}
    for key, value in quantities.items():
        found = _NAME_AND_UNIT.fullmatch(key)
        name, unit, root, per_unit = found.groups("") if found else (key, "", "", "")
        if unit or per_unit:
            head, _, tail = name.partition("_")
            name = "_".join(filter(None, (GREEK.get(head, head), tail)))
            factor = FACTORS.get(unit, 1)
            if per_unit:
                factor /= sqrt(FACTORS[per_unit]) if root else FACTORS[per_unit]
            many = isinstance(value, list)
            value = [item * factor for item in value] if many else value * factor
        converted[name] = value
    return converted
