"""Mistakes in a config, each with its message; and what describes the keys."""

import copy
import json
import math
import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nto1.config import ConfigError, duplicate_keys, resolve, schema_of
from nto1.config.__main__ import describe, describe_schema, describe_thesis
from nto1.config.model import Config, Study
from nto1.config.studies import cases_of
from nto1.neurons import MODELS, Synapses
from nto1.neurons.adex import AdEx
from nto1.neurons.izhikevich import Izhikevich
from nto1.units import ms
from nto1_workflow.planning.connection_tests import variants
from nto1_workflow.planning.jobs import weight_batches
from study import ROOT, with_messages

MISTAKES = """
{experiment: {duration: 10}} -> experiment.duration: no such key. Did you mean duration_s?
{neuron: {c_pf: 100}} -> neuron.c_pf: no such key. Did you mean C_pF?
{neuron: {model: izi}}
    -> neuron.model: there is no such model of a neuron. There are: adex, izhikevich.
{neuron: {a_per_ms: 1}}
    -> neuron.a_per_ms: no such key. It is one of the model izhikevich: set neuron.model to that.
{neuron: {model: izhikevich, c_mV: 50}}
    -> neuron.c_mV: 50 mV has to be below v_peak_mV, which is 35 mV.
{network: {types: {x: {a_per_ms: 1}}}} -> network.types.x.model: needed
{sweep: {seeds: [1]}} -> sweep.seeds: no such key. Did you mean experiment.seeds?
{sweep: {colour: red}} -> sweep.colour: no such key. There are: N, weights_pS, weights_per_batch.
{swep: {N: 10}} -> swep: no such key. Did you mean sweep?
{find_weight: {guess: {N: 10, weight_nS: 1}}}
    -> find_weight.guess.weight_nS: no such key. Did you mean weight_pS?
{connection_test: {variants: [{imaging_SNR: 5}]}}
    -> connection_test.variants[0].imaging_SNR: no such key. Did you mean imaging_spike_SNR?
{studies: {s: {measure: response, cases: {false: {}}}}}
    -> studies.s.cases: the name False is no text. YAML takes no, off, yes and on for false
{recordings: {a: {spikes: {file: a.csv}, voltage: {}}}}
    -> recordings.a.voltage: {} is not a section with the keys file, channel,
{recordings: {7a: {spikes: {file: a.csv}, voltage: {file: a.abf}}}}
    -> recordings.7a: a recording's name is made of letters, digits and _, like cell_7.
{recordings: {a: &r {spikes: {file: a.csv}, voltage: {file: a.abf}}, A: *r}}
    -> recordings.A: its files would have names of those of a. Rename one.
{recordings: {a: {spikes: {file: a.csv}, voltage: {file: a.abf}, exclude_s: [[1, 2], [3, 3]]}}}
    -> recordings.a.exclude_s[1]: from 3 to 3. Exchange them.
{recordings: {a: {spikes: {file: a.csv}, voltage: {file: a.abf}, null_distribution: bulk}}}
    -> recordings.a.null_distribution: 'bulk' is not empirical or surrogates or nothing.
{1: {}} -> the name 1 is no text. YAML takes
{network: {type_of: [false]}} -> network.type_of[0]: False is not a name. Write it in quotes.
{experiment: null}
    -> experiment: nothing is not a section with the keys duration_s, timestep_ms, seeds,
{sweep: [1, 2]} -> sweep: [1, 2] is not a section with the keys N, weights_pS, weights_per_batch.
{inputs: {mean_rate_Hz: four}} -> inputs.mean_rate_Hz: 'four' is not a number > 0, ≤ 1000.
{experiment: {duration_s: 2026-11-22}}
    -> experiment.duration_s: datetime.date(2026, 11, 22) is not a number > 0
{experiment: {duration_s: .inf}} -> experiment.duration_s: inf is not
{experiment: {duration_s: -1}} -> experiment.duration_s: -1 is not a number > 0
{inputs: {drop_last_spike: 1}} -> inputs.drop_last_spike: 1 is not true or false.
{sweep: {N: 10.5}} -> sweep.N: 10.5 is not a whole number ≥ 2
{sweep: {weights_pS: [5, -5]}} -> sweep.weights_pS[1]: -5 is not a number ≥ 0
{sweep: {weights_pS: []}} -> sweep.weights_pS: [] is not a list of one or
{sweep: {weights_pS: 14}} -> sweep.weights_pS: 14 is not a list of
{sweep: {weights_pS: [5, 10, 5.0]}} -> sweep.weights_pS: duplicate value 5. Keep one.
{sweep: {weights_per_batch: 0}}
    -> sweep.weights_per_batch: 0 is not auto or a whole number ≥ 1, ≤ 1e+06.
{connection_test: {p_value: exact}}
    -> connection_test.p_value: 'exact' is not published or unbiased.
{connection_test: {variants: [{seed: 1}, {seed: 1}]}}
    -> connection_test.variants: duplicate value {'seed': 1}. Keep one.
{connection_test: {variants: [{}]}} -> connection_test.variants[0]: a variant that changes nothing.
{neuron: {E_L_mV: -0.065}} -> neuron.E_L_mV: -0.065 is not a number ≥ -200, ≤ -1.
{neuron: {tau_g_ms: 0.007}} -> neuron.tau_g_ms: 0.007 is not a number ≥ 0.1
{sweep: {weights_pS: [0, 1.4e-11, 3.0e-11]}} -> sweep.weights_pS: 3e-11 pS is too small for N = 6500
{find_weight: {guess: {N: 6500, weight_pS: 1.5e-05}}}
    -> find_weight.guess.weight_pS: 1.5e-05 pS is too small for N = 6500
{experiment: {timestep_ms: 0.3}}
    -> experiment.duration_s: 10 s is not a whole number of time steps of 0.3 ms.
{neuron: {V_reset_mV: 50}} -> neuron.V_reset_mV: 50 mV has to be below V_spike_mV, which is 40 mV.
{example: {shown_s: 11}}
    -> example.shown_s: 11 s is longer than the runs (experiment.duration_s: 10 s).
{find_weight: {target_rate_Hz: 6000}}
    -> find_weight.target_rate_Hz: 6000 Hz can't be reached with time steps of 0.1 ms.
{network: {weights_nS: [[0, 4, 0, 0], [0], [0, 0, 0, 0], [0, 0, 0, 0]]}}
    -> network.weights_nS: 4 rows of 1 or 4 don't make a matrix
{network: {recorded_neurons: [0, 4]}} -> network.recorded_neurons: there is no neuron 4.
{network: {sigma_mV_per_sqrt_ms: {regular: 2}, noise_pA_sqrt_s: 8}}
    -> network.noise_pA_sqrt_s: there is a sigma_mV_per_sqrt_ms, too. Keep one of them.
{connection_test: {spike_rate_Hz: 0.0001}}
    -> connection_test.spike_rate_Hz: at 0.0001 Hz, no spikes are to be expected in 600 s.
{connection_test: {duration_s: 4}}
    -> connection_test.excerpt: it ends at 4950 ms, after the recording (4000 ms).
{network: {duration_s: 10000}}
    -> network: a job needs 7500 MB, more than experiment.memory_per_job_MB (1000).
"""
# Too long for a line, or not what YAML has.
MORE_MISTAKES = {
    "a number that YAML takes for text": (
        {"find_weight": {"relative_tolerance": "1e-4"}},
        "find_weight.relative_tolerance: '1e-4' is not a number ≥ 1e-12, ≤ 0.5. It is text; "
        "write 0.0001.",
    ),
    "another one": (
        {"find_weight": {"relative_tolerance": "1e-5"}},
        "find_weight.relative_tolerance: '1e-5' is not a number ≥ 1e-12, ≤ 0.5. It is text; "
        "write 1.0e-05.",
    ),
    "NaN": ({"inputs": {"mean_rate_Hz": math.nan}}, "inputs.mean_rate_Hz: nan is not a number"),
    "too many seeds": (
        {"experiment": {"seeds": list(range(10_001))}},
        "experiment.seeds: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16... is not a "
        "list of one or more, at most 10000: a whole number ≥ 0",
    ),
    "weight in fS": (
        {"example": {"weight_pS": 15_000}},
        "example.weight_pS: 15000 pS is too large for N = 6500: the average excitatory "
        "conductance would be 508 times the leak. Is it really in pS?",
    ),
    "N that cannot be split": (
        {"find_weight": {"N": [10, 21]}},
        "find_weight.N[1]: 21 inputs can't be split 4 : 1 into excitatory and inhibitory ones. "
        "Choose a multiple of 5, or change inputs.exc_to_inh.",
    ),
    "step coarser than the synapses": (
        {"experiment": {"timestep_ms": 8}},
        "experiment.timestep_ms: 8 ms is too coarse, it has to be below neuron.tau_g_ms, which is "
        "7 ms.",
    ),
    "self-connections not asked for": (
        {"network": {"weights_nS": [[1, 0, 0, 0], [0] * 4, [0] * 4, [0, 0, 0, 2]]}},
        "network.weights_nS: neuron 0, 3 has a connection to itself. Write 0 on the diagonal, or "
        "set network.allow_self_connections to true.",
    ),
    "windows longer than the recording": (
        {"connection_test": {"window_ms": 100_000, "variants": [{"duration_s": 60}]}},
        "connection_test.variants[0].window_ms: windows of 100000 ms don't fit between a time "
        "step (0.1 ms) and the recording (60000 ms).",
    ),
    "too many runs": (
        {"experiment": {"seeds": list(range(1000))}, "sweep": {"weights_pS": list(range(2000))}},
        "sweep: 2000000 runs, one for each weight and seed, are more than 1000000.",
    ),
}


