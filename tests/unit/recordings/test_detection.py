"""What is called, how surely, and what the verdict says of recordings with known faults."""

import numpy as np
import pandas as pd
import pytest
import scipy

from nto1 import Recording, detect
from nto1.inference.method import methods
from nto1.recordings.errors import RecordingError
from nto1.recordings.example import example, sizes
from nto1.recordings.page import write
from nto1.recordings.recording import Joined
from nto1.recordings.verdict import reason_of
from nto1.regression.calibration import p_values
from nto1.regression.kernel import Kernel
from nto1.simulation.passive_membrane import SITUATIONS, record_passive
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


def rhythm(frequency, seed=1):
    """Of a phase that drifts."""
    drift = 0.05 * np.cumsum(np.random.default_rng(seed).standard_normal(T.size))
    return np.sqrt(2) * np.sin(2 * np.pi * frequency * T + drift)


def states(duration, seed=2):
    """That last for some time (s)."""
    decay = 1 - 1 / RATE / duration
    noise = np.random.default_rng(seed).standard_normal(T.size)
    x = scipy.signal.lfilter([1], [1, -decay], noise)
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


def at_random_too(rng, seed):
    """A stimulus, and what it should be called."""
    return (
        (rhythm(np.exp(rng.uniform(np.log(4), np.log(60))), seed), "a rhythm"),
        (states(rng.uniform(0.3, 3), seed), "a drift"),
        (states(rng.uniform(0.004, 0.015), seed), "common input"),
        (np.zeros(T.size), "no frequency in particular"),
    )[seed % 4]


def test_likely_reasons_of_stimuli_at_random():
    """Rhythms of 4 to 60 Hz, states of 0.3 s and more, common input of 4 to 15 ms, in all depths:
    the reason is named in nine of ten, and nothing is named where there is nothing."""
    right = []
    for seed in range(60):
        rng = np.random.default_rng(1000 + seed)
        shared, name = at_random_too(rng, seed)
        V = noise(rng, T.size) + mV * rng.uniform(0.3, 1.5) * shared
        trains = at_random(rng, 60, 10 * (1 + rng.uniform(0.3, 0.8) * shared).clip(0))
        joined = Joined.of(Recording.of(V, trains, sampling_rate=RATE, own_spikes=None), 1 * ms)
        right.append(name in reason_of(joined, trains))
    assert np.mean(right) >= 0.9
    assert np.mean(right[3::4]) >= 0.9


OTHERS = [name for name in methods() if name != "regression"]


@pytest.mark.parametrize("method", OTHERS)
def test_other_methods_give_what_they_can_and_say_what_it_is_worth(method, of_example):
    recorded = record_passive(SITUATIONS["poisson"], 60, seed=3).sampled(1 * ms)
    some = [*range(20), *range(20, 70)]
    trains = {str(k): recorded.trains[k] for k in some} | {"silent": []}
    recording = Recording.of(
        recorded.V, trains, sampling_rate=RATE, own_spikes=recorded.output_times
    )
    found = detect(recording, method=method, seed=7)
    table, kinds = found.table, recorded.kinds[some]
    assert list(table) == list(of_example.table)
    assert table["size_mV"].isna().all()
    assert table["detectable_mV"].isna().all()
    assert table.loc[70, "flags"] == "not tested"
    assert np.isnan(table.loc[70, "p"])
    # As the method itself has it, beside the neuron's own spikes, which are bridged.
    alone = detect(recording, method=method, seed=7, threads=2)
    pd.testing.assert_frame_equal(alone.table, table)
    assert methods()[method].caution in str(found)
    assert "does not tell" in found.verdict.missed
    inputs = table.loc[:69][(kinds != "unconnected") & (table["call"] != "none")[:70]]
    assert (inputs["call"] == kinds[inputs.index]).all()
    if method in ("sta", "template", "line_fit"):
        assert table["z"][:70][kinds != "unconnected"].abs().mean() > 1.5
    assert {*np.sign(table["z"].dropna())} <= {-1.0, 0.0, 1.0}
    np.testing.assert_allclose(p_values(table["z"]), table["p"], rtol=1e-6, atol=1e-12)


def test_what_other_methods_can_not_do_is_refused():
    rng = np.random.default_rng(0)
    V, trains = noise(rng, T.size), at_random(rng, 5)
    known = {"sampling_rate": RATE, "own_spikes": None}
    halves = Recording.of([V[:50_000], V[50_000:]], trains, starts=[0, 60], drop=True, **known)
    gap = Recording.of(V, trains, excluded=[(3, 4)], **known)
    for recording in (halves, gap):
        with pytest.raises(RecordingError, match="sta can't leave out parts of a voltage"):
            detect(recording, method="sta")
    whole = Recording.of(V, trains, **known)
    for option in ({"null": "empirical"}, {"timing_window": 0.1}, {"weights": "joint"}):
        with pytest.raises(RecordingError, match=f"line_fit has no {next(iter(option))}"):
            detect(whole, method="line_fit", **option)
    with pytest.raises(ValueError, match=r"method has to be one of sta, .*, not 'stat'"):
        detect(whole, method="stat")
    for method in ("spikes", "spike_coupling"):  # of a neuron that is silent
        with pytest.raises(ValueError, match=r"can test none of 5 trains; the neuron has 0 spikes"):
            detect(whole, method=method)


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


def test_figure_and_page_of_another_method(tmp_path):
    rng = np.random.default_rng(8)
    write(found_in(noise(rng, T.size), at_random(rng, 5), method="line_fit"), tmp_path)
    page = (tmp_path / "page.html").read_text()
    assert "by line_fit" in page
    assert "Take care" in page


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
