"""The N-to-1 experiment of 2021: Poisson trains, some of them connected, one Izhikevich neuron,
and its voltage as imaging would show it.

    C dv/dt = k (v - v_r) (v - v_t) - u - g_exc (v - E_exc) - g_inh (v - E_inh)
    τ_g dg/dt = -g                                           for g_exc and g_inh

All connected trains of a kind share one conductance: their sum is all that the neuron notices,
so no train needs a trace of its own.

Source: ``simulate_and_test_connections`` in the notebook of 2021-11-18, and the code it calls.
"""

import random
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nto1.neurons.izhikevich import Izhikevich
from nto1.simulation.network import Connections, Network, simulate_network
from nto1.units import Hz, ms, mV, nS, s

if TYPE_CHECKING:
    from nto1.config.model import OneConnectionTest, Section


class PoissonTrains(NamedTuple):
    """What the input trains are like. Defaults: the notebook's."""

    n_trains: int = 30
    spike_rate: float = 20 * Hz
    p_inhibitory: float = 0.2
    p_connected: float = 0.7  # of either kind


class Synapses(NamedTuple):
    """Defaults: the notebook's."""

    exc_weight: float = 0.4 * nS  # conductance step of a spike
    inh_weight: float = 1.6 * nS
    E_exc: float = 0 * mV
    E_inh: float = -65 * mV
    τ_g: float = 7 * ms


class Experiment(NamedTuple):
    """Defaults: the notebook's."""

    duration: float = 600 * s
    timestep: float = 0.1 * ms
    trains: PoissonTrains = PoissonTrains()
    synapses: Synapses = Synapses()
    neuron: Izhikevich = Izhikevich()

    @classmethod
    def of(cls, test: "OneConnectionTest", neuron: "Section") -> "Experiment":
        """From sections of a configuration."""
        values = test.in_SI()
        trains = PoissonTrains(*(values[name] for name in PoissonTrains._fields))
        synapses = Synapses(*(values[name] for name in Synapses._fields))
        model = Izhikevich(**neuron.in_SI())
        return cls(values["duration"], values["timestep"], trains, synapses, model)

    @property
    def n_steps(self) -> int:
        return round(self.duration / self.timestep)


class Connectivity(NamedTuple):
    """Inhibitory trains come first; of either kind, the connected ones do."""

    inhibitory: np.ndarray  # [n_trains] bool
    connected: np.ndarray  # [n_trains] bool


class ExperimentDraw(NamedTuple):
    """The random part of an experiment."""

    times: list[np.ndarray]  # s, ascending, of every train's spikes
    connectivity: Connectivity
    rng: np.random.RandomState  # for what is still to be drawn: first the imaging noise


class Response(NamedTuple):
    v: np.ndarray  # [n_steps] V
    spike_steps: np.ndarray  # [n_spikes] int64, the steps of the resets


def draw_trains(
    trains: PoissonTrains, duration: float, rng: np.random.RandomState
) -> list[np.ndarray]:
    """Spike times (s, ascending) of every Poisson train.

    Intervals are drawn in blocks of as many as are expected, from NumPy's legacy generator, as
    the published code did. Raises ``ValueError`` if less than one spike is expected.
    """
    block = round(duration * trains.spike_rate)
    if block < 1:
        raise ValueError(
            f"no spikes are to be expected in {duration:g} s at {trains.spike_rate:g} Hz: take a "
            f"longer recording or a higher rate"
        )

    def train():
        times = np.empty(0)
        while times.size == 0 or times[-1] <= duration:
            last = times[-1] if times.size else 0
            intervals = rng.exponential(1 / trains.spike_rate, block)
            times = np.append(times, last + np.cumsum(intervals))
        return times[times < duration]

    return [train() for _ in range(trains.n_trains)]


def draw_connectivity(trains: PoissonTrains, rng: random.Random) -> Connectivity:
    """How many trains are inhibitory and connected, from Python's generator: whole numbers next to
    the given proportions, at random the one above or below."""
    n_inh = int(trains.p_inhibitory * trains.n_trains + rng.random())
    n_exc = trains.n_trains - n_inh
    connected = []
    for n in (n_inh, n_exc):
        n_connected = int(trains.p_connected * n + rng.random())
        connected += [True] * n_connected + [False] * (n - n_connected)
    inhibitory = np.arange(trains.n_trains) < n_inh
    return Connectivity(inhibitory, np.array(connected, bool))


def draw_experiment(experiment: Experiment, seed: int) -> ExperimentDraw:
    """Draw trains and wiring, in the published order. Raises what ``draw_trains`` raises."""
    rng = np.random.RandomState(seed)
    times = draw_trains(experiment.trains, experiment.duration, rng)
    return ExperimentDraw(times, draw_connectivity(experiment.trains, random.Random(seed)), rng)


def simulate_voltage(
    drawn: ExperimentDraw,
    experiment: Experiment,
    n_steps: int | None = None,
    late_reset: bool = False,
) -> Response:
    """The neuron's response, from rest, for the whole duration or so many steps of it.

    A step that would end above the peak is where a spike is cut off. Either the step before is
    drawn up to the peak and this one is the reset: "a slightly too sharp and early peak". Or
    (``late_reset``) this one is cut down to the peak and the reset comes a step later: "a
    slightly too late and flat-topped one". The notebook took the first.

    Raises ``DivergenceError`` if the voltage diverges.
    """
    dt, n_steps = experiment.timestep, n_steps or experiment.n_steps
    # Spikes that are felt in sample 0 were never delivered: conductances started there, at zero.
    trains = []
    for times in drawn.times:
        steps = np.rint(times / dt)
        trains.append(times[(steps > 0) & (steps < n_steps)])
    activity = simulate_network(
        network_of(drawn.connectivity, experiment),
        # so that round(duration / dt) is n_steps, and no spike is beyond the end
        n_steps * dt,
        dt,
        trains,
        record={"v": [0]},
        update="simultaneous",
        reset="late" if late_reset else "early",
    )
    # Here, the step of a spike is the sample after it.
    spike_steps = activity.spike_steps + 1
    spike_steps = spike_steps[spike_steps < n_steps]
    v = activity.recorded["v"][:n_steps, 0]
    if not late_reset:
        v[spike_steps - 1] = experiment.neuron.v_peak
    return Response(v, spike_steps)


def network_of(connectivity: Connectivity, experiment: Experiment) -> Network:
    """One neuron, and synapses of the connected trains."""
    synapses, (inhibitory, connected) = experiment.synapses, connectivity
    weights = np.where(inhibitory, synapses.inh_weight, synapses.exc_weight) * connected
    E = np.where(inhibitory, synapses.E_inh, synapses.E_exc)
    inputs = Connections.of_matrix(weights[:, np.newaxis], E)
    neuron = {"neuron": experiment.neuron}
    return Network.of(neuron, ["neuron"], inputs=inputs, τ_g=synapses.τ_g)


def imaging_noise(spike_SNR: float, neuron: Izhikevich) -> float:
    """Standard deviation σ (V) of the noise in an imaged voltage, v + σ z with standard normals z:
    (v_peak - v_r) / spike_SNR."""
    return (neuron.v_peak - neuron.v_r) / spike_SNR
