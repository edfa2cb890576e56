"""Spike-triggered averages by general tools, without a single shuffle: what it takes per spike.

    python averages_run.py file.npz

The file holds ``V`` (V), ``dt``, ``times`` and ``window`` (s). Prints nanoseconds per spike.
"""

import json
import sys
import time

import neo
import numpy as np
import pynapple
import quantities as pq
from elephant.sta import spike_triggered_average


def main(file: str) -> None:
    data = np.load(file)
    V, dt, times, window = data["V"], float(data["dt"]), data["times"], float(data["window"])
    stop = V.size * dt

    def with_elephant():
        signal = neo.AnalogSignal(V[:, np.newaxis], units=pq.V, sampling_period=dt * pq.s)
        spikes = neo.SpikeTrain(times, units=pq.s, t_stop=stop)
        return spike_triggered_average(signal, spikes, (0 * pq.s, window * pq.s))

    def with_pynapple():
        signal = pynapple.Tsd(np.arange(V.size) * dt, V)
        events = pynapple.Ts(times)
        return pynapple.compute_event_triggered_average(signal, events, dt, (0, window))

    def with_numpy():
        starts = np.floor(times / dt).astype(int)
        windows = np.lib.stride_tricks.sliding_window_view(V, round(window / dt))
        return windows[starts[starts < len(windows)]].mean(axis=0)

    results = {}
    for name, function in (
        ("Elephant", with_elephant),
        ("pynapple", with_pynapple),
        ("NumPy's sliding windows", with_numpy),
    ):
        try:
            seconds = []
            for _ in range(1):  # the slowest of them takes a minute
                begin = time.perf_counter()
                function()
                seconds.append(time.perf_counter() - begin)
            results[name] = min(seconds) / times.size * 1e9
        except Exception as error:
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
    print(json.dumps(results))


if __name__ == "__main__":
    main(*sys.argv[1:])
