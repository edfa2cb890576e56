"""What is to be run in a study, so that runs with the same inputs follow each other."""

from collections.abc import Sequence

from nto1.config.model import Config, Study
from nto1.config.studies import Case, cases_of
from nto1.measures.measure import Work, measures, name_of


def named_cases(study: Study, config: Config) -> dict[str, Case]:
    """With a name each, that stays if a list gets longer."""
    lists = () if study.zip else measures()[study.measure].lists

    def name(case: Case) -> str:
        changes = {key: value for key, value in case.changes.items() if key not in lists}
        return name_of(case.columns.get("case"), changes)

    return {name(case): case for case in cases_of(study, config)}


def work_of(studies: Sequence[Study], config: Config) -> list[Work]:
    """Everything that is run for studies with the same measure, in order."""
    cases = {
        name if len(studies) == 1 else f"{i} {name}": case
        for i, study in enumerate(studies)
        for name, case in named_cases(study, config).items()
    }
    return sorted(measures()[studies[0].measure].work(cases), key=lambda piece: piece.name)
