"""Firing rates in a network of one's own."""

from collections.abc import Iterable, Iterator, Mapping
from math import inf
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from nto1.measures.measure import Columns, Measure, Report, Work
from nto1.neurons import Neuron
from nto1.simulation.inputs import TimeGrid

if TYPE_CHECKING:
    from nto1.config.model import Network
    from nto1.config.studies import Case

# Measured: per time step and neuron, with noise.
SECONDS_PER_STEP, SECONDS_TO_BEGIN = 2e-8, 0.01


class NetworkCase(NamedTuple):
    """A network, and what distinguishes it."""

    columns: Mapping[str, Any]
    network: "Network"
    types: dict[str, Neuron]


class Rates(Measure):
    name = "network"
    description = (
        "firing rate of the network's neurons, over the whole run and over its second half, and "
        "the coefficient of variation of their inter-spike intervals"
    )
    sections = ("network", "izhikevich", "neuron")
    lists: ClassVar[Mapping[str, str]] = {}
    not_varied = frozenset({"network.shown_s", "network.recorded_neurons"})
    measured = ("rate_Hz", "late_rate_Hz", "CV_ISI")
    shown = ("rate_Hz", "late_rate_Hz")
    limits = {"rate_Hz": (0, inf), "late_rate_Hz": (0, inf), "CV_ISI": (0, inf)}
    tables = ("network",)

    def work(self, cases: Mapping[str, "Case"]) -> Iterator[Work]:
        from nto1.config.model import types_of

        for name, case in cases.items():
            network = case.config.network
            n_steps = 1000 * network.duration_s / network.timestep_ms
            seconds = SECONDS_TO_BEGIN + SECONDS_PER_STEP * n_steps * (network.N or 1000)
            # Classes of types are made, and can not be pickled.
            without = network.without("types")
            task = NetworkCase(case.columns, without, types_of(case.config))
            yield Work("", name, (), task, 1, seconds)

    def run(
        self, tasks: Iterable[NetworkCase], tables: Mapping[str, Any], threads: int, report: Report
    ) -> Iterator[Columns]:
        from nto1.config.network import NetworkRun

        for columns, section, types in tasks:
            run = NetworkRun.of(section, types)
            activity = run.simulate({})
            spikes = activity.spike_steps, activity.spike_neurons
            measured = rates(*spikes, run.network.N, run.time_grid)
            yield {name: [value] for name, value in (dict(columns) | measured).items()}
            report(1)


def rates(steps: np.ndarray, neurons: np.ndarray, N: int, time_grid: TimeGrid) -> dict[str, float]:
    """Of N neurons' spikes [n_spikes], in order: mean rates (Hz); and the mean coefficient of
    variation of those neurons that have two intervals or more, NaN if there is none."""
    is_late = steps >= time_grid.n_steps / 2
    order = np.argsort(neurons, kind="stable")
    ends = np.cumsum(np.bincount(neurons, minlength=N))[:-1]
    intervals = map(np.diff, np.split(steps[order], ends))
    CV = [some.std() / some.mean() for some in intervals if some.size > 1]
    return {
        "rate_Hz": steps.size / (N * time_grid.duration),
        "late_rate_Hz": np.count_nonzero(is_late) / (N * time_grid.duration / 2),
        "CV_ISI": float(np.mean(CV)) if CV else np.nan,
    }


MEASURE = Rates()
