"""Does a configuration make sense? What no single key can say; the config follows the schema,
but for sections that don't: of what depends on these, nothing is said."""

from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import suppress
from typing import Any, NoReturn

from nto1.config.model import (
    AdExNetwork,
    Config,
    Connecting,
    Experiment,
    Inputs,
    InputTrains,
    IzhikevichNetwork,
    Network,
    NeuronSection,
    OneConnectionTest,
    adex_under,
    changes_of,
    type_under,
)
from nto1.neurons import MODELS, keys_of
from nto1.simulation.inputs import TimedSection
from nto1.units import nS

# Average excitatory conductance over leak conductance: at the thesis's weights, 0.1 to 1.
TOO_STRONG, TOO_WEAK = 100, 1e-4

# More than these are taken for mistakes.
MAX_RUNS = 1_000_000

# Of a network, what can be recorded.
SIGNALS = ("v", "u", "w", "g", "I_syn", "I_inj")

# Memory that a job needs besides its arrays, for the interpreter and its libraries.
PROGRAM_MB = 300


class NotValidError(Exception):
    """Something was asked of a section that is not valid."""


class NotValid:
    """In place of a section that does not follow the schema."""

    def __getattr__(self, key: str) -> NoReturn:
        raise NotValidError(key)

    def __iter__(self) -> NoReturn:
        raise NotValidError


def consistency_errors(config: Config) -> Iterator[str]:
    yield from run_errors(config, Config.model_fields)
    for check in (
        *(_about_inputs, _about_example, _about_shown, _about_izhikevich, _about_adex_network),
        *(_about_izhikevich_network, _about_connection_tests, _about_excerpt, _about_memory),
        _about_own_recordings,
    ):
        yield from _as_far_as_valid(check, config)


def _as_far_as_valid(check: Callable[[Config], Iterator[str]], config: Config) -> Iterator[str]:
    with suppress(NotValidError):
        yield from check(config)


def _about_own_recordings(config: Config) -> Iterator[str]:
    files: dict[str, str] = {}
    for name, recording in config.recordings.items():
        where = f"recordings.{name}"
        if not name.isidentifier():
            yield f"{where}: a recording's name is made of letters, digits and _, like cell_7."
        if (other := files.setdefault(name.casefold(), name)) != name:
            yield f"{where}: its files would have names of those of {other}. Rename one."
        for i, (begin, end) in enumerate(recording.exclude_s):
            if not begin < end:
                yield f"{where}.exclude_s[{i}]: from {begin:g} to {end:g}. Exchange them."


def connection_tests(config: Config) -> dict[str, OneConnectionTest]:
    """Every connection test, the variants' keys over those of the base case."""
    base: OneConnectionTest = config.connection_test
    return {"connection_test": base} | {
        f"connection_test.variants[{i}]": base.model_copy(update=changes_of(variant))
        for i, variant in enumerate(config.connection_test.variants)
    }


def n_steps(run: TimedSection) -> int:
    return round(run.duration_s / (run.timestep_ms * 1e-3))


def _about_time(
    duration_s: float, dt_ms: float, where: str, time_constants_ms: Mapping[str, float]
) -> Iterator[str]:
    steps = duration_s / (dt_ms * 1e-3)
    if round(steps) < 1 or abs(steps - round(steps)) > 1e-6 * steps:
        yield (
            f"{where}.duration_s: {duration_s:g} s is not a whole number of time steps of "
            f"{dt_ms:g} ms. Change one of them."
        )
    for name, tau_ms in time_constants_ms.items():
        if dt_ms >= tau_ms:
            yield (
                f"{where}.timestep_ms: {dt_ms:g} ms is too coarse, it has to be below {name}, "
                f"which is {tau_ms:g} ms."
            )


def _about_run(
    run: TimedSection, where: str, time_constants_ms: Mapping[str, float]
) -> Iterator[str]:
    yield from _about_time(run.duration_s, run.timestep_ms, where, time_constants_ms)


def _about_voltages(model: str, neuron: Mapping[str, Any], section: str) -> Iterator[str]:
    """Of a neuron of any model: what has to be below what."""
    keys = {key.field: key for key in keys_of(MODELS[model].parameters)}
    for low in keys.values():
        if low.about.below:
            value, above = neuron[low.name], keys[low.about.below].name
            if value >= neuron[above]:
                yield (
                    f"{section}.{low.name}: {value:g} mV has to be below {above}, which is "
                    f"{neuron[above]:g} mV."
                )


