"""Units as SI factors: ``14 * pS`` is 1.4e-11 (siemens), ``V / mV`` is V in millivolt.

Inside ``nto1`` every quantity is in SI. Named units appear where a person reads or writes:
in config keys and column names, as a suffix (``C_pF``, ``median_Vm_mV``).
"""

pF = 1e-12
pA = 1e-12
pS = 1e-12
nS = 1e-9
mV = 1e-3
ms = 1e-3
s = 1.0
Hz = 1.0

FACTORS = {"pF": pF, "pA": pA, "pS": pS, "nS": nS, "mV": mV, "ms": ms, "s": s, "Hz": Hz}

# Symbols that are awkward to type in a config file.
GREEK = {"tau": "τ", "Delta": "Δ"}


def to_SI(quantities: dict) -> dict:
    """Strip the unit suffix of each key and bring its value to SI.

    ``{"tau_w_ms": 88, "exc_to_inh": 4}`` gives ``{"τ_w": 0.088, "exc_to_inh": 4}``: keys
    without a unit stay as they are, ``tau`` and ``Delta`` become τ and Δ.
    """
    converted = {}
    for key, value in quantities.items():
        name, _, unit = key.rpartition("_")
        if unit in FACTORS:
            head, _, tail = name.partition("_")
            name = "_".join(filter(None, (GREEK.get(head, head), tail)))
            converted[name] = value * FACTORS[unit]
        else:
            converted[key] = value
    return converted
