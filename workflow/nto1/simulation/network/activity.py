"""Running a network, and what it did."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from nto1 import checks
from nto1.errors import DivergenceError
from nto1.neurons import MODELS, Levels, keys_of, model_of
from nto1.random.mersenne import MersenneTwister
from nto1.random.stream import seeded
from nto1.simulation.inputs import TimeGrid, step_times
from nto1.simulation.network.kernel import (
    KERNELS,
    Conductances,
    Currents,
    Events,
    Noise,
    Populations,
    Projection,
    SignalBuffers,
)
from nto1.simulation.network.structure import Connections, Network, per_neuron
from nto1.simulation.network.trains import arrival_steps
from nto1.units import ms, s

UPDATES = ("sequential", "simultaneous")
RESETS = ("early", "late")

# Names of what can be recorded; a model has u or w.
SIGNALS = ("v", "u", "w", "I_syn", "I_inj", "g")


class Current(NamedTuple):
    """An injected current that changes with time: 0 before the first of ``times`` (s), and from
    each of them on that of ``values`` (A), or (``ramp``) on a straight line to the next one.

    Examples
    --------
    >>> Current([0.1, 0.6], [200e-12, 0]).pieces(0.1 * ms)[0].tolist()
    [0, 1000, 6000]
    """

    times: ArrayLike
    values: ArrayLike
    ramp: bool = False

    def pieces(self, dt: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Steps [n] from which on the current is a straight line, its value (A) there and its slope
        (A per step). Raises ``ValueError`` for times that are negative or not in order."""
        times, values = checks.vector(self.times, "times"), checks.vector(self.values, "values")
        if times.size != values.size:
            raise ValueError(f"{times.size} times of a current for {values.size} values")
        if (times < 0).any() or (np.diff(times) < 0).any():
            raise ValueError("times of a current have to be 0 or more, in ascending order")
        steps = np.rint(times / dt).astype(np.int64)
        slopes = np.zeros(values.size)
        if self.ramp:
            lengths = np.diff(steps)
            slopes[:-1][lengths > 0] = (np.diff(values) / np.maximum(lengths, 1))[lengths > 0]
        return np.insert(steps, 0, 0), np.insert(values, 0, 0.0), np.insert(slopes, 0, 0.0)


class Activity(NamedTuple):
    """What a network did.

    Samples are the state at times 0, dt, 2 dt, …: there is one more than steps, of which all are
    recorded, or ``samples``. A spike in step i was reset between samples i and i + 1.
    """

    spike_steps: np.ndarray  # [n_spikes] int64, ascending
    spike_neurons: np.ndarray  # [n_spikes] int32
    recorded: dict[str, np.ndarray]  # SI units, [n_samples, n_neurons]; g: [n_samples, n_E, …]
    neurons: dict[str, np.ndarray]  # which neurons these are
    time_grid: TimeGrid
    samples: np.ndarray  # [n_samples] int64, which were recorded

    @property
    def spike_times(self) -> np.ndarray:
        """[n_spikes] s, when their steps began."""
        return self.spike_steps * self.time_grid.timestep

    @property
    def t(self) -> np.ndarray:
        """Times of the samples [n_samples] (s)."""
        return self.samples * self.time_grid.timestep

    def spikes_of(self, neuron: int) -> np.ndarray:
        """Steps of one neuron's spikes."""
        return self.spike_steps[self.spike_neurons == neuron]


