"""Bad configs, each with its message; and the page that explains the keys."""

import ast
import copy
import datetime
import math
import re
import resource
import subprocess
import sys

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from needs import check_memory, memory_to_sweep
from plan import check_size, label
from schemas.check import SCHEMA, InvalidConfig, check_config
from schemas.describe import describe

from conftest import ROOT, Study

THESIS = yaml.safe_load((ROOT / "config/config.yaml").read_text())


def changed(**sections) -> dict:
    config = copy.deepcopy(THESIS)
    for section, values in sections.items():
        config[section] = config[section] | values if isinstance(values, dict) else values
    return config


def nested(depth: int) -> list:
    return [nested(depth - 1)] if depth else []


ITSELF = []
ITSELF.append(ITSELF)

MULTIPLIED = [1]
for _ in range(9):
    MULTIPLIED = [MULTIPLIED] * 10


BAD = {
    "misspelt key": (
        {"experiment": {"duration": 10}},
        "experiment.duration: no such key. Did you mean duration_s?",
    ),
    "wrong case": ({"neuron": {"c_pf": 100}}, "neuron.c_pf: no such key. Did you mean C_pF?"),
    "key of another section": (
        {"sweep": {"seeds": [1]}},
        "sweep.seeds: no such key. Did you mean experiment.seeds?",
    ),
    "nothing like it": (
        {"sweep": {"colour": "red"}},
        "sweep.colour: no such key. There are: N, weights_pS, weights_per_batch.",
    ),
    "unknown section": ({"swep": {"N": 10}}, "swep: no such key. Did you mean sweep?"),
    "key within a key": (
        {"find_weight": {"guess": {"N": 10, "weight_nS": 1}}},
        "find_weight.guess.weight_nS: no such key. Did you mean weight_pS?",
    ),
    "missing key": (
        {"find_weight": {"guess": {"N": 10}}},
        "find_weight.guess: missing weight_pS.",
    ),
    "empty section": (
        {"experiment": None},
        "experiment: nothing is not a section with the keys duration_s, timestep_ms, seeds, ",
    ),
    "a word for a number": (
        {"inputs": {"mean_rate_Hz": "four"}},
        "inputs.mean_rate_Hz: 'four' is not a number > 0, ≤ 1000.",
    ),
    "not a number": (
        {"inputs": {"mean_rate_Hz": math.nan}},
        "inputs.mean_rate_Hz: nan is not a number",
    ),
    "infinite": ({"experiment": {"duration_s": math.inf}}, "experiment.duration_s: inf is not"),
    "negative duration": (
        {"experiment": {"duration_s": -1}},
        "experiment.duration_s: -1 is not a number > 0",
    ),
    "a number for yes or no": (
        {"inputs": {"drop_last_spike": 1}},
        "inputs.drop_last_spike: 1 is not true or false.",
    ),
    "half an input": ({"sweep": {"N": 10.5}}, "sweep.N: 10.5 is not a whole number ≥ 2"),
    "negative weight": (
        {"sweep": {"weights_pS": [5, -5]}},
        "sweep.weights_pS[1]: -5 is not a number ≥ 0",
    ),
    "no weights": ({"sweep": {"weights_pS": []}}, "sweep.weights_pS: [] is not a list of one or"),
    "a weight, not a list": (
        {"sweep": {"weights_pS": 14}},
        "sweep.weights_pS: 14 is not a list of",
    ),
    "a weight twice": (
        {"sweep": {"weights_pS": [5, 10, 5.0]}},
        "sweep.weights_pS: 5 stands there more than once. Keep one.",
    ),
    "a seed twice": (
        {"experiment": {"seeds": [1, 2, 1]}},
        "experiment.seeds: 1 stands there more than once. Keep one.",
    ),
    "no seeds": (
        {"experiment": {"seeds": []}},
        "experiment.seeds: [] is not a list of one or more",
    ),
    "negative seed": (
        {"experiment": {"seeds": [-1]}},
        "experiment.seeds[0]: -1 is not a whole number ≥ 0, ≤",
    ),
    "batches of none": (
        {"sweep": {"weights_per_batch": 0}},
        "sweep.weights_per_batch: 0 is not auto or a whole number ≥ 1, ≤ 1e+06.",
    ),
    "volts for millivolts": (
        {"neuron": {"E_L_mV": -0.065}},
        "neuron.E_L_mV: -0.065 is not a number ≥ -200, ≤ -1.",
    ),
    "seconds for milliseconds": (
        {"neuron": {"tau_g_ms": 0.007}},
        "neuron.tau_g_ms: 0.007 is not a number ≥ 0.1",
    ),
    "weight in nS": (
        {"sweep": {"weights_pS": [14, 15_000]}},
        "sweep.weights_pS[1]: 15000 pS is too large for N = 6500: the average excitatory "
        "conductance would be 508 times the leak. Is it really in pS?",
    ),
    "weights in S": (
        {"sweep": {"weights_pS": [0, 14e-12, 30e-12]}},
        "sweep.weights_pS: 3e-11 pS is too small for N = 6500",
    ),
    "guess in nS": (
        {"find_weight": {"guess": {"N": 6500, "weight_pS": 1.5e-5}}},
        "find_weight.guess.weight_pS: 1.5e-05 pS is too small for N = 6500",
    ),
    "N that cannot be split": (
        {"find_weight": {"N": [10, 21]}},
        "find_weight.N[1]: 21 inputs can't be split 4 : 1 into excitatory and inhibitory ones. "
        "Choose a multiple of 5, or change inputs.exc_to_inh.",
    ),
    "no inhibitory input left": (
        {"inputs": {"exc_to_inh": 1000}, "sweep": {"N": 6006}},
        "example.N: 6500 inputs can't be split 1000 : 1",
    ),
    "steps that do not fit": (
        {"experiment": {"timestep_ms": 0.3}},
        "experiment.duration_s: 10 s is not a whole number of time steps of 0.3 ms.",
    ),
    "step coarser than the synapses": (
        {"experiment": {"timestep_ms": 8}},
        "experiment.timestep_ms: 8 ms is too coarse, it has to be below neuron.tau_g_ms, which is "
        "7 ms.",
    ),
    "reset above the spike": (
        {"neuron": {"V_reset_mV": 50}},
        "neuron.V_reset_mV: 50 mV has to be below V_spike_mV, which is 40 mV.",
    ),
    "example longer than the runs": (
        {"example": {"shown_s": 11}},
        "example.shown_s: 11 s is longer than the runs (experiment.duration_s: 10 s).",
    ),
    "unreachable rate": (
        {"find_weight": {"target_rate_Hz": 6000}},
        "find_weight.target_rate_Hz: 6000 Hz can't be reached with time steps of 0.1 ms.",
    ),
    "a spike below its reset": (
        {"izhikevich": {"c_mV": 35}},
        "izhikevich.c_mV: 35 mV has to be below v_peak_mV, which is 35 mV.",
    ),
    "a matrix of the wrong shape": (
        {"network": {"weights_nS": [[0, 4, 0], [0, 0, 0]]}},
        "network.weights_nS: 2 rows of 3 don't make a matrix for the 4 neurons of "
        "network.E_syn_mV. Write 4 rows of 4.",
    ),
    "a ragged matrix": (
        {"network": {"weights_nS": [[0, 4, 0, 0], [0], [0] * 4, [0] * 4]}},
        "network.weights_nS: 4 rows of 1 or 4 don't make a matrix",
    ),
    "a negative conductance": (
        {"network": {"weights_nS": [[0, -4, 0, 0], [0] * 4, [0] * 4, [0] * 4]}},
        "network.weights_nS[0][1]: -4 is not a number ≥ 0",
    ),
    "self-connections not asked for": (
        {"network": {"weights_nS": [[1, 0, 0, 0], [0] * 4, [0] * 4, [0, 0, 0, 2]]}},
        "network.weights_nS: neuron 0, 3 has a connection to itself. Write 0 on the diagonal, or "
        "set network.allow_self_connections to true.",
    ),
    "a neuron that isn't there": (
        {"network": {"recorded_neurons": [0, 4]}},
        "network.recorded_neurons: there is no neuron 4.",
    ),
    "negative spike rate": (
        {"connection_test": {"spike_rate_Hz": -20}},
        "connection_test.spike_rate_Hz: -20 is not a number > 0",
    ),
    "trains without spikes": (
        {"connection_test": {"spike_rate_Hz": 0.0001}},
        "connection_test.spike_rate_Hz: at 0.0001 Hz, no spikes are to be expected in 600 s.",
    ),
    "windows longer than the recording": (
        {"connection_test": {"window_ms": 100_000, "variants": [{"duration_s": 60}]}},
        "connection_test.variants[0].window_ms: windows of 100000 ms don't fit between a time "
        "step (0.1 ms) and the recording (60000 ms).",
    ),
    "no shuffles": (
        {"connection_test": {"n_shuffles": 0}},
        "connection_test.n_shuffles: 0 is not a whole number ≥ 1",
    ),
    "a p-value of another kind": (
        {"connection_test": {"p_value": "exact"}},
        "connection_test.p_value: 'exact' is not published or unbiased.",
    ),
    "a misspelt key in a variant": (
        {"connection_test": {"variants": [{"imaging_SNR": 5}]}},
        "connection_test.variants[0].imaging_SNR: no such key. Did you mean imaging_spike_SNR?",
    ),
    "a variant twice": (
        {"connection_test": {"variants": [{"seed": 1}, {"seed": 1}]}},
        "connection_test.variants: {'seed': 1} stands there more than once. Keep one.",
    ),
    "a variant that changes nothing": (
        {"connection_test": {"variants": [{}]}},
        "connection_test.variants[0]: {} is not a section with",
    ),
    "an excerpt after the end": (
        {"connection_test": {"duration_s": 4}},
        "connection_test.excerpt: it ends at 4950 ms, after the recording (4000 ms).",
    ),
    "a zoom outside the excerpt": (
        {
            "connection_test": {
                "excerpt": {
                    "start_ms": 0,
                    "duration_ms": 100,
                    "zoom_start_ms": 99,
                    "zoom_duration_ms": 7,
                }
            }
        },
        "connection_test.excerpt: the zoom (99 to 106 ms) has to lie within the excerpt (0 to 100",
    ),
    "no bracket": (
        {"find_weight": {"bracket_factor": 1}},
        "find_weight.bracket_factor: 1 is not a number > 1",
    ),
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
    "a number in quotes": (
        {"sweep": {"N": "6500"}},
        "sweep.N: '6500' is not a whole number ≥ 2, ≤ 1e+08. It is text; write 6500.",
    ),
    "a date": (
        {"experiment": {"duration_s": datetime.date(2026, 11, 22)}},
        "experiment.duration_s: datetime.date(2026, 11, 22) is not a number > 0",
    ),
    "a number of a thousand digits": (
        {"sweep": {"N": 10**1000}},
        f"sweep.N: 1{56 * '0'}... is not a whole number ≥ 2, ≤ 1e+08.",
    ),
    "a file's name": (
        {"sweep": {"N": "../../etc/passwd"}},
        "sweep.N: '../../etc/passwd' is not a whole number",
    ),
    "a command": (
        {"find_weight": {"target_rate_Hz": "4; touch pwned"}},
        "find_weight.target_rate_Hz: '4; touch pwned' is not a number > 0",
    ),
    "a command in a list": (
        {"sweep": {"weights_pS": [5, "$(touch pwned)"]}},
        "sweep.weights_pS[1]: '$(touch pwned)' is not a number ≥ 0",
    ),
    "a file's name for a key": (
        {"sweep": {"../N": 10}},
        "sweep.../N: no such key. There are: N, weights_pS",
    ),
    "a number for a key": ({"sweep": {1: 10}}, "sweep[1]: no such key. There are: N, "),
    "lists twice in a list": (
        {"experiment": {"seeds": [[1], [1]]}},
        "experiment.seeds: [1] stands there more than once. Keep one.",
    ),
    "a list for a section": (
        {"sweep": [1, 2]},
        "sweep: [1, 2] is not a section with the keys N, weights_pS, weights_per_batch.",
    ),
    "too many seeds": (
        {"experiment": {"seeds": list(range(10_001))}},
        "experiment.seeds: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16... is not a "
        "list of one or more, at most 10000, each once: a whole number ≥ 0",
    ),
    "too many weights": (
        {"sweep": {"weights_pS": list(range(100_001))}},
        "sweep.weights_pS: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16... is not a",
    ),
    "a seed no table can hold": (
        {"example": {"seed": 2**64}},
        "example.seed: 18446744073709551616 is not a whole number ≥ 0, ≤ 9.0072e+15.",
    ),
    "all the memory there is": (
        {"experiment": {"memory_per_job_MB": 10**12}},
        "experiment.memory_per_job_MB: 1000000000000 is not a whole number ≥ 100, ≤ 1e+06.",
    ),
    "more inputs than synapses in a brain": (
        {"find_weight": {"N": [10**15]}},
        "find_weight.N[0]: 1000000000000000 is not a whole number ≥ 2, ≤ 1e+08.",
    ),
    "a list in a list in a list": (
        {"sweep": {"N": nested(500)}},
        "sweep.N: [[[[[[[[[[[[[[[[[[[[",
    ),
    "a list that is itself": ({"sweep": {"weights_pS": ITSELF}}, "It has more than 1000000 values"),
    "a thousand million values from ten lines": (
        {"sweep": {"weights_pS": MULTIPLIED}},
        "It has more than 1000000 values, or contains itself. Look for aliases (*).",
    ),
}


