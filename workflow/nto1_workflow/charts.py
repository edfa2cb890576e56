"""A page of interactive charts of the run's own tables, and of one neuron that lives in it.

Plotly draws them: it is kept by a company and used widely, comes as one JavaScript file inside a
Python package (so the page needs no network, and pip or conda need no Node), draws points and
lines, logarithmic axes and panels, and tells what is under the pointer. What a chart shows is
chosen in the page, so most of this is in ``explore_page.html``; here the tables are put into it.
The date on the page is its commit's: nothing in it depends on when or where it was made.
"""

import base64
import json
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from plotly.offline import get_plotlyjs

from nto1 import __version__
from nto1.units import GREEK
from nto1_workflow.io import read_parquet, write_text
from nto1_workflow.provenance.commit import git_state

MAX_ROWS = 30_000  # of a table
MAX_SAMPLES = 200_000  # of a voltage

# Names of columns and tables in words, as far as they are not their own words; and parts of names.
WORDS = {
    "N": "Number of inputs, N",
    "N_exc": "Number of excitatory inputs",
    "t_ms": "Time (ms)",
    "we": "Weight of an excitatory input",
    "w0": "First guess of the weight",
    "fr": "Firing rate",
    "w0_fr": "Firing rate at the first guess",
    "V_m": "Membrane voltage",
    "we_sweep": "Weight sweep",
    "we_sweep_means": "Weight sweep: means",
    "we_for_target_rate": "Weight for the target rate",
    "we_for_target_rate_evaluations": "Weight for the target rate: steps of the searches",
    "median_Vm": "Median voltage",
    "area": "Area under the curve",
    "TPR": "True positive rate, TPR",
    "FPR": "False positive rate, FPR",
}
PARTS = GREEK | {"n": "number of", "exc": "excitatory", "inh": "inhibitory", "unc": "unconnected"}
PARTS |= {"sta": "STA", "adex": "AdEx", "ci95": "95 % interval", "sem": "standard error"}
PARTS |= {"Vm": "voltage"}
ENDINGS = ("sem", "ci95_low", "ci95_high")
UNITS = ("per_ms", "pS", "nS", "pF", "pA", "mV", "ms", "s", "Hz")

# What belongs together, along x and y; what a table is about; what tells its rows apart.
PAIRS = (
    *(("FPR", "TPR"), ("from", "to"), ("t_ms", "neuron"), ("size_mV", "z"), ("rate_Hz", "z")),
    *(("rate_Hz", "t"), ("sta_height_mV", "p_value"), ("t_ms", "V_m_mV")),
)
SCORES = ("AUC", "area")
HUES = ("call", "method", "kind", "E_syn_mV", "case", "variant", "signal")


def write(
    tables: Iterable[str],
    said: str,
    sources: tuple[str, str],
    page: str,
    traces: Iterable[dict] = (),
    averages: dict | None = None,
) -> None:
    """The page of some tables; and of voltages, and averages of spike trains. ``sources``:
    explore_page.html, and the neuron's script."""
    named = {name_of(path): path for path in tables}
    content = {
        "about": said,
        "tables": {name: chartable(name, read_parquet(path)) for name, path in named.items()},
        "traces": list(traces),
        "averages": averages,
    }
    html, neuron = (Path(source).read_text("utf-8") for source in sources)
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    parts = {
        "DATA": data.replace("</", "<\\/"),
        "PLOTLY": get_plotlyjs(),
        "NEURON": neuron,
    }
    end = "</script>"
    for name, part in parts.items():
        before, after = html.split(f"{name}{end}")
        html = "".join((before, part, end, after))
    write_text(html, page)


def about(what: str, parameters: dict) -> str:
    """Of which version and configuration the results are."""
    source = git_state(Path(__file__).absolute().parents[2])
    commit = "commit unknown"
    if source["commit"]:
        made = [name for name in source["uncommitted_changes"] if "thesis_figs/" not in name]
        changed = ", with uncommitted changes" if made else ""
        commit = f"commit {source['commit'][:10]} of {source['commit_date'][:10]}{changed}"
    values = "; ".join(f"{key}: {_short(value)}" for key, value in parameters.items())
    return f"nto1 {__version__}, {commit}. {what}{values and ' '}{values}."


def _short(value) -> str:
    text = json.dumps(value, ensure_ascii=False).replace('"', "")
    return text if len(text) <= 60 else f"{text[:59]}…"


def name_of(path: str) -> str:
    """``results/studies/balance.parquet`` is the table ``studies/balance``."""
    return str(Path(path).with_suffix("")).removeprefix("results/")


