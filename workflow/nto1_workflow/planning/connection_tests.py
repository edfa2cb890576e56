"""The connection tests of the thesis: a study of named cases, the variants of one test."""

from collections.abc import Sequence

from nto1.config.studies import cases_of, complete
from nto1.measures.connection_test import MEASURE, one_test
from nto1.measures.measure import Work
from nto1.studies import MAX_TESTS_AT_ONCE, recording_of
from nto1.studies.work import work_of
from nto1_workflow.planning.jobs import jobs_of, label


def variants(config: dict) -> dict[str, dict]:
    """The parameters of every connection test, by name: ``base``, and ``key=value,…`` of the
    variants."""
    cases = cases_of(study_of_variants(config), config)
    return {case.columns["case"]: one_test(case.config["connection_test"]) for case in cases}


def of_base_recording(named: dict[str, dict]) -> list[str]:
    """The base case, and variants that share its voltage and shuffles, as many as are tested at
    once."""
    recording = recording_of(named["base"])
    return [name for name, test in named.items() if recording_of(test) == recording][
        :MAX_TESTS_AT_ONCE
    ]


def other_tests(config: dict) -> dict[str, list[dict]]:
    """The other connection tests, and those with short recordings once more with each other seed,
    cut into jobs."""
    with_base = of_base_recording(variants(config))
    jobs = jobs_of(MEASURE, _work(config, with_base)).by_name
    return {name: job.tasks for name, job in jobs.items()}


def all_tests(config: dict) -> list[dict]:
    """All connection tests, those with short recordings with every seed."""
    return [piece.task for piece in _work(config)]


def _work(config: dict, left_out: Sequence[str] = ()) -> list[Work]:
    """Variants that are left out are so with their own seeds alone."""
    section, study = config["connection_test"], study_of_variants(config)
    for name, test in variants(config).items():
        is_short = test["duration_s"] <= section["seeds_up_to_s"]
        seeds = {test["seed"], *(section["seeds"] if is_short else ())}
        if name in left_out:
            seeds.remove(test["seed"])
        study["cases"][name]["connection_test.seeds"] = sorted(seeds)
    return work_of([study], config)


def study_of_variants(config: dict) -> dict:
    cases = {"base": {}}
    for changes in config["connection_test"]["variants"]:
        name = ",".join(
            f"{key}={value if isinstance(value, str) else label(value)}"
            for key, value in sorted(changes.items())
        )
        cases[name] = {f"connection_test.{key}": value for key, value in changes.items()}
    return complete({"measure": "connection_test", "cases": cases})
