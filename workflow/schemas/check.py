"""Is a config valid? If not: everything that is wrong with it, a line each."""

import math
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator
from jsonschema.validators import extend

SCHEMA = yaml.safe_load(Path(__file__).with_name("config.schema.yaml").read_text())

# More values than any study needs. Aliases in YAML can make a thousand million of a few lines.
MANY = 1_000_000

# Average excitatory conductance over leak conductance: at the thesis's weights, 0.1 to 1.
TOO_STRONG, TOO_WEAK = 100, 1e-4


class InvalidConfig(ValueError):
    """Its message has a line for everything that is wrong."""


def check_config(config: dict) -> None:
    """Raise ``InvalidConfig`` unless the config follows the schema and makes sense."""
    if _is_too_large(config):
        raise InvalidConfig(
            f"The configuration is not valid.\n  It has more than {MANY} values, or contains "
            "itself. Look for aliases (*)."
        )
    problems = sorted(_schema_problems(config)) or list(_nonsense(config))
    if problems:
        raise InvalidConfig("The configuration is not valid.\n  " + "\n  ".join(problems))


def expected(schema: dict) -> str:
    """What a schema allows, in words."""
    if "anyOf" in schema:
        return " or ".join(expected(option) for option in schema["anyOf"])
    if "const" in schema:
        return str(schema["const"])
    if schema["type"] == "array":
        most = f", at most {schema['maxItems']}" if "maxItems" in schema else ""
        return f"a list of one or more{most}, each once: {expected(schema['items'])}"
    if schema["type"] == "object":
        return f"a section with the keys {', '.join(schema['properties'])}"
    words = {"integer": "a whole number", "number": "a number", "boolean": "true or false"}
    bounds = {"exclusiveMinimum": ">", "minimum": "≥", "maximum": "≤"}
    limits = [f"{sign} {schema[key]:g}" for key, sign in bounds.items() if key in schema]
    return " ".join([words[schema["type"]], ", ".join(limits)]).strip()


def _is_number(_, value) -> bool:
    return _is_integer(_, value) or (isinstance(value, float) and math.isfinite(value))


def _is_integer(_, value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_Validator = extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"number": _is_number, "integer": _is_integer}
    ),
)


def _schema_problems(config: dict) -> Iterator[str]:
    for error in _Validator(SCHEMA).iter_errors(config):
        where = _dotted(error.absolute_path)
        if error.validator == "additionalProperties":
            allowed = error.schema["properties"]
            for key in error.instance.keys() - allowed.keys():
                yield f"{_dotted([*error.absolute_path, key])}: no such key. {_meant(key, allowed)}"
        elif error.validator == "required":
            missing = [key for key in error.validator_value if key not in error.instance]
            yield f"{where or 'config'}: missing {', '.join(missing)}."
        elif error.validator == "uniqueItems":
            n = Counter(x for x in error.instance if isinstance(x, int | float))
            twice = ", ".join(str(x) for x in sorted(n) if n[x] > 1)
            yield f"{where}: {twice or 'a value'} stands there more than once. Keep one."
        else:
            wrong = f"{where}: {_shown(error.instance)} is not {expected(error.schema)}."
            yield wrong + _hint(error.instance)


def _is_too_large(config) -> bool:
    """Counts aliased values as often as they are used; stops in time."""
    n, todo = 0, [config]
    while todo and n <= MANY:
        value = todo.pop()
        children = value.values() if isinstance(value, dict) else value
        if isinstance(value, dict | list | tuple | set | frozenset):
            todo += children
            n += len(children) + 1
    return n > MANY


def _hint(value) -> str:
    """1e-3 is text to YAML, which wants a point."""
    try:
        number = repr(float(value)).removesuffix(".0") if isinstance(value, str) else "nan"
    except ValueError:
        return ""
    if "e" in number and "." not in number:
        number = number.replace("e", ".0e")
    return f" It is text; write {number}." if math.isfinite(float(number)) else ""


def _dotted(path) -> str:
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")


def _shown(value) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _meant(key, allowed) -> str:
    """A guess at what an unknown key should have been."""
    key = str(key)
    by_lower = {name.lower(): name for name in allowed}
    for candidates in get_close_matches(key.lower(), by_lower, n=1, cutoff=0.5):
        return f"Did you mean {by_lower[candidates]}?"
    for section, schema in SCHEMA["properties"].items():
        if key in schema["properties"]:
            return f"Did you mean {section}.{key}?"
    return f"There are: {', '.join(allowed)}."


