"""A page of interactive charts of the run's own tables.

Plotly draws them: it is kept by a company and used widely, comes as one JavaScript file inside a
Python package (so the page needs no network, and pip or conda need no Node), draws points and
lines, logarithmic axes and panels, and tells what is under the pointer. What a chart shows is
chosen in the page, so most of this is in ``explore_page.html``; here the tables are put into it.
Nothing in the page depends on when or where it was made.
"""

import base64
import json
from pathlib import Path

import numpy as np
from plotly.offline import get_plotlyjs

from script_io import read_parquet, run, write_text

MAX_ROWS = 20_000  # of a table
MAX_SAMPLES = 200_000  # of a voltage


def main(tables, traces, averages, trains, template, page):
    content = {
        "tables": {name_of(path): chartable(read_parquet(path)) for path in tables},
        "traces": [trace for path in traces for trace in voltages(path)],
        "averages": spike_triggered(averages[0], trains[0]) if averages else None,
    }
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    html = Path(template).read_text("utf-8")
    before, _, rest = html.partition("DATA</script>")
    between, _, after = rest.partition("PLOTLY</script>")
    parts = (before, data.replace("</", "<\\/"), "</script>", between)
    write_text("".join((*parts, get_plotlyjs(), "</script>", after)), page)


def name_of(path: str) -> str:
    """``results/studies/balance.parquet`` is the table ``studies/balance``."""
    return str(Path(path).with_suffix("")).removeprefix("results/")


def chartable(table) -> dict:
    """The columns of a table, and which of them to show at first: what varies along x, what was
    measured along y."""
    every = -(-len(table) // MAX_ROWS)
    shown = table.iloc[:: max(every, 1)]
    columns = {name: values(shown[name]) for name in shown}
    return {
        "columns": columns,
        "left_out": every if every > 1 else 0,
        "suggested": suggested(table),
    }


def values(column) -> list:
    return [None if value is None or value != value else value for value in column.tolist()]


def suggested(table) -> dict:
    """x is the first number that varies, unless it is a seed; y is the first measured column.

    Colour and panels are columns before y with few values.
    """
    numbers = [c for c in table.select_dtypes("number") if c != "seed"]
    varied = [c for c in table if 1 < table[c].nunique() <= 24 and c != "seed"]
    x = next((c for c in numbers if table[c].nunique() > 1), table.columns[0])
    measured = [c for c in numbers if c != x and table[c].dtype.kind == "f"]
    first_measured = next((c for c in measured if c not in varied), (measured or numbers or [x])[0])
    position = list(table).index(first_measured)
    hues = [c for c in list(table)[:position] if c in varied and c != x]
    return {
        "x": x,
        "y": first_measured,
        "hue": hues[0] if hues else "",
        "facet": hues[1] if len(hues) > 1 else "",
        "log": "x" if spaced_logarithmically(table[x]) else "",
    }


def spaced_logarithmically(column) -> bool:
    steps = np.unique(column) if column.dtype.kind in "if" else np.array([])
    if len(steps) < 4 or steps[0] <= 0 or steps[-1] < 20 * steps[0]:
        return False
    return np.std(np.diff(np.log(steps))) * steps[-1] < np.std(np.diff(steps)) * 10


def voltages(path: str) -> list[dict]:
    """Every voltage of a table with equal time steps."""
    table = read_parquet(path)
    dt_s = (table["t_ms"].iloc[1] - table["t_ms"].iloc[0]) / 1000
    what = "network" if "network" in path else "the example"
    names = [name for name in table if name.startswith("V_m_")]
    found = []
    for name in names:
        neuron = name.removeprefix("V_m_").removesuffix("mV").strip("_")
        title = f"{what}, neuron {neuron}" if neuron else what
        samples = table[name].to_numpy()
        kept, every = reduced(samples)
        found.append({"title": title, "dt_s": float(dt_s * every), "base64": packed(kept)})
    return found


def reduced(samples) -> tuple:
    """Of a long voltage: lowest and highest of pieces, in turn; and samples for each one kept."""
    every = -(-len(samples) // MAX_SAMPLES)
    if every == 1:
        return samples, 1
    pieces = samples[: len(samples) // (2 * every) * 2 * every].reshape(-1, 2 * every)
    return np.column_stack((pieces.min(1), pieces.max(1))).ravel(), every


def packed(numbers) -> str:
    """As base64, with single precision: four bytes for a sample."""
    return base64.b64encode(np.asarray(numbers, "<f4").tobytes()).decode()


def spike_triggered(averages: str, trains: str) -> dict:
    """Every train's average and its shuffles', one after the other, beside what is known of it."""
    table, about = read_parquet(averages), read_parquet(trains)
    shown = ["train", "kind", "connected", "p_value", "p_is_bound"]
    columns = ["sta_mV", "shuffled_mean_mV", "shuffled_5_percent_mV", "shuffled_95_percent_mV"]
    about = about[about["train"].isin(table["train"])][shown]
    rows = [dict(zip(shown, values(row), strict=True)) for _, row in about.iterrows()]
    table = table[table["train"].isin(about["train"])]
    return {
        "t_ms": values(table[table["train"] == about["train"].iloc[0]]["t_ms"].round(6)),
        "trains": rows,
        "columns": [packed(table[name]) for name in columns],
    }


if "snakemake" in globals():
    run(main, snakemake)
