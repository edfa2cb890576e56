"""A network as its section of the configuration describes it, and what is recorded of it."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from math import log, sqrt
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow.csv
import pyarrow.parquet
from scipy.special import ndtr, ndtri

from nto1.config.model import Connecting, Course, InputTrains, Spread
from nto1.config.model import Network as Section
from nto1.neurons import Neuron, keys_of, model_of
from nto1.simulation.inputs import Inputs, TimeGrid, draw_spike_trains
from nto1.simulation.network import (
    Activity,
    Connections,
    Current,
    Network,
    arrival_steps,
    poisson_trains,
    simulate_network,
    trains_from_table,
)
from nto1.simulation.network.wiring import connect_with_in_degree, connect_with_probability
from nto1.units import ms, mV, nS, pA, to_SI

NAMES_ARE_TEXT = pyarrow.csv.ConvertOptions(column_types={"type": pyarrow.string()})


class NetworkRun(NamedTuple):
    """All that a simulation needs."""

    network: Network
    time_grid: TimeGrid
    trains: list[np.ndarray]  # s
    current: Sequence[float | Current]  # [N] A
    start: dict[str, np.ndarray]  # of v, u and w, [N], NaN at rest
    noise: int | np.random.RandomState
    update: str

    @classmethod
    def of(cls, section: Section, types: Mapping[str, Neuron]) -> "NetworkRun":
        """From the section, and the types that it names (in SI units).

        Raises ``ValueError`` for tables and values that don't fit each other; they are named.
        """
        type_of = types_in(section, list(types))
        own = parameters_of(section, types, type_of)
        rng = np.random.RandomState(section.connection_seed)
        E = _complete(section.E_syn_mV, "E_syn_mV", type_of) * mV
        network = Network.of(
            dict(types),
            type_of,
            connections_of(section, E, type_of, rng),
            _from_trains(section.inputs, type_of, rng) if section.inputs.number else None,
            τ_g=_time_constants(section),
            σ=_noise(section, types, type_of, own.get("C")),
            allow_self_connections=section.allow_self_connections,
            parameters=own,
        )
        time_grid = TimeGrid.of(section)
        given = {key: value for key, value in section.start if value is not None}
        start = to_SI({key: per_neuron(x, f"start.{key}", type_of) for key, x in given.items()})
        return cls(
            network,
            time_grid,
            input_trains(section.inputs, time_grid),
            currents(section.injected_current_pA, type_of),
            start,
            rng if section.noise_generator == "mersenne" else section.seed,
            section.update,
        )

    def simulate(
        self,
        record: Mapping[str, Sequence[int]],
        samples: Any = None,
        single_precision: bool = False,
    ) -> Activity:
        """As often as one likes, always the same. Raises what ``simulate_network`` raises."""
        return simulate_network(
            self.network,
            self.time_grid.duration,
            self.time_grid.timestep,
            self.trains,
            noise=deepcopy(self.noise),
            record=record,
            update=self.update,
            current=self.current,
            start=self.start,
            samples=samples,
            single_precision=single_precision,
        )


def types_in(section: Section, types: Sequence[str]) -> list[str]:
    """The type of every neuron [N]."""
    E, type_of = section.E_syn_mV, section.type_of
    if isinstance(type_of, dict):
        return [name for name, n in type_of.items() for _ in range(n)]
    if type_of:
        return list(type_of)
    if isinstance(E, str):
        E, names = columns_of_file(E, ["E_syn_mV"], ["type"])
        return [types[0]] * E.size if names is None else names.tolist()
    return [types[0]] * (section.N or 0)


def per_neuron(given: Any, key: str, type_of: Sequence[str]) -> np.ndarray:
    """What a key gives every neuron, or input train, in its own unit [N]: a number, a list, a
    distribution, a column of a table or something for each type; NaN for types that it leaves out.

    Raises ``ValueError``, naming the key, if there are more or fewer than there are neurons.
    """
    N = len(type_of)
    if isinstance(given, Spread):
        return drawn(given, N, key)
    if isinstance(given, dict):
        values, types = np.full(N, np.nan), np.array(type_of)
        for name, of_type in given.items():
            chosen = types == name
            values[chosen] = per_neuron(of_type, f"{key}.{name}", types[chosen].tolist())
        return values
    if isinstance(given, str):
        (values,) = columns_of_file(given, [key.rpartition(".")[2]])
        if values.size != N:
            raise ValueError(f"network.{key}: {given} has {values.size} rows, for {N}")
        return values.astype(float)
    if isinstance(given, list) and len(given) != N:  # N may be that of a table
        raise ValueError(f"network.{key}: {len(given)} values, for {N}")
    return np.broadcast_to(np.array(given, float), N).copy()


def drawn(spread: Spread, n: int, key: str) -> np.ndarray:
    """Values [n] from a distribution. Every key has a stream of its own, so that two of them with
    the same seed have nothing in common."""
    seed = [spread.seed % 2**32, spread.seed >> 32, *key.encode()]
    u = np.random.RandomState(seed).random_sample(n) + 2.0**-54  # never 0
    limits: tuple[Any, ...] = spread.mean, spread.sd, spread.min, spread.max
    if spread.distribution == "uniform":
        return limits[2] + u * (limits[3] - limits[2])
    mean, sd, low, high = limits
    if spread.distribution == "lognormal":
        variance = log(1 + (sd / mean) ** 2)
        mean, sd = log(mean) - variance / 2, sqrt(variance)
        low, high = (x if x is None else log(x) if x > 0 else -np.inf for x in (low, high))
    if sd > 0:  # the part of the distribution between the limits
        p_low = 0.0 if low is None else ndtr((low - mean) / sd)
        p_high = 1.0 if high is None else ndtr((high - mean) / sd)
        values = mean + sd * ndtri(p_low + u * (p_high - p_low))
    else:
        values = np.full(n, mean)
    return np.exp(values) if spread.distribution == "lognormal" else values


def parameters_of(
    section: Section, types: Mapping[str, Neuron], type_of: Sequence[str]
) -> dict[str, np.ndarray]:
    """Parameters that differ from neuron to neuron, in SI units, NaN where they don't: a number, a
    list, a table is for the neurons whose model has the parameter."""
    found: dict[str, np.ndarray] = {}
    keys = {name: {key.name for key in keys_of(type(neuron))} for name, neuron in types.items()}
    for key, given in section.parameters.items():
        values = per_neuron(given, f"parameters.{key}", type_of)
        ((field, values),) = to_SI({key: values}).items()
        has_it = np.isin(np.array(type_of), [name for name in types if key in keys[name]])
        # Another model may call another parameter so.
        found[field] = np.where(has_it, values, found.get(field, np.nan))
    return found


def connections_of(
    section: Section, E: np.ndarray, type_of: Sequence[str], rng: np.random.RandomState
) -> Connections:
    """Between neurons. ``E`` [N] (V) is that of each one's synapses."""
    if not section.connections:
        delay = section.delay_ms
        return _given(section.weights_nS, delay, "delay_ms", E, len(type_of), "neuron")
    without_self = not section.allow_self_connections
    rules = section.connections
    return _random(rules, "", section.delay_ms, E, type_of, type_of, rng, without_self)


