"""How well connected trains are told from others in the experiment of 2021."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from nto1.measures.measure import Columns, Measure, Report, Work, name_of
from nto1.studies import recording_of

if TYPE_CHECKING:
    from nto1.config.studies import Case

# Measured: per time step; and to shuffle a spike, and to add its window of 100 ms twice.
SECONDS_PER_STEP, SECONDS_PER_SPIKE = 20e-9, 100e-9


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
            section, neuron = case.config["connection_test"], case.config["izhikevich"]
            for seed in section["seeds"]:
                test = one_test(section) | {"seed": seed}
                task = {"columns": case.columns, "test": test, "neuron": neuron}
                shared = name_of(recording_of(test), neuron)
                n_steps = test["duration_s"] / (test["timestep_ms"] * 1e-3)
                n_spikes = test["n_trains"] * test["spike_rate_Hz"] * test["duration_s"]
                seconds_shared = n_spikes * test["n_shuffles"] * SECONDS_PER_SPIKE
                seconds = n_steps * SECONDS_PER_STEP
                yield Work(shared, name, (), task, 1, seconds, seconds_shared)

    def run(
        self, tasks: Iterable[dict], tables: Mapping[str, Any], threads: int, report: Report
    ) -> Iterator[Columns]:
        from nto1.studies.connection_tests import connection_test_areas

        for row in connection_test_areas(list(tasks), threads, report):
            yield {name: [value] for name, value in row.items()}


def one_test(section: dict[str, Any]) -> dict[str, Any]:
    """Of the section connection_test, what a single test depends on."""
    others = ("seeds", "seeds_up_to_s", "significance", "excerpt", "variants")
    return {key: value for key, value in section.items() if key not in others}


MEASURE = ConnectionTest()
