"""Running a network, and what it did."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np

from nto1 import checks
from nto1.errors import DivergenceError
from nto1.neurons import MODELS, Levels, model_of
from nto1.random.mersenne import MersenneTwister
from nto1.random.stream import seeded
from nto1.simulation.inputs import TimeGrid, step_times
from nto1.simulation.network.kernel import (
    KERNELS,
    Conductances,
    Events,
    Noise,
    Populations,
    Projection,
    SignalBuffers,
)
from nto1.simulation.network.structure import Connections, Network
from nto1.simulation.network.trains import arrival_steps
from nto1.units import ms, s

UPDATES = ("sequential", "simultaneous")
RESETS = ("early", "late")

# Names of what can be recorded; a model has u or w.
SIGNALS = ("v", "u", "w", "g", "I_syn")


class Activity(NamedTuple):
    """What a network did.

    Samples are the state at times 0, dt, 2 dt, …: there is one more than steps. A spike in step i
    was reset between samples i and i + 1.
    """

    spike_steps: np.ndarray  # [n_spikes] int64, ascending
    spike_neurons: np.ndarray  # [n_spikes] int32
    recorded: dict[str, np.ndarray]  # SI units, [n_steps + 1, n_neurons]; g: [n_steps + 1, n_E, …]
    neurons: dict[str, np.ndarray]  # which neurons these are
    time_grid: TimeGrid

    @property
    def spike_times(self) -> np.ndarray:
        """[n_spikes] s, when their steps began."""
        return self.spike_steps * self.time_grid.timestep

    @property
    def t(self) -> np.ndarray:
        """Times of the samples [n_steps + 1] (s)."""
        return np.arange(self.time_grid.n_steps + 1) * self.time_grid.timestep

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
) -> Activity:
    """Run a network from rest.

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
        Signals are v; w (AdEx) or u (Izhikevich); g, for each of ``network.E``; and I_syn.
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
    if (network.τ_g <= timestep).any():
        raise ValueError(f"network.τ_g has to be longer than the timestep of {timestep:g} s")
    trains = checks.list_of_trains(trains)
    sources, events = _events(network, trains, time_grid, arrival)
    legacy = noise if isinstance(noise, np.random.RandomState) else None
    if isinstance(noise, tuple):
        state = noise
    else:
        state = seeded(0 if legacy else checks.whole(noise, "noise", 0))
    twister = MersenneTwister.of(legacy or np.random.RandomState(0))
    neurons, recording = _recording(network, record or {}, time_grid.n_steps + 1)
    steps, spike_neurons, diverged_step, diverged = KERNELS[
        network.N == 1 and update == "simultaneous"
    ](
        time_grid.n_steps,
        timestep,
        update == "sequential",
        reset == "late",
        _populations(network),
        Noise(network.σ * sqrt(timestep), legacy is not None, twister, state),
        Conductances(network.E, timestep / network.τ_g),
        _projection(network, network.connections, time_grid, 1, arrival == "next"),
        _projection(network, sources, time_grid, 0),
        events,
        recording,
    )
    if legacy:
        twister.put_into(legacy)
    if diverged >= 0:
        raise DivergenceError(
            f"the voltage of neuron {diverged} diverged at t = {diverged_step * timestep:.4f} s: "
            f"take weaker connections or a smaller time step"
        )
    signals = {"w": recording.u} | recording._asdict()
    recorded = {name: signals[name] for name in neurons}
    if {"u", "w"} <= set(recorded):
        n = neurons["u"].size
        recorded |= {"u": recording.u[:, :n], "w": recording.u[:, n:]}
    return Activity(steps, spike_neurons, recorded, neurons, time_grid)


def draw_peaks(activity: Activity, network: Network) -> np.ndarray:
    """The recorded v with spikes drawn in: at each, the sample before the reset is the peak
    ("a slightly too sharp and early peak"). A copy."""
    v = activity.recorded["v"].copy()
    for column, neuron in enumerate(activity.neurons["v"]):
        v[activity.spikes_of(neuron), column] = network.types[network.type_of[neuron]].peak
    return v


def _one_of(value, values: tuple, name: str) -> None:
    if value not in values:
        raise ValueError(f"{name} has to be {' or '.join(values)}, not {value!r}")


def _populations(network: Network) -> Populations:
    """Runs of neurons of one type."""
    type_of = np.array(network.type_of)
    starts = np.flatnonzero(np.concatenate([[True], type_of[1:] != type_of[:-1]]))
    neurons = [network.types[name] for name in type_of[starts]]
    models, rows = list(MODELS), [tuple(neuron)[:-1] for neuron in neurons]  # without synapses
    parameters = np.zeros((starts.size, max(map(len, rows))))
    for row, given in zip(parameters, rows, strict=True):
        row[: len(given)] = given
    levels = np.array([Levels.of(neuron) for neuron in neurons])
    return Populations(
        np.array([models.index(model_of(neuron).name) for neuron in neurons]),
        np.append(starts, network.N),
        parameters,
        Levels(*levels.T.copy()),
    )


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


def _recording(
    network: Network, record: Mapping[str, Sequence[int]], n_samples: int
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
    v, u, w, g, I_syn = (neurons.get(name, none) for name in SIGNALS)
    u = np.concatenate([u, w])
    return neurons, SignalBuffers(
        *(v, np.empty((n_samples, v.size))),
        *(u, np.empty((n_samples, u.size))),
        *(g, np.empty((n_samples, network.E.size, g.size))),
        *(I_syn, np.empty((n_samples, I_syn.size))),
    )
