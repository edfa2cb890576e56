"""An example of a recording, with the truth: a cell with some inputs among many trains."""

from pathlib import Path

import numpy as np
import pandas as pd
import scipy

from nto1.recordings.recording import Recording
from nto1.regression.kernel import Kernel
from nto1.units import ms, mV

# The first excitatory and inhibitory trains are inputs; sizes of their potentials.
EXC = np.array([0.6, 0.5, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15]) * mV
INH = -np.array([0.5, 0.3]) * mV

KERNEL = Kernel(2 * ms, 12 * ms, 1 * ms)


def example(duration: float = 120.0, sampling_rate: float = 2000.0, seed: int = 1) -> Recording:
    """A voltage (V) with noise, slow drift and ten inputs, among 100 trains of 2 to 10 Hz.

    Trains ``exc00`` to ``exc07`` and ``inh00`` and ``inh01`` are connected, the others are not;
    ``sizes`` tells how strongly.
    """
    rng = np.random.default_rng(seed)
    n, dt = round(duration * sampling_rate), 1 / sampling_rate
    names = [*(f"exc{i:02}" for i in range(EXC.size)), *(f"inh{i:02}" for i in range(INH.size))]
    names += [f"other{i:02}" for i in range(90)]
    trains = {
        name: np.unique(rng.uniform(0, duration, rng.poisson(rate * duration)).round(5))
        for name, rate in zip(names, rng.uniform(2, 10, len(names)), strict=True)
    }
    drive = np.zeros(n)
    for name, size in sizes().items():
        drive += size * np.bincount((trains[name] / dt).astype(int), minlength=n)[:n]
    V = -65 * mV + scipy.signal.oaconvolve(drive, KERNEL.samples(dt))[:n]
    slow = scipy.signal.lfilter([1], [1, -(1 - dt / (20 * ms))], rng.standard_normal(n))
    V += 1.0 * mV * slow / slow.std() + 0.3 * mV * rng.standard_normal(n)
    V += 2 * mV * np.sin(2 * np.pi * np.arange(n) * dt / 50)
    return Recording.of(
        V.astype(np.float32), trains, sampling_rate=sampling_rate, name="example", own_spikes=None
    )


def sizes() -> dict[str, float]:
    """Of the potentials (V) of connected trains."""
    exc = {f"exc{i:02}": float(size) for i, size in enumerate(EXC)}
    return exc | {f"inh{i:02}": float(size) for i, size in enumerate(INH)}


def write_example(folder: Path) -> None:
    """The example's voltage (cell.npz), spikes (units.csv) and sizes (truth.csv)."""
    folder.mkdir(parents=True, exist_ok=True)
    recording = example()
    V_mV = (recording.segments[0].V / mV).astype(np.float32)
    np.savez_compressed(folder / "cell.npz", V_mV=V_mV, sampling_rate_Hz=1 / recording.dt)
    n_spikes = [times.size for times in recording.trains]
    spikes = {
        "train": np.repeat(recording.names, n_spikes),
        "time_s": np.concatenate(recording.trains),
    }
    pd.DataFrame(spikes).to_csv(folder / "units.csv", index=False, lineterminator="\n")
    truth = [(name, sizes().get(name, 0.0) / mV) for name in recording.names]
    table = pd.DataFrame(truth, columns=["train", "size_mV"])
    table.to_csv(folder / "truth.csv", index=False, lineterminator="\n")