@pytest.mark.parametrize(("config", "message"), [*with_messages(MISTAKES), *MORE_MISTAKES.values()])
def test_mistakes(config, message):
    with pytest.raises(ConfigError) as error:
        resolve(config)
    lines = str(error.value).splitlines()
    assert lines[0] == "The configuration is not valid."
    assert any(line.strip().startswith(message) for line in lines[1:]), lines


def problems(config: dict) -> list[str]:
    with pytest.raises(ConfigError) as error:
        resolve(config)
    assert str(error.value) == "\n  ".join(
        ["The configuration is not valid.", *error.value.problems]
    )
    return error.value.problems


def test_every_mistake_has_a_line():
    """What makes no sense, too, unless it depends on a section that is wrong otherwise."""
    mine = {"measure": "connections", "vary": {"recording.N": [20, 21]}}
    config = {"experiment": {"duration_s": -1, "seed": 3}, "sweep": {"N": "many"}}
    config |= {"find_weight": {"N": [21]}, "example": {"shown_s": 99}}
    config |= {"studies": {"mine": mine, "other": {"measure": "colour"}}}
    assert [problem.split(": ")[0] for problem in problems(config)] == [
        "experiment.duration_s",
        "experiment.seed",
        "studies.other.measure",
        "sweep.N",
        "find_weight.N[0]",
        "studies.mine",
    ]


