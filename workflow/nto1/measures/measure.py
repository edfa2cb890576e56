"""What a measure is, and which there are.

A measure says what it depends on, cuts a case into pieces of work, does them, and knows how to
summarise and show what it found. The thesis's sweep, searches and result sets are made by the same
functions.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from nto1 import measures as package
from nto1.registry import offered_in

if TYPE_CHECKING:
    import pandas as pd

    from nto1.config.model import Study
    from nto1.config.studies import Case

Columns = Mapping[str, Any]  # of a table: arrays or lists of equal length, by name
Report = Callable[[int], None]  # is told how many more runs are done


class Work(NamedTuple):
    """The least that is run: one weight of a case with some seeds, one search, one recording."""

    shared: str  # the same for all that share their inputs: these are run one after the other
    case: str
    order: tuple  # among those of a case
    task: Any  # the measure's own type
    n_runs: int
    seconds: float  # on one core
    seconds_shared: float = 0.0  # more, unless what was run before shares its inputs

    @property
    def name(self) -> tuple:
        return self.shared, self.case, self.order


class Measure:
    """The base of all measures; most of it is declared."""

    name: ClassVar[str]  # as studies call it
    description: ClassVar[str]  # in the reference of the configuration
    sections: ClassVar[tuple[str, ...]]  # of the configuration, on which it depends
    # Keys that hold a list, of which each value is a run of its own; and their columns.
    lists: ClassVar[Mapping[str, str]]
    not_varied: ClassVar[frozenset[str]] = frozenset()  # keys of its sections without effect
    columns: ClassVar[Mapping[str, str]] = {}  # of other keys, where not their last part
    given: ClassVar[tuple[str, ...]] = ()  # columns of what a case was told
    measured: ClassVar[tuple[str, ...]]  # columns, of which means and intervals are given
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {}  # of these, that intervals respect
    also: ClassVar[tuple[str, ...]] = ()  # columns of single runs alone
    shown: ClassVar[tuple[str, ...]]  # in the figure, a row of panels each
    logarithmic: ClassVar[bool] = False  # the figure's y-axes
    runs: ClassVar[tuple[str, str]] = ("run", "runs")  # what they are called
    tables: ClassVar[tuple[str, ...]] = ()  # that it reads: sweep, weights
    details: ClassVar[str] = ""  # what its jobs made, if a study keeps that in a file

    def work(self, cases: Mapping[str, "Case"]) -> Iterator[Work]:
        """Everything that is to be run of all cases, by their names."""
        raise NotImplementedError

    def tasks(self, work: Sequence[Work]) -> list:
        """What is run in one job, in order."""
        return [piece.task for piece in work]

    def run(
        self, tasks: Iterable[Any], tables: Mapping[str, Any], threads: int, report: Report
    ) -> Iterator[Columns]:
        """Rows of the study's table. ``tables``: paths, or pandas tables, by name."""
        raise NotImplementedError

    def memory_MB(self, tasks: Sequence[Any], threads: int) -> float:
        """What a job needs, if that is more than experiment.memory_per_job_MB."""
        return 0.0

    def rows(self, made: "pd.DataFrame") -> "pd.DataFrame":
        """The study's table from what its jobs made."""
        return made

    def summarise(
        self, made: "pd.DataFrame", rows: "pd.DataFrame", study: "Study"
    ) -> "pd.DataFrame":
        """A row per case, of the study's ``rows`` or what its jobs ``made``."""
        from nto1.studies.summary import summarise_runs

        return summarise_runs(rows, study)


@cache
def measures() -> dict[str, Measure]:
    """All measures by name."""
    return {measure.name: measure for measure in offered_in(package, "MEASURE")}


def name_of(*values: Any) -> str:
    """The same for equal values."""
    return json.dumps(values, sort_keys=True, default=str)