def test_the_thesis_is_valid():
    check_config(THESIS)


@pytest.mark.parametrize("name", BAD)
def test_bad_config(name):
    sections, message = BAD[name]
    config = copy.deepcopy(THESIS)
    for section, values in sections.items():
        old = config.get(section)
        config[section] = (
            old | values if isinstance(old, dict) and isinstance(values, dict) else values
        )
    with pytest.raises(InvalidConfig) as error:
        check_config(config)
    lines = str(error.value).splitlines()
    assert lines[0] == "The configuration is not valid."
    assert any(line.strip().startswith(message) for line in lines[1:]), lines


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        (
            {"experiment": {"duration_s": 600, "seeds": list(range(100))}},
            r"find_weight: a job needs \d+ MB, more than experiment.memory_per_job_MB \(1000\)",
        ),
        ({"experiment": {"duration_s": 6000}}, r"sweep: a job needs \d+ MB, more than"),
        ({"experiment": {"memory_per_job_MB": 200}}, r"sweep: a job needs \d+ MB"),
        ({"connection_test": {"duration_s": 6000}}, r"connection_test: a job needs \d+ MB"),
        ({"network": {"duration_s": 10_000}}, r"network: a job needs \d+ MB"),
    ],
)
def test_what_does_not_fit_into_memory_is_refused(sections, message):
    config = changed(**sections)
    check_config(config)
    with pytest.raises(InvalidConfig, match=message):
        check_memory(config)


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        (
            {
                "experiment": {"seeds": list(range(1000))},
                "sweep": {"weights_pS": list(range(2000))},
            },
            "sweep: 2000000 runs, one for each weight and seed, are more than 1000000.",
        ),
        (
            {"sweep": {"weights_pS": list(range(20_000)), "weights_per_batch": 1}},
            "sweep.weights_per_batch: with 1 in a job, 20000 make more than 10000 jobs.",
        ),
        (
            {
                "experiment": {"duration_s": 100_000, "seeds": list(range(10))},
                "sweep": {"weights_pS": [i / 1000 for i in range(10_001)]},
            },
            "sweep.weights_per_batch: with 1 in a job, 10001 make more than 10000 jobs.",
        ),
    ],
)
def test_what_nobody_can_mean_is_refused(sections, message):
    with pytest.raises(InvalidConfig, match=re.escape(message)):
        check_size(changed(**sections))


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates(),
    lambda some: st.lists(some) | st.dictionaries(st.text() | st.integers() | st.none(), some),
    max_leaves=8,
)


