"""Recordings of a passive membrane: what its inputs and other trains may have in common.

A membrane adds up the potentials of 160 excitatory and 40 inhibitory inputs,

    V(t) = E + Σ_k w_k (h * s_k)(t) + noise,

of which 20 are observed, beside 200 trains that are not connected. Tests that call 5 % of the
latter connected are calibrated. In each *situation* something is not as such tests assume: trains
share a rhythm or a state with the voltage, the recording drifts, spikes are sorted twice.
"""

from typing import NamedTuple

import numpy as np
import scipy

from nto1.inference.kinds import EXCITATORY, INHIBITORY, UNCONNECTED
from nto1.regression.kernel import Kernel
from nto1.units import ms, mV

DT = 0.1 * ms
REST = -65 * mV
POTENTIAL = Kernel(3 * ms, 20 * ms)  # of the synapse, of the membrane
SIZE = 0.4 * mV
N_EXCITATORY, N_INHIBITORY, N_UNCONNECTED = 160, 40, 200
OBSERVED = np.r_[:16, N_EXCITATORY : N_EXCITATORY + 4]  # of the inputs
NOISE = 1 * mV  # of the means over 1 ms
MEAN_RATE, LOG_RATE_VARIANCE = 5.0, 0.25  # Hz, of trains: lognormal
DEPTH = 0.8  # of what modulates rates

# The neuron's own spikes leave no trace in the voltage: they are drawn with a rate that grows by a
# factor of e with so many volts.
OUTPUT_RATE, SOFTNESS = 5.0, 3 * mV


class Situation(NamedTuple):
    """What trains share with the voltage, and what is wrong with a recording."""

    title: str
    rhythm: float = 0.0  # Hz: all rates follow a rhythm whose phase drifts
    states: bool = False  # up and down: rates, and the voltage by 10 mV
    bursts: bool = (
        False  # common ones of 5 ms, two in a second, in which rates are ten times as high
    )
    drift: bool = False  # of all rates and, by 10 mV, of the voltage
    own_depth: bool = False  # each train takes part to a degree of its own, from none to all
    own_phase: bool = False  # and with a phase of its own
    taking_part: float = 1.0  # share of the trains
    bleaching: bool = False  # the voltage falls by 20 mV, with 12 jumps of 10 mV
    shared: float = 0.0  # of an unconnected train's spikes, with an observed input (of the fewer)
    in_burst: int = 1  # each train's spikes come in bursts of so many
    doubled: bool = False  # by spike sorting, half a millisecond later
    n_few: int = 0  # unconnected trains that have three spikes in all
    latency: float = 0.0  # s, of all potentials
    gap: float = 0.0  # share of the recording in which the voltage stands still


SITUATIONS = {
    "poisson": Situation("Poisson trains"),
    "8_Hz": Situation("8 Hz rhythm", rhythm=8),
    "40_Hz": Situation("40 Hz rhythm", rhythm=40),
    "states": Situation("Up and down states", states=True),
    "bursts": Situation("Common bursts of 5 ms", bursts=True),
    "drift": Situation("Slow drift of voltage and rates", drift=True),
    "bleaching": Situation("Bleaching and jumps", bleaching=True),
    "40_Hz_own": Situation(
        "40 Hz, own depths and phases", rhythm=40, own_depth=True, own_phase=True
    ),
    "40_Hz_any_phase": Situation("40 Hz, any phase", rhythm=40, own_phase=True),
    "bursts_own": Situation("Bursts, own depths", bursts=True, own_depth=True),
    "bursts_in_some": Situation("Bursts in 30 % of the trains", bursts=True, taking_part=0.3),
    "shared": Situation("30 % of spikes shared with an input", shared=0.3),
    "triplets": Situation("Bursts of three spikes", in_burst=3),
    "doubled": Situation("Every spike sorted twice", doubled=True),
    "three_spikes": Situation("Three spikes in half of the others", n_few=100),
    "latency": Situation("Latency of 5 ms", latency=5 * ms),
    "gap": Situation("A gap of 10 %", gap=0.1),
}


class PassiveRecording(NamedTuple):
    V: np.ndarray  # [n_steps] V
    dt: float  # s
    trains: list[np.ndarray]  # s, ascending: observed inputs, and others
    kinds: np.ndarray  # [n_trains] str
    output_times: np.ndarray  # s

    def sampled(self, dt: float) -> "PassiveRecording":
        """With means over longer steps, as a camera takes them.

        Raises ``ValueError`` for a step that is no multiple of the recording's.
        """
        factor = round(dt / self.dt)
        if factor < 1 or abs(factor * self.dt - dt) > 1e-6 * dt:
            raise ValueError(f"steps of {dt / ms:g} ms are no multiple of {self.dt / ms:g} ms")
        n = self.V.size // factor
        return self._replace(V=self.V[: n * factor].reshape(n, factor).mean(axis=1), dt=dt)


