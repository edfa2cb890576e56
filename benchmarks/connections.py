"""How fast are the connection tests? Times beside those of a plain version and of general tools.

    PYTHONPATH=workflow python benchmarks/connections.py [table.csv [python]]

The plain version goes through trains one after the other, in doubles, and adds up every sample of
every window. Both test the same trains with the same shuffles, in one thread, in turns. ``python``
is that of an environment with Elephant and pynapple, which average one train, without shuffles.
"""

import csv
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numba import int64, uint64

from nto1 import line_fit_test, sta_test
from nto1.inference.n_to_1 import Signal, choose_trains, imaged, record
from nto1.inference.template import correlation_test, make_template
from nto1.jit import jit
from nto1.random.stream import next_word, seeded
from nto1.units import ms, pS

W_EXC = 15.036 * pS  # N = 6500, about 4 Hz
N_SPIKES = 3157  # of the train that the plain version tests
N_TRAINS = 256  # with about as many spikes, for the other one: trains are tested together
N_SHUFFLES = 100
ROUNDS = 3


@jit
def add_up(v, times, dt, window, total):
    """Sum of the windows after each spike; their number."""
    total[:] = 0
    n = 0
    for t in times:
        start = int(np.floor(t / dt))
        if start + window <= v.size:
            for j in range(window):
                total[j] += v[start + j]
            n += 1
    return n


@jit
def shuffle(x, state):
    """Shuffle x [n] in place (Fisher-Yates); the state after.

    The place to swap with is drawn from as few bits as hold it, again until it is small enough.
    """
    mask = uint64(1)
    while mask < uint64(x.size):
        mask <<= uint64(1)
    mask -= uint64(1)
    for i in range(x.size, 1, -1):
        if mask >> uint64(1) == uint64(i):
            mask >>= uint64(1)
        while True:
            word, state = next_word(state)
            j = int64((word >> uint64(12)) & mask)
            if j < i:
                break
        x[i - 1], x[j] = x[j], x[i - 1]
    return state


@jit
def shuffled(times, state):
    intervals = np.empty(times.size)
    intervals[0] = times[0]
    for i in range(1, times.size):
        intervals[i] = times[i] - times[i - 1]
    state = shuffle(intervals, state)
    return np.cumsum(intervals), state


@jit
def plain_sta_test(v, times, dt, window, n_shuffles, state):
    sta = np.empty(window)
    sta /= add_up(v, times, dt, window, sta)
    height = sta.max() - sta.min()
    sign = np.sign((sta - sta[0]).sum())
    n_as_high = 0
    for _ in range(n_shuffles):
        other, state = shuffled(times, state)
        sta /= add_up(v, other, dt, window, sta)
        n_as_high += sta.max() - sta.min() >= height
    return sign * (1 - max(n_as_high, 1) / n_shuffles)


@jit
def plain_correlation_test(v, times, dt, template, n_shuffles, state):
    def correlation(x, y):
        x, y = x - x.mean(), y - y.mean()
        return (x * y).sum() / np.sqrt((x * x).sum() * (y * y).sum())

    sta = np.empty(template.size)
    sta /= add_up(v, times, dt, template.size, sta)
    ρ = correlation(sta, template)
    n_as_extreme = 0
    for _ in range(n_shuffles):
        other, state = shuffled(times, state)
        sta /= add_up(v, other, dt, template.size, sta)
        n_as_extreme += np.sign(ρ) * correlation(sta, template) >= np.sign(ρ) * ρ
    return np.sign(ρ) * (1 - max(n_as_extreme, 1) / n_shuffles)


@jit
def plain_line_fit(v, times, dt, window):
    starts = np.floor(times / dt).astype(np.int64)
    starts = starts[starts + window <= v.size]
    n = starts.size * window
    y_sum = xy_sum = 0.0
    for start in starts:
        for j in range(window):
            y_sum += v[start + j]
            xy_sum += (j + 1) * v[start + j]
    x_mean, y_mean = (window + 1) / 2, y_sum / n
    S_xx = starts.size * window * (window**2 - 1) / 12
    slope = (xy_sum - x_mean * y_sum) / S_xx
    residuals = 0.0
    for start in starts:
        for j in range(window):
            fitted = y_mean + slope * (j + 1 - x_mean)
            residuals += (v[start + j] - fitted) ** 2
    return slope / np.sqrt(residuals / (n - 2) / S_xx)


def seconds(function) -> float:
    begin = time.perf_counter()
    function()
    return time.perf_counter() - begin


def measure(ours, plain, n_ours: int, n_plain: int) -> dict:
    """ns per spike and series of both, the best of a few rounds, and how many times faster."""
    ours(), plain()  # compiled
    times = [(seconds(ours), seconds(plain)) for _ in range(ROUNDS)]
    best_ours, best_plain = np.min(times, axis=0)
    ns_ours, ns_plain = float(best_ours / n_ours * 1e9), float(best_plain / n_plain * 1e9)
    return {"ns_ours": ns_ours, "ns_plain": ns_plain, "ratio": ns_plain / ns_ours}


def general_tools(python: str, V, dt, times, window) -> dict[str, float]:
    """Nanoseconds per spike."""
    script = Path(__file__).parent / "peers/averages_run.py"
    with tempfile.TemporaryDirectory() as folder:
        np.savez(f"{folder}/data.npz", V=V, dt=dt, times=times, window=window)
        command = [python, script, f"{folder}/data.npz"]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def main(file: str | None = None, python: str | None = None) -> None:
    dt, state = 0.1 * ms, seeded(1)
    recording = record(6500, 1, W_EXC)
    every = choose_trains(recording)
    nearest = np.argsort(np.abs(every.n_spikes - N_SPIKES), kind="stable")[:N_TRAINS]
    trains = [every.times[i] for i in nearest]
    one = trains[0]
    V = imaged(recording, Signal("at_reset"))
    n_ours, n_plain = sum(t.size for t in trains) * (1 + N_SHUFFLES), one.size * (1 + N_SHUFFLES)

    results = {}
    for window in (20 * ms, 100 * ms):
        W = round(window / dt)
        results[f"STA {window / ms:g} ms"] = measure(
            lambda window=window: sta_test(V, dt, trains, window),
            lambda W=W: plain_sta_test(V, one, dt, W, N_SHUFFLES, state),
            *(n_ours, n_plain),
        )
    first_pass = sta_test(V, dt, trains)
    template, *_ = make_template(V, dt, trains, first_pass.t)
    results["template, second pass"] = measure(
        lambda: correlation_test(V, dt, trains, template, first_pass),
        lambda: plain_correlation_test(V, one, dt, template, N_SHUFFLES, state),
        *(n_ours, n_plain),
    )
    results["line fit"] = measure(
        lambda: line_fit_test(V, dt, every.times),
        lambda: [plain_line_fit(V, t, dt, 100) for t in trains[:32]],
        *(every.n_spikes.sum(), sum(t.size for t in trains[:32])),
    )
    rows = [{"test": name} | result for name, result in results.items()]
    if python:
        ours = results["STA 20 ms"]["ns_ours"]
        for name, ns in general_tools(python, V, dt, one, 20 * ms).items():
            row = {"test": f"one STA of 20 ms, {name}", "ns_ours": ours, "ns_plain": ns}
            rows.append(row | {"ratio": ns / ours})
    for row in rows:
        print("  ".join(f"{v:10.2f}" if isinstance(v, float) else f"{v:45}" for v in row.values()))
    if file:
        with open(file, "w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