def simulate_network(
    network: Network,
    duration: float = 10 * s,
    timestep: float = 0.1 * ms,
    trains: Sequence[np.ndarray] = (),
    noise: int | tuple | np.random.RandomState = 0,
    record: Mapping[str, Sequence[int]] | None = None,
    update: str = "sequential",
    reset: str = "early",
    arrival: str = "nearest",
    current: float | Current | ArrayLike | Sequence[float | Current] = 0.0,
    start: Mapping[str, ArrayLike] | None = None,
    samples: ArrayLike | None = None,
    single_precision: bool = False,
) -> Activity:
    """Run a network.

    A spike of step i is felt from sample i + 1 on, plus the connection's delay, rounded to steps.
    Memory grows with the neurons, connections and spikes, and with steps only for what is recorded.

    Parameters
    ----------
    network
        Neurons and their connections.
    duration, timestep
        In seconds.
    trains
        Spike times (s) of each input train.
    noise
        Seed or state of the project's random stream, or a legacy NumPy generator: normals are drawn
        from it, neuron after neuron in each step.
    record
        Names of signals, and the neurons of which they are kept: ``{"v": [0, 2], "I_syn": [0]}``.
        Signals are v; w (AdEx) or u (Izhikevich); g, for each of ``network.E``; I_syn, outward; and
        I_inj, the injected current, inward.
    update
        "sequential": conductances, then v, then u, each from the newest values of the others, as
        in the notebook of 2021. "simultaneous": forward Euler of all from the values before the
        step.
    reset
        "early": in the step that takes v to the threshold or beyond. "late": that step takes v to
        its peak; the reset comes, and the spike is sent, one step later.
    arrival
        When a train's spikes are felt: see ``arrival_steps``. With "next", those of neurons are
        felt in the first sample that is no earlier than their step's end plus the delay; times
        of samples are found by adding up.
    current
        What is injected into every neuron (A): one for all, or one for each, constant or a
        ``Current``. Where it is positive, it depolarises.
    start
        Values with which neurons start, one for all or one for each: ``{"v": …}`` (V), u or w (A).
        Otherwise, and where it is NaN, they are at rest.
    samples
        Which samples are recorded, ascending: ``range(0, n_steps + 1, 5)``. All, by default.
    single_precision
        Signals are recorded as float32, in half the memory.

    Returns
    -------
    Activity
        Spikes of all neurons, and the signals recorded.

    Raises
    ------
    ValueError, TypeError
        Trains, neurons, signals or options that don't fit; they are named.
    DivergenceError
        A voltage diverged.

    Examples
    --------
    A neuron that spikes after each of three strong inputs:

    >>> inputs = Connections.of_matrix([[20 * nS]], E=[0 * mV])
    >>> network = Network.of({"RS": Izhikevich()}, ["RS"], inputs=inputs)
    >>> activity = simulate_network(network, 0.1, trains=[[0.01, 0.02, 0.03]], record={"v": [0]})
    >>> activity.spike_times.round(4).tolist(), activity.recorded["v"].shape
    ([0.0193, 0.0271, 0.0368], (1001, 1))
    """
    _one_of(update, UPDATES, "update")
    _one_of(reset, RESETS, "reset")
    checks.instance(network, Network, "network", "what Network.of gives")
    time_grid = duration, timestep = TimeGrid(duration, timestep).checked()
    for name, model in network.types.items():
        checks.neuron(model, timestep, f"network.types[{name!r}]")
    of_neurons = {f"parameters[{k!r}]": v for k, v in network.parameters.items() if k[0] == "τ"}
    for name, times in {"τ_g": network.τ_g, **of_neurons}.items():
        if (times <= timestep).any():
            raise ValueError(f"network.{name} has to be longer than the timestep of {timestep:g} s")
    trains = checks.list_of_trains(trains)
    sources, events = _events(network, trains, time_grid, arrival)
    legacy = noise if isinstance(noise, np.random.RandomState) else None
    if isinstance(noise, tuple):
        state = noise
    else:
        state = seeded(0 if legacy else checks.whole(noise, "noise", 0))
    twister = MersenneTwister.of(legacy or np.random.RandomState(0))
    chosen = _samples(samples, time_grid.n_steps + 1)
    neurons, recording = _recording(network, record or {}, chosen, single_precision)
    steps, spike_neurons, diverged_step, diverged = KERNELS[
        network.N == 1 and update == "simultaneous"
    ](
        time_grid.n_steps,
        timestep,
        update == "sequential",
        reset == "late",
        _populations(network, start or {}),
        Noise(network.σ * sqrt(timestep), legacy is not None, twister, state),
        Conductances(network.E, timestep / network.τ_g),
        _projection(network, network.connections, time_grid, 1, arrival == "next"),
        _projection(network, sources, time_grid, 0),
        events,
        _currents(current, network.N, timestep),
        recording,
    )
    if legacy:
        twister.put_into(legacy)
    if diverged >= 0:
        raise DivergenceError(
            f"the voltage of neuron {diverged} diverged at t = {diverged_step * timestep:.4f} s: "
            f"take weaker connections or a smaller time step"
        )
    recorded = _by_signal(recording, neurons, network.E.size)
    return Activity(steps, spike_neurons, recorded, neurons, time_grid, chosen)


