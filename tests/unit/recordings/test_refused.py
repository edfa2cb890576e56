"""What is wrong with a recording is said, in the words of the documentation's list of messages."""

import re

import neo
import numpy as np
import pandas as pd
import pytest
import quantities as pq
from click.testing import CliRunner
from test_files import V_MV, T, clamp, write_ABF, write_NWB

from nto1 import Recording, detect, read_recording
from nto1.cli import main
from nto1.recordings import files
from nto1.recordings.errors import RecordingError
from nto1.recordings.external import read_culture
from study import ROOT

PAGE = (ROOT / "docs/messages.md").read_text().partition("## Recordings")[2].partition("\n##")[0]
MESSAGES = re.findall(r"^\| `(.+?)` \|", PAGE, re.MULTILINE)
KNOWN = {"sampling_rate": 1000, "unit": "mV"}
TIMES = {"a": [0.5, 1.0]}


def of(voltage=V_MV, trains=TIMES, **options):
    return lambda folder: Recording.of(voltage, trains, **{**KNOWN, **options})


def table(name="units.csv", **columns):
    """Spikes of a table; the voltage is as it should be."""

    def read(folder):
        pd.DataFrame(columns).to_csv(folder / name, index=False)
        np.save(folder / "cell.npy", V_MV)
        return read_recording(folder / "cell.npy", folder / name, **KNOWN)

    return read


def voltage(name="cell.csv", options=KNOWN, **columns):
    """A voltage of a table."""

    def read(folder):
        pd.DataFrame({"train": "a", "time_s": [0.5]}).to_csv(folder / "units.csv", index=False)
        pd.DataFrame(columns).to_csv(folder / name, index=False)
        return read_recording(folder / name, folder / "units.csv", **options)

    return read


def arrays(**content):
    def read(folder):
        np.savez(folder / "cell.npz", **content)
        np.savez(folder / "units.npz", a=[0.5])
        return read_recording(folder / "cell.npz", folder / "units.npz")

    return read


def text(name, content):
    def read(folder):
        (folder / name).write_text(content)
        return read_recording(folder / name, folder / name)

    return read


def ABF(unit, **options):
    def read(folder):
        write_ABF(folder / "cell.abf", V_MV.reshape(4, -1), [0, 1000, 2000, 3000], unit)
        return read_recording(folder / "cell.abf", folder / "cell.abf", **options)

    return read


def NWB(series, options, **units):
    def read(folder):
        path = write_NWB(folder / "cell.nwb", series, **units)
        return read_recording(path, path, **options)

    return read


def culture(**arrays):
    content = {"times": [1.0], "ids": [1], "nodes": [1, 2], "marked_edges": [[1, 2, 0]]}

    def read(folder):
        np.savez(folder / "a.npz", **{**content, **arrays})
        return read_culture(folder / "a.npz")

    return read


def culture_of_nothing(folder):
    np.savez(folder / "a.npz", times=[1.0])
    return read_culture(folder / "a.npz")


def folder_of_trains(content):
    def read(folder):
        (folder / "trains").mkdir()
        if content:
            (folder / "trains/a.txt").write_text(content)
        return files.read_trains(folder / "trains")

    return read


def without(package):
    def read(folder):
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(__import__("sys").modules, package, None)
            (folder / f"cell.{'nwb' if package == 'pynwb' else 'abf'}").write_text("")
            return files.read_trains(next(folder.iterdir()))

    return read


SEGMENT = neo.AnalogSignal(V_MV, units="mV", sampling_rate=2 * pq.kHz)

