"""What is called, how surely, and what the verdict says of recordings with known faults."""

import numpy as np
import pandas as pd
import pytest
import scipy

from nto1 import Recording, detect
from nto1.recordings.example import example, sizes
from nto1.recordings.page import write
from nto1.regression.kernel import Kernel
from nto1.units import ms, mV

DURATION, RATE = 100, 1000


def noise(rng, n):
    """Like that of a membrane: of 10 ms, and white."""
    slow = scipy.signal.lfilter([1], [1, -0.9], rng.standard_normal(n))
    return -65 * mV + (slow / slow.std() + 0.3 * rng.standard_normal(n)) * mV


def at_random(rng, n_trains, rate=5.0):
    """Trains whose rate (1/s), which may change in time [n_steps], is what they have in common."""
    p = np.broadcast_to(np.asarray(rate) / RATE, DURATION * RATE)
    return [np.flatnonzero(rng.random(p.size) < p) / RATE + 0.2 / RATE for _ in range(n_trains)]


def found_in(V, trains, **options):
    return detect(Recording.of(V, trains, sampling_rate=RATE, own_spikes=None), **options)


@pytest.fixture(scope="module")
def of_example():
    return detect(example())


def test_inputs_are_called_with_their_sizes(of_example):
    table = of_example.table.set_index("train")
    called = table[table["call"] != "none"]
    assert {*sizes()} <= {*called.index}
    assert len(called) <= len(sizes()) + 2
    for train, size in sizes().items():
        row = table.loc[train]
        assert row["call"] == ("excitatory" if size > 0 else "inhibitory")
        assert (
            abs(row["size_mV"] - size / mV) < 4 * row["standard_error_mV"] + 0.03 * abs(size) / mV
        )
        assert row["delay_ms"] == pytest.approx(1, abs=0.5)
    assert not of_example.verdict.doubts
    assert f"{len(called)} of 100 trains are called" in str(of_example)


def test_what_would_have_been_found(of_example):
    """Trains with potentials of the size that is said to be found in 80 % of all cases."""
    rng = np.random.default_rng(5)
    recording = of_example.recording
    unconnected = of_example.table["train"].str.startswith("other")
    size = of_example.table.loc[unconnected, "detectable_mV"].to_numpy() * mV
    trains = dict(zip(recording.names, recording.trains, strict=True))
    V, dt = recording.segments[0].V.astype(float), recording.dt
    for k in range(0, 90, 2):  # half of them are connected now
        times = trains[f"other{k:02}"]
        counts = np.bincount((times / dt).astype(int), minlength=V.size)
        potential = Kernel(2 * ms, 12 * ms, 1 * ms).samples(dt)
        V += rng.choice([-1, 1]) * size[k] * scipy.signal.oaconvolve(counts, potential)[: V.size]
    again = detect(
        Recording.of(V, trains, sampling_rate=1 / dt, own_spikes=None), null="surrogates"
    ).table.set_index("train")
    # More trains are connected now, and so more are called at this false-discovery rate.
    found = np.mean([abs(again.loc[f"other{k:02}", "z"]) > 3 for k in range(0, 90, 2)])
    assert 0.65 < found < 0.95


def test_random_trains_are_seldom_called():
    p = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        found = found_in(noise(rng, DURATION * RATE), at_random(rng, 150))
        assert (found.table["call"] == "none").all()
        assert not found.verdict.doubts
        assert 0.6 <= found.injection.found.mean() <= 0.96
        p.append(found.table["p"])
    assert np.mean(np.concatenate(p) < 0.05) == pytest.approx(0.05, abs=0.025)


T = np.arange(DURATION * RATE) / RATE


def rhythm(frequency):
    """Of a phase that drifts."""
    drift = 0.05 * np.cumsum(np.random.default_rng(1).standard_normal(T.size))
    return np.sqrt(2) * np.sin(2 * np.pi * frequency * T + drift)


def states(duration):
    """That last for some time (s)."""
    decay = 1 - 1 / RATE / duration
    x = scipy.signal.lfilter([1], [1, -decay], np.random.default_rng(2).standard_normal(T.size))
    return x / x.std()


