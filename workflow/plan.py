"""What the rules share: which files hold the science, and how work is cut into jobs."""

import hashlib
from pathlib import Path

import yaml
from snakemake.io import report
from snakemake.utils import update_config

from nto1.kernel_cache import used_by
from schemas.check import InvalidConfig

SCRIPTS = Path(__file__).parent / "scripts"
THESIS = Path(__file__).parents[1] / "config" / "config.yaml"
PUBLISHED = Path(__file__).parents[1] / "resources" / "published"
MEASURED = Path(__file__).parents[1] / "benchmarks" / "measured"
STYLE = [str(SCRIPTS / name) for name in ("style.py", "thesis.mplstyle")]

# A job should be worth its start, of about a second, and leave work for other cores.
JOB_SECONDS = 10

# More than these are taken for mistakes. Snakemake plans some thousand jobs in seconds.
MAX_RUNS, MAX_JOBS = 1_000_000, 10_000

# Measured: per time step of one run, with its median and without.
SECONDS_PER_STEP_WITH_MEDIAN, SECONDS_PER_STEP = 4e-9, 2.5e-9
EVALUATIONS_PER_SEARCH = 12

# Folders are named after variants, and file systems stop at 255.
LONGEST_NAME = 200


def science(script: str) -> list[str]:
    """Files of the package nto1 that a script uses."""
    return [str(file) for file in used_by(SCRIPTS / script)]


def over_the_thesis(config: dict) -> dict:
    """The thesis's config, changed by this one. That of a module says only what is different."""
    thesis = yaml.safe_load(THESIS.read_text("utf-8"))
    update_config(thesis, config)
    return thesis


def figure(path: str, category: str, shows: str, caption: str = "") -> list:
    """The files of a figure, of which the report shows one."""
    return [f"{path}.pdf", in_report(f"{path}.svg", category, shows, caption)]


def table(path: str, category: str, shows: str, caption: str = "") -> list:
    """The files of a table, of which the report shows the last: a page with its rows."""
    files = [f"{path}.csv", f"{path}.parquet"]
    return [*files, in_report(f"{path}.html", category, shows, caption)]


def in_report(path: str | Path, category: str, shows: str, caption: str = ""):
    """A file that the report shows. Its caption in workflow/report is named like it, by default."""
    caption = f"../report/{caption or Path(path).stem}.rst"
    return report(path, caption=caption, category=category, labels={"result": shows})


def label(value: float) -> str:
    """A number as it stands in file names: 14, 12.5."""
    return repr(float(value) + 0.0).removesuffix(".0")  # 0 for -0.0, too


def weights_per_batch(config: dict) -> int:
    """As configured, or as many as a job of some seconds has time for."""
    n_runs = len(config["experiment"]["seeds"])
    seconds = n_runs * n_steps(config["experiment"]) * SECONDS_PER_STEP_WITH_MEDIAN
    return _per_batch(config["sweep"]["weights_per_batch"], seconds)


def N_per_batch(config: dict) -> int:
    """As configured, or as many as a job of some seconds has time for, inputs aside."""
    n_runs = len(config["experiment"]["seeds"]) * EVALUATIONS_PER_SEARCH
    seconds = n_runs * n_steps(config["experiment"]) * SECONDS_PER_STEP
    return _per_batch(config["find_weight"]["N_per_batch"], seconds)


def connection_tests(config: dict) -> dict[str, dict]:
    """The parameters of every connection test, by name: ``base``, and ``key=value,…`` of the
    variants."""
    base = without(config["connection_test"], "significance", "excerpt", "variants")
    tests = {"base": base}
    for variant in config["connection_test"]["variants"]:
        changes = sorted(variant.items())
        name = ",".join(f"{k}={v if isinstance(v, str) else label(v)}" for k, v in changes)
        if len(name) > LONGEST_NAME:
            name = name[: LONGEST_NAME - 9] + "," + hashlib.sha256(name.encode()).hexdigest()[:8]
        tests[name] = base | variant
    return tests


def without(section: dict, *keys: str) -> dict:
    """A section of the config without what a rule doesn't need."""
    return {key: value for key, value in section.items() if key not in keys}


def recording_of(test: dict) -> dict:
    """What the voltage depends on, of a connection test's parameters."""
    return without(test, "imaging_spike_SNR", "window_ms", "n_shuffles", "p_value")


def network_tables(config: dict) -> list[str]:
    """Files that stand in for lists in the network's section."""
    values = (config["network"]["E_syn_mV"], config["network"]["weights_nS"])
    return [value for value in values if isinstance(value, str)]


def check_size(config: dict) -> None:
    """Raise ``InvalidConfig`` if there would be more runs or jobs than anyone can mean."""
    seeds, sweep, search = (config[key] for key in ("experiment", "sweep", "find_weight"))
    n_runs = len(seeds["seeds"]) * len(sweep["weights_pS"])
    if n_runs > MAX_RUNS:
        raise InvalidConfig(
            f"sweep: {n_runs} runs, one for each weight and seed, are more than {MAX_RUNS}. "
            "Choose fewer, or split them over several studies."
        )
    for section, n_values, per_job in (
        ("sweep.weights_per_batch", len(sweep["weights_pS"]), weights_per_batch(config)),
        ("find_weight.N_per_batch", len(search["N"]), N_per_batch(config)),
    ):
        if n_values / per_job > MAX_JOBS:
            raise InvalidConfig(
                f"{section}: with {per_job} in a job, {n_values} make more than {MAX_JOBS} jobs. "
                "Choose more in a job, or fewer in all."
            )


def n_steps(experiment: dict) -> int:
    return round(experiment["duration_s"] / (experiment["timestep_ms"] * 1e-3))


def _per_batch(configured: int | str, seconds_each: float) -> int:
    if configured != "auto":
        return configured
    return max(1, int(JOB_SECONDS / seconds_each))


def batches(values: list, size: int) -> dict[str, list]:
    """Values in batches of about ``size``, by the label of each batch's first value.

    A batch begins at every value whose hash is a multiple of ``size``. Where batches begin thus
    depends on the values themselves, not on how many there are: one more value changes no other
    batch than the one it falls in.
    """
    result = {}
    for value in sorted(values):
        digest = hashlib.sha256(label(value).encode()).digest()
        if not result or int.from_bytes(digest[:8]) % size == 0:
            batch = result[label(value)] = []
        batch.append(value)
    return result
