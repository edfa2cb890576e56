"""How well connected trains are told from others in the experiment of 2021."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from nto1.measures.measure import Columns, Measure, Report, Work, name_of
from nto1.simulation.voltage_imaging import Experiment
from nto1.units import ms

if TYPE_CHECKING:
    from nto1.config.model import OneConnectionTest, Section
    from nto1.config.studies import Case

# Measured: per time step; and to shuffle a spike, and to add its window of 100 ms twice.
SECONDS_PER_STEP, SECONDS_PER_SPIKE = 20e-9, 100e-9


# Tests that share a recording: each keeps a noisy voltage of its own in memory.
MAX_TESTS_AT_ONCE = 4


class Recording(NamedTuple):
    """A voltage without noise, and the shuffles of its trains: tests that differ in noise or
    p-value alone share them."""

    experiment: Experiment
    seed: int
    window: float  # s
    n_shuffles: int


class ImagingTest(NamedTuple):
    """A connection test."""

    columns: Mapping[str, Any]  # that distinguish the case
    recording: Recording
    spike_SNR: float
    is_published: bool  # its p-value

    @classmethod
    def of(
        cls, columns: Mapping[str, Any], section: "OneConnectionTest", neuron: "Section", seed: int
    ) -> "ImagingTest":
        """From the sections connection_test and izhikevich."""
        experiment, window = Experiment.of(section, neuron), section.window_ms * ms
        recording = Recording(experiment, seed, window, section.n_shuffles)
        return cls(columns, recording, section.imaging_spike_SNR, section.p_value == "published")

    @property
    def seconds(self) -> tuple[float, float]:
        """On one core; and more, if it doesn't share its recording."""
        experiment = self.recording.experiment
        n_spikes = experiment.duration * experiment.trains.n_trains * experiment.trains.spike_rate
        shared = n_spikes * self.recording.n_shuffles * SECONDS_PER_SPIKE
        return experiment.n_steps * SECONDS_PER_STEP, shared


class ConnectionTest(Measure):
    name = "connection_test"
    description = "how well connected trains are told from others, in connection_test"
    sections = ("connection_test", "izhikevich")
    lists = {"connection_test.seeds": "seed"}
    not_varied = frozenset(
        {
            *("connection_test.seed", "connection_test.seeds_up_to_s"),
            *("connection_test.variants", "connection_test.significance"),
        }
    )
    measured = (
        *("area", "area_exc", "area_inh"),
        *("ties_halved", "ties_halved_exc", "ties_halved_inh"),
    )
    limits = dict.fromkeys(measured, (0, 1))
    shown = ("area",)
    runs = ("connection test", "connection tests")

    def work(self, cases: Mapping[str, "Case"]) -> Iterator[Work]:
        for name, case in cases.items():
            section, neuron = case.config.connection_test, case.config.izhikevich
            for seed in section.seeds:
                task = ImagingTest.of(case.columns, section, neuron, seed)
                yield Work(name_of(task.recording), name, (), task, 1, *task.seconds)

    def run(
        self, tasks: Iterable[ImagingTest], tables: Mapping[str, Any], threads: int, report: Report
    ) -> Iterator[Columns]:
        from nto1.inference.scores import roc
        from nto1.studies.connection_tests import connection_tests

        for test, drawn, _, p in connection_tests(tasks, threads, report):
            areas = roc(p, drawn.connectivity.connected, drawn.connectivity.inhibitory).areas()
            row = {**test.columns, "seed": test.recording.seed, **areas}
            yield {name: [value] for name, value in row.items()}


MEASURE = ConnectionTest()
