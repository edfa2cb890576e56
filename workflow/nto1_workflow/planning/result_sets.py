"""The result sets of the connection inference: studies that come with the configuration."""

from collections.abc import Mapping, Sequence
from math import inf, nan
from typing import Any, NamedTuple

from nto1.config.model import Config, Study
from nto1.inference.method import methods
from nto1.measures.connections import Detection
from nto1.measures.measure import measures
from nto1.studies.work import work_of
from nto1_workflow.planning.jobs import Job, jobs_of, label

# Keys of the section recording, and those that are called otherwise in the sections of result sets.
KEYS = (
    *("N", "seeds", "duration_s", "weight_pS", "method", "spike_SNR", "clip_percentile"),
    *("ceiling", "observed_share"),
)
RECORDING = {"methods": "recording.method", "share": "recording.observed_share"}


class ResultSet(NamedTuple):
    pool: str  # sets of a pool share recordings, and jobs
    title: str
    study: Study  # its cases are called signals

    def columns(self, config: Config) -> dict[str, list]:
        """What tells its rows from those of others in the pool: values of columns, NaN where
        they are the others'."""
        own: dict[str, Any] = {
            key.partition(".")[2]: value for key, value in self.study.set.items()
        }
        used: Any = self.study.vary.get("recording.method") or [own["method"]]
        options = dict(config.connection_inference) | own
        tests = [methods()[name].test(options) for name in used]
        return {
            "N": own["N"],
            "seed": own["seeds"],
            "case": list(self.study.cases),
            "method": used,
            "window_ms": [test.window_ms for test in tests],
            "observed_share": self.study.vary.get("recording.observed_share", [nan]),
        }


def pools(sets: Mapping[str, ResultSet], config: Config) -> dict[str, dict[str, Job]]:
    """The jobs of every pool, by name."""
    studies: dict[str, list[Study]] = {}
    for each in sets.values():
        studies.setdefault(each.pool, []).append(each.study)
    measure = measures()["connections"]
    return {pool: jobs_of(measure, work_of(its, config)).by_name for pool, its in studies.items()}


def example_of(clipping: ResultSet, config: Config) -> Detection:
    """The recording of a result set, with all its signals."""
    (piece,) = work_of([clipping.study], config)
    return piece.task


def result_sets(config: Config) -> dict[str, ResultSet]:
    """By name."""
    section = config.connection_inference
    recording = {"duration_s": section.duration_s, "weight_pS": None, "method": "sta"}
    recording |= {"spike_SNR": inf, "clip_percentile": None, "observed_share": 1}

    def study(
        name: str, signals: Mapping[str, Mapping], vary: Sequence[str] = (), **own: Any
    ) -> Study:
        """``vary``: keys of the set's section that are lists; ``own``: others of the configuration,
        or of the section recording."""
        given = dict(getattr(section, name)) | own
        of_lists = {RECORDING.get(key, f"recording.{key}"): given.pop(key) for key in vary}
        held = recording | {key: value for key, value in given.items() if "." not in key}
        held |= {"N": _list(given["N"]), "seeds": _list(given.get("seeds", given.get("seed")))}
        held = {f"recording.{key}": held[key] for key in KEYS}
        held = {key: value for key, value in held.items() if key not in of_lists}
        held |= {key: value for key, value in given.items() if "." in key}
        cases = {
            signal: {f"recording.{key}": value for key, value in changes.items()}
            for signal, changes in signals.items()
        }
        return Study.model_construct(measure="connections", vary=of_lists, cases=cases, set=held)

    ceiled: dict[str, dict] = {"ceiled": {}}
    clipped: dict[str, dict] = {"ceiled_clipped": {}}
    every_input: dict[str, Any] = {"connection_inference.n_tested": "all"}
    percentile = section.clipping.clip_percentile
    first_seed = section.noise.seeds[:1]
    window: dict[str, Any] = {"connection_inference.window_ms": section.window.window_ms}
    n_side_by_side: dict[str, Any] = {
        "connection_inference.n_tested": section.side_by_side.n_tested
    }

    def at_reset(ceiling: str) -> dict[str, dict]:
        return {f"ceiled_{ceiling}": {}}

    signals: dict[str, dict] = {
        "none": {"ceiling": "none"},
        "ceiled": {},
        f"ceiled_clipped_{label(percentile)}": {"clip_percentile": percentile},
    }
    return {
        "overview": ResultSet(
            "overview",
            "Overview of methods",
            study("overview", clipped, ["methods", "spike_SNR"], **every_input),
        ),
        "clipping": ResultSet(
            "clipping", "Clipping", study("clipping", signals, clip_percentile=None)
        ),
        "noise": ResultSet(
            "noise", "Imaging noise", study("noise", clipped, ["spike_SNR", "methods"])
        ),
        "unclipped": ResultSet(
            "noise",
            "Imaging noise without clipping",
            study("noise", ceiled, ["spike_SNR"], clip_percentile=None, seeds=first_seed),
        ),
        "duration": ResultSet(
            "duration", "Recording duration", study("duration", clipped, ["duration_s", "methods"])
        ),
        # Longer windows contain shorter ones.
        "all_inputs": ResultSet(
            "every_input",
            "All inputs",
            study("all_inputs", at_reset(section.all_inputs.ceiling), ["methods"], **every_input),
        ),
        "window": ResultSet(
            "every_input",
            "Window length",
            study("window", at_reset(section.window.ceiling), **every_input, **window),
        ),
        "N_by_duration": ResultSet(
            "N_by_duration",
            "Number of inputs and duration",
            study("N_by_duration", ceiled, ["duration_s", "methods"]),
        ),
        "side_by_side": ResultSet(
            "side_by_side",
            "Methods side by side",
            study("side_by_side", clipped, ["methods"], **n_side_by_side),
        ),
        "regression_noise": ResultSet(
            "regression_noise",
            "Regression on all trains, and noise",
            study("regression_noise", clipped, ["spike_SNR", "methods"], **every_input),
        ),
        # All inputs are one of its shares.
        "observed": ResultSet(
            "regression_noise",
            "Share of the inputs that are observed",
            study("observed", clipped, ["share", "spike_SNR", "methods"], **every_input),
        ),
    }


def _list(value: Any) -> list:
    return value if isinstance(value, list) else [value]
