"""Is a config valid? If not: everything that is wrong with it, a line each."""

import math
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator
from jsonschema.validators import extend

SCHEMA = yaml.safe_load(Path(__file__).with_name("config.schema.yaml").read_text("utf-8"))

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
    if "expected" in schema:
        return schema["expected"]
    if "anyOf" in schema:
        return " or ".join(expected(option) for option in schema["anyOf"])
    if "const" in schema:
        return str(schema["const"])
    if "enum" in schema:
        return " or ".join(schema["enum"])
    if schema["type"] == "array":
        many = "one or more" if "minItems" in schema else "none or more"
        most = f", at most {schema['maxItems']}" if "maxItems" in schema else ""
        once = ", each once" if "uniqueItems" in schema else ""
        return f"a list of {many}{most}{once}: {expected(schema['items'])}"
    if schema["type"] == "object":
        return f"a section with the keys {', '.join(schema['properties'])}"
    words = {
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
        "string": "the name of a file",
    }
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
    for error in _precise(_Validator(SCHEMA).iter_errors(config)):
        where = _dotted(error.absolute_path)
        if error.validator == "additionalProperties":
            allowed = error.schema["properties"]
            for key in error.instance.keys() - allowed.keys():
                yield f"{_dotted([*error.absolute_path, key])}: no such key. {_meant(key, allowed)}"
        elif error.validator == "required":
            missing = [key for key in error.validator_value if key not in error.instance]
            yield f"{where or 'config'}: missing {', '.join(missing)}."
        elif error.validator == "uniqueItems":
            n = Counter(x if isinstance(x, int | float) else str(x) for x in error.instance)
            twice = ", ".join(str(x) for x in n if n[x] > 1)
            yield f"{where}: {twice} stands there more than once. Keep one."
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


def _precise(errors) -> Iterator:
    """Errors; where several options were allowed and one was nearly met, what is wrong there."""
    for error in errors:
        deeper = [e for e in error.context if e.relative_path]
        yield from _precise(deeper) if deeper else [error]


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
    yield from _about_runs(config)
    yield from _about_inputs(config)
    yield from _about_izhikevich(config["izhikevich"])
    yield from _about_network(config["network"])
    base = config["connection_test"]
    yield from _about_connection_test(base, "connection_test")
    for i, variant in enumerate(base["variants"]):
        yield from _about_connection_test(base | variant, f"connection_test.variants[{i}]")
    yield from _about_excerpt(base)


def _steps(duration_s: float, dt_ms: float, where: str) -> Iterator[str]:
    n_steps = duration_s / (dt_ms * 1e-3)
    if round(n_steps) < 1 or abs(n_steps - round(n_steps)) > 1e-6 * n_steps:
        yield (
            f"{where}.duration_s: {duration_s:g} s is not a whole number of time steps of "
            f"{dt_ms:g} ms. Change one of them."
        )


def _too_coarse(dt_ms: float, where: str, time_constants_ms: dict) -> Iterator[str]:
    for name, tau_ms in time_constants_ms.items():
        if dt_ms >= tau_ms:
            yield (
                f"{where}.timestep_ms: {dt_ms:g} ms is too coarse, it has to be below {name}, "
                f"which is {tau_ms:g} ms."
            )


def _below_the_spike(neuron: dict, section: str, spike: str, voltages: tuple) -> Iterator[str]:
    for low in voltages:
        if neuron[low] >= neuron[spike]:
            yield (
                f"{section}.{low}: {neuron[low]:g} mV has to be below {spike}, which is "
                f"{neuron[spike]:g} mV."
            )


def _longer_than_the_run(shown: dict, where: str, duration_s: float, run: str) -> Iterator[str]:
    if shown["shown_s"] > duration_s:
        yield (
            f"{where}.shown_s: {shown['shown_s']:g} s is longer than the runs "
            f"({run}.duration_s: {duration_s:g} s)."
        )