@pytest.mark.parametrize("section", Config.model_fields)
@pytest.mark.parametrize("wrong", [5, {"nonsense": 1}])
def test_a_mistake_makes_no_others(section, wrong):
    keys = {"response": "sweep.N", "connections": "recording.N", "weight_for_rate": "find_weight.N"}
    studies = {name: {"measure": name, "vary": {key: [20]}} for name, key in keys.items()}
    assert len(problems({"studies": studies} | {section: wrong})) == 1


def test_too_many_jobs():
    sweep = {"weights_pS": [i / 10 for i in range(20_000)], "weights_per_batch": 1}
    with pytest.raises(ConfigError, match=r"sweep\.weights_per_batch: with 1 in a job, 20000 make"):
        weight_batches(resolve({"sweep": sweep}))


@pytest.mark.parametrize(
    "config",
    [
        {"experiment": {"duration_s": 600}},
        {"experiment": {"seeds": list(range(100))}},
        {"sweep": {"N": 100_000, "weights_pS": [i * 0.001 for i in range(1000)]}},
        {"inputs": {"exc_to_inh": 1.5}},
        {"neuron": {"Delta_T_mV": 0.05, "a_nS": 0, "b_pA": 0}},
    ],
)
def test_unusual_but_fine(config):
    resolved = resolve(config).as_written()
    for section, values in config.items():
        assert resolved[section].items() >= values.items()


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates(),
    lambda some: st.lists(some) | st.dictionaries(st.text() | st.integers() | st.none(), some),
    max_leaves=8,
)


@given(data=st.data(), value=json_like)
def test_whatever_stands_there_is_valid_or_has_a_message(data, value):
    config = copy.deepcopy(Config().model_dump())
    section = data.draw(st.sampled_from([None, *config]))
    where = config if section is None else config[section]
    where[data.draw(st.sampled_from([*where, "else"]))] = value
    try:
        weight_batches(resolve(config))
    except ConfigError as error:
        assert len(str(error)) > 20  # noqa: PT017


def test_names_of_files_stay_as_they_are():
    name = "results #2.csv"  # of which YAML would read the first word
    resolved = resolve({"connection_inference": {"weights": name}})
    assert resolved.connection_inference.weights == name


def test_another_model_has_its_own_defaults_over_those_of_earlier_layers():
    listed = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    listed["neuron"]["tau_g_ms"] = 5
    neuron = resolve(listed, {"neuron": {"model": "izhikevich", "a_per_ms": 0.1}}).neuron
    assert neuron.parameters == Izhikevich(a=0.1 / ms, synapses=Synapses(τ_g=5 * ms))
    for model in MODELS.values():
        of_model = resolve({"neuron": {"model": model.name}}).neuron
        assert of_model.parameters == model.parameters()


