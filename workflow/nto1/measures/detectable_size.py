"""How small a potential may be and still be found, in recordings like ``recording``."""

from collections.abc import Iterable, Iterator, Mapping
from math import inf
from typing import TYPE_CHECKING, Any

from nto1.inference.method import methods
from nto1.inference.n_to_1 import imaged
from nto1.measures.connections import Connections, Detection
from nto1.measures.measure import Columns, Report
from nto1.recordings.recording import Recording, Segment

if TYPE_CHECKING:
    import pandas as pd


class DetectableSize(Connections):
    name = "detectable_size"
    description = (
        "the size of potentials that the regression would find with a probability of 80 %, in "
        "recordings like recording"
    )
    not_varied = Connections.not_varied.union(
        ["recording.method"],
        (f"connection_inference.{key}" for each in methods().values() for key in each.options),
    )
    measured = ("detectable_mV", "found_share")
    limits = {"detectable_mV": (0, inf), "found_share": (0, 1)}
    also = ("output_rate_Hz",)
    shown = ("detectable_mV",)
    logarithmic = True

    def run(
        self, tasks: Iterable[Detection], tables: Mapping[str, Any], threads: int, report: Report
    ) -> Iterator[Columns]:
        """A row for each recording and signal: the median of its trains' ``detectable_mV``, and how
        many of the potentials of that size were found that were added to the voltage."""
        from nto1.recordings.detection import detect

        for task in tasks:
            recorded, trains = task.recording.record(tables["weights"])
            names = tuple(map(str, range(len(trains.times))))
            for item in task.items:
                own = Recording(
                    (Segment(0.0, imaged(recorded, item.signal)),),
                    recorded.time_grid.timestep,
                    *(names, tuple(trains.times), recorded.spike_times),
                    dropped=("",) * len(names),
                )
                found = detect(own, null="surrogates", threads=threads)
                row = {"N": recorded.N, "seed": recorded.seed, **item.columns}
                row |= {
                    "detectable_mV": found.table["detectable_mV"].median(),
                    "found_share": found.injection.found.mean() if found.injection else 0.0,
                    "output_rate_Hz": recorded.output_rate,
                }
                yield {name: [value] for name, value in row.items()}
            report(len(task.items))

    def rows(self, made: "pd.DataFrame") -> "pd.DataFrame":
        return made


MEASURE = DetectableSize()
