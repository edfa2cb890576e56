"""Bad configs, each with its message; and the page that explains the keys."""

import copy
import math
import subprocess
import sys

import pytest
import yaml

from conftest import ROOT, Study
from plan import check_memory, memory_to_sweep
from schemas.check import SCHEMA, InvalidConfig, check_config
from schemas.describe import describe

THESIS = yaml.safe_load((ROOT / "config/config.yaml").read_text())


def changed(**sections) -> dict:
    config = copy.deepcopy(THESIS)
    for section, values in sections.items():
        config[section] = config[section] | values if isinstance(values, dict) else values
    return config


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
        "experiment.seeds[0]: -1 is not a whole number ≥ 0.",
    ),
    "batches of none": (
        {"sweep": {"weights_per_batch": 0}},
        "sweep.weights_per_batch: 0 is not auto or a whole number ≥ 1.",
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
}


def test_the_thesis_is_valid():
    check_config(THESIS)


@pytest.mark.parametrize("name", BAD)
def test_bad_config(name):
    sections, message = BAD[name]
    config = copy.deepcopy(THESIS)
    for section, values in sections.items():
        old = config.get(section)
        config[section] = old | values if isinstance(old, dict) and values else values
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


def test_a_config_file_that_is_not_yaml(tmp_path):
    (tmp_path / "bad.yaml").write_text("sweep: {N: [")
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile"]
        + ["--cores", "1", "--directory", tmp_path, "--configfile", tmp_path / "bad.yaml"],
        text=True,
        capture_output=True,
    )
    assert done.returncode != 0
    assert "Config file is not valid JSON or YAML." in done.stderr


def every_key(schema, prefix=""):
    for key, sub in schema.get("properties", {}).items():
        yield f"{prefix}{key}", sub
        yield from every_key(sub, f"{prefix}{key}.")


def test_every_key_is_described():
    assert all(sub.get("description") for _, sub in every_key(SCHEMA))


def test_the_readme_of_the_config_is_up_to_date():
    text = (ROOT / "config/README.md").read_text()
    assert text == describe(THESIS), "run: make docs"
    assert all(f"`{key.partition('.')[2] or key}`" in text for key, _ in every_key(SCHEMA))
