"""How work is cut into jobs."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan import N_per_batch, batches, label, science, weights_per_batch

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


def test_batches_are_about_as_large_as_asked():
    values = [i * 0.03 for i in range(1000)]
    for size in (1, 2, 5, 10):
        assert len(batches(values, size)) == pytest.approx(1000 / size, rel=0.25)
    assert list(batches(values, 1)) == [label(v) for v in values]


def test_labels_are_what_people_write():
    assert [label(v) for v in (14, 14.0, 12.5, 0, 1e-7)] == ["14", "14", "12.5", "0", "1e-07"]


def config(duration_s=10, seeds=10, weights="auto", N="auto"):
    return {
        "experiment": {
            "duration_s": duration_s,
            "timestep_ms": 0.1,
            "seeds": list(range(seeds)),
        },
        "sweep": {"weights_per_batch": weights},
        "find_weight": {"N_per_batch": N},
    }


def test_batch_sizes():
    assert weights_per_batch(config()) == 2500
    assert weights_per_batch(config(seeds=100)) == 250
    assert weights_per_batch(config(duration_s=6000, seeds=1000)) == 1
    assert weights_per_batch(config(weights=17)) == 17
    assert N_per_batch(config()) == 333
    assert N_per_batch(config(duration_s=6000, seeds=1000)) == 1
    assert N_per_batch(config(N=2)) == 2


def test_science_follows_imports():
    def modules(script):
        return {Path(file).stem for file in science(script)}

    simulate = modules("simulate.py")
    assert {"simulation", "adex", "lanes", "median", "ziggurat", "sources", "units"} <= simulate
    assert not simulate & {"weight_search", "comparison", "simulate"}
    assert modules("find_weight.py") == simulate | {"weight_search"}
    assert modules("compare_with_published.py") == {"comparison"}
    assert all(Path(file).exists() for file in science("find_weight.py"))