WRONG = [
    of({"v": V_MV}),
    of(pd.DataFrame({"v": V_MV})),
    of("cell.abf"),
    of(V_MV.reshape(2, -1)),
    of([1.0, [3.0]]),
    of(["a", "b"]),
    of(V_MV > 0),
    of(None),
    of(V_MV * pq.pA, unit=None),
    of(V_MV, unit="pA"),
    of(V_MV, unit="V"),
    of(V_MV / 1000, unit="mV"),
    of(V_MV * np.nan),
    of(np.append(V_MV, np.inf)),
    of(sampling_rate=None),
    of(times=T[1:]),
    of(times=T[::-1]),
    of(times=np.append(T[:-1], np.nan)),
    of(times=T**1.5),
    of(pd.Series(V_MV, index=T[::-1])),
    of([V_MV, V_MV], starts=[0]),
    of([V_MV, V_MV], starts=[0, 3.5]),
    of([SEGMENT, V_MV]),
    of(excluded=[(2, 1)]),
    of(trains=[]),
    of(trains=T[:5]),
    of(trains={1.0, 2.0}),
    of(trains="units.csv"),
    of(trains=[0.1 * pq.s]),
    of(trains=[T[:10] * pq.mV]),
    of(trains=[T > 1]),
    of(trains={"a": [[0.1], [0.2]]}),
    of(trains=pd.DataFrame({"neuron": [1], "sample": [3]})),
    of(trains={"a": [0.1, 0.1]}),
    of(trains={"a": [0.2, 0.1]}),
    of(trains={"a": [0.2, np.nan]}),
    of(trains={"a": [0.2, 7.0]}),
    of(trains={"a": [200.0, 3900.0]}),
    table(name="a.csv", unit=[1], sample=[3]),
    table(**{"1": [2], "0.5": [2]}),
    voltage(time_s=T),
    arrays(V_mV=V_MV, time_s=T[1:]),
    voltage(a_mV=V_MV, b_mV=V_MV),
    voltage(a_mV=V_MV, b_mV=V_MV, options=KNOWN | {"channel": "c"}),
    text("cell.xyz", "no"),
    text("cell.npz", "no"),
    text("cell.nwb", "no"),
    text("cell.abf", "ABF2"),
    ABF("pA"),
    ABF("mV", sweeps=[4]),
    ABF("mV"),  # has no spike trains
    NWB([], {}, a=[1.0]),
    NWB([clamp("one", V_MV, 0.0, conversion=1e-3)], {}),
    folder_of_trains(""),
    folder_of_trains("0.1\nspike\n"),
    lambda folder: read_recording(folder / "cell.abf", folder / "units.csv"),
    lambda folder: detect(of([V_MV, V_MV], starts=[0, 5])(folder), method="sta"),
    lambda folder: detect(of()(folder), method="sta", null="empirical"),
    lambda folder: detect(of()(folder), null="none"),
    lambda folder: detect(of()(folder), method="magic"),
    lambda folder: detect(of()(folder), method="spikes"),
    lambda folder: detect(of(V_MV[:900], {"a": np.arange(1, 9) / 10})(folder)),
    lambda folder: detect(of(0 * V_MV - 65, {"a": np.arange(1, 9) / 10})(folder)),
    culture_of_nothing,
    culture(times=[1.0, 2.0]),
    culture(marked_edges=[[1, 3, 0]]),
    culture(marked_edges=[1, 2, 0]),
    culture(),
    without("pynwb"),
    without("neo"),
]


def said(tmp_path_factory, wrong) -> str:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 (its text is what is tested)
        wrong(tmp_path_factory.mktemp("wrong"))
    return str(caught.value)


def is_listed(message: str, text: str) -> bool:
    """Whether a text has the parts of a listed message, in their order."""
    return re.search(".*".join(map(re.escape, filter(None, message.split("…")))), text) is not None


@pytest.fixture(scope="module")
def texts(tmp_path_factory) -> list[str]:
    return [said(tmp_path_factory, wrong) for wrong in WRONG]


def test_all_that_is_said_is_listed(texts):
    assert [text for text in texts if not any(is_listed(m, text) for m in MESSAGES)] == []


def test_all_that_is_listed_is_said(texts):
    assert [m for m in MESSAGES if not any(is_listed(m, text) for text in texts)] == []


def test_hints():
    with pytest.raises(RecordingError, match=r"2 spikes.*of b \(2\).*If spikes are in ms, say so"):
        of(trains={"a": [0.1], "b": [400.0, 3900.0]})(None)


def test_only_a_recording_is_tested():
    with pytest.raises(TypeError, match=r"Recording\.of"):
        detect(V_MV)


def test_the_command_says_it_too(tmp_path):
    done = CliRunner().invoke(main, ["detect", str(tmp_path / "no.abf"), "--spikes", "units.csv"])
    assert done.exit_code == 1
    assert done.output == f"Error: {tmp_path / 'no.abf'} is not there\n"
    for wrong in (["--exclude", "3"], ["--sweeps", "a"], ["--null", "none"]):
        done = CliRunner().invoke(main, ["detect", "a.abf", "--spikes", "b.csv", *wrong])
        assert done.exit_code == 2
        assert wrong[1] in done.output
