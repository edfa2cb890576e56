"""How cost grows with the number of runs, of inputs, and with the duration: on one core.

Everything is counted: inputs, integration, median voltages. Other simulators' points are those of
measured.csv.
"""

from time import perf_counter

import numpy as np
import pandas as pd

from nto1.simulation.inputs import TimeGrid, count_spikes
from nto1.simulation.runs import draw_inputs, simulate, simulate_batch
from nto1.units import pS
from nto1_workflow.io import log, run, write_text
from nto1_workflow.style import plt, save

N, WEIGHT = 6500, 14 * pS


def many_runs(n: int) -> None:
    """Of one second, with a hundred seeds or fewer."""
    n_seeds = min(n // 10, 100)
    weights = np.linspace(0, 30, n // n_seeds) * pS
    time = TimeGrid(1.0)
    for start in range(0, weights.size, 1000):
        simulate_batch(weights[start : start + 1000], draw_inputs(N, range(n_seeds), time))


def many_inputs(n: int) -> None:
    simulate(WEIGHT * N / n, count_spikes(n, 1))


def long_run(duration_s: int) -> None:
    simulate(WEIGHT, count_spikes(N, 1, TimeGrid(float(duration_s))))


SERIES = {
    "runs": (many_runs, [100, 1000, 10_000, 100_000, 1_000_000], "runs of 1 s, N = 6500"),
    "N": (many_inputs, [10, 100, 1000, 10_000, 100_000, 1_000_000], "inputs, one run of 10 s"),
    "duration_s": (long_run, [1, 10, 60, 600, 3600], "s, one run with N = 6500"),
}


def seconds(function, value) -> float:
    """The shortest of some; of what takes long, the only one."""
    times = []
    while len(times) < 5 and sum(times) < 5:
        start = perf_counter()
        function(value)
        times.append(perf_counter() - start)
    return min(times)


def exponent(values, times) -> float:
    """Of the larger half, where fixed costs no longer show."""
    values, times = np.log(values[-3:]), np.log(times[-3:])
    return float(np.polyfit(values, times, 1)[0])


def main(measured, table, figure):
    rows = []
    for what, (function, values, _) in SERIES.items():
        function(values[0])
        for value in values:
            rows.append({"what": what, "value": value, "seconds": seconds(function, value)})
            log(str(rows[-1]))
    rows = pd.DataFrame(rows)
    for _, of_what in rows.groupby("what"):
        fitted = exponent(of_what["value"].to_numpy(float), of_what["seconds"].to_numpy())
        rows.loc[of_what.index, "exponent"] = fitted
    write_text(rows.to_csv(index=False), table)

    peers = pd.read_csv(measured).query("what == 'one full run, inputs included'")
    panels, axes = plt.subplots(ncols=3, figsize=(8, 2.6), sharey=True, layout="constrained")
    for ax, (what, (_, _, label)) in zip(axes, SERIES.items(), strict=True):
        of_what = rows[rows["what"] == what]
        fitted = of_what["exponent"].iloc[0]
        ax.loglog(of_what["value"], of_what["seconds"], "o-", ms=4, label="this project")
        ax.set(xlabel=label, title=f"∝ {what.removesuffix('_s')}$^{{{fitted:.2f}}}$")
        ax.grid(False, which="minor")
        at = {"N": N, "duration_s": 10}.get(what)
        for marker, peer in zip("s^v", peers.itertuples(), strict=False):
            if at:
                name = peer.against.split(",")[0].split()[0] + peer.against.partition(",")[2]
                ax.plot(at, peer.theirs_ms / 1e3, marker, color="0.4", ms=4, label=name)
    axes[0].set_ylabel("seconds on one core")
    axes[1].legend()
    save(panels, *figure)


if "snakemake" in globals():
    run(main, snakemake)