def _shown_within(shown_s: float, where: str, run_s: float, runs: str) -> Iterator[str]:
    if shown_s > run_s:
        yield (
            f"{where}.shown_s: {shown_s:g} s is longer than the runs "
            f"({runs}.duration_s: {run_s:g} s)."
        )


def run_errors(config: Config, sections: Container[str]) -> Iterator[str]:
    """Of runs, for the sweep, the searches and recordings, as far as their sections are among
    these; or of a connection test."""
    if "neuron" not in sections:
        yield from _about_connection_test(config.connection_test, "connection_test")
        return
    for section, checks in RUNS.items():
        for check in checks if section in sections else ():
            yield from _as_far_as_valid(check, config)
    # In a study, that is: the thesis's own recordings are not made for everyone.
    if "recording" in sections and "experiment" not in sections:
        yield from _as_far_as_valid(_about_weights, config)


def _about_neuron(config: Config) -> Iterator[str]:
    yield from _about_voltages(config.neuron.model, dict(config.neuron), "neuron")


def _time_constants_ms(neuron: NeuronSection) -> dict[str, float]:
    found = {f"neuron.{key}": tau for key, tau in neuron if key[:4] == "tau_"}
    if (leak_nS := _leak_nS(neuron)) > 0:
        found["the membrane's C / g_L"] = neuron.C_pF / leak_nS
    return found


def _about_recordings(config: Config) -> Iterator[str]:
    recording, dt_ms = config.recording, config.connection_inference.timestep_ms
    time_constants_ms = _time_constants_ms(config.neuron)
    yield from _about_time(recording.duration_s, dt_ms, "recording", time_constants_ms)
    for i, N in enumerate(recording.N):
        yield from _about_split(N, f"recording.N[{i}]", config.inputs)


def _about_weights(config: Config) -> Iterator[str]:
    is_tabled = config.connection_inference.weights == "published"
    if config.recording.weight_pS is None and is_tabled and config.neuron.model != "adex":
        yield (
            "recording.weight_pS: needed, since published weights are those of AdEx neurons. "
            "Or set connection_inference.weights to search, or to a table."
        )


def _about_experiment(config: Config) -> Iterator[str]:
    yield from _about_run(config.experiment, "experiment", _time_constants_ms(config.neuron))


def _about_N_of_sweep(config: Config) -> Iterator[str]:
    yield from _about_split(config.sweep.N, "sweep.N", config.inputs)


def _about_sweep(config: Config) -> Iterator[str]:
    sweep, experiment = config.sweep, config.experiment
    yield from _fits_memory("experiment", 100 * n_steps(experiment), experiment)
    n_runs = len(experiment.seeds) * len(sweep.weights_pS)
    if n_runs > MAX_RUNS:
        yield (
            f"sweep: {n_runs} runs, one for each weight and seed, are more than {MAX_RUNS}. "
            "Choose fewer, or split them over several studies."
        )


def _about_N_of_searches(config: Config) -> Iterator[str]:
    search = config.find_weight
    for key in ("N", "N_subset") if search.only_subset else ("N",):
        for i, N in enumerate(getattr(search, key)):
            yield from _about_split(N, f"find_weight.{key}[{i}]", config.inputs)


def _about_searches(config: Config) -> Iterator[str]:
    search, experiment = config.find_weight, config.experiment
    if search.target_rate_Hz >= 500 / experiment.timestep_ms:
        yield (
            f"find_weight.target_rate_Hz: {search.target_rate_Hz:g} Hz can't be reached "
            f"with time steps of {experiment.timestep_ms:g} ms."
        )
    n_bytes = (8 * len(experiment.seeds) + 8) * n_steps(experiment)
    yield from _fits_memory("find_weight", n_bytes, experiment)


def _about_network_recording(config: Config) -> Iterator[str]:
    recording, where = config.network_recording, "network_recording"
    network: AdExNetwork | IzhikevichNetwork | Network = getattr(config, recording.network)
    yield from _about_time(recording.duration_s, network.timestep_ms, where, {})
    neurons = [] if recording.neurons == "all" else recording.neurons
    N = network.N or 10**8  # of a table, only the run knows
    if unknown := [j for j in neurons if j >= N]:
        yield (
            f"{where}.neurons: there is no neuron {unknown[0]} in {recording.network}, only "
            f"0 … {N - 1}."
        )