def in_words(name: str) -> str:
    """``neuron.tau_w_ms`` is called "τ w (ms)", and ``studies/balance`` "Studies: balance"."""
    folder, _, name = name.rpartition("/")
    if folder:
        return f"{in_words(folder)}: {_words(name)}"
    name = re.sub(r"^[a-z_]+\.", "", name)
    if name in WORDS:
        return WORDS[name]
    ending = next((ending for ending in ENDINGS if name.endswith(f"_{ending}")), "")
    if ending:
        of, _, unit = in_words(name.removesuffix(f"_{ending}")).partition(" (")
        return f"{of}, {_words(ending)}" + (unit and f" ({unit}")
    unit = next((unit for unit in UNITS if name.endswith(f"_{unit}")), "")
    bare = name.removesuffix(f"_{unit}")
    text = WORDS.get(bare) or _words(bare)
    if len(text.split()[0]) > 1:  # no symbol
        text = text[0].upper() + text[1:]
    return f"{text} ({unit.replace('per_', '1/')})" if unit else text


def _words(name: str) -> str:
    return " ".join(PARTS.get(part, part) for part in name.split("_"))


def chartable(name: str, table) -> dict:
    """The columns of a table, and which of them to show at first: what varies along x, what was
    measured along y."""
    every = -(-len(table) // MAX_ROWS)
    shown = table.iloc[:: max(every, 1)]
    columns = {name: values(shown[name]) for name in shown}
    return {
        "title": in_words(name),
        "columns": columns,
        "words": {name: in_words(name) for name in columns},
        "left_out": every if every > 1 else 0,
        "suggested": suggested(table),
    }


def values(column) -> list:
    """For JSON, which has no infinity: no noise is an infinite signal-to-noise ratio."""
    known: list = [None if value is None or value != value else value for value in column.tolist()]
    return [{np.inf: "∞", -np.inf: "-∞"}.get(value, value) for value in known]


def suggested(table) -> dict:
    """What to show at first. Columns say what a row is of, and then what was measured."""
    varied = [c for c in table if table[c].nunique() > 1 and c != "seed"]
    pair = next((pair for pair in PAIRS if {*pair} <= {*varied}), None)
    x, y = pair or _axes(table, varied)
    before = varied[: varied.index(y)] if y in varied else []
    few = [c for c in varied if (c in before or c in HUES) and c not in (x, y)]
    few = [c for c in few if table[c].nunique() <= 12 and table[c].notna().all()]
    few = [c for c in few if c in HUES or table[c].duplicated().any()]
    if not pair:
        few = [c for c in few if table.groupby(x)[c].nunique().max() > 1]  # more than x says
    hue = next((c for c in HUES if c in few), few[0] if few else "")
    facet = next((c for c in few if c != hue), "")
    log = "x" if spaced_logarithmically(table[x]) else ""
    lines = y in ("TPR", "V_m_mV") or not pair
    return {"x": x, "y": y, "hue": hue, "facet": facet, "log": log, "lines": lines}


def _axes(table, varied: list[str]) -> tuple[str, str]:
    """y is a score, or the first column of floats after all text that differs between most rows; x
    the first number before it that varies, or the first text."""
    numbers = [c for c in table.select_dtypes("number") if c in varied]
    texts = [i for i, c in enumerate(table) if table[c].dtype.kind not in "ifb"]
    floats = [c for c in list(table)[max(texts, default=-1) + 1 :] if table[c].dtype.kind == "f"]
    measured = [c for c in floats if c in varied] or numbers or list(table)
    measured = [c for c in SCORES if c in varied] or measured
    y = next((c for c in measured if table[c].nunique() > len(table) / 2), measured[0])
    before = [c for c in varied if list(table).index(c) < list(table).index(y)]
    complete = [c for c in before if c in numbers and table[c].notna().all()]
    x = next(iter(complete or before), None)
    return (x, y) if x else (y, next((c for c in measured if c != y), y))


def spaced_logarithmically(column) -> bool:
    steps = np.unique(column) if column.dtype.kind in "if" else np.array([])
    if len(steps) < 4 or steps[0] <= 0 or np.isinf(steps[-1]) or steps[-1] < 20 * steps[0]:
        return False
    return np.std(np.diff(np.log(steps))) * steps[-1] < np.std(np.diff(steps)) * 10


def voltages(path: str) -> list[dict]:
    """Every voltage of a table with equal time steps."""
    table = read_parquet(path)
    dt_s = (table["t_ms"].iloc[1] - table["t_ms"].iloc[0]) / 1000
    what = in_words(name_of(path).rpartition("/")[0]) if "network" in path else "The example"
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
