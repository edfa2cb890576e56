"""Studies of one's own: parameters that are varied, set or named, and the cases this makes."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from difflib import get_close_matches
from itertools import product
from math import prod
from typing import Any, NamedTuple

import numpy as np
from pydantic import BaseModel, ValidationError

from nto1.config.checks import NotValidError, run_errors
from nto1.config.model import NEURONS, Config, Range, Study, model_of, neuron_under
from nto1.measures.measure import Measure, measures

# More than these are taken for mistakes. A hundred thousand runs of 10 s take a core a minute.
MAX_CASES, MAX_RUNS = 100_000, 10_000_000


class Case(NamedTuple):
    """One set of parameters."""

    columns: dict[str, Any]  # what distinguishes it, as in the study's table
    changes: dict[str, Any]  # values by their dotted keys
    whole: Config  # without them
    sections: tuple[str, ...]  # on which the measure depends

    @property
    def config(self) -> Config:
        """With the changes."""
        config, of_neuron = self.whole, {}
        for dotted, value in self.changes.items():
            section, *path = dotted.split(".")
            if section == "neuron":
                of_neuron[path[0]] = value
            else:
                config = changed(config, [section, *path], value)
        if of_neuron:
            neuron = neuron_under(dict(self.whole.neuron), of_neuron) | of_neuron
            with_model = NEURONS[neuron["model"]].model_construct(**neuron)
            config = config.model_copy(update={"neuron": with_model})
        return config


def changed(section: Any, path: list[str], value: Any) -> Any:
    """A section, or a mapping of sections, with another value at a path within it."""
    key, *rest = path
    within = section[key] if isinstance(section, dict) else getattr(section, key)
    new = changed(within, rest, value) if rest else value
    if isinstance(section, dict):
        return section | {key: new}
    return section.model_copy(update={key: new})


def _keys_within(section: Any, where: str) -> Iterator[str]:
    """Dotted keys of all values, of named sections, too."""
    items = section.items() if isinstance(section, dict) else section
    for key, value in items:
        is_section = isinstance(value, BaseModel)
        if is_section or (isinstance(value, dict) and any(map(_is_section, value.values()))):
            yield from _keys_within(value, f"{where}.{key}")
        else:
            yield f"{where}.{key.rstrip('_')}"


def _is_section(value: Any) -> bool:
    return isinstance(value, BaseModel)


def values_of(given: Any) -> Any:
    """A list, or the numbers that a range stands for; anything else as it is.

    ``{from: 1, to: 100, n: 9, log: true}`` are nine numbers; without n, whole numbers.
    """
    if not isinstance(given, Range):
        return given
    if given.n is None:
        return list(range(int(given.from_), int(given.to) + 1))
    space = np.geomspace if given.log else np.linspace
    return [float(f"{value:.12g}") for value in space(given.from_, given.to, given.n)]


def column_names(keys: list[str], measure: Measure) -> dict[str, str]:
    """The column of each key: its last part, with the unit; the whole key if another column is
    called so."""
    known = {**measure.columns, **measure.lists}
    short = {key: known.get(key, key.rpartition(".")[2]) for key in keys}
    others = [*short.values(), *measure.measured, *measure.also]
    return {key: name if others.count(name) == 1 else key for key, name in short.items()}


def varied_columns(study: Study) -> list[str]:
    """What distinguishes the rows of a study's table, in the order given; without seeds."""
    measure = measures()[study.measure]
    names, implied = column_names(list(study.vary), measure), measure.lists.values()
    columns = dict.fromkeys([*(["case"] if study.cases else []), *names.values(), *implied])
    return [name for name in columns if name != "seed"]


def cases_of(study: Study, config: Config) -> list[Case]:
    """Every case: each named one with each combination of varied values.

    A key that holds a list (weights, N, seeds) takes all its values at once, unless values are
    zipped: its runs share what can be shared.
    """
    held = {key: values_of(value) for key, value in study.set.items()}
    vary = {key: values_of(values) for key, values in study.vary.items()}
    measure = measures()[study.measure]
    lists = measure.lists
    if not study.zip:
        held |= {key: values for key, values in vary.items() if key in lists}
        vary = {key: values for key, values in vary.items() if key not in lists}
    names = column_names(list(study.vary), measure)
    together = study.zip and vary
    combined = zip(*vary.values(), strict=True) if together else product(*vary.values())
    points = [dict(zip(vary, point, strict=True)) for point in combined]
    found = []
    for name, changes in study.cases.items() or [("", {})]:
        own = {key: values_of(value) for key, value in changes.items()}
        for point in points:
            columns: dict[str, Any] = {"case": name} if study.cases else {}
            columns |= {names[key]: value for key, value in point.items() if key not in lists}
            one = {key: [value] if key in lists else value for key, value in point.items()}
            found.append(Case(columns, held | own | one, config, measure.sections))
    return found