def _leak_nS(neuron: NeuronSection) -> float:
    """Conductance of the membrane at rest."""
    return getattr(neuron, "g_L_nS", None) or neuron.parameters.g_leak / nS


def _about_split(N: int, where: str, inputs: Inputs) -> Iterator[str]:
    parts = inputs.exc_to_inh + 1
    n_inh = N / parts
    if round(n_inh) < 1 or abs(n_inh - round(n_inh)) > 1e-9 * N:
        yield (
            f"{where}: {N} inputs can't be split {inputs.exc_to_inh:g} : 1 into excitatory "
            f"and inhibitory ones. Choose a multiple of {parts:g}, or change inputs.exc_to_inh."
        )


def _about_inputs(config: Config) -> Iterator[str]:
    inputs, neuron = config.inputs, config.neuron
    sweep, search, example = config.sweep, config.find_weight, config.example
    parts, leak_nS = inputs.exc_to_inh + 1, _leak_nS(neuron)
    yield from _about_split(example.N, "example.N", inputs)
    guess, weights_pS = search.guess, sweep.weights_pS
    weights = [("example.weight_pS", example.N, example.weight_pS)]
    weights += [(f"sweep.weights_pS[{i}]", sweep.N, w) for i, w in enumerate(weights_pS)]
    may_not_be_weak = [("sweep.weights_pS", sweep.N, max(weights_pS))]
    if guess != "sweep":
        may_not_be_weak += [("find_weight.guess.weight_pS", guess.N, guess.weight_pS)]
    elif max(weights_pS) == 0:
        yield (
            "find_weight.guess: the sweep has no weight above 0 to begin the search with. Add one "
            "to sweep.weights_pS, or give a guess."
        )
    for where, N, weight_pS in weights + may_not_be_weak if leak_nS > 0 else ():
        # Average excitatory conductance, relative to the leak.
        rate_Hz = N * inputs.exc_to_inh / parts * inputs.mean_rate_Hz
        g = rate_Hz * neuron.tau_g_ms * 1e-3 * weight_pS * 1e-3 / leak_nS
        is_weak = (where, N, weight_pS) in may_not_be_weak and 0 < g < TOO_WEAK
        if is_weak or (g > TOO_STRONG and where != "sweep.weights_pS"):
            yield (
                f"{where}: {weight_pS:g} pS is too {'small' if is_weak else 'large'} for N = {N}: "
                f"the average excitatory conductance would be {g:.3g} times the leak. "
                "Is it really in pS?"
            )


def _about_shown(config: Config) -> Iterator[str]:
    network = config.network
    yield from _shown_within(network.shown_s, "network", network.duration_s, "network")


def _about_example(config: Config) -> Iterator[str]:
    runs_s = config.experiment.duration_s
    yield from _shown_within(config.example.shown_s, "example", runs_s, "experiment")


def _about_izhikevich(config: Config) -> Iterator[str]:
    yield from _about_voltages("izhikevich", dict(config.izhikevich), "izhikevich")


def _about_types(config: Config) -> Iterator[str]:
    for name, given in config.network.types.items():
        of_type = type_under(given, config.izhikevich, config.neuron)
        yield from _about_voltages(given.model, of_type, f"network.types.{name}")


def _about_network(config: Config) -> Iterator[str]:
    network = config.network
    decay, inputs = network.tau_g_ms, network.inputs
    shortest = min(d.tau_g_ms for d in decay) if isinstance(decay, list) else decay
    yield from _about_run(network, "network", {"network.tau_g_ms": shortest})
    for name in sorted(set(network.type_of) - set(network.types)):
        yield (
            f"network.type_of: there is no type {name}. Name one of network.types: "
            f"{', '.join(network.types) or 'there are none yet'}."
        )
    yield from _about_input_trains(inputs)
    if isinstance(decay, list):
        given = {d.E_syn_mV for d in decay}
        for E in sorted(_reversal_potentials(network) - given):
            yield f"network.tau_g_ms: there is none for synapses with E_syn_mV = {E:g}. Add it."
    yield from _about_noise(network)
    yield from _about_parameters(config)
    yield from _about_recording(network)
    if network.N is not None:
        yield from _about_size(network, network.N)
    elif not isinstance(network.E_syn_mV, str):
        yield "network.type_of: how many neurons are there? Write {name of a type: number}."


