"""Recordings from files, which these tests make with the formats' own libraries."""

import struct
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from pyabf.abfWriter import writeABF1
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.icephys import CurrentClampSeries, VoltageClampSeries

from nto1.recordings.files import extent_of, read_recording, read_trains

RNG = np.random.default_rng(0)
V_MV = RNG.normal(-65, 1, 4000)
T = np.arange(V_MV.size) / 1000
TRAINS = {name: np.sort(RNG.uniform(0, 4, 20).round(4)) for name in ("a", "b", "10")}


def same_voltage(recording, atol=1e-9):
    found = np.concatenate([segment.V for segment in recording.segments])
    np.testing.assert_allclose(found, V_MV / 1000, atol=atol)
    assert recording.dt == pytest.approx(1e-3, rel=1e-6)


def as_table():
    return pd.DataFrame(
        [(name, t) for name, times in TRAINS.items() for t in times], columns=["train", "time_s"]
    )


@pytest.fixture
def spikes(tmp_path):
    as_table().to_csv(tmp_path / "units.csv", index=False)
    return tmp_path / "units.csv"


def write_NWB(path, series, excluded=(), **units):
    file = NWBFile("a session", "one", datetime(2026, 1, 1, tzinfo=UTC))
    device = file.create_device("amplifier")
    electrode = file.create_icephys_electrode(name="soma", description="in it", device=device)
    for make in series:
        file.add_acquisition(make(electrode))
    for start, stop in excluded:
        file.add_invalid_time_interval(start_time=start, stop_time=stop)
    if units:
        file.add_unit_column("unit_name", "which")
        for name, times in units.items():
            file.add_unit(spike_times=times, unit_name=name)
    with NWBHDF5IO(str(path), "w") as io:
        io.write(file)
    return path


def clamp(name, data, start, kind=CurrentClampSeries, **options):
    return lambda electrode: kind(
        name=name,
        data=data,
        electrode=electrode,
        gain=1.0,
        rate=1000.0,
        starting_time=start,
        **options,
    )


