"""What a network is made of, checked."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike

from nto1 import checks
from nto1.neurons import Neuron, keys_of
from nto1.units import ms


class Connections(NamedTuple):
    """Synapses from some sources (neurons or input trains), sorted by source.

    Examples
    --------
    One excitatory source that leads to both of two neurons, and an inhibitory one to the second:

    >>> synapses = Connections.of_matrix([[4 * nS, 4 * nS], [0, 8 * nS]], E=[0 * mV, -80 * mV])
    >>> synapses.target.tolist(), synapses.n_targets
    ([0, 1, 1], 2)
    """

    source: np.ndarray  # [n] int64
    target: np.ndarray  # [n] int64
    weight: np.ndarray  # [n] S, conductance step of a spike
    delay: np.ndarray  # [n] s
    E: np.ndarray  # [n_sources] V, reversal potential of the synapses that a source makes
    n_targets: int

    @classmethod
    def of_matrix(cls, weights: Any, E: ArrayLike, delay: Any = 0.0) -> "Connections":
        """From any matrix [n_sources, n_targets] (S), dense or sparse: where it isn't zero, there
        is a synapse. ``delay`` (s) is one for all or a matrix as well, of which zeros may be left
        out.

        Raises ``ValueError`` for a matrix whose rows don't fit E, and what ``of_table`` raises.
        """
        E = checks.vector(np.atleast_1d(E), "E")
        for name, values in (("weights", weights), ("delay", delay)):
            checks.refuse_containers(values, name)
        shape = np.shape(weights)
        if len(shape) != 2 or shape[0] != E.size:
            raise ValueError(
                f"the connections of {E.size} sources are a matrix with {E.size} rows, this is "
                f"{_written(shape)}"
            )
        weights = scipy.sparse.csr_array(weights, dtype=float)
        weights.sum_duplicates()
        weights.eliminate_zeros()
        synapses = weights.tocoo()
        if np.ndim(delay):
            if np.shape(delay) != shape:
                raise ValueError(
                    f"delays are one number or a matrix like the weights' of {_written(shape)}, "
                    f"this is {_written(np.shape(delay))}"
                )
            delay = scipy.sparse.csr_array(delay)[synapses.row, synapses.col]
            delay = delay.toarray() if hasattr(delay, "toarray") else delay
        return cls.of_table(synapses.row, synapses.col, synapses.data, E, shape[1], delay)

    @classmethod
    def of_table(
        cls,
        source: ArrayLike,
        target: ArrayLike,
        weight: ArrayLike,
        E: ArrayLike,
        n_targets: int,
        delay: ArrayLike = 0.0,
    ) -> "Connections":
        """From a list of synapses: source, target and weight (S) of each, and a delay (s) each or
        one for all. Two synapses may connect the same pair.

        Raises ``ValueError`` for columns of different lengths, sources and targets that don't
        exist, and weights or delays that are negative or not finite.
        """
        E, weight, source, target = (
            checks.vector(np.atleast_1d(values), name)
            for name, values in (
                *(("E", E), ("weight", weight)),
                *(("source", source), ("target", target)),
            )
        )
        n_targets = checks.whole(n_targets, "n_targets", 0)
        delay = np.full(weight.size, delay) if np.ndim(delay) == 0 else delay
        delay = checks.vector(delay, "delay")
        sizes = [column.size for column in (source, target, weight, delay)]
        if len(set(sizes)) > 1:
            raise ValueError(
                f"synapses need a source, a target, a weight and a delay each, these are "
                f"{', '.join(map(str, sizes))}"
            )
        source = _existing(source, E.size, "source")
        target = _existing(target, n_targets, "neuron")
        for values, name in ((weight, "weights"), (delay, "delays")):
            if not (np.isfinite(values) & (values >= 0)).all():
                raise ValueError(f"{name} of connections have to be finite, and not negative")
        order = np.argsort(source, kind="stable")
        return cls(source[order], target[order], weight[order], delay[order], E, n_targets)

    def path_lengths(self, to: Sequence[int] | None = None) -> np.ndarray:
        """The fewest synapses from each neuron to each other, or to some [n_sources, n_to];
        infinite where there is no way. Of connections between the neurons of a network.

        >>> Connections.of_matrix([[0, 1, 0], [0, 0, 1], [0, 0, 0]], E=[0, 0, 0]).path_lengths()[0]
        array([0., 1., 2.])
        """
        shape = (self.n_targets, self.E.size)
        backwards = self.target, self.source
        matrix = scipy.sparse.csr_array((np.ones(self.source.size), backwards), shape=shape)
        return scipy.sparse.csgraph.shortest_path(matrix, unweighted=True, indices=to).T

    @classmethod
    def none(cls, n_targets: int) -> "Connections":
        return cls.of_table([], [], [], [], n_targets)


class Network(NamedTuple):
    """Neurons, and their synapses with each other and with input trains.

    Examples
    --------
    >>> synapses = Connections.of_matrix([[0, 4 * nS], [0, 0]], E=[0 * mV, 0 * mV])
    >>> network = Network.of({"RS": Izhikevich()}, ["RS", "RS"], synapses)
    >>> network.N, network.E.tolist()
    (2, [0.0])
    """

    types: dict[str, Neuron]
    type_of: tuple[str, ...]  # [N] the type of every neuron
    connections: Connections  # from neurons to neurons
    inputs: Connections  # from input trains to neurons
    E: np.ndarray  # [n_E] V, all reversal potentials, ascending
    τ_g: np.ndarray  # [n_E] s, decay of the conductance with that reversal potential
    σ: np.ndarray  # [N] V/√s, strength of the noise
    # [N] of each parameter that differs from neuron to neuron; NaN where it is the type's.
    parameters: dict[str, np.ndarray] = {}  # noqa: RUF012  is never changed

    @property
    def N(self) -> int:
        return len(self.type_of)

    def neuron(self, j: int) -> Neuron:
        """Neuron j: its type, with the parameters that are its own."""
        given = {name: float(values[j]) for name, values in self.parameters.items()}
        own = {name: value for name, value in given.items() if not np.isnan(value)}
        neuron: Any = self.types[self.type_of[j]]
        return neuron._replace(**own)

    @classmethod
    def of(
        cls,
        types: Mapping[str, Neuron],
        type_of: Sequence[str],
        connections: Connections | None = None,
        inputs: Connections | None = None,
        τ_g: float | Mapping[float, float] = 7 * ms,
        σ: float | Mapping[str, float] | np.ndarray = 0.0,
        allow_self_connections: bool = False,
        parameters: Mapping[str, ArrayLike] | None = None,
    ) -> "Network":
        """A network of neurons whose types are called by name.

        τ_g (s) is one for all synapses, or one for each reversal potential (V); σ (V/√s) one for
        all neurons, one for each type, or an array [N]. ``parameters`` of neurons that differ from
        those of their type are arrays [N], ``{"b": …}``, with NaN for neurons that don't. The
        ``synapses`` of a neuron are not used: they are those of the N-to-1 experiments.

        Raises ``ValueError`` for types, parameters, reversal potentials or sizes that don't fit
        each other, time constants that aren't positive, and self-connections that were not asked
        for.
        """
        checks.mapping(types, "types")
        if isinstance(type_of, str | Mapping):
            raise TypeError(f"type_of has to be a list with a type per neuron, not {type_of!r}")
        type_of = tuple(type_of)
        N = len(type_of)
        connections = connections or Connections.none(N)._replace(E=np.zeros(N))
        inputs = inputs or Connections.none(N)
        if not N:
            raise ValueError("a network needs at least one neuron")
        if unknown := sorted(set(type_of) - set(types)):
            raise ValueError(
                f"there is no type of neurons called {unknown[0]!r}, only {', '.join(types)}"
            )
        for name, model in types.items():
            checks.neuron(model, name=f"types[{name!r}]")
        for what, some in (("connections", connections), ("inputs", inputs)):
            if some.n_targets != N:
                raise ValueError(f"{what} are for {some.n_targets} neurons, there are {N}")
        if connections.E.size != N:
            raise ValueError(f"connections come from {connections.E.size} neurons, there are {N}")
        selves = np.unique(connections.source[connections.source == connections.target])
        if selves.size and not allow_self_connections:
            raise ValueError(
                f"neuron {selves[0]} connects to itself, as do {selves.size - 1} others: leave "
                f"these connections out, or allow self-connections"
            )
        # Without any connections, no neuron needs a reversal potential.
        used = connections.E[: connections.E.size if connections.source.size else 0]
        E = np.unique(np.concatenate([used, inputs.E]))
        τ_of_E = _each(τ_g, E.tolist(), "τ_g", "the reversal potential")
        if not (np.isfinite(τ_of_E) & (τ_of_E > 0)).all():
            raise ValueError("τ_g has to be positive")
        if isinstance(σ, Mapping):
            σ_of_type = dict(zip(types, _each(σ, list(types), "σ", "the type"), strict=True))
            σ = np.array([σ_of_type[name] for name in type_of])
        σ_of_neuron = per_neuron(σ, N, "σ")
        own = {
            name: per_neuron(values, N, f"parameters[{name!r}]", may_be_nan=True)
            for name, values in checks.mapping(parameters or {}, "parameters").items()
        }
        network = cls(dict(types), type_of, connections, inputs, E, τ_of_E, σ_of_neuron, own)
        for error in _errors_of_parameters(network):
            raise ValueError(error)
        return network


def per_neuron(values: Any, N: int, name: str, may_be_nan: bool = False) -> np.ndarray:
    """One number for each of N neurons [N], from one for all or an array. Raises ``ValueError`` if
    there are more or fewer, or (unless they may be NaN) some are not finite."""
    if np.ndim(values) == 0:
        return np.full(N, checks.number(values, name, may_be_nan=may_be_nan))
    array = checks.vector(values, name, may_be_nan=may_be_nan)
    if array.size != N:
        raise ValueError(f"{name} has {array.size} values, for {N} neurons")
    return array


def _errors_of_parameters(network: Network) -> Iterator[str]:
    for name, values in network.parameters.items():
        for j in np.flatnonzero(~np.isnan(values)).tolist():
            of_type = network.types[network.type_of[j]]
            if name not in {key.field for key in keys_of(type(of_type))}:
                yield f"parameters[{name!r}]: neuron {j} ({network.type_of[j]}) has no {name}"
    own = [~np.isnan(values) for values in network.parameters.values()]
    for j in np.flatnonzero(np.any(own, axis=0)).tolist() if own else ():
        neuron: Any = network.neuron(j)
        checks.neuron(neuron, name=f"neuron {j}")
        for key in keys_of(neuron.__class__):
            if key.about.below and getattr(neuron, key.field) >= getattr(neuron, key.about.below):
                yield f"neuron {j}: {key.field} has to be below {key.about.below}"


def _each(value, keys: list, name: str, kind: str) -> np.ndarray:
    """One value for every key, of a mapping or of one for all."""
    if not isinstance(value, Mapping):
        return np.full(len(keys), float(value))
    if missing := [key for key in keys if key not in value]:
        raise ValueError(f"{name} has no value for {kind} {missing[0]!r}, only for {list(value)}")
    return np.array([value[key] for key in keys], float)


def _existing(indices, n: int, what: str) -> np.ndarray:
    unknown = indices[~((indices >= 0) & (indices < n) & (indices % 1 == 0))]
    if unknown.size:
        there_are = f"there are {what}s 0 … {n - 1}" if n else f"there are no {what}s"
        raise ValueError(f"can't connect {what} {unknown[0]:g}: {there_are}")
    return indices.astype(np.int64)


def _written(shape: tuple) -> str:
    return " × ".join(map(str, shape)) or "a number"
