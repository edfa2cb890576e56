"""Every key of the configuration, with its default (the thesis), unit, limits and description."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from inspect import getdoc
from math import inf
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeAlias, TypeVar, Union, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    Tag,
    WithJsonSchema,
    create_model,
    model_validator,
)

from nto1.inference.method import methods
from nto1.measures.measure import measures
from nto1.neurons import DEFAULT_MODEL, MODELS, Neuron, Synapses, keys_of, neuron_of
from nto1.simulation.passive_membrane import SITUATIONS
from nto1.units import to_SI


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    @model_validator(mode="wrap")
    @classmethod
    def _as_given(cls, values: Any, validate: Callable[[Any], Self]) -> Self:
        """Numbers stay as they are written, 10 or 10.0: tables show them so."""
        section = validate(values)
        if isinstance(values, dict):
            own = section.__dict__
            own |= {key: values[key] for key in own.keys() & values if own[key] == values[key]}
        return section

    def in_SI(self) -> dict[str, Any]:
        """Its values, without units in their names."""
        return to_SI(dict(self))

    def without(self, *keys: str) -> Self:
        """For who doesn't need these keys; who asks for them gets an ``AttributeError``."""
        some = self.model_copy()
        for key in keys:
            del some.__dict__[key]
        return some


def _distinct(values: list) -> list:
    shown = [changes_of(value) if isinstance(value, BaseModel) else value for value in values]
    shown = [f"{value:.17g}" if isinstance(value, float) else str(value) for value in shown]
    for value, n in Counter(shown).items():
        if n > 1:
            raise ValueError(f"duplicate value {value}. Keep one.")
    return values


@dataclass(frozen=True)
class Distinct:
    """Of a list: how many values it has, and none of them twice."""

    max_length: int
    min_length: int = 1

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        length = Field(min_length=self.min_length, max_length=self.max_length)
        return handler.generate_schema(Annotated[source, length, AfterValidator(_distinct)])


def Default(value: Any, description: str | None, **limits: Any) -> Any:
    return Field(value, description=description, **limits)


NumberOfInputs = Annotated[int, Field(ge=2, le=10**8)]
NInputs = Annotated[NumberOfInputs, Field(description="Number of inputs.")]
Weight = Annotated[float, Field(ge=0, le=1e9)]
Seed = Annotated[int, Field(ge=0, le=2**53 - 1)]
Duration = Annotated[float, Field(gt=0, le=1e5)]
TimeStep = Annotated[float, Field(ge=0.001, le=10)]
Voltage = Annotated[float, Field(ge=-200, le=200)]
Decay = Annotated[float, Field(ge=0.1, le=1e4)]
BatchSize = Literal["auto"] | Annotated[int, Field(ge=1, le=10**6)]
FileName = Annotated[str, Field(min_length=1, max_length=4096)]


class Experiment(Section):
    """Runs of the sweep, the weight search and the example."""

    duration_s: Duration = Default(10, "Length of every run.")
    timestep_ms: TimeStep = Default(
        0.1,
        "Step of the forward-Euler integration. The duration must be a whole number of steps.",
    )
    seeds: Annotated[list[Seed], Distinct(10_000)] = Default(
        list(range(10)), "One realisation of the inputs, and one run per weight, for each seed."
    )
    memory_per_job_MB: Annotated[int, Field(ge=100, le=10**6)] = Default(
        1000,
        "Memory for each job. Simulations are divided into pieces that fit, and a run that does "
        "not fit is refused before anything starts. On a cluster, set the same memory in the "
        "profile. Jobs that test spike trains request the memory that they need.",
    )


class Inputs(Section):
    """The N Poisson inputs. Excitatory ones come first."""

    mean_rate_Hz: float = Default(
        4, "Mean of the lognormal distribution of their firing rates.", gt=0, le=1000
    )
    log_rate_variance: float = Default(
        0.6, "Variance of the logarithm of their firing rates.", ge=0, le=10
    )
    exc_to_inh: float = Default(
        4, "Number of excitatory inputs for each inhibitory one.", gt=0, le=1000
    )
    drop_last_spike: bool = Default(
        True,
        "Never deliver the last input spike of a run, like the published code, which has an "
        "off-by-one error. With false, every spike is delivered.",
    )


def _keys(record: type) -> dict[str, Any]:
    """Keys for the parameters of a neuron or of synapses, with their defaults, from where they are
    defined."""
    return {
        key.name: (float, Default(key.default, key.about.description, **key.about.limits))
        for key in keys_of(record)
    }


class NeuronSection(Section):
    """The base of the section neuron, with the keys of a model and of synapses."""

    model: str
    if TYPE_CHECKING:
        C_pF: float
        tau_g_ms: float

    @property
    def parameters(self) -> Neuron:
        """In SI units."""
        return neuron_of(dict(self))


class NeuronType(Section):
    """The base of types of neurons in a network."""

    model: str


# Of each model, the section neuron, and a type of neurons in a network.
NEURONS: dict[str, type[NeuronSection]] = {}
TYPES: dict[str, type[NeuronType]] = {}
for _name, _model in MODELS.items():
    _record, _about = _model.parameters, f"Neurons of the model {_name}."
    _needed: Any = (Literal[_name], Default(..., "Which model."))
    _default: Any = (
        Literal[_name],
        Default(_name, "Which model; other keys are those of the model."),
    )
    NEURONS[_name] = create_model(
        f"{_record.__name__}Neuron",
        __base__=NeuronSection,
        __doc__=(getdoc(_record) or "").split("\n\n")[0],
        model=_default if _name == DEFAULT_MODEL else _needed,
        **_keys(_record),
        **_keys(Synapses),
    )
    TYPES[_name] = create_model(
        f"{_record.__name__}Type",
        __base__=NeuronType,
        __doc__=_about,
        model=_needed,
        **_keys(_record),
    )


def changes_of(section: BaseModel) -> dict:
    return section.model_dump(exclude_unset=True, warnings="none")


if TYPE_CHECKING:
    AnyNeuron: TypeAlias = NeuronSection
    AnyType: TypeAlias = NeuronType
else:  # one for each model; which, is said by the key model
    AnyNeuron, AnyType = (
        Annotated[Union[tuple(sections.values())], Field(discriminator="model")]  # noqa: UP007
        for sections in (NEURONS, TYPES)
    )
    AnyType = Annotated[AnyType, PlainSerializer(changes_of)]


def _defaults_of(section: type[Section], model: str) -> dict[str, Any]:
    return dict(section.model_validate({"model": model}))