def write_ABF(path, sweeps, starts, unit="mV"):
    """Sixteen bits of sweeps that begin at some samples, of which pyabf's writer says nothing."""
    writeABF1(np.array(sweeps), str(path), 1000, units=unit)
    header = bytearray(path.read_bytes())
    header += bytes(-len(header) % 512)
    struct.pack_into("ii", header, 92, len(header) // 512, len(starts))
    for start, sweep in zip(starts, sweeps, strict=True):
        header += struct.pack("ii", start, len(sweep))
    path.write_bytes(header)
    return path


def test_ABF(tmp_path, spikes):
    cell = write_ABF(tmp_path / "cell.abf", V_MV.reshape(4, 1000), [0, 1500, 3000, 4000])
    recording = read_recording(cell, spikes)
    same_voltage(recording, atol=1e-5)
    assert [segment.start for segment in recording.segments] == pytest.approx([0, 1.5, 3, 4])
    some = read_recording(cell, spikes, sweeps=[1, 3], drop=True, channel=0)
    assert [segment.start for segment in some.segments] == pytest.approx([1.5, 4])
    assert some.name == "cell"


def test_extents_without_reading_all(tmp_path):
    """4000 samples of 4 s: as they are by headers, and not less by the size of a CSV file."""
    write_ABF(tmp_path / "cell.abf", V_MV.reshape(4, 1000), [0, 1500, 3000, 4000])
    write_NWB(tmp_path / "cell.nwb", [clamp("one", V_MV, 0.0)])
    np.savez_compressed(tmp_path / "cell.npz", V_mV=V_MV, sampling_rate_Hz=1000.0)
    for suffix in ("abf", "nwb", "npz"):
        assert extent_of(tmp_path / f"cell.{suffix}") == (4000, pytest.approx(4))
    np.save(tmp_path / "cell.npy", V_MV.astype(np.int16))
    table = pd.DataFrame({"V_mV": V_MV.round(1)})
    table.to_parquet(tmp_path / "cell.parquet", index=False)
    for suffix in ("npy", "parquet"):
        assert extent_of(tmp_path / f"cell.{suffix}", 2000) == (4000, 2)
    table.to_csv(tmp_path / "cell.csv", index=False)
    n, duration = extent_of(tmp_path / "cell.csv")
    assert n >= 4000
    assert duration == n / 1000


def test_NWB(tmp_path):
    """Sweeps that are series of one electrode, in units of the amplifier, with pauses between."""
    sweeps = [
        clamp("second", V_MV[1500:] / 5 + 2, 3.0, conversion=5e-3, offset=-10e-3),
        clamp("first", V_MV[:1500] / 5 + 2, 1.0, conversion=5e-3, offset=-10e-3),
        clamp("current", np.zeros(100), 0.0, VoltageClampSeries),
    ]
    moved = {name: times + 1 for name, times in TRAINS.items()}
    path = write_NWB(tmp_path / "cell.nwb", sweeps, excluded=[(1.5, 1.6)], **moved)
    recording = read_recording(path, path, channel="soma", sweeps=[1, 2], drop=True)
    same_voltage(recording)
    assert [segment.start for segment in recording.segments] == [1.0, 3.0]
    assert recording.excluded == ((1.5, 1.6),)
    assert recording.names == ("a", "b", "10")
    np.testing.assert_allclose(recording.trains[0], moved["a"])


def test_NWB_with_time_stamps(tmp_path, spikes):
    kept = np.delete(np.arange(4000), [7, 8, 9])
    series = TimeSeries(name="imaging", data=V_MV[kept], unit="mV", timestamps=T[kept] + 2.0)
    recording = read_recording(
        write_NWB(tmp_path / "cell.nwb", [lambda electrode: series]), spikes, clock_offset=2
    )
    V = np.where(np.isin(np.arange(4000), kept), V_MV, np.nan) / 1000
    np.testing.assert_allclose(recording.segments[0].V, V, atol=1e-9)
    assert "3 samples dropped" in recording.notes[0]


@pytest.mark.parametrize(
    ("columns", "options"),
    [
        ({"time_s": T, "V_mV": V_MV}, {}),
        ({"t_ms": T * 1000, "Vm_V": V_MV / 1000}, {}),
        ({"Vm_uV": V_MV * 1000, "stimulus": 0 * T}, {"sampling_rate": 1000}),
        ({"cell": V_MV, "other": 0 * T}, {"sampling_rate": 1000, "unit": "mV", "channel": "cell"}),
        ({"time_s": T, "a": 0 * T, "b": V_MV}, {"unit": "mV", "channel": 1}),
    ],
)
@pytest.mark.parametrize("suffix", ["csv", "parquet", "npz"])
def test_tables(tmp_path, spikes, columns, options, suffix):
    path = tmp_path / f"cell.{suffix}"
    if suffix == "csv":
        pd.DataFrame(columns).to_csv(path, index=False)
    elif suffix == "parquet":
        pd.DataFrame(columns).to_parquet(path)
    else:
        np.savez(path, **columns)
    same_voltage(read_recording(path, spikes, **options))


def test_arrays(tmp_path, spikes):
    np.save(tmp_path / "cell.npy", V_MV)
    known = {"sampling_rate": 1000, "unit": "mV"}
    same_voltage(read_recording(tmp_path / "cell.npy", spikes, **known))
    np.savez(tmp_path / "cell.npz", V_mV=V_MV, sampling_rate_Hz=1000)
    same_voltage(read_recording(tmp_path / "cell.npz", spikes, own_spikes=None))


def test_trains(tmp_path, spikes):
    as_table().to_parquet(tmp_path / "units.parquet")
    np.savez(tmp_path / "units.npz", **TRAINS)
    np.savez(
        tmp_path / "table.npz", train=as_table()["train"].to_numpy(str), time_s=as_table()["time_s"]
    )
    (tmp_path / "folder").mkdir()
    for name, times in TRAINS.items():
        np.savetxt(tmp_path / "folder" / f"{name}.txt", times)
    for name in ("units.csv", "units.parquet", "units.npz", "table.npz", "folder"):
        found = read_trains(tmp_path / name)
        assert {*found} == {*TRAINS}, name
        for train, times in TRAINS.items():
            np.testing.assert_allclose(found[train], times)


def test_own_spikes_of_a_file(tmp_path, spikes):
    pd.DataFrame({"train": 0, "time_ms": [1500.0, 2500.0]}).to_csv(
        tmp_path / "own.csv", index=False
    )
    np.save(tmp_path / "cell.npy", V_MV)
    known = {"sampling_rate": 1000, "unit": "mV", "own_spikes": tmp_path / "own.csv"}
    assert read_recording(tmp_path / "cell.npy", spikes, **known).own_spikes.tolist() == [1.5, 2.5]