def _about_size(network: Network, N: int) -> Iterator[str]:
    """What has to fit the number of neurons."""
    inputs, n = network.inputs, network.inputs.number
    numbers = network.type_of
    n_of_types = sum(numbers.values()) if isinstance(numbers, dict) else len(numbers)
    if not N:
        yield "network.type_of: a network needs at least one neuron."
    if numbers and n_of_types != N:
        yield (
            f"network.type_of: {n_of_types} names for {N} neurons "
            "(network.E_syn_mV). Write one for each."
        )
    yield from _about_values(network, N)
    rows = f"neurons of network.E_syn_mV. Write {N} rows of {N}."
    yield from _about_connecting(network.connections, "network", N, network, N)
    if not network.connections:
        yield from _about_matrix(network.weights_nS, "network.weights_nS", N, N, rows)
        yield from _about_matrix(network.delay_ms, "network.delay_ms", N, N, rows)
        yield from _about_selves(network, N)
    rows = f"neurons and {n} input trains. Write {n} rows of {N}."
    yield from _about_connecting(inputs.connections, "network.inputs", n, network, N)
    if n and not inputs.connections:
        yield from _about_matrix(inputs.weights_nS, "network.inputs.weights_nS", n, N, rows)


def _about_selves(network: Network, N: int) -> Iterator[str]:
    if isinstance(matrix := network.weights_nS, list) and all(len(row) == N for row in matrix):
        selves = [i for i, row in enumerate(matrix[:N]) if row[i]]
        if selves and not network.allow_self_connections:
            yield (
                f"network.weights_nS: neuron {', '.join(map(str, selves))} has a connection to "
                f"itself. Write 0 on the diagonal, or set network.allow_self_connections to true."
            )


def _about_noise(network: Network) -> Iterator[str]:
    """One kind. That of the voltage always has a value: its default, or 0, says nothing."""
    key = "sigma_mV_per_sqrt_ms"
    unsaid = (Network.model_fields[key].default, 0)
    if network.noise_pA_sqrt_s is not None and getattr(network, key) not in unsaid:
        yield f"network.noise_pA_sqrt_s: there is a {key}, too. Keep one of them."


def _about_parameters(config: Config) -> Iterator[str]:
    """Of neurons that differ from their type."""
    types = config.network.types
    models = [given.model for given in types.values()] or ["izhikevich"]
    known = {key.name for model in models for key in keys_of(MODELS[model].parameters)}
    for name in sorted(config.network.parameters.keys() - known):
        yield (
            f"network.parameters.{name}: the neurons' models have no such parameter. There are: "
            f"{', '.join(sorted(known))}."
        )


def _about_recording(network: Network) -> Iterator[str]:
    record, dt_ms, run_s = network.record, network.timestep_ms, network.duration_s
    for i, (begin, end) in enumerate(record.pieces_s):
        if not 0 <= begin < end <= run_s * (1 + 1e-9):
            yield (
                f"network.record.pieces_s[{i}]: from {begin:g} to {end:g} s is no piece of the run "
                f"(network.duration_s: {run_s:g} s)."
            )
    if record.every * dt_ms > 1000 * run_s:
        yield (
            f"network.record.every: {record.every} time steps of {dt_ms:g} ms are longer than the "
            f"run (network.duration_s: {run_s:g} s)."
        )


def _about_values(network: Network, N: int) -> Iterator[str]:
    """What is given neuron by neuron, or type by type."""
    types = list(network.types) or ["regular"]
    for key, value in network.per_neuron().items():
        if isinstance(value, list) and len(value) != N:
            yield f"network.{key}: {len(value)} values for {N} neurons. Write one for each."
        for name in sorted(set(value) - set(types)) if isinstance(value, dict) else ():
            yield f"network.{key}.{name}: there is no such type. There are: {', '.join(types)}."
    recorded = {"recorded_neurons": network.recorded_neurons}
    recorded |= {f"record.{key}": getattr(network.record, key) for key in SIGNALS}
    for where, which in recorded.items():
        yield from _about_chosen(which, f"network.{where}", N, types, "neuron")


def _about_chosen(
    which: list[int] | str, where: str, n: int, types: list[str], what: str
) -> Iterator[str]:
    if isinstance(which, str):
        if which not in ("all", *types):
            there_are = ", ".join(["all", *types])
            yield f"{where}: there is no type {which}. Write numbers, or one of: {there_are}."
        return
    if unknown := [i for i in which if i >= n]:
        yield f"{where}: there is no {what} {unknown[0]}. There are {n}, 0 … {n - 1}."