def draw_peaks(activity: Activity, network: Network, copy: bool = True) -> np.ndarray:
    """The recorded v with spikes drawn in: at each, the sample before the reset is the peak
    ("a slightly too sharp and early peak"). A copy, unless it need not be."""
    v, samples = activity.recorded["v"], activity.samples
    v = v.copy() if copy else v
    for column, neuron in enumerate(activity.neurons["v"].tolist()):
        steps = activity.spikes_of(neuron)
        rows = np.searchsorted(samples, steps[np.isin(steps, samples)])
        v[rows, column] = network.neuron(neuron).peak
    return v


def _one_of(value, values: tuple, name: str) -> None:
    if value not in values:
        raise ValueError(f"{name} has to be {' or '.join(values)}, not {value!r}")


def _populations(network: Network, start: Mapping[str, ArrayLike]) -> Populations:
    """Runs of neurons of one type."""
    N, type_of, models = network.N, np.array(network.type_of), list(MODELS)
    starts = np.flatnonzero(np.concatenate([[True], type_of[1:] != type_of[:-1]]))
    ends = np.append(starts[1:], N)
    neurons = [network.types[name] for name in type_of[starts]]
    n_fields = max(len(keys_of(neuron.__class__)) for neuron in neurons)
    parameters, levels = np.zeros((n_fields, N)), np.empty((len(Levels._fields), N))
    is_own = np.zeros(N, bool)
    for neuron, first, end in zip(neurons, starts, ends, strict=True):
        levels[:, first:end] = np.array(Levels.of(neuron))[:, np.newaxis]
        for row, key in zip(parameters, keys_of(neuron.__class__), strict=False):
            row[first:end] = getattr(neuron, key.field)
            own = network.parameters.get(key.field, np.full(N, np.nan))[first:end]
            np.copyto(row[first:end], own, where=~np.isnan(own))
            is_own[first:end] |= ~np.isnan(own)
    for j in np.flatnonzero(is_own).tolist():
        levels[:, j] = Levels.of(network.neuron(j))
    levels[:2] = _start(levels, network, start)
    return Populations(
        np.array([models.index(model_of(neuron).name) for neuron in neurons]),
        np.append(starts, N),
        np.logical_or.reduceat(is_own, starts),
        parameters,
        Levels(*levels.copy()),
    )


def _start(levels: np.ndarray, network: Network, start: Mapping[str, ArrayLike]) -> np.ndarray:
    """v and u [2, N], at rest where nothing else is given."""
    v_and_u = levels[:2].copy()
    recovery = {name: model_of(neuron).recovery for name, neuron in network.types.items()}
    for name, given in checks.mapping(start, "start").items():
        where = f"start[{name!r}]"
        if name not in ("v", "u", "w"):
            raise ValueError(f"{where}: neurons start with v, and u or w")
        values = per_neuron(given, network.N, where, may_be_nan=True)
        is_given = ~np.isnan(values)
        for j in np.flatnonzero(is_given).tolist() if name != "v" else ():
            if recovery[network.type_of[j]] != name:
                raise ValueError(f"{where}: neuron {j} ({network.type_of[j]}) has no {name}")
        np.copyto(v_and_u[int(name != "v")], values, where=is_given)
    threshold = levels[Levels._fields.index("V_threshold")]
    if (odd := np.flatnonzero(~(v_and_u[0] < threshold))).size:
        raise ValueError(f"start['v']: neuron {odd[0]} would start beyond its threshold")
    return v_and_u