def _from_trains(
    inputs: InputTrains, type_of: Sequence[str], rng: np.random.RandomState
) -> Connections:
    trains = [""] * inputs.number
    E, delay = _complete(inputs.E_syn_mV, "inputs.E_syn_mV", trains) * mV, inputs.delay_ms
    if not inputs.connections:
        key = "inputs.delay_ms"
        return _given(inputs.weights_nS, delay, key, E, len(type_of), "input train")
    return _random(inputs.connections, "inputs.", delay, E, trains, type_of, rng, False)


def _given(
    weights_nS: str | list | None, delay_ms: Any, key: str, E: np.ndarray, N: int, source: str
) -> Connections:
    """From a matrix, or a table, whose rows are called neurons or input trains."""
    if weights_nS is None:
        return Connections.none(N)._replace(E=E)
    if not isinstance(weights_nS, str):
        weights = np.array(weights_nS, float) * nS
        if isinstance(delay_ms, Spread):
            delay_ms = drawn(delay_ms, weights.size, key).reshape(weights.shape)
        return Connections.of_matrix(weights, E, np.multiply(delay_ms, ms))
    before, after, weights_of_rows, delays_ms = columns_of_file(
        weights_nS, ["from", "to", "weight_nS"], ["delay_ms"]
    )
    for indices, n, what in ((before, E.size, source), (after, N, "neuron")):
        unknown = indices[(indices < 0) | (indices >= n) | (indices % 1 != 0)]
        if unknown.size:
            raise ValueError(f"{weights_nS}: there is no {what} {unknown[0]:g}, only 0 … {n - 1}")
    if delays_ms is None:
        delays_ms = _per_synapse(delay_ms, key, before.size)
    try:
        return Connections.of_table(before, after, weights_of_rows * nS, E, N, delays_ms * ms)
    except ValueError as error:
        raise ValueError(f"{weights_nS}: {error}") from None