@given(data=st.data(), value=json_like)
def test_whatever_stands_there_is_valid_or_has_a_message(data, value):
    config = copy.deepcopy(THESIS)
    section = data.draw(st.sampled_from([None, *config]))
    where = config if section is None else config[section]
    where[data.draw(st.sampled_from([*where, "else"]))] = value
    try:
        check_config(config)
        check_size(config)
        check_memory(config)
    except InvalidConfig as error:
        assert len(str(error)) > 20  # noqa: PT017


@given(
    weights=st.lists(st.floats(0, 1e9), min_size=1, max_size=5, unique=True),
    N=st.lists(st.integers(2, 10**8), min_size=1, max_size=5, unique=True),
    rate=st.floats(0, 1e4, exclude_min=True),
)
def test_no_name_of_a_file_leaves_its_folder(weights, N, rate):
    """What of a config is in file names are numbers, without anything a shell or path can read."""
    for name in [*map(label, weights), *map(label, N), f"{rate:g}"]:
        assert re.fullmatch(r"[0-9.]+(e[+-]?\d+)?", name)
        assert ".." not in name


def test_only_quoted_words_reach_a_shell():
    """All commands in the rules; scripts get their parameters without a shell."""
    files = [ROOT / "Snakefile", *ROOT.rglob("workflow/**/*.smk"), *ROOT.glob("benchmarks/*.smk")]
    shells = [
        shell
        for file in files
        for shell in re.findall(r"^    shell:\n((?:        .*\n)+)", file.read_text(), re.MULTILINE)
    ]
    assert len(shells) == sum(file.read_text().count("shell:") for file in files) > 0
    for shell in shells:
        words = re.findall(r"{[^}]*}", shell)
        assert words
        assert all(word.endswith(":q}") for word in words), shell


