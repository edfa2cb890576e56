"""How work is cut into jobs."""

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nto1.config import ConfigError, resolve
from nto1_workflow.planning.connection_tests import of_base_recording, other_tests, variants
from nto1_workflow.planning.jobs import (
    MEM_MB,
    SNAKEMAKE_MB,
    N_batches,
    batches,
    label,
    weight_batches,
)
from nto1_workflow.planning.recordings import job_of
from nto1_workflow.planning.result_sets import pools, result_sets
from study import ROOT

numbers = st.floats(0, 1e6).map(lambda x: round(x, 3))


@given(st.sets(numbers, min_size=1), st.integers(1, 20))
def test_every_value_is_in_one_batch(values, size):
    result = batches(list(values), size)
    assert sorted(v for batch in result.values() for v in batch) == sorted(values)
    assert all(name == label(batch[0]) for name, batch in result.items())


@given(st.sets(numbers, min_size=2), st.integers(1, 20), st.data())
def test_one_more_value_changes_no_other_batch(values, size, data):
    added = data.draw(st.sampled_from(sorted(values)))
    before = batches(list(values - {added}), size)
    after = batches(list(values), size)
    untouched = [batch for batch in after.values() if batch in before.values()]
    # The one it falls in, or the two it cuts that into.
    assert len(after) - len(untouched) <= 2
    assert len(before) - len(untouched) <= 1


def test_batches_are_no_larger_than_asked_and_seldom_smaller_than_half():
    values = [i * 0.03 for i in range(1000)]
    for size in (1, 2, 5, 10, 400):
        result = batches(values, size)
        assert max(map(len, result.values())) <= size
        assert len(result) <= 2.5 * 1000 / size
    assert list(batches(values, 1)) == [label(v) for v in values]


def test_labels_are_what_people_write():
    assert [label(v) for v in (14, 14.0, 12.5, 0, 1e-7)] == ["14", "14", "12.5", "0", "1e-07"]


def config(**sections):
    return resolve(sections)


def test_jobs_take_some_seconds():
    assert len(weight_batches(config())) == 1
    assert len(N_batches(config())) <= 2
    many = [i / 100 for i in range(1000)]
    batches = weight_batches(
        config(experiment={"seeds": list(range(100))}, sweep={"weights_pS": many})
    )
    assert 2 <= len(batches) <= 10
    long = config(experiment={"duration_s": 600}, find_weight={"N": list(range(10, 410, 10))})
    assert len(N_batches(long)) >= 2
    one_each = config(sweep={"weights_per_batch": 1}, find_weight={"N_per_batch": 1})
    assert len(weight_batches(one_each)) == 18
    assert len(N_batches(one_each)) == 10


def test_tests_that_differ_in_noise_alone_share_a_job():
    assert names_with_base(config()) == [
        "base",
        *(f"imaging_spike_SNR={SNR}" for SNR in (10, 5, 2)),
    ]
    apart = config(connection_test={"variants": [{"seed": 1}, {"p_value": "unbiased"}]})
    assert names_with_base(apart) == ["base", "p_value=unbiased"]
    assert other_ones(apart) == [("seed=1", 1)]
    many = config(connection_test={"variants": [{"imaging_spike_SNR": 2 + i} for i in range(5)]})
    with_base = names_with_base(many)
    assert [*with_base, *(name for name, _ in other_ones(many))] == list(variants(many))
    assert len(with_base) == 4


def names_with_base(some_config) -> list[str]:
    return [test.columns["case"] for test in of_base_recording(some_config)]


def other_ones(some_config) -> list[tuple[str, int]]:
    """Variants and seeds of other tests than those in the base case's job."""
    tests = [test for job in other_tests(some_config).values() for test in job]
    return sorted((test.columns["case"], test.recording.seed) for test in tests)


def test_short_recordings_are_tested_with_the_other_seeds():
    variants = [{"duration_s": 60}, {"duration_s": 60, "seed": 3}, {"duration_s": 90}]
    own = {"variants": variants, "seeds": [0, 1, 2], "seeds_up_to_s": 60}
    assert other_ones(config(connection_test=own)) == [
        *(("duration_s=60", seed) for seed in (0, 1, 2)),
        *(("duration_s=60,seed=3", seed) for seed in (0, 1, 2, 3)),
        ("duration_s=90", 0),
    ]
    base = {"variants": [], "seeds": [0, 1, 2], "duration_s": 60, "seeds_up_to_s": 60}
    assert other_ones(config(connection_test=base)) == [("base", 1), ("base", 2)]
    assert not other_tests(config(connection_test=base | {"seeds_up_to_s": 0}))


def test_jobs_that_test_thousands_of_trains_ask_for_their_memory():
    config = resolve({})
    jobs = pools(result_sets(config), config)
    few, all_of_6500 = jobs["overview"].values(), jobs["regression_noise"].values()
    assert {job.mem_mb(1) for job in few} == {MEM_MB}
    largest = max(all_of_6500, key=lambda job: job.memory_MB)
    assert 2000 < largest.mem_mb(1) < 4000
    assert largest.mem_mb(2) == 2 * largest.mem_mb(1)


def test_profiles_ask_for_what_jobs_do():
    for profile in ("slurm", "generic"):
        text = (ROOT / f"profiles/{profile}/config.yaml").read_text()
        resources = yaml.safe_load(text)["default-resources"]
        assert resources["mem_mb"] == f"{MEM_MB} * 2 ** (attempt - 1)"
    assert MEM_MB == resolve({}).experiment.memory_per_job_MB + SNAKEMAKE_MB


def test_long_recordings_ask_for_their_memory_or_are_refused(tmp_path):
    """By header and size of the file: an hour at 20 kHz took 2.9 GB, ten minutes 0.8 GB."""
    for name, minutes in (("short", 0.1), ("hour", 60)):
        shape = (round(minutes * 60 * 20_000),)  # of zeros, which take no room on the disk
        np.lib.format.open_memmap(tmp_path / f"{name}.npy", "w+", np.int16, shape)
    (tmp_path / "units.csv").write_text("train,time_s\na,0.5\n")
    recordings = {
        name: {
            "voltage": {"file": str(tmp_path / f"{name}.npy"), "sampling_rate_Hz": 20_000},
            "spikes": {"file": str(tmp_path / "units.csv")},
        }
        for name in ("short", "hour")
    }
    config = resolve({"recordings": recordings, "experiment": {"memory_per_job_MB": 4000}})
    assert job_of("short", config).mem_mb(1) == MEM_MB
    assert 2700 < job_of("hour", config).mem_mb(1) < 3600
    with pytest.raises(ConfigError, match=r"recordings\.hour: a job needs .* MB, more than"):
        job_of("hour", resolve({"recordings": recordings}))
