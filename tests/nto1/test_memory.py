"""Is the memory told beforehand enough, and flat in the number of inputs?"""

import subprocess
import sys

import pytest

from conftest import ROOT
from nto1.memory import (
    WIDTHS,
    connection_test_MB,
    fit_sweep,
    network_MB,
    search_MB,
    sweep_MB,
    trace_MB,
)


def peak_MB(code: str) -> float:
    """Of a process of its own."""
    peak = "print(*(x.split()[1] for x in open('/proc/self/status') if 'VmHWM' in x))"
    done = subprocess.run(
        [sys.executable, "-c", f"{IMPORTS}\n{code}\n{peak}"],
        cwd=ROOT / "workflow",
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout) * 1024 / 1e6


IMPORTS = """
import numpy as np, pyarrow.parquet
from nto1.simulation.inputs import TimeGrid
from nto1.simulation.runs import realise, simulate, simulate_batch
from nto1.simulation.weight_search import mean_rate
"""

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="peak memory is read from Linux's /proc"
)


@pytest.mark.parametrize(
    ("duration", "seeds", "weights"), [(10, 10, 18), (200, 3, 20), (200, 1, 8)]
)
def test_sweeps_stay_within_what_was_told(duration, seeds, weights):
    n_steps = duration * 10_000
    at_once, width = fit_sweep(6500, n_steps, seeds, weights, 1, 10_000)
    assert at_once == seeds
    measured = peak_MB(
        f"i = realise(6500, range({seeds}), TimeGrid({duration}, 1e-4))\n"
        f"simulate_batch(np.linspace(0, 30e-12, {weights}), i, max_width={width})"
    )
    told = sweep_MB(6500, n_steps, at_once, width)
    assert 0.3 * told < measured <= told


@pytest.mark.parametrize(("duration", "seeds"), [(10, 10), (200, 10)])
def test_searches_stay_within_what_was_told(duration, seeds):
    measured = peak_MB(
        f"i = realise(6500, range({seeds}), TimeGrid({duration}, 1e-4)); mean_rate(15e-12, i)"
    )
    assert measured <= search_MB(6500, duration * 10_000, seeds)


def test_a_trace_stays_within_what_was_told():
    measured = peak_MB(
        "simulate(14e-12, realise(6500, [1], TimeGrid(200, 1e-4)).counts[0], record=['V'])"
    )
    assert measured <= trace_MB(6500, 2_000_000)


def test_memory_is_flat_in_the_number_of_inputs():
    few, many = (
        peak_MB(f"simulate(1e-13, realise({N}, [1]).counts[0])") for N in (6500, 1_000_000)
    )
    assert many <= 1.3 * few


def test_less_memory_means_fewer_at_a_time():
    for available in (2000, 1000, 700, 500, 400):
        at_once, width = fit_sweep(6500, 6_000_000, 100, 64, 1, available)
        assert sweep_MB(6500, 6_000_000, at_once, width) <= available or (at_once, width) == (
            1,
            WIDTHS[0],
        )
    assert fit_sweep(6500, 100_000, 10, 18, 1, 1000) == (10, 32)
    assert fit_sweep(6500, 6_000_000, 10, 64, 1, 10) == (1, WIDTHS[0])


def test_connection_tests_stay_within_what_was_told(tmp_path):
    """Ten minutes of voltage; the number of trains doesn't matter."""
    measured = peak_MB(
        f"""
import sys
import yaml
sys.path.insert(0, "scripts")
from plan import connection_tests
from test_connections import main
config = yaml.safe_load(open("../config/config.yaml"))
test = connection_tests(config)["base"] | dict(n_trains=4)
tables = ("trains", "stas", "shuffled_heights", "output_spikes", "run")
main(test, config["izhikevich"], 2, **{{name: "{tmp_path}/" + name for name in tables}})
"""
    )
    told = connection_test_MB(6_000_000, 4, 12_000, 100, 1000, threads=2)
    assert 0.3 * told < measured <= told


def test_networks_stay_within_what_was_told():
    measured = peak_MB(
        """
from scipy.sparse import coo_array
from nto1.simulation.network import Network, simulate_network
rng = np.random.default_rng(0)
pairs = rng.integers(0, 10_000, (2, 1_000_000))
weights = np.where(pairs[0] == pairs[1], 0, 0.1e-9)
network = Network.of(coo_array((weights, pairs), shape=(10_000, 10_000)), np.zeros(10_000))
simulate_network(network, 0.2, recorded=range(1000))
"""
    )
    told = network_MB(10_000, 1_000_000, 0.2, 1000 * 2000)
    assert 0.3 * told < measured <= told