RUNS_CODE = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}


@pytest.mark.parametrize(
    "file", sorted(str(file.relative_to(ROOT)) for file in ROOT.glob("workflow/**/*.py"))
)
def test_nothing_is_read_that_could_run_code(file):
    """No module, and no function, that executes what it finds in a file."""
    for node in ast.walk(ast.parse((ROOT / file).read_text())):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name for alias in node.names} | {getattr(node, "module", None)}
            assert not names & RUNS_CODE
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            assert name not in ("eval", "exec", "yaml.load", "yaml.unsafe_load", "np.load")
            assert not name.endswith("read_pickle")


def test_a_ten_minute_recording_fits():
    config = changed(experiment={"duration_s": 600})
    check_memory(config)
    assert memory_to_sweep(config) <= 1000


def test_everything_that_is_wrong_is_said_at_once():
    config = changed(experiment={"duration_s": -1, "seed": 3}, sweep={"N": "many"})
    with pytest.raises(InvalidConfig) as error:
        check_config(config)
    assert len(str(error.value).splitlines()) == 4


@pytest.mark.parametrize(
    "sections",
    [
        {"experiment": {"duration_s": 600}},
        {"experiment": {"seeds": list(range(100))}},
        {"sweep": {"N": 100_000, "weights_pS": [i * 0.001 for i in range(1000)]}},
        {"inputs": {"exc_to_inh": 1.5}},
        {"neuron": {"Delta_T_mV": 0.05, "a_nS": 0, "b_pA": 0}},
    ],
)
def test_unusual_but_fine(sections):
    check_config(changed(**sections))


