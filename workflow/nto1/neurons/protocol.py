"""What all neuron models have in common, and the register of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, NamedTuple, Protocol, TypeVar, get_type_hints

from nto1.jit import jit_inline
from nto1.units import GREEK, ms, mV, to_SI

DEFAULT_MODEL = "adex"


@dataclass(frozen=True)
class Key:
    """How a parameter stands in a configuration: its unit is part of the key, as in ``a_per_ms``,
    and values have limits. ``below`` is another parameter, a voltage that has to be higher."""

    unit: str
    description: str
    gt: float | None = None
    ge: float | None = None
    le: float | None = None
    below: str = ""

    @property
    def limits(self) -> dict[str, float]:
        limits = {"gt": self.gt, "ge": self.ge, "le": self.le}
        return {name: limit for name, limit in limits.items() if limit is not None}


def voltage(description: str, below: str = "") -> Key:
    return Key("mV", description, ge=-200, le=200, below=below)


def resting_voltage(description: str, below: str = "") -> Key:
    return Key("mV", description, ge=-200, le=-1, below=below)


def capacitance(description: str = "Membrane capacitance.") -> Key:
    return Key("pF", description, ge=1, le=1e5)


class Synapses(NamedTuple):
    """Synapses of the inputs in the N-to-1 experiments: exponentially decaying conductances.

    I_syn     = g_exc (V - E_exc) + g_inh (V - E_inh)
    τ_g dg/dt = -g                                       for g_exc and g_inh

    Defaults: the thesis.

    Examples
    --------
    >>> AdEx(synapses=Synapses(E_inh=-70 * mV)).synapses.E_inh
    -0.07
    """

    E_exc: Annotated[float, voltage("Reversal potential of excitatory synapses.")] = 0 * mV
    E_inh: Annotated[float, voltage("Reversal potential of inhibitory synapses.")] = -80 * mV
    τ_g: Annotated[
        float,
        Key("ms", "Time constant with which synaptic conductances decay.", ge=0.1, le=1e4),
    ] = 7 * ms
    inh_to_exc_weight: Annotated[
        float,
        Key(
            "",
            "Conductance step of an inhibitory spike, relative to that of an excitatory one.",
            ge=0,
            le=1000,
        ),
    ] = 4


@jit_inline
def I_syn(V, g_exc, g_inh, synapses):
    return g_exc * (V - synapses.E_exc) + g_inh * (V - synapses.E_inh)


@jit_inline
def decay(g, dt, synapses):
    """A conductance one step later."""
    return g - dt / synapses.τ_g * g


class Neuron(Protocol):
    """Parameters of a neuron, in SI units: a NamedTuple whose last field is ``synapses``."""

    def __iter__(self) -> Iterator[Any]: ...

    @property
    def C(self) -> float: ...

    @property
    def synapses(self) -> Synapses:
        """Those of the N-to-1 experiments; in networks, connections have their own."""

    @property
    def rest(self) -> tuple[float, float]:
        """V and the recovery variable at rest, where runs start."""

    @property
    def threshold(self) -> float:
        """There is a spike when V is not below this."""

    @property
    def peak(self) -> float:
        """Where a spike is drawn up to."""

    @property
    def reset(self) -> tuple[float, float]:
        """V after a spike; and by how much the recovery variable jumps."""

    @property
    def g_leak(self) -> float:
        """Conductance of the membrane at rest (S)."""


class Levels(NamedTuple):
    """Where neurons start, spike, and go on from; numbers, or an array of each."""

    V_rest: float
    u_rest: float
    V_threshold: float  # a spike when V is not below
    V_peak: float
    V_reset: float
    u_jump: float

    @classmethod
    def of(cls, neuron: Neuron) -> "Levels":
        levels = (*neuron.rest, neuron.threshold, neuron.peak, *neuron.reset)
        return cls(*map(float, levels))


class Model(NamedTuple):
    """A neuron model: V, and a second variable, a current, here called u.

    Its functions are ``jit_inline``, with ``p`` for the parameters.
    """

    name: str  # in configurations
    parameters: type  # a ``Neuron``
    dV: Callable  # (V, u, I_syn, dt, p): by how much V grows in a time step
    du: Callable  # (V, u, dt, p): by how much u does
    recovery: str = "u"  # name of u where it is recorded: u, or w


class ParameterKey(NamedTuple):
    """A parameter in a configuration."""

    name: str  # with its unit
    field: str
    default: float  # in that unit; a whole number is an int
    about: Key


MODELS: dict[str, Model] = {}

N = TypeVar("N", bound=Neuron)


def register(model: Model) -> Model:
    """Make a model known to all experiments. Raises ``ValueError`` for one that they can't run."""
    parameters, where = model.parameters, f"neuron model {model.name}"
    if not parameters.__module__.startswith(f"{__package__}."):
        # Compiled kernels are kept under a hash of this package.
        raise ValueError(f"{where}: it has to stand in a file of its own in {__package__}")
    if not model.name.isidentifier() or model.name in MODELS:
        raise ValueError(f"{where}: there is one of this name, or it is no name")
    wanted = ("C", "rest", "threshold", "peak", "reset", "g_leak")
    if missing := [name for name in wanted if not hasattr(parameters, name)]:
        raise ValueError(f"{where}: {parameters.__name__} has no {', '.join(missing)}")
    if parameters._fields[-1] != "synapses":  # type: ignore[attr-defined]
        raise ValueError(f"{where}: the last field has to be synapses: Synapses = Synapses()")
    keys_of(parameters)
    MODELS[model.name] = model
    return model


