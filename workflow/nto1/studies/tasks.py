"""What is to be run in a study, so that runs with the same inputs follow each other."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from nto1.config import n_steps
from nto1.config.studies import LISTS, Case, cases_of, omit
from nto1.studies import recording_of

# Seeds are run in blocks, so that later ones make runs of their own.
SEEDS_PER_BLOCK = 128


class Unit(NamedTuple):
    """The least that is run: one weight of a case with a block of seeds, or one search."""

    name: tuple  # inputs, (block of) seeds, case, weight; of a recording: case, N, seed
    task: dict[str, Any]  # as in ``nto1.studies.measures``, with columns of the study's table
    n_runs: int
    n_steps: int  # of all its runs; of a search, at each weight it tries
    n_input_spikes: float  # to be drawn (or shuffled), unless the unit before has the same inputs


def units_of(study: dict, config: dict) -> list[Unit]:
    """Everything that is run, in order."""
    measures = {
        "response": _runs,
        "weight_for_rate": _searches,
        "connections": _recordings,
        "connection_test": _connection_tests,
    }
    return sorted(measures[study["measure"]](study, config), key=lambda unit: unit.name)


def task_of(config: dict, **own) -> dict:
    """What every task has, and what is its own."""
    experiment = omit(config["experiment"], "memory_per_job_MB")
    shared = {"experiment": experiment, "inputs": config["inputs"], "neuron": config["neuron"]}
    return {"columns": {}} | shared | own


def search_of(config: dict) -> dict:
    """What every search depends on, of the section find_weight."""
    return omit(config["find_weight"], "N", "N_subset", "only_subset", "N_per_batch")


def one_connection_test(section: dict) -> dict:
    """Of the section connection_test, what a single test depends on."""
    return omit(section, "seeds", "seeds_up_to_s", "significance", "excerpt", "variants")


def tasks_of(units: list[Unit]) -> list[dict]:
    """Units that differ in their weight alone become one task."""
    tasks = []
    for _, group in groupby(units, lambda unit: unit.name[:3]):
        same = [unit.task for unit in group]
        weights = [weight for task in same for weight in task.get("weights_pS", ())]
        tasks += [same[0] | {"weights_pS": weights}] if weights else same
    return tasks


def _runs(study: dict, config: dict) -> Iterator[Unit]:
    for case, name, task in _cases(study, config):
        N, all_seeds = case.config["sweep"]["N"], sorted(task["experiment"]["seeds"])
        for block, seeds in groupby(all_seeds, lambda seed: seed // SEEDS_PER_BLOCK):
            experiment = task["experiment"] | {"seeds": list(seeds)}
            n, inputs = len(experiment["seeds"]), _inputs_name(N, task)
            n_spikes = n * _spikes_per_run(N, task["inputs"], experiment["duration_s"])
            for weight_pS in case.config["sweep"]["weights_pS"]:
                run = {"N": N, "experiment": experiment, "weights_pS": [weight_pS]}
                name_of_run = (inputs, block, name, weight_pS)
                yield Unit(name_of_run, task | run, n, n * n_steps(experiment), n_spikes)


def _searches(study: dict, config: dict) -> Iterator[Unit]:
    for case, name, task in _cases(study, config):
        experiment, search = task["experiment"], case.config["find_weight"]
        n = len(experiment["seeds"]) * n_steps(experiment)
        for N in search["N"]:
            run = {"N": N, "search": search_of(case.config)}
            n_spikes = _spikes_per_run(N, task["inputs"], experiment["duration_s"])
            n_spikes *= len(experiment["seeds"])
            yield Unit((_inputs_name(N, task), 0, name, 0), task | run, 1, n, n_spikes)


def _recordings(study: dict, config: dict) -> Iterator[Unit]:
    for case in cases_of(study, config):
        name, sections = _name(case, study), case.config
        settings = omit(sections["recording"], "N", "seeds")
        settings |= {
            key: value
            for key, value in sections["connection_inference"].items()
            if not isinstance(value, dict) and key not in settings
        }
        shared = {"columns": case.columns, "settings": settings}
        shared |= {"inputs": sections["inputs"], "neuron": sections["neuron"]}
        for N in sections["recording"]["N"]:
            n_spikes = _spikes_per_run(N, sections["inputs"], settings["duration_s"])
            for seed in sections["recording"]["seeds"]:
                task = shared | {"N": N, "seed": seed}
                yield Unit((name, N, seed), task, 1, n_steps(settings), n_spikes)


def _connection_tests(study: dict, config: dict) -> Iterator[Unit]:
    for case in cases_of(study, config):
        neuron, section = case.config["izhikevich"], case.config["connection_test"]
        name = _name(case, study)
        for seed in section["seeds"]:
            test = one_connection_test(section) | {"seed": seed}
            task = {"columns": case.columns, "test": test, "neuron": neuron}
            n_spikes = test["n_trains"] * test["spike_rate_Hz"] * test["duration_s"]
            n_spikes *= test["n_shuffles"]
            inputs = json.dumps([recording_of(test), neuron])
            yield Unit((inputs, seed, name, 0), task, 1, n_steps(test), n_spikes)


def _cases(study: dict, config: dict) -> Iterator[tuple[Case, str, dict]]:
    """Every case, with a name, and the part of a task that all its runs share."""
    for case in cases_of(study, config):
        yield case, _name(case, study), task_of(case.config, columns=case.columns)


def _name(case: Case, study: dict) -> str:
    """Another one for every case, that stays if a list gets longer."""
    named = {"case": case.columns["case"]} if study["cases"] else {}
    lists = () if study["zip"] else LISTS[study["measure"]]
    return json.dumps(named | omit(case.changes, *lists))


def _inputs_name(N: int, task: dict) -> str:
    return json.dumps([N, omit(task["experiment"], "seeds"), task["inputs"]])


def _spikes_per_run(N: int, inputs: dict, duration_s: float) -> float:
    return N * inputs["mean_rate_Hz"] * duration_s