def _nonsense(config: dict) -> Iterator[str]:
    """What a schema can't say; the config follows the schema."""
    experiment, inputs, neuron = config["experiment"], config["inputs"], config["neuron"]
    sweep, search, example = config["sweep"], config["find_weight"], config["example"]
    dt_ms, duration_s = experiment["timestep_ms"], experiment["duration_s"]

    n_steps = duration_s / (dt_ms * 1e-3)
    if round(n_steps) < 1 or abs(n_steps - round(n_steps)) > 1e-6 * n_steps:
        yield (
            f"experiment.duration_s: {duration_s:g} s is not a whole number of time steps of "
            f"{dt_ms:g} ms. Change one of them."
        )
    tau_m_ms = neuron["C_pF"] / neuron["g_L_nS"]
    for name, tau_ms in (
        ("neuron.tau_g_ms", neuron["tau_g_ms"]),
        ("neuron.tau_w_ms", neuron["tau_w_ms"]),
        ("the membrane's C / g_L", tau_m_ms),
    ):
        if dt_ms >= tau_ms:
            yield (
                f"experiment.timestep_ms: {dt_ms:g} ms is too coarse, it has to be below {name}, "
                f"which is {tau_ms:g} ms."
            )
    for low in ("V_reset_mV", "V_T_mV", "E_L_mV"):
        if neuron[low] >= neuron["V_spike_mV"]:
            yield (
                f"neuron.{low}: {neuron[low]:g} mV has to be below V_spike_mV, which is "
                f"{neuron['V_spike_mV']:g} mV."
            )
    if example["shown_s"] > duration_s:
        yield (
            f"example.shown_s: {example['shown_s']:g} s is longer than the runs "
            f"(experiment.duration_s: {duration_s:g} s)."
        )
    if search["target_rate_Hz"] >= 500 / dt_ms:
        yield (
            f"find_weight.target_rate_Hz: {search['target_rate_Hz']:g} Hz can't be reached with "
            f"time steps of {dt_ms:g} ms."
        )

    parts = inputs["exc_to_inh"] + 1
    all_N = [("sweep.N", sweep["N"]), ("example.N", example["N"])]
    all_N += [(f"find_weight.N[{i}]", N) for i, N in enumerate(search["N"])]
    for where, N in all_N:
        n_inh = N / parts
        if round(n_inh) < 1 or abs(n_inh - round(n_inh)) > 1e-9 * N:
            yield (
                f"{where}: {N} inputs can't be split {inputs['exc_to_inh']:g} : 1 into excitatory "
                f"and inhibitory ones. Choose a multiple of {parts:g}, or change inputs.exc_to_inh."
            )

    def strength(N, weight_pS):
        """Average excitatory conductance, relative to the leak."""
        n_exc = N * inputs["exc_to_inh"] / parts
        spikes = n_exc * inputs["mean_rate_Hz"] * neuron["tau_g_ms"] * 1e-3
        return spikes * weight_pS * 1e-3 / neuron["g_L_nS"]

    guess = search["guess"]
    weights = [("example.weight_pS", example["N"], example["weight_pS"])]
    weights += [("find_weight.guess.weight_pS", guess["N"], guess["weight_pS"])]
    weights += [
        (f"sweep.weights_pS[{i}]", sweep["N"], w) for i, w in enumerate(sweep["weights_pS"])
    ]
    for where, N, weight_pS in weights:
        times = strength(N, weight_pS)
        if times > TOO_STRONG:
            yield (
                f"{where}: {weight_pS:g} pS is too large for N = {N}: the average excitatory "
                f"conductance would be {times:.0f} times the leak. Is it really in pS?"
            )
    w_max = max(sweep["weights_pS"])
    for where, N, weight_pS in (weights[1], ("sweep.weights_pS", sweep["N"], w_max)):
        times = strength(N, weight_pS)
        if 0 < times < TOO_WEAK:
            yield (
                f"{where}: {weight_pS:g} pS is too small for N = {N}: the average excitatory "
                f"conductance would be {times:.0e} times the leak. Is it really in pS?"
            )
