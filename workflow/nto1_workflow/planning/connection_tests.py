"""The connection tests of the thesis: a study of named cases, the variants of one test."""

import hashlib

from nto1.config.studies import cases_of, complete
from nto1.measures.connection_test import MEASURE, one_test
from nto1.studies import MAX_TESTS_AT_ONCE, recording_of
from nto1.studies.work import work_of
from nto1_workflow.planning.jobs import jobs_of, label

# Folders are named after variants, and file systems stop at 255.
MAX_NAME_LENGTH = 200


def variants(config: dict) -> dict[str, dict]:
    """The parameters of every connection test, by name: ``base``, and ``key=value,…`` of the
    variants."""
    cases = cases_of(study_of_variants(config), config)
    return {case.columns["case"]: one_test(case.config["connection_test"]) for case in cases}


def repeats(config: dict) -> dict[str, list[dict]]:
    """The connection tests whose recordings are short, once more with each other seed, cut into
    jobs."""
    section, study = config["connection_test"], study_of_variants(config)
    for name, test in variants(config).items():
        is_short = test["duration_s"] <= section["seeds_up_to_s"]
        others = [seed for seed in section["seeds"] if seed != test["seed"]]
        study["cases"][name]["connection_test.seeds"] = others if is_short else []
    jobs = jobs_of(MEASURE, work_of([study], config)).by_name
    return {name: job.tasks for name, job in jobs.items()}


def study_of_variants(config: dict) -> dict:
    cases = {"base": {}}
    for changes in config["connection_test"]["variants"]:
        name = ",".join(
            f"{key}={value if isinstance(value, str) else label(value)}"
            for key, value in sorted(changes.items())
        )
        if len(name) > MAX_NAME_LENGTH:
            digest = hashlib.sha256(name.encode()).hexdigest()[:8]
            name = f"{name[: MAX_NAME_LENGTH - 9]},{digest}"
        cases[name] = {f"connection_test.{key}": value for key, value in changes.items()}
    return complete({"measure": "connection_test", "cases": cases})


def recording_groups(named: dict[str, dict]) -> list[dict[str, dict]]:
    """Connection tests that share voltage and shuffles, some together."""
    groups = {}
    for name, test in named.items():
        groups.setdefault(recording_of(test), []).append((name, test))
    return [
        dict(group[i : i + MAX_TESTS_AT_ONCE])
        for group in groups.values()
        for i in range(0, len(group), MAX_TESTS_AT_ONCE)
    ]