def _per_synapse(given: Any, key: str, n: int) -> np.ndarray:
    return drawn(given, n, key) if isinstance(given, Spread) else np.full(n, float(given))


def _random(
    rules: Mapping[str, Connecting],
    where: str,
    delay_ms: Any,
    E: np.ndarray,
    sources: Sequence[str],
    targets: Sequence[str],
    rng: np.random.RandomState,
    without_self: bool,
) -> Connections:
    """All rules, drawn in order. ``sources`` and ``targets``: the types of those that there are."""
    columns: list[tuple[np.ndarray, ...]] = []
    for name, rule in rules.items():
        key = f"{where}connections.{name}"
        ends = chosen(rule.from_, sources), chosen(rule.to, targets)
        try:
            if rule.probability is not None:
                pairs = connect_with_probability(*ends, rule.probability, rng, without_self)
            else:
                pairs = connect_with_in_degree(*ends, rule.in_degree or 0, rng, without_self)
        except ValueError as error:
            raise ValueError(f"network.{key}: {error}") from None
        n, delay = pairs[0].size, delay_ms if rule.delay_ms is None else rule.delay_ms
        weights = _per_synapse(rule.weight_nS, f"{key}.weight_nS", n) * nS
        columns.append((*pairs, weights, _per_synapse(delay, f"{key}.delay_ms", n) * ms))
    source, target, weight, delay = (np.concatenate(c) for c in zip(*columns, strict=True))
    return Connections.of_table(source, target, weight, E, len(targets), delay)


def chosen(which: list[int] | str, type_of: Sequence[str]) -> list[int]:
    """Numbers of neurons: those given, all, or those of a type."""
    if not isinstance(which, str):
        return which
    return [j for j, name in enumerate(type_of) if which in ("all", name)]


def _complete(given: Any, key: str, type_of: Sequence[str]) -> np.ndarray:
    values = per_neuron(given, key, type_of)
    if np.isnan(values).any():
        without = type_of[int(np.argmax(np.isnan(values)))]
        raise ValueError(f"network.{key}: there is none for the type {without}. Add it.")
    return values


def _noise(
    section: Section, types: Mapping[str, Neuron], type_of: Sequence[str], C: np.ndarray | None
) -> np.ndarray:
    """[N] V/√s. The published noise current is an outward one."""
    if section.noise_pA_sqrt_s is None:
        key = "sigma_mV_per_sqrt_ms"
        return np.nan_to_num(
            to_SI({key: per_neuron(section.sigma_mV_per_sqrt_ms, key, type_of)})["σ"]
        )
    noise = np.nan_to_num(per_neuron(section.noise_pA_sqrt_s, "noise_pA_sqrt_s", type_of)) * pA
    of_types = np.array([types[name].C for name in type_of])
    return -noise / (of_types if C is None else np.where(np.isnan(C), of_types, C))


def _time_constants(section: Section) -> float | dict[float, float]:
    decay = section.tau_g_ms
    if isinstance(decay, list):
        return {each.E_syn_mV * mV: each.tau_g_ms * ms for each in decay}
    return decay * ms


def currents(given: Any, type_of: Sequence[str]) -> list[float | Current]:
    """What is injected into every neuron [N] (A); a course that several have is one object."""
    key, N = "injected_current_pA", len(type_of)
    if isinstance(given, dict):
        of_type = {
            name: iter(currents(one, [name] * type_of.count(name))) for name, one in given.items()
        }
        return [next(of_type[name]) if name in of_type else 0.0 for name in type_of]
    if isinstance(given, list):
        if len(given) != N:
            raise ValueError(f"network.{key}: {len(given)} values, for {N}")
        return [one for each in given for one in currents(each, [""])]
    if isinstance(given, Course):
        times, values = np.array(given.steps or given.ramp, float).T
        return [Current(times, values * pA, given.ramp is not None)] * N
    if isinstance(given, str) and (course := _course_of_file(given)):
        return [course] * N
    return (per_neuron(given, key, type_of) * pA).tolist()