def neuron_under(neuron: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The section neuron that changes are laid over: if they name another model, the defaults of
    that, with the synapses there were."""
    name = changes.get("model", neuron["model"])
    if name == neuron["model"] or name not in list(NEURONS):
        return dict(neuron)
    synapses = {key.name: neuron[key.name] for key in keys_of(Synapses) if key.name in neuron}
    return _defaults_of(NEURONS[name], name) | synapses


def adex_under(neuron: NeuronSection) -> NeuronSection:
    """The section neuron, or the published one if it has another model: for experiments that have
    AdEx neurons in any case."""
    return neuron if neuron.model == "adex" else NEURONS["adex"].model_validate({"model": "adex"})


def type_under(given: NeuronType, izhikevich: Section, neuron: NeuronSection) -> dict[str, Any]:
    """All keys of a type of neurons in a network."""
    if given.model == "izhikevich":
        base = dict(izhikevich)
    elif given.model == neuron.model:
        base = dict(neuron)
    else:
        base = _defaults_of(TYPES[given.model], given.model)
    return base | changes_of(given)


class Sweep(Section):
    """Median voltage and firing rate for many input strengths."""

    N: NInputs = 6500
    weights_pS: Annotated[list[Weight], Distinct(100_000)] = Default(
        [0, 2.5, 5, 7.5, 10, 11, 12, 12.5, 13, 14, 15, 16, 17.5, 20, 22.5, 25, 27.5, 30],
        "Conductance steps of an excitatory spike (wₑ, or Δg_exc).",
    )
    weights_per_batch: BatchSize = Default(
        "auto",
        "Maximum number of weights that are simulated in one job. With auto, a job takes 10 to 20 "
        "s.",
    )


class Guess(Section):
    """This weight at this N, in inverse proportion at others."""

    N: NInputs
    weight_pS: float = Default(..., "Initial guess at this N.", gt=0, le=1e9)


class FindWeight(Section):
    """The input strength that gives the target rate, for every N."""

    N: Annotated[list[NumberOfInputs], Distinct(10_000)] = Default(
        [10, 20, 45, 100, 200, 400, 800, 1600, 3200, 6500], "Numbers of inputs."
    )
    N_subset: Annotated[list[NumberOfInputs], Distinct(10_000)] = Default(
        [20, 100, 400, 1600, 6500],
        "A subset of them, for studies that can afford fewer.",
    )
    only_subset: bool = Default(False, "Search for N_subset only; otherwise, it is only plotted.")
    N_per_batch: BatchSize = Default(
        "auto",
        "Maximum number of N that are searched in one job. With auto, a job takes 10 to 20 s.",
    )
    target_rate_Hz: float = Default(
        4, "Output firing rate to be reached, averaged over the seeds.", gt=0, le=1e4
    )
    guess: Literal["sweep"] | Guess = Default(
        "sweep",
        "Initial guess: with sweep, the weight of the sweep whose mean rate is nearest to the "
        "target, at the sweep's N; or a section with N and weight_pS. For other N, the guess is "
        "inversely proportional to N.",
    )
    bracket_factor: float = Default(
        4,
        "The search begins between the guess divided by this factor and the guess multiplied by "
        "it.",
        gt=1,
        le=1000,
    )
    relative_tolerance: float = Default(
        0.001,
        "The search ends when the weight is known to within this fraction of the guess.",
        ge=1e-12,
        le=0.5,
    )


class Example(Section):
    """One run whose voltage is shown."""

    N: NInputs = 6500
    weight_pS: Weight = Default(14, "Conductance step of an excitatory spike.")
    seed: Seed = Default(1, "Seed of the inputs.")
    shown_s: Duration = Default(1, "Length of the piece shown, from the start.")


if TYPE_CHECKING:
    Izhikevich: TypeAlias = Section
else:
    Izhikevich = create_model(
        "Izhikevich",
        __base__=Section,
        __doc__="The Izhikevich neuron of the network and of the connection test. The defaults are "
        "those of a cortical regular-spiking cell (Izhikevich 2007).",
        **_keys(MODELS["izhikevich"].parameters),
    )


class SynapticDecay(Section):
    E_syn_mV: Voltage = Default(..., "Synapses with this reversal potential.")
    tau_g_ms: Decay = Default(..., "Time constant with which their conductance decays.")


Pair = Annotated[list[float], Field(min_length=2, max_length=2)]
Item = TypeVar("Item")
Row = Annotated[list[Item], Field(min_length=1, max_length=10_000)]
Matrix = Annotated[list[Row[Item]], Field(min_length=1, max_length=10_000)]


Delay = Annotated[float, Field(ge=0, le=1e4)]
Conductance = Annotated[float, Field(ge=0, le=1e6)]
Current = Annotated[float, Field(ge=-1e9, le=1e9)]
Probability = Annotated[float, Field(ge=0, le=1)]

# Neurons, or input trains: by their numbers from 0, all, or those of a type.
NeuronIndices = Annotated[
    list[Annotated[int, Field(ge=0, le=10**8)]], Distinct(10_000, min_length=0)
]
Chosen = NeuronIndices | Annotated[str, Field(min_length=1)]


class Spread(Section):
    """Values that are drawn: mean and sd of a normal or lognormal distribution, within min and max
    where these are given; or min and max of a uniform one."""

    distribution: Literal["normal", "lognormal", "uniform"] = Default("normal", "Which one.")
    mean: float | None = Default(None, "Of the values.")
    sd: Annotated[float, Field(ge=0)] | None = Default(None, "Of the values, their spread.")
    min: float | None = Default(None, "No value is below.")
    max: float | None = Default(None, "No value is above.")
    seed: Seed = Default(0, "Seed; each key and each type has a random stream of its own.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        low = -inf if self.min is None else self.min
        high = inf if self.max is None else self.max
        if self.distribution == "uniform":
            if (self.mean, self.sd) != (None, None) or None in (self.min, self.max):
                raise ValueError("a uniform distribution has a min and a max, and no more.")
        elif self.mean is None or self.sd is None:
            raise ValueError(f"a {self.distribution} distribution needs a mean and an sd.")
        elif not low <= self.mean <= high:
            raise ValueError("the mean of a distribution lies between its min and its max.")
        if self.distribution == "lognormal" and not (self.mean or 0) > 0:
            raise ValueError("the mean of a lognormal distribution is above 0.")
        if not low < high:
            raise ValueError(f"min {low:g} has to be below max {high:g}.")
        return self


class Course(Section):
    """A current that changes with time, 0 before the first time given."""

    steps: Annotated[list[Pair], Field(min_length=1, max_length=10_000)] | None = Default(
        None, "[time_s, current_pA]: from each time on, this current: [[0.1, 200], [0.6, 0]]."
    )
    ramp: Annotated[list[Pair], Field(min_length=1, max_length=10_000)] | None = Default(
        None, "The same, joined by straight lines: [[0, 0], [2, 500]]."
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.steps is None) == (self.ramp is None):
            raise ValueError("a current that changes has either steps or a ramp.")
        times = [time for time, _ in self.steps or self.ramp or []]
        if times != sorted(times) or times[0] < 0:
            raise ValueError("times of a current are 0 or more, in ascending order.")
        return self


def _kind(value: Any) -> str:
    """Which of the things it is that a value may be."""
    keys = set(value) if isinstance(value, dict) else set()
    for kind, section in (("spread", Spread), ("course", Course)):
        if isinstance(value, section) or keys & set(section.model_fields):
            return kind
    kinds: dict[type, str] = {dict: "types", list: "list", str: "file"}
    return kinds.get(type(value), "number")


# What may be given one by one, for each neuron, train or synapse.
_by_kind = Discriminator(
    _kind, custom_error_type="another_kind", custom_error_message="not one of these"
)
Number = Annotated[Item, Tag("number")]
Each = Annotated[Row[Item], Tag("list")]
Drawn = Annotated[Spread, Tag("spread")]
Column = Annotated[FileName, Tag("file")]
PerSynapse = Annotated[Number[Item] | Drawn, _by_kind]
PerTrain = Annotated[Number[Item] | Each[Item] | Drawn | Column, _by_kind]
OfTypes = Annotated[dict[str, Item], Tag("types")]
PerNeuron = Annotated[
    Number[Item] | Each[Item] | Drawn | OfTypes[PerSynapse[Item]] | Column, _by_kind
]
Changing = Annotated[Course, Tag("course")]
CurrentOfOne = Annotated[Number[Current] | Changing | Column, _by_kind]
CurrentOfType = Annotated[Number[Current] | Drawn | Changing | Column, _by_kind]
Currents = Annotated[
    Number[Current] | Each[CurrentOfOne] | Drawn | Changing | OfTypes[CurrentOfType] | Column,
    _by_kind,
]


class Connecting(Section):
    """Connections that are drawn at random."""

    from_: Chosen = Default("all", "Who sends: numbers, a type's name, or all.", alias="from")
    to: Chosen = Default("all", "Who receives.")
    probability: Probability | None = Default(None, "That two are connected. Or:")
    in_degree: Annotated[int, Field(ge=0, le=10**6)] | None = Default(
        None, "How many connections each receives, from different senders."
    )
    weight_nS: PerSynapse[Conductance] = Default(..., "Conductance step: one, or a distribution.")
    delay_ms: PerSynapse[Delay] | None = Default(
        None, "Transmission delay; otherwise, the delay_ms of all."
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.probability is None) == (self.in_degree is None):
            raise ValueError("connections have either a probability or an in_degree.")
        return self


class InputTrains(Section):
    """Spike trains from outside the network."""

    number: int = Default(0, "Number of trains.", ge=0, le=10**7)
    spikes: Literal["poisson"] | FileName = Default(
        "poisson",
        "Poisson trains; or the name of a table (CSV or Parquet) of the spikes, with the columns "
        "train (counted from 0) and time_s, ascending within each train.",
    )
    rate_Hz: PerTrain[Annotated[float, Field(ge=0, le=1e4)]] = Default(
        20.0,
        "Firing rate of the Poisson trains: one number, a list with one for each, a distribution, "
        "or a table with a column rate_Hz.",
    )
    log_rate_variance: float = Default(
        0,
        "Above 0, rates are lognormal: rate_Hz is their mean, and this is the variance of their "
        "logarithm.",
        ge=0,
        le=10,
    )
    seed: Seed = Default(0, "Seed of the Poisson trains.")
    weights_nS: Matrix[Conductance] | FileName | None = Default(
        None,
        "Conductance steps, from row (train) to column (neuron); or the name of a table (CSV or "
        "Parquet) with the columns from (train), to (neuron), weight_nS and, optionally, delay_ms.",
    )
    connections: dict[str, Connecting] = Default(
        {}, "Connections from trains to neurons that are drawn at random, instead of weights_nS."
    )
    E_syn_mV: PerTrain[Voltage] = Default(
        0.0,
        "Reversal potential of the trains' synapses: one number, a list with one for each train, "
        "or a table with a column E_syn_mV.",
    )
    delay_ms: PerSynapse[Delay] = Default(
        0.0,
        "Transmission delay, unless the table has a column delay_ms: one number, or a "
        "distribution.",
    )
    record_spikes: bool = Default(
        False, "Whether their spikes are written, to results/network/input_spikes."
    )


class Record(Section):
    """Signals to record, each of some neurons (numbers, a type's name, or all); v also of
    recorded_neurons."""

    v: Chosen = Default([], "Voltage.")
    u: Chosen = Default([], "Recovery current, of Izhikevich neurons.")
    w: Chosen = Default([], "Adaptation current, of AdEx neurons.")
    g: Chosen = Default([], "Conductances, one for each reversal potential.")
    I_syn: Chosen = Default([], "Synaptic current. Positive currents hyperpolarise.")
    I_inj: Chosen = Default([], "Injected current. Positive currents depolarise.")
    every: int = Default(1, "Number of time steps of which one is recorded.", ge=1, le=10**6)
    pieces_s: Annotated[list[Pair], Field(max_length=10_000)] = Default(
        [],
        "Begin and end of the intervals that are recorded, such as [[0, 1], [59, 60]]. By "
        "default, everything is recorded.",
    )
    compact: bool = Default(
        False,
        "Write signals in single precision and only as Parquet, for many neurons or long "
        "recordings.",
    )


class Start(Section):
    """Initial state of the neurons. Variables that are not given are at rest."""

    v_mV: PerNeuron[Voltage] | None = Default(None, "Voltage.")
    u_pA: PerNeuron[Current] | None = Default(None, "Recovery current, of Izhikevich neurons.")
    w_pA: PerNeuron[Current] | None = Default(None, "Adaptation current, of AdEx neurons.")


class Network(Section):
    """A network of neurons with noise, synapses and input trains, of which spikes and selected
    signals are recorded."""

    duration_s: Duration = Default(10, "Length of the run.")
    timestep_ms: TimeStep = Default(0.1, "Step of the Euler-Maruyama integration.")
    seed: Seed = Default(0, "Seed of the noise.")
    types: dict[str, AnyType] = Default(
        {},
        "Types of neurons, by name: {fast: {model: izhikevich, a_per_ms: 0.1}, other: {model: "
        "adex}}. Keys that are not given are those of the section izhikevich, or of neuron if that "
        "has this model, or else the model's defaults. If no types are given, all neurons are "
        "those of the section izhikevich.",
    )
    type_of: (
        Annotated[list[str], Field(max_length=10_000)]
        | dict[str, Annotated[int, Field(ge=0, le=10**8)]]
    ) = Default(
        [],
        "The type of each neuron, or the number of neurons of each type, in this order: {exc: "
        "800, inh: 200}. It can also be a column, type, in the table E_syn_mV. By default, all "
        "neurons are of the first type.",
    )
    E_syn_mV: PerNeuron[Voltage] = Default(
        [0.0, 0.0, 0.0, -65.0],
        "The reversal potential of the synapses that each neuron makes: a list; one for each type, "
        "{exc: 0, inh: -80}; or the name of a table (CSV or Parquet) with a column E_syn_mV, a row "
        "per neuron.",
    )
    weights_nS: Matrix[Conductance] | FileName | None = Default(
        [[0.0, 4.0, 0.0, 0.0], [0.0] * 4, [0.0, 4.0, 0.0, 0.0], [0.0] * 4],
        "Conductance steps, from row to column; or the name of a table (CSV or Parquet) of the "
        "connections, with the columns from, to and weight_nS and, optionally, delay_ms; or null, "
        "for none.",
    )
    connections: dict[str, Connecting] = Default(
        {},
        "Connections that are drawn at random, instead of weights_nS. They have names: "
        "{excitation: {from: "
        "exc, to: all, probability: 0.1, weight_nS: 0.5}}.",
    )
    connection_seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = Default(
        0, "Seed of connections that are drawn."
    )
    delay_ms: PerSynapse[Delay] | Matrix[Delay] = Default(
        0.0,
        "Transmission delay of connections, unless the table has a column delay_ms: one number, a "
        "matrix, or a distribution.",
    )
    allow_self_connections: bool = Default(False, "Whether a neuron may connect to itself.")
    tau_g_ms: Decay | Annotated[list[SynapticDecay], Distinct(1000)] = Default(
        7,
        "Time constant with which synaptic conductances decay: one number, or one for each "
        "reversal potential, [{E_syn_mV: 0, tau_g_ms: 5}, {E_syn_mV: -65, tau_g_ms: 10}].",
    )
    sigma_mV_per_sqrt_ms: PerNeuron[Annotated[float, Field(ge=0, le=1000)]] = Default(
        3.0, "Strength of the white noise on the voltage."
    )
    noise_pA_sqrt_s: PerNeuron[Annotated[float, Field(ge=0, le=1e6)]] | None = Default(
        None,
        "Strength of a white noise current, instead of sigma_mV_per_sqrt_ms. A time step adds "
        "this strength divided by C, times √dt and a standard normal number. Positive currents "
        "hyperpolarise.",
    )
    noise_generator: Literal["xoshiro", "mersenne"] = Default(
        "xoshiro",
        "Random number generator of the noise. xoshiro begins with seed; mersenne, NumPy's legacy "
        "generator, begins with connection_seed and continues after the connections were drawn.",
    )
    update: Literal["sequential", "simultaneous"] = Default(
        "sequential",
        "Whether conductances, voltage and recovery current use the newest values of the others "
        "in a time step, or the values before the step.",
    )
    injected_current_pA: Currents = Default(
        0.0,
        "Positive currents depolarise. Constant; {steps: [[time_s, current_pA], …]}; "
        "{ramp: …}; a table with the columns time_s and current_pA, or with a column "
        "injected_current_pA, a row per neuron; a list with one of these for each neuron; one for "
        "each type; or a distribution.",
    )
    parameters: dict[str, PerNeuron[float]] = Default(
        {},
        "Parameters that differ from neuron to neuron, by their keys: {b_pA: {mean: 65, sd: 10}, "
        "C_pF: neurons.csv}.",
    )
    start: Start = Default(Start(), Start.__doc__)
    inputs: InputTrains = Default(InputTrains(), "Spike trains from outside the network.")
    recorded_neurons: Chosen = Default(
        [0, 2], "Neurons whose voltage is recorded: counted from 0, all, or those of a type."
    )
    record: Record = Default(
        Record(), "Further signals to record, each with its neurons: {v: [1], I_syn: [1]}."
    )
    shown_s: Duration = Default(2, "Length of the piece shown, from the start.")

    @property
    def N(self) -> int | None:
        """Number of neurons, unless it is that of a table's rows."""
        if isinstance(self.E_syn_mV, list):
            return len(self.E_syn_mV)
        if isinstance(self.type_of, dict):
            return sum(self.type_of.values())
        return len(self.type_of) or None

    def per_neuron(self) -> dict[str, Any]:
        """What may differ from neuron to neuron, by key."""
        keys = ("E_syn_mV", "sigma_mV_per_sqrt_ms", "noise_pA_sqrt_s", "injected_current_pA")
        found = {key: getattr(self, key) for key in keys}
        found |= {f"start.{key}": value for key, value in self.start}
        found |= {f"parameters.{key}": value for key, value in self.parameters.items()}
        return {key: value for key, value in found.items() if value is not None}

    def tables(self) -> dict[str, str]:
        """Names of all tables, by key."""
        named = self.per_neuron() | {"weights_nS": self.weights_nS}
        for key in ("weights_nS", "rate_Hz", "E_syn_mV", "spikes"):
            named[f"inputs.{key}"] = getattr(self.inputs, key)
        found = {}
        for key, value in named.items():
            parts = {f".{name}": one for name, one in value.items()} if type(value) is dict else {}
            parts |= {f"[{i}]": one for i, one in enumerate(value)} if type(value) is list else {}
            for part, one in (parts or {"": value}).items():
                if isinstance(one, str) and one != "poisson":
                    found[f"network.{key}{part}"] = one
        return found


class AdExNetwork(Section):
    """The published network of AdEx neurons, which are connected at random and driven by noise,
    without inputs. The neuron and its synapses are those of the section neuron, or the published
    ones if that section has another model.
    """

    duration_s: Duration = Default(60, "Length of the run.")
    timestep_ms: TimeStep = Default(0.1, "Step of the Euler-Maruyama integration.")
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = Default(
        1234, "Seed of connections and noise."
    )
    N: int = Default(100, "Number of neurons.", ge=2, le=10_000)
    N_exc: int = Default(80, "Number of excitatory neurons, which come first.", ge=0, le=10_000)
    p_connected: float = Default(
        0.05, "Probability that a neuron is connected to another.", ge=0, le=1
    )
    exc_weight_nS: float = Default(2, "Conductance step of an excitatory spike.", ge=0, le=1e6)
    noise_pA_sqrt_s: float = Default(
        8,
        "Strength of the white noise current. A time step adds this strength divided by C, "
        "times √dt and a standard normal number.",
        ge=0,
        le=1e6,
    )
    mute_first_inhibitory: bool = Default(
        True,
        "Whether the first inhibitory neuron has no targets, as in the published code, which has "
        "an off-by-one error.",
    )
    recorded_neurons: Annotated[list[Annotated[int, Field(ge=0, le=10_000)]], Distinct(10_000)] = (
        Default([0], "Neurons whose voltage is recorded. The voltage of the first one is shown.")
    )
    voltage_shown_s: Duration = Default(2, "Length of the voltage shown, from the start.")
    raster_shown_s: Duration = Default(10, "Length of the spikes shown, from the start.")


class OneIzhikevichNetwork(Section):
    """The part of the network of Izhikevich neurons that its raster may change."""

    duration_s: Duration = Default(20, "Length of the run whose spikes are shown.")
    timestep_ms: TimeStep = Default(0.1, "Step of the Euler-Maruyama integration.")
    seed: Seed = Default(22022022, "Seed of connections, weights and noise.")
    N: int = Default(1000, "Number of neurons.", ge=2, le=5000)
    N_exc: int = Default(800, "Number of excitatory neurons, which come first.", ge=0, le=5000)
    p_connected: float = Default(
        0.04, "Probability that a neuron is connected to another.", ge=0, le=1
    )
    mean_exc_weight_nS: float = Default(
        0.5,
        "Mean conductance step of excitatory spikes. Weights are lognormal, and the variance of "
        "their logarithm is 1.",
        ge=0,
        le=1e6,
    )
    inh_to_exc_weight: float = Default(
        4, "Mean inhibitory weight divided by the mean excitatory weight.", ge=0, le=1e6
    )
    E_exc_mV: Voltage = Default(0, "Reversal potential of excitatory synapses.")
    E_inh_mV: Voltage = Default(-80, "Reversal potential of inhibitory synapses.")
    tau_g_ms: Decay = Default(7, "Time constant with which synaptic conductances decay.")
    delay_ms: Delay = Default(10, "Transmission delay of all connections.")
    injected_current_pA: float = Default(
        50, "Constant current into every neuron. Positive currents depolarise.", ge=-1e5, le=1e5
    )
    noise_pA_sqrt_s: float = Default(
        5,
        "Strength of the white noise current. A time step adds this strength divided by C, "
        "times √dt and a standard normal number.",
        ge=0,
        le=1e6,
    )


Raster = Annotated[OneIzhikevichNetwork, PlainSerializer(changes_of)]


class IzhikevichNetwork(OneIzhikevichNetwork):
    """The thesis's network of 1000 Izhikevich neurons, which are connected at random and driven by
    noise. The neuron is that of the section izhikevich.
    """

    n_unconnected: int = Default(
        40,
        "Number of neurons that are not connected to the first one and are tested together with "
        "its inputs.",
        ge=0,
        le=5000,
    )
    raster: Raster = Default(
        OneIzhikevichNetwork(
            p_connected=0.1,
            mean_exc_weight_nS=0.2,
            E_inh_mV=-65,
            injected_current_pA=0,
            noise_pA_sqrt_s=7,
        ),
        "Keys in which the network whose spikes are shown differs.",
    )
    raster_shown_s: Duration = Default(10, "Length of the spikes shown, from the start.")

    @property
    def of_raster(self) -> OneIzhikevichNetwork:
        return self.model_copy(update=changes_of(self.raster))


class Excerpt(Section):
    """A piece of the voltage, of the base case."""

    start_ms: float = Default(4750, "Where it starts.", ge=0, le=1e8)
    duration_ms: float = Default(200, "How long it is.", gt=0, le=1e8)
    zoom_start_ms: float = Default(
        4865, "Where the part of it starts of which all samples are shown.", ge=0, le=1e8
    )
    zoom_duration_ms: float = Default(7, "How long that part is.", gt=0, le=1e8)


class OneConnectionTest(Section):
    """The part of a connection test that its variants may change."""

    duration_s: Duration = Default(600, "Length of the recording.")
    timestep_ms: TimeStep = Default(
        0.1, "Step of the forward-Euler integration, and of the recording."
    )
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = Default(
        0, "Seed of trains, connections, noise and shuffles."
    )
    n_trains: int = Default(30, "Number of trains.", ge=1, le=100_000)
    spike_rate_Hz: float = Default(20, "Firing rate of every train.", gt=0, le=1000)
    p_inhibitory: float = Default(0.2, "Proportion of inhibitory trains.", ge=0, le=1)
    p_connected: float = Default(0.7, "Proportion of connected trains, of either kind.", ge=0, le=1)
    exc_weight_nS: float = Default(
        0.4, "Conductance step of a spike of an excitatory connected train.", ge=0, le=1e6
    )
    inh_weight_nS: float = Default(
        1.6, "Conductance step of a spike of an inhibitory connected train.", ge=0, le=1e6
    )
    E_exc_mV: Voltage = Default(0, "Reversal potential of excitatory synapses.")
    E_inh_mV: Voltage = Default(-65, "Reversal potential of inhibitory synapses.")
    tau_g_ms: Decay = Default(7, "Time constant with which synaptic conductances decay.")
    imaging_spike_SNR: float = Default(
        20,
        "Height of a spike (peak over rest) over the standard deviation of the imaging noise.",
        gt=0,
        le=1e6,
    )
    window_ms: float = Default(100, "Length of the spike-triggered averages.", gt=0, le=1e5)
    n_shuffles: int = Default(
        100,
        "Number of times the inter-spike intervals of each train are shuffled.",
        ge=1,
        le=100_000,
    )
    p_value: Literal["published", "unbiased"] = Default(
        "published",
        "With published, p is the share of shuffled trains with a higher average, or the bound 1 "
        "/ n if there is none. With unbiased, it is (k + 1) / (n + 1).",
    )


def _not_empty(variant: OneConnectionTest) -> OneConnectionTest:
    if not variant.model_fields_set:
        raise ValueError("a variant that changes nothing. Name a key, or leave it out.")
    return variant


Variant = Annotated[OneConnectionTest, AfterValidator(_not_empty), PlainSerializer(changes_of)]


class ConnectionTest(OneConnectionTest):
    """Poisson trains, some of which are connected to an Izhikevich neuron. The connected trains are
    inferred from spike-triggered averages of its voltage, with the noise of imaging.
    """

    seeds: Annotated[list[Annotated[int, Field(ge=0, le=2**32 - 1)]], Distinct(10_000)] = Default(
        list(range(10)),
        "Seeds with which variants are tested, unless their recordings are longer than "
        "seeds_up_to_s. With a single seed, areas are coarse.",
    )
    seeds_up_to_s: float = Default(
        100, "Variants with longer recordings are only tested with their own seed.", ge=0, le=1e5
    )
    significance: float = Default(
        0.05, "Trains with p at or below this are called connected.", ge=0, le=1
    )
    excerpt: Excerpt = Default(Excerpt(), "A part of the voltage that is shown.")
    variants: Annotated[list[Variant], Distinct(1000, min_length=0)] = Default(
        [
            *(OneConnectionTest(imaging_spike_SNR=SNR) for SNR in (10, 5, 2)),
            OneConnectionTest(duration_s=60),
            *(OneConnectionTest(duration_s=60, imaging_spike_SNR=SNR) for SNR in (10, 5, 2)),
        ],
        "The same experiment with changes of some of the keys from duration_s to p_value.",
    )


Ceiling = Literal["none", "before_reset", "at_reset"]
Percentile = Annotated[float, Field(gt=0, le=100)]
SpikeSNR = Annotated[float, Field(gt=0, allow_inf_nan=True)]


@dataclass(frozen=True)
class OneOf:
    """Of a text: a name from a registry."""

    names: Callable[[], Iterable[str]]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        known = WithJsonSchema({"type": "string", "enum": [*self.names()]})
        return handler.generate_schema(Annotated[source, AfterValidator(self.check), known])

    def check(self, name: str) -> str:
        if name not in self.names():
            raise ValueError(f"{name!r} is not {' or '.join(self.names())}")
        return name


Method = Annotated[str, OneOf(methods)]


# Keys that several result sets have.
SomeN = Annotated[list[NumberOfInputs], Distinct(10_000), Field(description="Numbers of inputs.")]
SomeSeeds = Annotated[list[Seed], Distinct(10_000), Field(description="Seeds of the simulations.")]
SomeMethods = Annotated[list[Method], Distinct(100), Field(description="The tests.")]
SomeDurations = Annotated[
    list[Annotated[float, Field(gt=0, le=36_000)]],
    Distinct(1000),
    Field(description="Lengths of the recordings."),
]
_noise = Field(
    description="Height of a spike over the standard deviation of the noise; .inf for none."
)
OneSpikeSNR = Annotated[SpikeSNR, _noise]
SomeSpikeSNR = Annotated[list[SpikeSNR], Distinct(100), _noise]
_clip = Field(description="The voltage is cut off at this percentile.")
ClipPercentile = Annotated[Percentile, _clip]
SpikeCeiling = Annotated[Ceiling, Field(description="Which sample of a spike is set to its peak.")]
OneSeed = Annotated[Seed, Field(description="Seed of the simulation.")]


class Overview(Section):
    """All inputs and as many other trains, by several methods, in short recordings."""

    N: SomeN = [25, 100, 400, 1600]
    seeds: SomeSeeds = [1]
    duration_s: Duration = Default(60, "Length of the recordings.")
    methods: SomeMethods = ["sta", "line_fit", "regression"]
    spike_SNR: SomeSpikeSNR = [inf, 10]
    clip_percentile: ClipPercentile = 99.9
    ceiling: SpikeCeiling = "before_reset"


class Clipping(Section):
    """Spikes as recorded, ceiled, and ceiled and clipped, without noise."""

    N: NInputs = 6500
    seed: OneSeed = 1
    clip_percentile: ClipPercentile = 99
    ceiling: SpikeCeiling = "before_reset"


class Noise(Section):
    """Imaging noise of several strengths."""

    N: NInputs = 6500
    seeds: SomeSeeds = [1, 2, 3, 4, 5]
    methods: SomeMethods = ["sta", "regression"]
    spike_SNR: SomeSpikeSNR = [inf, 100, 40, 20, 10, 4, 2, 1]
    clip_percentile: ClipPercentile = 99.9
    ceiling: SpikeCeiling = "before_reset"


class RecordingDuration(Section):
    """Recordings of several lengths."""

    N: NInputs = 6500
    seeds: SomeSeeds = [1, 2, 3, 4, 5]
    methods: SomeMethods = ["sta", "regression"]
    duration_s: SomeDurations = [10, 30, 60, 120, 240, 600, 1200, 1800, 3600]
    spike_SNR: OneSpikeSNR = 40
    clip_percentile: ClipPercentile = 99.9
    ceiling: SpikeCeiling = "before_reset"


class AllInputs(Section):
    """All inputs and as many other trains, tested by several methods, without noise."""

    N: SomeN = [5, 20, 100, 400, 1600, 6500]
    seeds: SomeSeeds = [1, 2, 3, 4, 5]
    methods: Annotated[list[Method], Distinct(100)] = Default(
        list(methods()),
        "; ".join(f"{name}: {each.description}" for name, each in methods().items()) + ".",
    )
    ceiling: SpikeCeiling = "at_reset"


class WindowLength(Section):
    """All inputs and as many other trains, tested by the height of longer spike-triggered
    averages."""

    N: SomeN = [5, 20, 100, 400, 1600, 6500]
    seeds: SomeSeeds = [1, 2, 3, 4, 5]
    window_ms: float = Default(100, "Length of the spike-triggered averages.", gt=0, le=1e4)
    ceiling: SpikeCeiling = "at_reset"


class NByDuration(Section):
    """Number of inputs against length of the recording, without noise."""

    N: SomeN = [20, 100, 400, 1600, 6500]
    duration_s: SomeDurations = [10, 30, 60, 120, 240, 600, 1200, 1800, 3600]
    seeds: SomeSeeds = [1, 2, 3]
    methods: SomeMethods = ["line_fit", "regression"]
    ceiling: SpikeCeiling = "at_reset"


class SideBySide(Section):
    """A few of the most active inputs of a noisy recording, tested by several methods."""

    N: NInputs = 6500
    seed: OneSeed = 1
    n_tested: int = Default(10, "Trains of each kind that are tested.", ge=1, le=10**8)
    methods: SomeMethods = ["sta", "line_fit"]
    spike_SNR: OneSpikeSNR = 40
    clip_percentile: ClipPercentile = 99.9
    ceiling: SpikeCeiling = "at_reset"


class RegressionNoise(Section):
    """All inputs and as many other trains, tested at once, in recordings with imaging noise."""

    N: SomeN = [400, 1600, 6500]
    seeds: SomeSeeds = [1, 2, 3, 4, 5]
    methods: SomeMethods = ["regression"]
    spike_SNR: SomeSpikeSNR = [inf, 100, 40, 20, 10, 4, 2, 1]
    clip_percentile: ClipPercentile = 99.9
    ceiling: SpikeCeiling = "before_reset"


class Observed(Section):
    """Only a share of the inputs is observed, and as many other trains."""

    N: NInputs = 6500
    seeds: SomeSeeds = [1, 2, 3, 4, 5]
    methods: SomeMethods = ["regression"]
    share: Annotated[list[Annotated[float, Field(gt=0, le=1)]], Distinct(100)] = Default(
        [0.05, 0.1, 0.25, 0.5, 1], "Shares of the inputs that are observed."
    )
    spike_SNR: SomeSpikeSNR = [inf, 40, 10]
    clip_percentile: ClipPercentile = 99.9
    ceiling: SpikeCeiling = "before_reset"


class Chance(Section):
    """What random guessing achieves."""

    seed: Seed = Default(1234, "Seed of the random t-values.")
    n_repetitions: int = Default(300, "Number of repetitions.", ge=1, le=100_000)


class _ConnectionInference(Section):
    """Which of the AdEx neuron's inputs can be detected among trains that are not connected?"""

    weights: str = Default(
        "published",
        "Input strength for 4 Hz at every N: published (the thesis's table), search (this "
        "workflow's own results of find_weight), or the name of a CSV table with the columns N and "
        "we_nS.",
        min_length=1,
        max_length=4096,
    )
    other_weight_nS: float = Default(
        0.2, "Input strength for N that are not in the table.", gt=0, le=1e6
    )
    timestep_ms: TimeStep = Default(0.1, "Step of the forward-Euler integration.")
    duration_s: Duration = Default(600, "Length of the recordings, unless it is varied.")
    n_tested: Annotated[int, Field(ge=1, le=10**8)] | Literal["all"] = Default(
        100,
        "Trains tested of each kind: the most active excitatory and inhibitory inputs, and as many "
        "unconnected ones; or all inputs. For clipping, noise and duration.",
    )
    window_ms: float = Default(20, "Length of the spike-triggered averages.", gt=0, le=1e4)
    n_shuffles: int = Default(
        100,
        "Number of times the inter-spike intervals of each train are shuffled.",
        ge=1,
        le=10_000,
    )
    shuffle_seed: Seed = Default(1, "Seed of the shuffles.")
    shuffle_seed_per_train: bool = Default(
        False,
        "Whether the shuffles of each train have their own seed: shuffle_seed + the train's place "
        "among those tested. As published, all trains have the same seed.",
    )
    noise_seed: Seed = Default(1, "Seed of the imaging noise.")
    unconnected_seed_offset: int = Default(
        1, "Seed of the unconnected trains minus the seed of the simulation.", ge=0, le=10**6
    )
    overview: Overview = Default(Overview(), Overview.__doc__)
    clipping: Clipping = Default(Clipping(), Clipping.__doc__)
    noise: Noise = Default(Noise(), Noise.__doc__)
    duration: RecordingDuration = Default(RecordingDuration(), RecordingDuration.__doc__)
    all_inputs: AllInputs = Default(AllInputs(), AllInputs.__doc__)
    window: WindowLength = Default(WindowLength(), WindowLength.__doc__)
    N_by_duration: NByDuration = Default(NByDuration(), NByDuration.__doc__)
    side_by_side: SideBySide = Default(SideBySide(), SideBySide.__doc__)
    regression_noise: RegressionNoise = Default(RegressionNoise(), RegressionNoise.__doc__)
    observed: Observed = Default(Observed(), Observed.__doc__)
    chance: Chance = Default(Chance(), Chance.__doc__)


if TYPE_CHECKING:
    ConnectionInference = _ConnectionInference
else:  # methods say themselves which keys they have
    ConnectionInference = create_model(
        "ConnectionInference",
        __base__=_ConnectionInference,
        __doc__=_ConnectionInference.__doc__,
        **{
            f"{method.name}_{key}": (
                option.type,
                Default(option.default, option.description, **option.limits),
            )
            for method in methods().values()
            for key, option in method.own.items()
        },
    )


class OneRecording(Section):
    """A recording whose inputs are to be detected, for studies. Windows, shuffles and the number of
    tested trains are those of connection_inference.
    """

    N: SomeN = [6500]
    seeds: SomeSeeds = [1, 2, 3, 4, 5]
    duration_s: Annotated[float, Field(gt=0, le=36_000)] = Default(600, "Length.")
    weight_pS: Annotated[float, Field(gt=0, le=1e9)] | None = Default(
        None, "Conductance step of an excitatory spike. By default, the one for 4 Hz at this N."
    )
    method: Method = Default("sta", "The test.")
    spike_SNR: OneSpikeSNR = inf
    clip_percentile: Annotated[Percentile | None, _clip] = None
    observed_share: Annotated[float, Field(gt=0, le=1)] = Default(
        1, "Share of the inputs that are observed. Of these, n_tested are tested."
    )
    ceiling: SpikeCeiling = "at_reset"


class NetworkRecording(Section):
    """Voltages of a network's neurons, from which connections are to be detected, for studies.
    Windows and shuffles are those of connection_inference. The network is described in its own
    section.
    """

    network: Literal["network", "adex_network", "izhikevich_network"] = Default(
        "adex_network", "The section that describes the network."
    )
    duration_s: Annotated[float, Field(gt=0, le=36_000)] = Default(60, "Length.")
    neurons: Literal["all"] | Annotated[NeuronIndices, Field(min_length=1)] = Default(
        "all", "Neurons whose voltages are recorded, counted from 0."
    )
    observed_share: Annotated[float, Field(gt=0, le=1)] = Default(
        1, "Share of the neurons whose spikes are observed. They are drawn at random."
    )
    method: Method = Default("regression", "The test of every pair of neurons.")
    spike_SNR: OneSpikeSNR = inf
    clip_percentile: Annotated[Percentile | None, _clip] = None
    ceiling: SpikeCeiling = "before_reset"


class Calibration(Section):
    """How often every method calls trains that are not connected, in simulations of a passive
    membrane."""

    situations: Annotated[
        list[Annotated[str, OneOf(lambda: SITUATIONS)]], Distinct(len(SITUATIONS))
    ] = Default(
        list(SITUATIONS),
        "; ".join(f"{name}: {each.title}" for name, each in SITUATIONS.items()) + ".",
    )
    duration_s: Annotated[float, Field(ge=1, le=3600)] = Default(120, "Length of the recordings.")
    sampling_ms: Annotated[list[Annotated[float, Field(ge=0.1, le=10)]], Distinct(100)] = Default(
        [0.1, 0.5, 1, 2.5],
        "Time steps over which the voltage is averaged, each a multiple of 0.1 ms.",
    )
    seeds: Annotated[list[Seed], Distinct(10_000)] = Default(
        list(range(1, 21)), "Seeds of the recordings."
    )


class Range(Section):
    """Numbers from one to another: n of them, evenly spaced; or all whole numbers."""

    from_: float = Default(..., "The first.", alias="from")
    to: float = Default(..., "The last.")
    n: int | None = Default(None, "How many; without it, whole numbers.", ge=1, le=1_000_000)
    log: bool = Default(False, "Whether ratios are equal, not distances.")

    def __str__(self) -> str:
        return f"from {self.from_:g} to {self.to:g}"


Value = bool | int | Annotated[float, Field(allow_inf_nan=True)] | str
Values = Annotated[list[Value], Field(min_length=1, max_length=1_000_000)]


class Study(Section):
    """Your own question: parameters that are varied, and a quantity that is measured."""

    measure: Annotated[str, OneOf(measures)] = Default(
        ...,
        "; ".join(f"{name}: {each.description}" for name, each in measures().items()) + ".",
    )
    vary: dict[str, Values | Range] = Default(
        {},
        "Keys of this configuration with their values: {neuron.b_pA: [0, 65], "
        "neuron.tau_w_ms: {from: 10, to: 1000, n: 9, log: true}}.",
    )
    zip: bool = Default(
        False,
        "Combine the first values of all keys, then the second ones, and so on, instead of "
        "all with all.",
    )
    cases: dict[str, dict[str, Value | Values | Range]] = Default(
        {},
        "Named sets of keys and their values, in addition to a grid or instead of it: {bursting: "
        "{neuron.V_reset_mV: -47}}.",
    )
    set: dict[str, Value | Values | Range] = Default(
        {},
        "Keys with values that differ from the rest of the configuration: {experiment.seeds: "
        "{from: 0, to: 49}}.",
    )
    x: str | None = Default(None, "The column on the x axis of the figure. By default, the first.")
    hue: str | None = Default(None, "The column that colours stand for.")
    col: str | None = Default(None, "The column that has a panel for each value, side by side.")
    row: str | None = Default(None, "The column that has a row of panels for each value.")


class RecordedVoltage(Section):
    """The file with the voltage. Information that the file contains need not be given."""

    file: FileName = Default(
        ...,
        "ABF or another format that Neo reads, NWB, CSV, Parquet, NPZ (columns V_mV, time_s) "
        "or NPY.",
    )
    channel: Annotated[int, Field(ge=0, le=10_000)] | str | None = Default(
        None, "Number (from 0) or name of the signal, if there is more than one voltage."
    )
    sweeps: Literal["all"] | Annotated[list[int], Distinct(100_000)] = Default(
        "all", "Numbers of the sweeps, from 0."
    )
    unit: Annotated[float, Field(gt=0)] | str | None = Default(
        None,
        "V, mV or uV; for a signal without a unit, the number of mV that one of it stands for.",
    )
    sampling_rate_Hz: Annotated[float, Field(gt=0, le=1e7)] | None = Default(
        None, "Samples per second, if the file has neither a sampling rate nor time stamps."
    )


class RecordedSpikes(Section):
    """The file with the spike trains."""

    file: FileName = Default(
        ...,
        "NWB, CSV or Parquet (columns train, time_s), NPZ, another format that Neo reads; or a "
        "folder with a text file for each train.",
    )
    time_unit: Literal["s", "ms"] = Default("s", "Unit of times that have none.")


class OwnRecording(Section):
    """Your own recording: which spike trains drive the voltage?"""

    voltage: RecordedVoltage = Default(..., RecordedVoltage.__doc__)
    spikes: RecordedSpikes = Default(..., RecordedSpikes.__doc__)
    own_spikes: FileName = Default(
        "detect",
        "The neuron's own spikes: detect (in the voltage), none, or a file as for spikes.",
    )
    clock_offset_s: float = Default(
        0.0, "Time that is added to spike times to align them with the clock of the voltage."
    )
    exclude_s: Annotated[
        list[Annotated[list[float], Field(min_length=2, max_length=2)]], Field(max_length=100_000)
    ] = Default([], "Begin and end of each interval that is left out: [[12, 12.5]].")
    drop: bool = Default(
        False,
        "Drop spikes that are NaN, duplicated or beyond the recording. By default, they are "
        "an error.",
    )
    method: Method = Default(
        "regression",
        "The test. Methods other than the regression take one sweep without gaps and give no "
        "sizes.",
    )
    null_distribution: Literal["empirical", "surrogates"] | None = Default(
        None,
        "How the size of z by chance is found: from all trains, most of which are not connected "
        "(the default of the regression), or from surrogates.",
    )
    timing_window_ms: Annotated[float, Field(gt=0, le=1e5)] | None = Default(
        None, "Anything that trains share with the voltage on longer time scales does not count."
    )
    false_discovery_rate: float = Default(
        0.05, "False-discovery rate among the trains that are called.", gt=0, lt=1
    )


class ExternalChecks(Section):
    """Tests of the methods on data that were made elsewhere: recorded voltages and simulated
    cultures."""

    folder: FileName | None = Default(
        None,
        "Where ABF files are (voltages), and NPZ files with the arrays times (s), ids, nodes and "
        "marked_edges (from, to, weight; 0: none, NaN: not known). Other files are ignored.",
    )
    n_trains: Annotated[int, Field(ge=30, le=10_000)] = Default(
        100, "Number of random trains that are tested with a voltage, for each seed."
    )
    rate_Hz: float = Default(4, "Firing rate of random trains.", gt=0, le=1000)
    seeds: Annotated[list[Seed], Distinct(10_000)] = Default(
        [1, 2, 3, 4, 5], "Seeds of random trains."
    )


class Config(Section):
    """Configuration of the workflow."""

    experiment: Experiment = Experiment()
    inputs: Inputs = Inputs()
    neuron: AnyNeuron = Default(
        NEURONS[DEFAULT_MODEL].model_validate({}),
        "The neuron and its synapses, in all experiments with N inputs. With another model, the "
        "section has the keys of that model.",
    )
    sweep: Sweep = Sweep()
    find_weight: FindWeight = FindWeight()
    example: Example = Example()
    izhikevich: Izhikevich = Izhikevich()
    network: Network = Network()
    adex_network: AdExNetwork = AdExNetwork()
    izhikevich_network: IzhikevichNetwork = IzhikevichNetwork()
    connection_test: ConnectionTest = ConnectionTest()
    connection_inference: ConnectionInference = ConnectionInference()
    recording: OneRecording = OneRecording()
    network_recording: NetworkRecording = NetworkRecording()
    calibration: Calibration = Calibration()
    external_checks: ExternalChecks = ExternalChecks()
    studies: dict[str, Study] = Field(default={}, description=Study.__doc__)
    recordings: dict[str, OwnRecording] = Field(default={}, description=OwnRecording.__doc__)

    def as_written(self) -> dict[str, Any]:
        """As in a file. Numbers are, in which pydantic misses the point."""
        return self.model_dump(by_alias=True, warnings="none")


def types_of(config: Config) -> dict[str, Neuron]:
    """The types of neurons in the network, by name."""
    types = {
        name: neuron_of(type_under(given, config.izhikevich, config.neuron))
        for name, given in config.network.types.items()
    }
    return types or {"regular": MODELS["izhikevich"].parameters(**config.izhikevich.in_SI())}


def model_of(section: str) -> type[BaseModel]:
    """Of a section of the configuration with keys of its own."""
    return cast(type[BaseModel], Config.model_fields[section].annotation)
