# What all rules share.
import sys
from pathlib import Path

import yaml
from snakemake.exceptions import WorkflowError

sys.path.insert(0, str(HERE / "workflow"))

from nto1.config import ConfigError, resolve
from nto1.config.model import Config
from nto1.config.studies import models_in
from nto1_workflow.planning.jobs import N_batches, weight_batches
from nto1_workflow.running import changes, inherited, lock, mistakes
from nto1_workflow.running.snakemake_internals import is_started_from, rules_in

# Files of the workflow's own. Snakemake takes braces in their paths for wildcards, which the path of
# a checkout that is worked in need not have.
HAS_BRACES = "{" in str(HERE)
CHECKOUT = Path() if HAS_BRACES and Path.cwd() == HERE else HERE
if "{" in str(CHECKOUT):
    raise WorkflowError(
        f"Snakemake takes braces in paths for wildcards: rename a folder of {HERE}, or run the "
        "workflow within the checkout."
    )
SCRIPTS = CHECKOUT / "workflow/scripts"
PUBLISHED = CHECKOUT / "resources/published"
CHARTS = {
    "template": SCRIPTS / "report/explore_page.html",
    "neuron": SCRIPTS / "report/live_neuron.js",
}
BENCHMARKS = CHECKOUT / "benchmarks"

# What plain `snakemake` makes: every experiment adds its results.
RESULTS = []

# The thesis's config comes with the workflow, wherever the working directory is; config/config.yaml
# there, --configfile and --config change parts of it.
OF_THESIS, OF_FOLDER = HERE / "config/config.yaml", Path("config/config.yaml")
if mistake := mistakes.in_files(
    file for file in (OF_THESIS, OF_FOLDER) if file.exists()
):
    sys.exit(mistake)
if OF_FOLDER.exists() and not OF_FOLDER.samefile(OF_THESIS):

    configfile: str(OF_FOLDER)


IS_MAIN = is_started_from(workflow, HERE / "Snakefile")
try:
    CONFIG = resolve(yaml.safe_load(OF_THESIS.read_text("utf-8")), config)
    config = lock.config_of_run(CONFIG.as_written(), workflow.is_main_process)
    CONFIG = Config.model_validate(config)
    WEIGHT_BATCHES, N_BATCHES = weight_batches(CONFIG), N_batches(CONFIG)
except ConfigError as error:
    sys.exit(mistakes.in_config(workflow, OF_THESIS, error) if IS_MAIN else str(error))
if IS_MAIN and (mistake := mistakes.in_config(workflow, OF_THESIS)):
    sys.exit(mistake)

inherited.find_packages_in(HERE / "workflow")
inherited.compile_for(models_in(CONFIG))


def typed(section, *left_out: str) -> tuple:
    """A section of the configuration as a parameter, without the keys that a rule doesn't need.
    Of tuples, Snakemake notices what changed; scripts get what is in them."""
    return (section.without(*left_out),)


def figure(path: str, category: str, title: str, caption: str = "") -> list:
    """The files of a figure, in thesis_figs/ if no folder is named; the report shows one."""
    path = path if Path(path).parent.name else f"thesis_figs/{path}"
    return [f"{path}.pdf", report_item(f"{path}.svg", category, title, caption)]


def table(path: str, category: str, title: str, caption: str = "") -> list:
    """The files of a table; the report shows the last, a page with its rows."""
    files = [f"{path}.csv", f"{path}.parquet"]
    return [*files, report_item(f"{path}.html", category, title, caption)]


def are_made(files) -> bool:
    """Those in results/; figures come with the project."""
    files = [file for file in map(str, files) if file.startswith("results/")]
    return bool(files) and all(map(os.path.exists, files))


def report_item(path, category: str, title: str, caption: str = ""):
    """A file in the report. Its caption in workflow/report is named like it, by default."""
    caption = f"../report/{caption or Path(path).stem}.rst"
    return report(path, caption=caption, category=category, labels={"result": title})


def set_defaults() -> None:
    """What rules need not say: when their jobs run again; their environment; and that they run
    where snakemake does. Those in a group are sent to a cluster, as one job."""
    if IS_MAIN:
        found = (
            mistakes.in_targets(workflow),
            mistakes.in_tables(workflow, OF_THESIS, CONFIG),
        )
        if any(found):
            sys.exit("\n".join(filter(None, found)))
    changes.watch(workflow, HERE)
    for each in rules_in(workflow, HERE):
        each.conda_env = (
            str(HERE / "envs/workflow.yaml").replace("{", "{{").replace("}", "}}")
        )
        if each.group is None:
            workflow.localrules(each.name)


wildcard_constraints:
    N=r"\d+",
    we_pS=r"[0-9.]+(e[+-]\d+)?",