def _course_of_file(path: str) -> Current | None:
    """If it is a table of times."""
    time, current, _ = columns_of_file(path, [], ["time_s", "current_pA", "injected_current_pA"])
    if time is None and current is None:
        return None
    time, current = columns_of_file(path, ["time_s", "current_pA"])
    if (np.diff(time) < 0).any() or (time < 0).any():
        raise ValueError(f"{path}: time_s has to be 0 or more, in ascending order")
    return Current(time, current * pA)


def input_trains(inputs: InputTrains, time_grid: TimeGrid) -> list[np.ndarray]:
    """Spike times (s) of every train."""
    n, rate, seed = inputs.number, inputs.rate_Hz, inputs.seed
    if not n:
        return []
    if inputs.spikes != "poisson":
        train, time = columns_of_file(inputs.spikes, ["train", "time_s"])
        try:
            trains = trains_from_table(train, time, n)
            for i, times in enumerate(trains):
                arrival_steps(times, time_grid, train=i)
        except ValueError as error:
            raise ValueError(f"{inputs.spikes}: {error}") from None
        return trains
    if inputs.log_rate_variance and isinstance(rate, int | float):
        rates = Inputs(mean_rate=rate, log_rate_variance=inputs.log_rate_variance)
        return list(draw_spike_trains(n, seed, time_grid, rates))
    rates_Hz = per_neuron(rate, "inputs.rate_Hz", [""] * n)
    if rates_Hz.min() < 0:
        raise ValueError(f"network.inputs.rate_Hz: {rates_Hz.min():g} Hz is below 0")
    return poisson_trains(rates_Hz, time_grid.duration, seed)


def recorded(section: Section, network: Network) -> dict[str, list[int]]:
    """Which neurons' signals are recorded, v first; of u and w, those of all that have it."""
    type_of = network.type_of
    recovery = [model_of(network.types[name]).recovery for name in type_of]
    v = chosen(section.recorded_neurons, type_of) + chosen(section.record.v, type_of)
    found = {"v": list(dict.fromkeys(v))}
    for signal in ("u", "w", "g", "I_syn", "I_inj"):
        which = getattr(section.record, signal)
        some = chosen(which, type_of)
        if isinstance(which, str) and signal in ("u", "w"):
            some = [j for j in some if recovery[j] == signal]
        found |= {signal: some} if some else {}
    return found


def recorded_steps(section: Section) -> np.ndarray:
    """Steps [n] int64 that are recorded: of all pieces, every so many."""
    record, (_, dt) = section.record, TimeGrid.of(section)
    n_steps = TimeGrid.of(section).n_steps
    pieces = record.pieces_s or [[0, section.duration_s]]
    steps = [
        np.arange(round(begin / dt), min(round(end / dt), n_steps), record.every)
        for begin, end in pieces
    ]
    return np.unique(np.concatenate(steps))


def columns_of_file(path: str, names: list[str], optional: Sequence[str] = ()) -> list[Any]:
    """Columns of a table that a user wrote, and None for optional ones that aren't there. Raises
    ``ValueError`` if it is not as it should be."""
    csv = Path(path).suffix.lower() == ".csv"
    try:
        table = (
            pyarrow.csv.read_csv(path, convert_options=NAMES_ARE_TEXT)
            if csv
            else pyarrow.parquet.read_table(path)
        )
        columns = [table[name].to_numpy() for name in names]
        columns += [
            table[name].to_numpy() if name in table.column_names else None for name in optional
        ]
        for name, column in zip([*names, *optional], columns, strict=True):
            if column is None or name == "type":
                continue
            if column.dtype.kind not in "iuf" or not np.isfinite(column).all():
                raise ValueError("a cell is empty, or not a number")
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise ValueError(
            f"{path} has to be a CSV or Parquet table of numbers with the columns "
            f"{', '.join(names)}: {error}"
        ) from None
    return columns