def n_cases(study: Study) -> int:
    """How many there are, without making them."""
    return n_points(study) * max(1, len(study.cases))


def n_points(study: Study) -> int:
    """Combinations of varied values."""
    lists = () if study.zip else measures()[study.measure].lists
    lengths = [len(values_of(values)) for key, values in study.vary.items() if key not in lists]
    return max(lengths, default=1) if study.zip else prod(lengths)


def n_runs(study: Study, case: Case) -> int:
    """Of one case: simulations, or searches."""
    n = 1
    for key in measures()[study.measure].lists:
        section, name = key.split(".")
        n *= len(getattr(getattr(case.config, section), name))
    return n


def keys_for(measure: str, models: list[str], config: Config) -> list[str]:
    """The dotted keys that a study with this measure may change: those with an effect, if neurons
    are of these models."""
    keys: list[str] = []
    for section in measures()[measure].sections:
        if section == "network":
            keys += _keys_within(config.network, section)
            continue
        classes = [NEURONS[name] for name in models] if section == "neuron" else [model_of(section)]
        for key, field in {k: f for c in classes for k, f in c.model_fields.items()}.items():
            if not isinstance(field.default, BaseModel):
                keys.append(f"{section}.{key}")
    return [key for key in keys if key not in measures()[measure].not_varied]


def models_of(study: Study, config: Config) -> list[str]:
    """The models of neurons in a study, as far as there are such."""
    given = [study.vary.get("neuron.model", []), study.set.get("neuron.model", [])]
    given += [own.get("neuron.model", []) for own in study.cases.values()]
    named = [name for some in given for name in (some if isinstance(some, list) else [some])]
    found = dict.fromkeys([config.neuron.model, *map(str, named)])
    return [name for name in found if name in NEURONS]


def models_in(config: Config) -> list[str]:
    """The models of neurons with N inputs, in all experiments and studies."""
    found = [name for study in config.studies.values() for name in models_of(study, config)]
    return list(dict.fromkeys([config.neuron.model, *found]))


def study_errors(config: Config, expected: Callable[[list, dict], str]) -> Iterator[str]:
    """What is wrong with the studies, a line each. ``expected``: what the key at a path of a
    config takes, in words."""
    names_of_files: dict[str, str] = {}
    for name, study in config.studies.items():
        where = f"studies.{name}"
        for file in (f"{name}{part}".casefold() for part in ("", "_summary", "_pairs")):
            if (other := names_of_files.setdefault(file, name)) != name:
                yield f"{where}: its files would have names of those of {other}. Rename one."
                break
        if not name.isidentifier():
            yield f"{where}: a study's name is made of letters, digits and _, like adaptation."
            continue
        with suppress(NotValidError):
            yield from _errors_of(study, where, config, expected)


def _errors_of(study: Study, where: str, config: Config, expected) -> list[str]:
    mistakes = [*_key_errors(study, where, config), *_range_errors(study, where)]
    mistakes = mistakes or [*_value_errors(study, where, config, expected)]
    mistakes = mistakes or [*_size_errors(study, where, config)]
    return mistakes or [*_case_errors(study, where, config)]


def _changes_of(study: Study, where: str) -> Iterator[tuple[str, str, Any]]:
    """Where in the config, dotted key and value of all that a study changes."""
    for part, changes in (("vary", study.vary), ("set", study.set)):
        for key, value in changes.items():
            yield f"{where}.{part}.{key}", key, value
    for name, own in study.cases.items():
        for key, value in own.items():
            yield f"{where}.cases.{name}.{key}", key, value


def _key_errors(study: Study, where: str, config: Config) -> Iterator[str]:
    allowed = keys_for(study.measure, models_of(study, config), config)
    if not study.vary and not study.cases:
        yield f"{where}: nothing is varied. Write vary: {{ {allowed[-2]}: [ … ] }}, or cases."
    for place, key, _ in _changes_of(study, where):
        if key not in allowed:
            by_lower = {name.lower(): name for name in allowed}
            last = {name.rpartition(".")[2].lower(): name for name in allowed}
            wanted = key.lower()
            close = get_close_matches(wanted, by_lower, 1, 0.6)
            meant = [by_lower[name] for name in close]
            meant += [last[n] for n in get_close_matches(wanted.rpartition(".")[2], last, 1, 0.6)]
            hint = (
                f"Did you mean {meant[0]}?"
                if meant
                else f"Those with an effect on {study.measure} are: {', '.join(allowed)}."
            )
            yield f"{place}: no such key. {hint}"
    for part, own in (("set", study.set), *study.cases.items()):
        for key in sorted(own.keys() & study.vary.keys()):
            yield f"{where}.vary.{key}: it is in {part}, too. Name it in one of them."
    columns = varied_columns(study)
    for axis in ("x", "hue", "col", "row"):
        column = getattr(study, axis)
        if column is not None and column not in columns:
            yield f"{where}.{axis}: {column} is not varied. There are: {', '.join(columns)}."