def test_snakemake_says_it_and_stops(tmp_path):
    study = Study(tmp_path, {"swep": {"N": 10}})
    output = study.snakemake(ok=False)
    assert "The configuration is not valid.\n  swep: no such key. Did you mean sweep?" in output
    assert not (tmp_path / "results").exists()


def snakemake_with(config: str, folder) -> subprocess.CompletedProcess:
    """With a config file of this text, and two gigabytes of memory."""
    (folder / "my.yaml").write_text(config)
    return subprocess.run(
        [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile"]
        + ["--cores", "1", "--directory", folder, "--configfile", folder / "my.yaml"],
        text=True,
        capture_output=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2 * 10**9, 2 * 10**9)),
    )


def test_a_config_file_that_is_not_yaml(tmp_path):
    done = snakemake_with("sweep: {N: [", tmp_path)
    assert done.returncode != 0
    assert "Config file is not valid JSON or YAML." in done.stderr


def test_a_config_file_that_multiplies_itself(tmp_path):
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 10)}]" for i in range(9)]
    done = snakemake_with("\n".join([*lines, "sweep: {weights_pS: *a9}"]), tmp_path)
    assert done.returncode != 0
    assert "It has more than 1000000 values, or contains itself." in done.stderr
    assert not (tmp_path / "results").exists()


def every_key(schema, prefix=""):
    for key, sub in schema.get("properties", {}).items():
        yield f"{prefix}{key}", sub
        yield from every_key(sub, f"{prefix}{key}.")


def parts(schema):
    """A schema, and all that it is made of."""
    yield schema
    options = [*schema.get("anyOf", []), *schema.get("properties", {}).values()]
    for part in [*options, *([schema["items"]] if "items" in schema else [])]:
        yield from parts(part)


def test_every_size_has_a_limit():
    limits = {"array": "maxItems", "integer": "maximum", "number": "maximum"}
    unlimited = [
        part for part in parts(SCHEMA) if limits.get(part.get("type")) not in (None, *part)
    ]
    assert unlimited == []


def test_every_key_is_described():
    assert all(sub.get("description") for _, sub in every_key(SCHEMA))


def test_the_readme_of_the_config_is_up_to_date():
    text = (ROOT / "config/README.md").read_text()
    assert text == describe(THESIS), "run: make docs"
    assert all(f"`{key.partition('.')[2] or key}`" in text for key, _ in every_key(SCHEMA))
