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

from nto1_workflow.io import read_parquet, run, write_text

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
    """For JSON, which has no infinity: no noise is an infinite signal-to-noise ratio."""
    known = [None if value is None or value != value else value for value in column.tolist()]
    return [{np.inf: "∞", -np.inf: "-∞"}.get(value, value) for value in known]


def suggested(table) -> dict:
    """What to show at first. Columns say what a row is of, and then what was measured.

    y is the first column of floats after all text that differs between most rows, x the first
    number before it that varies; colour and panels are others before it with few values. Of a
    recording of one's own, the clearness of trains against their size, or rate.
    """
    if {"z", "call"} <= {*table}:
        x = "size_mV" if table["size_mV"].notna().any() else "rate_Hz"
        return {"x": x, "y": "z", "hue": "call", "facet": "", "log": ""}
    varied = [c for c in table if table[c].nunique() > 1 and c != "seed"]
    numbers = [c for c in table.select_dtypes("number") if c in varied]
    texts = [i for i, c in enumerate(table) if table[c].dtype.kind not in "ifb"]
    floats = [c for c in list(table)[max(texts, default=-1) + 1 :] if table[c].dtype.kind == "f"]
    measured = [c for c in floats if c in varied] or numbers or list(table)
    y = next((c for c in measured if table[c].nunique() > len(table) / 2), measured[0])
    x = next((c for c in numbers if list(table).index(c) < list(table).index(y)), None)
    if x is None:
        x, y = y, next((c for c in measured if c != y), y)
    before = varied[: varied.index(y)] if y in varied else []
    few = [c for c in before if c != x and table[c].nunique() <= 12]
    hues = [c for c in few if table.groupby(x)[c].nunique().max() > 1]  # more than x says
    hue, facet, *_ = [*hues, "", ""]
    log = "x" if spaced_logarithmically(table[x]) else ""
    return {"x": x, "y": y, "hue": hue, "facet": facet, "log": log}


def spaced_logarithmically(column) -> bool:
    steps = np.unique(column) if column.dtype.kind in "if" else np.array([])
    if len(steps) < 4 or steps[0] <= 0 or np.isinf(steps[-1]) or steps[-1] < 20 * steps[0]:
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