def model_of(neuron: Neuron) -> Model:
    """Whose parameters these are. Raises ``TypeError`` for anything else."""
    for model in MODELS.values():
        if type(neuron) is model.parameters:
            return model
    names = ", ".join(model.parameters.__name__ for model in MODELS.values())
    raise TypeError(f"{neuron!r:.60} are no parameters of a neuron: there are {names}")


def neuron_of(section: Mapping[str, Any]) -> Any:
    """A neuron from a section of a configuration, with units in its keys.

    Parameters
    ----------
    section
        ``model`` (adex, if it isn't given), and keys of this model and of synapses; those that are
        left out have their defaults.

    Returns
    -------
    AdEx or Izhikevich, or of another model
        In SI units.

    Raises
    ------
    KeyError, TypeError
        There is no such model, or it has no such key.

    Examples
    --------
    >>> neuron_of({"model": "izhikevich", "a_per_ms": 0.1, "tau_g_ms": 5}).a
    100.0
    """
    model = MODELS[section.get("model", DEFAULT_MODEL)]
    given = to_SI({key: value for key, value in section.items() if key != "model"})
    synapses = {name: given.pop(name) for name in Synapses._fields if name in given}
    return model.parameters(**given, synapses=Synapses(**synapses))


def with_floats(neuron: N) -> N:
    """The same with floats for whole numbers: kernels are compiled for these."""
    *own, synapses = neuron
    make: Callable[..., N] = type(neuron)
    return make(*map(float, own), Synapses(*map(float, synapses)))


@cache
def keys_of(parameters: type) -> tuple[ParameterKey, ...]:
    """The keys in a configuration for the fields of a record, without those of synapses."""
    return tuple(_keys_of(parameters))


def _keys_of(parameters: Any) -> Iterator[ParameterKey]:
    hints = get_type_hints(parameters, include_extras=True)
    for field in parameters._fields:
        if field == "synapses":
            continue
        (about,) = (each for each in getattr(hints[field], "__metadata__", ()) if type(each) is Key)
        name = "_".join(filter(None, (_in_latin(field), about.unit)))
        ((in_SI, factor),) = to_SI({name: 1.0}).items()
        if in_SI != field:
            raise ValueError(f"{parameters.__name__}.{field}: {name} would be read as {in_SI}")
        default = float(f"{parameters._field_defaults[field] / factor:.12g}")
        yield ParameterKey(name, field, int(default) if default.is_integer() else default, about)


def _in_latin(field: str) -> str:
    for latin, greek in GREEK.items():
        field = field.replace(greek, latin)
    return field