def _currents(current: Any, N: int, dt: float) -> Currents:
    """Pieces of every course; the same object is one course."""
    is_for_all = isinstance(current, Current) or np.isscalar(current)
    each: list[Any] = [current] * N if is_for_all else list(current)
    if len(each) != N:
        raise ValueError(f"current has {len(each)} values, for {N} neurons")
    if not any(isinstance(one, Current) for one in each):
        values = per_neuron(each, N, "current")
        if not values.any():
            none = np.zeros(0, np.int64)
            return Currents(none, none, none, np.zeros(0), np.zeros(0))
        of_all, steps = np.arange(N), np.zeros(N, np.int64)
        return Currents(of_all, steps, of_all, values, np.zeros(N))
    distinct = {id(one): one for one in each}
    number = {key: i for i, key in enumerate(distinct)}
    pieces = [
        one.pieces(dt) if isinstance(one, Current) else Current([0], [one]).pieces(dt)
        for one in distinct.values()
    ]
    step, value, slope = (np.concatenate(column) for column in zip(*pieces, strict=True))
    of = np.repeat(np.arange(len(pieces)), [some[0].size for some in pieces])
    order = np.argsort(step, kind="stable")
    course = np.array([number[id(one)] for one in each])
    return Currents(course, step[order], of[order], value[order], slope[order])


def _projection(
    network: Network,
    some: Connections,
    time_grid: TimeGrid,
    first_lag: int,
    is_added_up: bool = False,
) -> Projection:
    steps = np.rint(some.delay / time_grid.timestep).astype(np.int64)
    lag, first, delay = np.unique(steps, return_index=True, return_inverse=True)
    lags = (lag + first_lag)[:, None]
    if is_added_up and lag.size:
        lags = np.array([_lags_added_up(some.delay[k], time_grid) for k in first])
    order = np.lexsort((some.source, delay)) if lag.size > 1 else np.arange(delay.size)
    ends = np.arange(some.E.size + 1)
    row_start = np.empty((lag.size, ends.size), np.uint64)
    for d in range(lag.size):
        sources = some.source[order][delay[order] == d]
        row_start[d] = np.searchsorted(sources, ends) + np.count_nonzero(delay < d)
    group = np.searchsorted(network.E, some.E)
    conductance = (group[some.source] * network.N + some.target).astype(np.uint64)
    return Projection(lags, row_start, conductance[order], some.weight[order])


def _lags_added_up(delay: float, time_grid: TimeGrid) -> np.ndarray:
    """Of a spike in each step [n_steps], with times as ``step_times`` has them."""
    begin = step_times(time_grid)
    times = np.append(begin, begin[-1] + time_grid.timestep)
    return np.searchsorted(times, times[1:] + delay) - np.arange(begin.size)


def _events(
    network: Network, trains: Sequence[np.ndarray], time_grid: TimeGrid, arrival: str
) -> tuple[Connections, Events]:
    """Spikes of all input trains in order.

    Trains with the same synapses become one source, of which a step may have many spikes: so 6500
    inputs of two kinds are two sources.
    """
    inputs = network.inputs
    if len(trains) != inputs.E.size:
        raise ValueError(f"the network has {inputs.E.size} input trains, got {len(trains)}")
    ends = np.searchsorted(inputs.source, np.arange(inputs.E.size + 1))
    columns = (inputs.target, inputs.weight, inputs.delay)
    source_of: dict[tuple, int] = {}
    first_of: list[int] = []  # trains with the same synapses
    keys: list[tuple[np.ndarray, int]] = []
    for train, times in enumerate(trains):
        steps = arrival_steps(times, time_grid, arrival, train)
        synapses = slice(ends[train], ends[train + 1])
        if synapses.stop > synapses.start:
            like = (inputs.E[train], *(column[synapses].tobytes() for column in columns))
            source = source_of.setdefault(like, len(source_of))
            if source == len(first_of):
                first_of.append(train)
            keys.append((steps, source))
    representatives = np.array(first_of, np.int64)
    kept = np.isin(inputs.source, representatives)
    sources = Connections(
        np.searchsorted(representatives, inputs.source[kept]),
        inputs.target[kept],
        inputs.weight[kept],
        inputs.delay[kept],
        inputs.E[representatives],
        network.N,
    )
    return sources, _in_order(keys, time_grid.n_steps, max(1, representatives.size))