def _range_errors(study: Study, where: str) -> Iterator[str]:
    for place, _, given in _changes_of(study, where):
        if not isinstance(given, Range):
            continue
        if given.from_ > given.to:
            yield f"{place}: from {given.from_:g} to {given.to:g}. Exchange them."
        elif given.log and (given.n is None or given.from_ <= 0):
            yield f"{place}: a logarithmic range needs n, and begins above 0."
        elif given.n is None and not (
            float(given.from_).is_integer() and float(given.to).is_integer()
        ):
            yield f"{place}: without n, a range has whole numbers at both ends. Say how many: n."
        elif given.n is None and given.to - given.from_ > MAX_RUNS:
            yield f"{place}: more than {MAX_RUNS} values. Choose fewer, with n."


def _value_errors(study: Study, where: str, config: Config, expected) -> Iterator[str]:
    lists = {key for measure in measures().values() for key in measure.lists}
    for place, dotted, given in _changes_of(study, where):
        section, key = dotted.split(".", 1)
        values, is_list = values_of(given), dotted in lists
        # One value of the key for each case, or the value of all.
        each = place.startswith(f"{where}.vary") and (study.zip or not is_list)
        for value in values if each else [values]:
            value = [value] if each and is_list else value
            if dotted == "neuron.model":
                if value not in list(NEURONS):
                    yield f"{place}: {value!r:.60} is not {' or '.join(NEURONS)}."
                continue
            base, model = dict(getattr(config, section)), model_of(section)
            if section == "neuron":
                name = next(m for m in models_of(study, config) if key in NEURONS[m].model_fields)
                base, model = neuron_under(base, {"model": name}), NEURONS[name]
            try:
                if section == "network":
                    own = changed(config.network, key.split("."), value)
                    base = own.model_dump(by_alias=True, warnings="none")
                    model.model_validate(base)
                else:
                    model.model_validate(base | {key: value})
            except ValidationError as error:
                detail = error.errors()[0]
                if detail["type"] == "value_error":
                    yield f"{place}: {detail['ctx']['error']}"
                else:
                    wanted = expected([section, *key.split(".")], {section: base})
                    yield f"{place}: {value!r:.60} is not {wanted}."
        if each and not study.zip and len(set(map(_alike, values))) < len(values):
            yield f"{place}: there is a value twice. Keep one."


def _size_errors(study: Study, where: str, config: Config) -> Iterator[str]:
    vary = {key: values_of(values) for key, values in study.vary.items()}
    columns = [list(map(_alike, values)) for values in vary.values()]
    if study.zip and len({len(values) for values in vary.values()}) > 1:
        shown = ", ".join(f"{key} {len(values)}" for key, values in vary.items())
        yield f"{where}.zip: lists of one length are needed; values: {shown}."
    elif (n := n_cases(study)) > MAX_CASES:
        yield f"{where}: {n} cases are more than {MAX_CASES}. Vary less, or in several studies."
    elif study.zip and len({*zip(*columns, strict=True)}) < n_points(study):
        yield f"{where}.zip: the same values are there twice. Keep one."
    elif (n := sum(n_runs(study, case) for case in cases_of(study, config))) > MAX_RUNS:
        yield f"{where}: {n} runs are more than {MAX_RUNS}. Vary less, or in several studies."


def _alike(value: Any) -> float | str:
    """The same for what is the same to every run: 65 and 65.0."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else repr(value)


def _case_errors(study: Study, where: str, config: Config) -> Iterator[str]:
    """Of the first case in which each mistake is made."""
    seen = set()
    for case in cases_of(study, config):
        for error in _foreign_keys(case) or run_errors(case.config, case.sections):
            if error not in seen:
                seen.add(error)
                of = ", ".join(f"{name} = {value}" for name, value in case.columns.items())
                yield f"{where}{f' ({of})' if of else ''}: {error}"
        if len(seen) >= 10:
            return


def _foreign_keys(case: Case) -> list[str]:
    """What is wrong with a case that changes keys of another model than its neuron's."""
    neuron = [key.split(".", 1)[1] for key in case.changes if key.startswith("neuron.")]
    model = case.config.neuron.model
    return [
        f"neuron.{key}: the model {model} has no such key. Change it in cases with another model "
        f"only."
        for key in neuron
        if key not in NEURONS[model].model_fields
    ]
