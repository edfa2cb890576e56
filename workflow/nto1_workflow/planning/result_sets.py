"""The result sets of the connection inference: studies that come with the configuration."""

from collections.abc import Mapping
from math import inf
from typing import Any, NamedTuple

from nto1.config.studies import complete
from nto1.inference.method import methods
from nto1.measures.connections import Detection
from nto1.measures.measure import measures
from nto1.studies.work import work_of
from nto1_workflow.planning.jobs import Job, jobs_of, label

Study = dict[str, Any]


class ResultSet(NamedTuple):
    pool: str  # sets of a pool share recordings, and jobs
    title: str
    study: Study  # its cases are called signals

    def columns(self, section: Mapping[str, Any]) -> dict[str, list]:
        """What tells its rows from those of others in the pool: values of columns."""
        own = {key.partition(".")[2]: value for key, value in self.study["set"].items()}
        used = self.study["vary"].get("recording.method") or [own["method"]]
        tests = [methods()[name].test({**section, **own}) for name in used]
        return {
            "N": own["N"],
            "seed": own["seeds"],
            "case": list(self.study["cases"]),
            "method": used,
            "window_ms": [test.window_ms for test in tests],
        }


def pools(sets: Mapping[str, ResultSet], config: Mapping[str, Any]) -> dict[str, dict[str, Job]]:
    """The jobs of every pool, by name."""
    studies: dict[str, list[Study]] = {}
    for each in sets.values():
        studies.setdefault(each.pool, []).append(each.study)
    measure = measures()["connections"]
    return {pool: jobs_of(measure, work_of(its, config)).by_name for pool, its in studies.items()}


def example_of(clipping: ResultSet, config: Mapping[str, Any]) -> Detection:
    """The recording of a result set, with all its signals."""
    (piece,) = work_of([clipping.study], config)
    return piece.task


def result_sets(config: Mapping[str, Any]) -> dict[str, ResultSet]:
    """By name."""
    section = config["connection_inference"]
    recording = {"duration_s": section["duration_s"], "weight_pS": None, "method": "sta"}
    recording |= {"spike_SNR": inf, "clip_percentile": None}

    def study(name: str, signals: list[str] | dict[str, dict], vary: Study, **own: Any) -> Study:
        """``own``: keys of the section recording; others are those of the set's section."""
        given = section[name]
        keys = ("spike_SNR", "clip_percentile", "ceiling", "method")
        held = recording | {key: given[key] for key in keys if key in given}
        held |= {"N": _list(given["N"]), "seeds": _list(given.get("seeds", given.get("seed")))}
        held = {f"recording.{key}": value for key, value in (held | own).items()}
        held = {key: value for key, value in held.items() if key not in vary}
        return complete({"measure": "connections", "vary": vary, "cases": signals, "set": held})

    clip_percentile = section["clipping"]["clip_percentile"]
    clipped = f"ceiled_clipped_{label(clip_percentile)}"
    signals = {
        "none": {"recording.ceiling": "none"},
        "ceiled": {},
        clipped: {"recording.clip_percentile": clip_percentile},
    }
    clipping = study("clipping", signals, {}, clip_percentile=None)
    noise = study(
        "noise",
        {"ceiled_clipped": {}},
        {"recording.spike_SNR": section["noise"]["spike_SNR"]},
    )
    unclipped = study(
        "noise",
        {"ceiled": {}},
        {"recording.spike_SNR": section["noise"]["spike_SNR"]},
        clip_percentile=None,
        seeds=section["noise"]["seeds"][:1],
    )
    side_by_side = study(
        "side_by_side",
        {"ceiled_clipped": {}},
        {"recording.method": section["side_by_side"]["methods"]},
    )
    side_by_side["set"]["connection_inference.n_tested"] = section["side_by_side"]["n_tested"]
    duration = study(
        "duration",
        {"ceiled_clipped": {}},
        {"recording.duration_s": section["duration"]["duration_s"]},
    )
    everything = {"connection_inference.n_tested": "all"}
    all_inputs = study(
        "all_inputs",
        {f"ceiled_{section['all_inputs']['ceiling']}": {}},
        {"recording.method": section["all_inputs"]["methods"]},
    )
    window = study("window", {f"ceiled_{section['window']['ceiling']}": {}}, {})
    all_inputs["set"] |= everything
    window["set"] |= everything | {"connection_inference.window_ms": section["window"]["window_ms"]}
    N_by_duration = study(
        "N_by_duration",
        {"ceiled": {}},
        {"recording.duration_s": section["N_by_duration"]["duration_s"]},
    )
    return {
        "clipping": ResultSet("clipping", "Clipping", clipping),
        "noise": ResultSet("noise", "Imaging noise", noise),
        "unclipped": ResultSet("noise", "Imaging noise without clipping", unclipped),
        "duration": ResultSet("duration", "Recording duration", duration),
        # Longer windows contain shorter ones.
        "all_inputs": ResultSet("every_input", "All inputs", all_inputs),
        "window": ResultSet("every_input", "Window length", window),
        "N_by_duration": ResultSet("N_by_duration", "Number of inputs and duration", N_by_duration),
        "side_by_side": ResultSet("side_by_side", "Methods side by side", side_by_side),
    }


def _list(value: Any) -> list:
    return value if isinstance(value, list) else [value]