def _about_runs(config: dict) -> Iterator[str]:
    experiment, neuron, search = config["experiment"], config["neuron"], config["find_weight"]
    dt_ms, duration_s = experiment["timestep_ms"], experiment["duration_s"]
    yield from _steps(duration_s, dt_ms, "experiment")
    yield from _too_coarse(
        dt_ms,
        "experiment",
        {
            "neuron.tau_g_ms": neuron["tau_g_ms"],
            "neuron.tau_w_ms": neuron["tau_w_ms"],
            "the membrane's C / g_L": neuron["C_pF"] / neuron["g_L_nS"],
        },
    )
    low = ("V_reset_mV", "V_T_mV", "E_L_mV")
    yield from _below_the_spike(neuron, "neuron", "V_spike_mV", low)
    yield from _longer_than_the_run(config["example"], "example", duration_s, "experiment")
    if search["target_rate_Hz"] >= 500 / dt_ms:
        yield (
            f"find_weight.target_rate_Hz: {search['target_rate_Hz']:g} Hz can't be reached with "
            f"time steps of {dt_ms:g} ms."
        )


def _about_inputs(config: dict) -> Iterator[str]:
    inputs, neuron = config["inputs"], config["neuron"]
    sweep, search, example = config["sweep"], config["find_weight"], config["example"]
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


def _about_izhikevich(neuron: dict) -> Iterator[str]:
    yield from _below_the_spike(neuron, "izhikevich", "v_peak_mV", ("c_mV", "v_r_mV", "v_t_mV"))


def _about_network(network: dict) -> Iterator[str]:
    yield from _steps(network["duration_s"], network["timestep_ms"], "network")
    slowest = {"network.tau_g_ms": network["tau_g_ms"]}
    yield from _too_coarse(network["timestep_ms"], "network", slowest)
    yield from _longer_than_the_run(network, "network", network["duration_s"], "network")
    if isinstance(network["E_syn_mV"], str):
        return
    N, matrix = len(network["E_syn_mV"]), network["weights_nS"]
    for neuron in network["recorded_neurons"]:
        if neuron >= N:
            yield (
                f"network.recorded_neurons: there is no neuron {neuron}. network.E_syn_mV is a "
                f"list of {N}, for the neurons 0 … {N - 1}."
            )
    if isinstance(matrix, str):
        return
    shape = (len(matrix), {len(row) for row in matrix})
    if shape != (N, {N}):
        lengths = " or ".join(map(str, sorted(shape[1])))
        yield (
            f"network.weights_nS: {shape[0]} rows of {lengths} don't make a matrix for the {N} "
            f"neurons of network.E_syn_mV. Write {N} rows of {N}."
        )
    elif selves := [i for i in range(N) if matrix[i][i] and not network["allow_self_connections"]]:
        yield (
            f"network.weights_nS: neuron {', '.join(map(str, selves))} has a connection to itself. "
            f"Write 0 on the diagonal, or set network.allow_self_connections to true."
        )


def _about_connection_test(test: dict, where: str) -> Iterator[str]:
    duration_s, dt_ms, rate_Hz = test["duration_s"], test["timestep_ms"], test["spike_rate_Hz"]
    yield from _steps(duration_s, dt_ms, where)
    yield from _too_coarse(dt_ms, where, {"connection_test.tau_g_ms": test["tau_g_ms"]})
    if not dt_ms <= test["window_ms"] < duration_s * 1e3:
        yield (
            f"{where}.window_ms: windows of {test['window_ms']:g} ms don't fit between a time step "
            f"({dt_ms:g} ms) and the recording ({duration_s * 1e3:g} ms)."
        )
    if round(duration_s * rate_Hz) < 1:
        yield (
            f"{where}.spike_rate_Hz: at {rate_Hz:g} Hz, no spikes are to be expected in "
            f"{duration_s:g} s. Choose a higher rate or a longer recording."
        )


def _about_excerpt(test: dict) -> Iterator[str]:
    excerpt = test["excerpt"]
    end = excerpt["start_ms"] + excerpt["duration_ms"]
    zoom_end = excerpt["zoom_start_ms"] + excerpt["zoom_duration_ms"]
    if end > test["duration_s"] * 1e3:
        yield (
            f"connection_test.excerpt: it ends at {end:g} ms, after the recording "
            f"({test['duration_s'] * 1e3:g} ms)."
        )
    if not excerpt["start_ms"] <= excerpt["zoom_start_ms"] < zoom_end <= end:
        yield (
            f"connection_test.excerpt: the zoom ({excerpt['zoom_start_ms']:g} to {zoom_end:g} ms) "
            f"has to lie within the excerpt ({excerpt['start_ms']:g} to {end:g} ms)."
        )
