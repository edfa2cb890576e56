"""The connection tests of the thesis: a study of named cases, the variants of one test."""

from collections.abc import Mapping, Sequence

from nto1.config.model import Config, OneConnectionTest, Study, changes_of
from nto1.config.studies import cases_of
from nto1.measures.connection_test import MAX_TESTS_AT_ONCE, MEASURE, ImagingTest
from nto1.measures.measure import Work
from nto1.studies.work import work_of
from nto1_workflow.planning.jobs import jobs_of, label


def variants(config: Config) -> dict[str, OneConnectionTest]:
    """Every connection test, by name: ``base``, and ``key=value,…`` of the variants."""
    cases = cases_of(study_of_variants(config), config)
    return {case.columns["case"]: case.config.connection_test for case in cases}


def varied(named: Mapping[str, OneConnectionTest]) -> dict[str, dict]:
    """Of every test, the keys in which some differ from the base case."""
    keys = [
        key
        for key in OneConnectionTest.model_fields
        if any(getattr(test, key) != getattr(named["base"], key) for test in named.values())
    ]
    return {name: {key: getattr(test, key) for key in keys} for name, test in named.items()}


def of_base_recording(config: Config) -> list[ImagingTest]:
    """The base case, and variants that share its voltage and shuffles, as many as are tested at
    once."""
    tests = [
        ImagingTest.of({"case": name}, test, config.izhikevich, test.seed)
        for name, test in variants(config).items()
    ]
    return [test for test in tests if test.recording == tests[0].recording][:MAX_TESTS_AT_ONCE]


def other_tests(config: Config) -> dict[str, list[ImagingTest]]:
    """The other connection tests, and those with short recordings once more with each other seed,
    cut into jobs."""
    with_base = [test.columns["case"] for test in of_base_recording(config)]
    jobs = jobs_of(MEASURE, _work(config, with_base)).by_name
    return {name: job.tasks for name, job in jobs.items()}


def all_tests(config: Config) -> list[ImagingTest]:
    """All connection tests, those with short recordings with every seed."""
    return [piece.task for piece in _work(config)]


def _work(config: Config, left_out: Sequence[str] = ()) -> list[Work]:
    """Variants that are left out are so with their own seeds alone."""
    section, study = config.connection_test, study_of_variants(config)
    for name, test in variants(config).items():
        is_short = test.duration_s <= section.seeds_up_to_s
        seeds = {test.seed, *(section.seeds if is_short else ())}
        if name in left_out:
            seeds.remove(test.seed)
        study.cases[name]["connection_test.seeds"] = sorted(seeds)
    return work_of([study], config)


def study_of_variants(config: Config) -> Study:
    cases: dict[str, dict] = {"base": {}}
    for changes in map(changes_of, config.connection_test.variants):
        name = ",".join(
            f"{key}={value if isinstance(value, str) else label(value)}"
            for key, value in sorted(changes.items())
        )
        cases[name] = {f"connection_test.{key}": value for key, value in changes.items()}
    return Study(measure="connection_test", cases=cases)