def record_passive(situation: Situation, duration: float, seed: int) -> PassiveRecording:
    """A recording of so many seconds, in steps of 0.1 ms.

    Parameters
    ----------
    situation
        One of ``SITUATIONS``, or one's own.
    duration
        Of the recording (s).
    seed
        Of all that is random.

    Returns
    -------
    PassiveRecording
        20 observed inputs come first, and then the 200 trains that are not connected.

    Examples
    --------
    >>> recording = record_passive(SITUATIONS["40_Hz"], duration=1.0, seed=1)
    >>> recording.V.size, recording.sampled(1 * ms).V.size, len(recording.trains)
    (10000, 1000, 220)
    """
    rng = np.random.default_rng(seed)
    n_steps = round(duration / DT)
    modulation, voltage = _modulation(situation, n_steps, rng)
    n_inputs = N_EXCITATORY + N_INHIBITORY
    trains = _draw(situation, modulation, n_inputs + N_UNCONNECTED, duration, rng)
    inputs, others = trains[:n_inputs], trains[n_inputs:]

    sizes = SIZE * np.repeat([1.0, -1.0], [N_EXCITATORY, N_INHIBITORY])
    drive = np.zeros(n_steps)
    for w, times in zip(sizes, inputs, strict=True):
        np.add.at(drive, _steps(times, n_steps), w)
    h = POTENTIAL._replace(δ=situation.latency).samples(DT)
    membrane = scipy.signal.oaconvolve(drive, h)[:n_steps] + voltage
    output_times = DT * np.flatnonzero(rng.random(n_steps) < _escape(membrane))

    observed = [inputs[k] for k in OBSERVED]
    trains = observed + [_other(situation, times, observed, duration, rng) for times in others]
    if situation.doubled:
        trains = [np.sort(np.append(times, times + 0.5 * ms)) for times in trains]
    trains = [times[times < duration] for times in trains]
    kinds = np.where(sizes[OBSERVED] > 0, EXCITATORY, INHIBITORY).tolist()
    V = REST + membrane + rng.normal(0, NOISE * np.sqrt(1 * ms / DT), n_steps)
    V = _as_recorded(situation, V, rng)
    kinds += [UNCONNECTED] * N_UNCONNECTED
    return PassiveRecording(V, DT, trains, np.array(kinds), output_times)


def _modulation(
    situation: Situation, n_steps: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """What rates follow, with a mean near 0: complex [n_steps], turned by each train's phase; and
    what is added to the voltage (V) [n_steps]."""
    t = DT * np.arange(n_steps)
    nothing = np.zeros(n_steps)
    if situation.rhythm:  # coherent for some cycles
        wander = np.sqrt(situation.rhythm * DT) * rng.standard_normal(n_steps)
        return np.exp(1j * (2 * np.pi * situation.rhythm * t + np.cumsum(wander))), nothing
    if situation.states:  # that last for half a second on average
        up = np.cumsum(rng.random(n_steps) < DT / 0.5) % 2
        return 2.0 * up - 1, scipy.signal.lfilter(*_low_pass(20 * ms), 10 * mV * up)
    if situation.bursts:
        begins = np.sort(rng.integers(0, n_steps, rng.poisson(2 * n_steps * DT)))
        inside = np.zeros(n_steps)
        for begin in begins:
            inside[begin : begin + round(5 * ms / DT)] = 1
        return 10 * (inside - inside.mean()), nothing
    if situation.drift:
        slow = np.cos(2 * np.pi * (t / 60 + rng.random()))
        return slow, 5 * mV * slow
    return nothing, nothing


def _draw(
    situation: Situation,
    modulation: np.ndarray,
    n_trains: int,
    duration: float,
    rng: np.random.Generator,
) -> list[np.ndarray]:
    """Poisson trains with rates r (1 + depth · modulation), by thinning."""
    trains, peak = [], np.abs(modulation).max()
    for _ in range(n_trains):
        depth = DEPTH * (rng.random() if situation.own_depth else 1.0)
        depth *= rng.random() < situation.taking_part
        turn = np.exp(2j * np.pi * rng.random()) if situation.own_phase else 1.0
        spread = np.sqrt(LOG_RATE_VARIANCE) * rng.standard_normal() - LOG_RATE_VARIANCE / 2
        rate = MEAN_RATE * np.exp(spread) / situation.in_burst
        highest = 1 + depth * peak
        times = np.sort(rng.uniform(0, duration, rng.poisson(rate * highest * duration)))
        there = 1 + depth * (modulation[_steps(times, modulation.size)] * turn).real
        times = times[rng.random(times.size) * highest < there]
        if situation.in_burst > 1:
            later = rng.uniform(3 * ms, 5 * ms, (situation.in_burst - 1, times.size))
            times = np.concatenate([times[np.newaxis], times + np.cumsum(later, axis=0)])
        times = np.sort(times.ravel())
        trains.append(times[times < duration])
    return trains


def _other(
    situation: Situation,
    times: np.ndarray,
    inputs: list[np.ndarray],
    duration: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """A train that is not connected, as it is observed."""
    if situation.n_few and rng.random() < situation.n_few / N_UNCONNECTED:
        return np.sort(rng.uniform(0, 0.99 * duration, 3))
    if situation.shared:
        of = inputs[rng.integers(len(inputs))]
        n = round(situation.shared * min(of.size, times.size))
        own = rng.choice(times, times.size - n, replace=False)
        return np.sort(np.append(own, rng.choice(of, n, replace=False)))
    return times


def _as_recorded(situation: Situation, V: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    if situation.bleaching:
        V = V - 20 * mV * (1 - np.exp(-np.linspace(0, 3, V.size)))
        for begin in rng.integers(0, V.size, 12):
            V[begin:] += rng.choice([-10, 10]) * mV
    if situation.gap:
        begin = rng.integers(0, round((1 - situation.gap) * V.size))
        V[begin : begin + round(situation.gap * V.size)] = V[begin]
    return V


def _escape(membrane: np.ndarray) -> np.ndarray:
    """Probability of an output spike in each step."""
    relative = np.exp((membrane - membrane.max()) / SOFTNESS)
    return OUTPUT_RATE * DT * relative / relative.mean()


def _low_pass(τ: float) -> tuple[list[float], list[float]]:
    keep = np.exp(-DT / τ)
    return [1 - keep], [1, -keep]


def _steps(times: np.ndarray, n_steps: int) -> np.ndarray:
    return np.minimum((times / DT).astype(int), n_steps - 1)