@pytest.mark.parametrize(
    ("shared", "said"),
    [
        (rhythm(8), "a rhythm of about 8 Hz"),
        (rhythm(40), "a rhythm of about 40 Hz"),
        (states(0.3), "a drift, or a change of states"),
        (states(0.01), "common input"),
    ],
)
def test_what_trains_share_with_the_voltage_is_named(shared, said):
    rng = np.random.default_rng(3)
    found = found_in(
        noise(rng, T.size) + mV * shared,
        at_random(rng, 60, 10 * (1 + 0.6 * shared).clip(0)),
        null="surrogates",
    )
    assert said in " ".join(found.verdict.doubts)


def test_flags():
    rng = np.random.default_rng(4)
    a, b, c = at_random(rng, 3, 4.0)
    twin = np.unique(np.concatenate([a[: a.size // 2], b[: b.size // 2]]))
    trains = {"a": a, "b": b, "copy": a, "silent": [], "few": c[:3], "twin": twin}
    V = noise(rng, T.size)
    recording = Recording.of(
        V, trains | {"c": np.append(c, c[-1])}, sampling_rate=RATE, own_spikes=None, drop=True
    )
    table = detect(recording).table.set_index("train")
    assert table["flags"].drop(["a", "b", "twin"]).to_dict() == {
        "copy": "copy of a",
        "silent": "silent",
        "few": "few spikes",
        "c": "dropped: 1 twice there",
    }
    assert table.loc["twin", "flags"].startswith("shares 50% of its spikes with")
    assert table.loc[["copy", "silent", "few"], "z"].isna().all()
    assert table.loc["silent", "rate_Hz"] == 0


def test_few_trains_are_calibrated_on_surrogates():
    rng = np.random.default_rng(6)
    found = found_in(noise(rng, T.size), at_random(rng, 5))
    assert found.null == "surrogates"
    assert "too few for the empirical null" in str(found)


def test_sweeps_tell_what_the_whole_does():
    """A recording in sweeps with pauses has the sizes of the whole one."""
    whole = example(60)
    V, dt = whole.segments[0].V, whole.dt
    edges = [(0, 20), (21, 39.7), (40, 60)]
    pieces = [V[round(begin / dt) : round(end / dt)] for begin, end in edges]
    recording = Recording.of(
        pieces,
        dict(zip(whole.names, whole.trains, strict=True)),
        sampling_rate=1 / dt,
        starts=[begin for begin, _ in edges],
        own_spikes=None,
    )
    one, other = (
        detect(each).table.set_index("train").loc[[*sizes()]] for each in (whole, recording)
    )
    assert (other["n_spikes_used"] < one["n_spikes_used"]).all()
    difference = (one["size_mV"] - other["size_mV"]) / one["standard_error_mV"]
    assert np.sqrt((difference**2).mean()) < 0.6


def test_action_potentials_are_left_out():
    rng = np.random.default_rng(7)
    V = noise(rng, T.size)
    at = np.arange(500, T.size, 1000)
    for lag, height in enumerate((40, 100, 60, 20)):
        V[at + lag] += height * mV
    for steps in (False, True):  # which hide them, if heights are compared with the voltage's SD
        step = 30 * mV * (np.sin(T) > 0) * steps
        recording = Recording.of(V + step, at_random(rng, 5), sampling_rate=RATE)
        assert recording.own_spikes.size == at.size
        assert np.abs(recording.own_spikes - at / RATE).max() < 3 * ms


def test_files_of_a_detection_have_the_same_bytes_twice(of_example, tmp_path):
    for folder in ("a", "b"):
        write(of_example, tmp_path / folder)
    files = {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()}
    assert {*files} == {"trains.csv", "trains.parquet", "figure.svg", "figure.pdf", "page.html"}
    for name, content in files.items():
        assert (tmp_path / "b" / name).read_bytes() == content, name
    table = pd.read_csv(tmp_path / "a/trains.csv", keep_default_na=False, na_values=[""])
    pd.testing.assert_frame_equal(
        table, pd.read_parquet(tmp_path / "a/trains.parquet").replace("", np.nan), check_dtype=False
    )
    page = files["page.html"].decode()
    assert page.index("are called connected") < page.index("<svg") < page.index("<table")
    assert "http" not in page.replace("http://www.w3.org", "").replace(
        "http://purl.org", ""
    ).replace("http://creativecommons.org", "").replace("https://matplotlib.org", "")