def _in_order(spikes: list[tuple[np.ndarray, int]], n_steps: int, n_sources: int) -> Events:
    """Events from steps and source of many trains: one sort, of the smallest numbers possible."""
    small = np.min_scalar_type((n_steps + 1) * n_sources)
    keys = [(steps * n_sources + source).astype(small) for steps, source in spikes]
    key = np.sort(np.concatenate([np.zeros(0, small), *keys]))
    is_first = np.ones(key.size, bool)
    np.not_equal(key[1:], key[:-1], out=is_first[1:])
    first = np.flatnonzero(is_first)
    step, source = np.divmod(key[first], small.type(n_sources))
    count = np.diff(first, append=key.size)
    return Events(step.astype(np.int64), source.astype(np.int64), count)


def _samples(given: ArrayLike | None, n: int) -> np.ndarray:
    if given is None:
        return np.arange(n)
    samples = checks.vector(given, "samples")
    if not np.isin(samples, np.arange(n)).all() or (np.diff(samples) <= 0).any():
        raise ValueError(f"samples have to be some of 0 … {n - 1}, in ascending order")
    return samples.astype(np.int64)


def _recording(
    network: Network,
    record: Mapping[str, Sequence[int]],
    samples: np.ndarray,
    single_precision: bool,
) -> tuple[dict[str, np.ndarray], SignalBuffers]:
    neurons = {}
    for name, given in checks.mapping(record, "record").items():
        if name not in SIGNALS:
            raise ValueError(f"can't record {name!r}: there are {', '.join(SIGNALS)}")
        whole = [checks.whole(i, f"record[{name!r}]") for i in np.atleast_1d(given)]
        indices = np.array(whole, np.int64)
        for i in indices.tolist():
            if not 0 <= i < network.N:
                raise ValueError(f"can't record neuron {i}: there are neurons 0 … {network.N - 1}")
            model = model_of(network.types[network.type_of[i]])
            if name in ("u", "w") and name != model.recovery:
                raise ValueError(
                    f"can't record {name} of neuron {i}, whose model is "
                    f"{model.parameters.__name__}: record its {model.recovery}"
                )
        neurons[name] = indices
    none = np.zeros(0, np.int64)
    v, u, w, I_syn, I_inj, g = (neurons.get(name, none) for name in SIGNALS)
    n_columns = sum(map(len, (v, u, w, I_syn, I_inj, *[g] * network.E.size)))
    shapes = (samples.size if n_columns else 0, n_columns), (0, n_columns)
    double, single = shapes[::-1] if single_precision else shapes
    return neurons, SignalBuffers(
        samples[: shapes[0][0]],
        *(v, np.concatenate([u, w]), I_syn, I_inj, g),
        *(np.empty(double), np.empty(single, np.float32)),
    )


def _by_signal(
    recording: SignalBuffers, neurons: Mapping[str, np.ndarray], n_E: int
) -> dict[str, np.ndarray]:
    """Views of the columns."""
    table = recording.single if recording.single.size else recording.double
    recorded, column = {}, 0
    for name in SIGNALS:
        n = neurons.get(name, np.zeros(0)).size * (n_E if name == "g" else 1)
        recorded[name] = table[:, column : column + n]
        column += n
    if "g" in neurons:
        recorded["g"] = recorded["g"].reshape(len(table), n_E, neurons["g"].size)
    return {name: recorded[name] for name in neurons}