def _about_connecting(
    rules: Mapping[str, Connecting], where: str, n: int, network: Network, N: int
) -> Iterator[str]:
    """Of n senders to N neurons."""
    types = list(network.types) or ["regular"]
    senders, what = (types, "neuron") if where == "network" else ([], "input train")
    for name, rule in rules.items():
        key = f"{where}.connections.{name}"
        yield from _about_chosen(rule.from_, f"{key}.from", n, senders, what)
        yield from _about_chosen(rule.to, f"{key}.to", N, types, "neuron")


def _reversal_potentials(network: Network) -> set[float]:
    """Those that the config names; a table may have others."""
    E, inputs = network.E_syn_mV, network.inputs
    of_neurons = list(E.values()) if isinstance(E, dict) else E if isinstance(E, list) else [E]
    given = [*of_neurons, *_each(inputs.E_syn_mV, inputs.number)]
    return {one for one in given if isinstance(one, int | float)}


def _about_adex_network(config: Config) -> Iterator[str]:
    network = config.adex_network
    where, N = "adex_network", network.N
    for key in ("voltage_shown_s", "raster_shown_s"):
        if getattr(network, key) > network.duration_s:
            yield (
                f"{where}.{key}: {getattr(network, key):g} s is longer than the run "
                f"({where}.duration_s: {network.duration_s:g} s)."
            )
    if network.N_exc > N:
        yield f"{where}.N_exc: {network.N_exc} of {N} neurons can't be excitatory."
    if unknown := [j for j in network.recorded_neurons if j >= N]:
        yield (f"{where}.recorded_neurons: there is no neuron {unknown[0]}, only 0 … {N - 1}.")
    tau_g_ms = adex_under(config.neuron).tau_g_ms
    yield from _about_run(network, where, {"neuron.tau_g_ms": tau_g_ms})


def _about_izhikevich_network(config: Config) -> Iterator[str]:
    where, section = "izhikevich_network", config.izhikevich_network
    shown_s, run = section.raster_shown_s, section.of_raster
    if shown_s > run.duration_s:
        yield (
            f"{where}.raster_shown_s: {shown_s:g} s is longer than the run ({run.duration_s:g} s)."
        )
    for name, network in ((where, section), (f"{where}.raster", run)):
        if network.N_exc > network.N:
            yield f"{name}.N_exc: {network.N_exc} of {network.N} neurons can't be excitatory."
        yield from _about_run(network, name, {f"{name}.tau_g_ms": network.tau_g_ms})


def _about_matrix(matrix, where: str, n_rows: int, N: int, wanted: str) -> Iterator[str]:
    if isinstance(matrix, list) and (len(matrix) != n_rows or any(len(row) != N for row in matrix)):
        lengths = " or ".join(map(str, sorted({len(row) for row in matrix})))
        yield (f"{where}: {len(matrix)} rows of {lengths} don't make a matrix for the {N} {wanted}")


def _about_input_trains(inputs: InputTrains) -> Iterator[str]:
    n = inputs.number
    for key in ("rate_Hz", "E_syn_mV"):
        values = getattr(inputs, key)
        if isinstance(values, list) and len(values) != n:
            yield (
                f"network.inputs.{key}: {len(values)} values for {n} trains "
                "(network.inputs.number). Write one for each, or one for all."
            )
    if inputs.log_rate_variance and not isinstance(inputs.rate_Hz, int | float):
        yield (
            "network.inputs.log_rate_variance: rates are given one by one, or drawn otherwise. "
            "Give their mean as network.inputs.rate_Hz, or leave the variance out."
        )
    if inputs.record_spikes and not n:
        yield "network.inputs.record_spikes: there are no input trains. Say how many: number."
    if n and inputs.weights_nS is None and not inputs.connections:
        yield (
            "network.inputs.weights_nS: input trains need weights. Write a matrix with a row for "
            "each train, or the name of a table; or inputs.connections."
        )
    if n and inputs.weights_nS is not None and inputs.connections:
        yield "network.inputs.weights_nS: there are inputs.connections, too. Keep one of them."
    if not n and (inputs.weights_nS or inputs.connections or inputs.spikes != "poisson"):
        yield "network.inputs.number: weights or spikes are given for 0 trains. Say how many."


def _each(value, n: int) -> list:
    return value if isinstance(value, list) else [value] * min(n, 1)