CASES = """
{vary: {neuron.a_per_ms: [0.1]}} -> vary.neuron.a_per_ms: no such key. Did you mean
{vary: {neuron.model: [adex, izi]}} -> vary.neuron.model: 'izi' is not adex or izhikevich.
{set: {neuron.model: izhikevich}, vary: {neuron.a_per_ms: [0.1, -1]}}
    -> vary.neuron.a_per_ms: -1 is not a number > 0
{cases: {a: {neuron.model: izhikevich}, b: {neuron.b_pA: 1}}, vary: {neuron.a_per_ms: [0.1]}}
    -> (case = b, a_per_ms = 0.1): neuron.a_per_ms: the model adex has no such key
"""


@pytest.mark.parametrize(("study", "message"), with_messages(CASES))
def test_mistakes_about_models_in_studies(study, message):
    with pytest.raises(ConfigError, match=re.escape(message)):
        resolve({"studies": {"s": {"measure": "response"} | study}})
    fine = {"measure": "response", "vary": {"neuron.model": ["adex", "izhikevich"]}}
    models = [case.config.neuron for case in cases_of(Study.model_validate(fine), resolve({}))]
    assert [neuron.parameters for neuron in models] == [AdEx(), Izhikevich()]


def test_numbers_as_text_as_on_the_command_line():
    config = {"sweep": {"N": "100", "weights_pS": ["0", "600"]}, "inputs": "{exc_to_inh: 1.5}"}
    resolved = resolve(config)
    assert resolved.sweep.weights_pS == [0, 600]
    assert resolved.inputs.exc_to_inh == 1.5


def test_variants_are_the_base_but_for_what_they_say():
    named = variants(resolve({"connection_test": {"variants": [{"imaging_spike_SNR": 2.5}]}}))
    assert list(named) == ["base", "imaging_spike_SNR=2.5"]
    assert named["imaging_spike_SNR=2.5"] == named["base"].model_copy(
        update={"imaging_spike_SNR": 2.5}
    )


def every_key(values: dict, path=()):
    for key, value in values.items():
        yield [*path, key]
        if isinstance(value, dict):
            yield from every_key(value, [*path, key])


def test_every_size_has_a_limit_and_every_key_a_description():
    limits = {"array": "maxItems", "integer": "maximum"}
    for path in every_key(resolve({}).as_written()):
        schema = schema_of(path)
        assert len(path) == 1 or schema["description"], path
        for part in (schema, schema.get("items", {}), *schema.get("anyOf", [])):
            assert limits.get(part.get("type")) in (None, *part), path


@pytest.mark.parametrize(
    ("file", "write"),
    [("config.yaml", describe_thesis), ("README.md", describe), ("schema.json", describe_schema)],
)
def test_generated_files_are_up_to_date(file, write):
    text = (ROOT / "config" / file).read_text("utf-8")
    assert text == write(), "run: make docs"
    if file == "config.yaml":
        assert resolve(yaml.safe_load(text)) == resolve({})
    if file == "schema.json":
        json.loads(text, parse_constant=pytest.fail)


@pytest.mark.parametrize("name", ["no", "on", "1", "1e3", "null", "[a]"])
def test_names_in_quotes_are_names(name):
    """Also where they are values, and on the command line, which hands over all as text."""
    config = {"network": {"types": {name: {"model": "adex"}}, "type_of": [name] * 4}}
    assert resolve(config).network.type_of == [name] * 4
    weights = resolve({"connection_inference": {"weights": name}}).connection_inference.weights
    assert weights == name
    cases = {name: {}, "other": {}}
    study = {"measure": "response", "cases": cases}
    assert resolve({"studies": {"s": study}}).studies["s"].cases == cases


def test_keys_that_stand_twice_in_a_file():
    text = "sweep: {N: 100}\nneuron: {b_pA: 1}\n'neuron':\n  a_nS: 0\nsweeps: [{N: 1, N: 2}]\n"
    assert duplicate_keys(text) == [("neuron", 2, 3), ("sweeps[0].N", 5, 5)]
    assert duplicate_keys('{"a": {"b": 1}, "b": 1, "a": 2}') == [("a", 1, 1)]
    for text in (
        "",
        "a: &x {b: 1}\nc: *x\nd: {<<: *x}\n",
        (ROOT / "config/config.yaml").read_text(),
    ):
        assert duplicate_keys(text) == []
    with pytest.raises(yaml.YAMLError):
        duplicate_keys("a: [")