def _about_connection_tests(config: Config) -> Iterator[str]:
    for where, test in connection_tests(config).items():
        yield from _about_connection_test(test, where)


def _about_connection_test(test: OneConnectionTest, where: str) -> Iterator[str]:
    duration_s, dt_ms, rate_Hz = test.duration_s, test.timestep_ms, test.spike_rate_Hz
    yield from _about_run(test, where, {"connection_test.tau_g_ms": test.tau_g_ms})
    if not dt_ms <= test.window_ms < duration_s * 1e3:
        yield (
            f"{where}.window_ms: windows of {test.window_ms:g} ms don't fit between a time step "
            f"({dt_ms:g} ms) and the recording ({duration_s * 1e3:g} ms)."
        )
    if round(duration_s * rate_Hz) < 1:
        yield (
            f"{where}.spike_rate_Hz: at {rate_Hz:g} Hz, no spikes are to be expected in "
            f"{duration_s:g} s. Choose a higher rate or a longer recording."
        )


def _about_excerpt(config: Config) -> Iterator[str]:
    excerpt, recording_ms = config.connection_test.excerpt, config.connection_test.duration_s * 1e3
    start, zoom_start = excerpt.start_ms, excerpt.zoom_start_ms
    end, zoom_end = start + excerpt.duration_ms, zoom_start + excerpt.zoom_duration_ms
    if end > recording_ms:
        yield (
            f"connection_test.excerpt: it ends at {end:g} ms, after the recording "
            f"({recording_ms:g} ms)."
        )
    if not start <= zoom_start < zoom_end <= end:
        yield (
            f"connection_test.excerpt: the zoom ({zoom_start:g} to {zoom_end:g} ms) "
            f"has to lie within the excerpt ({start:g} to {end:g} ms)."
        )


def _about_memory(config: Config) -> Iterator[str]:
    """Work is done in pieces; what a single run needs can't be cut. Bytes per time step are upper
    bounds, of inputs, voltage, what is recorded and what finds the median."""
    published = config.adex_network
    longest = max(map(n_steps, connection_tests(config).values()))
    for section, n_bytes in (
        ("network", _bytes_of_network(config.network)),
        ("adex_network", 24 * (1 + len(published.recorded_neurons)) * n_steps(published)),
        ("connection_test", 40 * longest),
    ):
        yield from _fits_memory(section, n_bytes, config.experiment)


def _bytes_of_network(network: Network) -> float:
    """Of what is recorded, as arrays and as a table; one conductance for each reversal potential:
    of tables, two are taken."""
    record, type_of, n_values = network.record, network.type_of, 1.0
    for key in ("recorded_neurons", *SIGNALS):
        which = network.recorded_neurons if key == "recorded_neurons" else getattr(record, key)
        if which == "all":
            n = network.N or 0
        elif isinstance(which, str):
            n = type_of.count(which) if isinstance(type_of, list) else type_of.get(which, 0)
        else:
            n = len(which)
        n_values += n * (max(2, len(_reversal_potentials(network))) if key == "g" else 1)
    recorded_s = sum(end - begin for begin, end in record.pieces_s) or network.duration_s
    n_rows = recorded_s / (network.timestep_ms * 1e-3) / record.every
    return (6 if record.compact else 24) * n_values * n_rows


def _fits_memory(section: str, n_bytes: float, experiment: Experiment) -> Iterator[str]:
    needed_MB, limit_MB = PROGRAM_MB + n_bytes / 1e6, experiment.memory_per_job_MB
    if needed_MB > limit_MB:
        less = "neurons to record" if "network" in section else "seeds"
        yield too_large(section, needed_MB, limit_MB, f"choose shorter runs or fewer {less}")


def too_large(what: str, needed_MB: float, limit_MB: float, instead: str) -> str:
    """What is said of a job that takes more memory than one should."""
    return (
        f"{what}: a job needs {needed_MB:.0f} MB, more than experiment.memory_per_job_MB "
        f"({limit_MB}). Raise it, or {instead}."
    )


RUNS = {
    "network_recording": [_about_network_recording],
    "neuron": [_about_neuron],
    "recording": [_about_recordings],
    "network": [_about_types, _about_network],
    "experiment": [_about_experiment],
    "sweep": [_about_N_of_sweep, _about_sweep],
    "find_weight": [_about_N_of_searches, _about_searches],
}
