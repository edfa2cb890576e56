"""The last stage of the Dockerfile, step by step, in a root directory of its own. The first stage
installs the lock file, as ``make`` does: what the tests run with stands in for it."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest
import yaml

from nto1.kernel_cache import CACHE
from study import ROOT, SMALL, Study

LAST_STAGE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").split("\nFROM ")[-1]
STEPS = re.findall(r"^([A-Z]+) +(.+)$", LAST_STAGE, re.MULTILINE)
IN_CONTEXT = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))


@pytest.fixture
def root(tmp_path):
    """With the system's programs, to be mounted there, and none of its other files."""
    root = tmp_path / "root"
    for folder in ("dev", "etc", "home", "proc", "tmp", "usr", sys.base_prefix, sys.prefix):
        (root / folder.lstrip("/")).mkdir(parents=True)
    for name in ("bin", "lib", "lib64", "sbin"):
        (root / name).symlink_to(f"usr/{name}")
    if os.path.exists("/etc/alternatives"):  # Debian's which is one
        shutil.copytree("/etc/alternatives", root / "etc/alternatives", symlinks=True)
    (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\n")
    (root / "etc/group").write_text("root:x:0:\n")
    (root / "tmp").chmod(0o1777)
    return root


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("unshare"), reason="takes root, and unshare"
)
def test_a_run_in_the_container(root, small_run):
    mounted = ("/dev", "/proc", "/usr", sys.base_prefix, sys.prefix)
    script = ["set -eu", *(f"mount --rbind {folder} {root}{folder}" for folder in mounted)]
    variables = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}
    for step, text in STEPS:
        if text.startswith("--from=build "):
            target = f"{root}{text.split()[2]}"
            script.append(f"mkdir -p {target}; mount --rbind {sys.prefix} {target}")
        elif step == "COPY":
            *names, target = text.split()
            assert {*names} <= IN_CONTEXT
            several = len(names) > 1
            for name in names:
                to = f"{root}{target}{name if several else ''}"
                script.append(f"mkdir -p $(dirname {to}); cp -r {ROOT / name} {to}")
        elif step == "RUN":
            script.append(f"chroot {root} sh -euc {shlex.quote(text)}")
        elif step == "ENV":
            pairs = (pair.partition("=") for pair in text.split())
            variables |= {
                name: value.replace("$PATH", variables["PATH"]) for name, _, value in pairs
            }
    said = dict(STEPS)
    study, kernels = f"{root}{said['WORKDIR']}", f"{root}{variables['NUMBA_CACHE_DIR']}"
    (root / "small.yaml").write_text(yaml.safe_dump(SMALL))
    script += [f"mkdir -p {kernels}; cp -r {CACHE} {kernels}; cp {root}/small.yaml {study}"]
    script += [f"chroot {root} chown -R {said['USER']} {said['WORKDIR']}"]
    files = "results/example_trace.parquet", "thesis_figs/voltage_example.svg"
    command = [*json.loads(said["ENTRYPOINT"]), "--cores", "1", *files]
    command = shlex.join([*command, "--configfile", "small.yaml"])
    given = shlex.join(f"{name}={value}" for name, value in variables.items())
    inside = shlex.quote(f"cd {said['WORKDIR']} && exec {command}")
    script.append(f"chroot --userspec={said['USER']} {root} env -i {given} sh -c {inside}")

    unshared = ["unshare", "--mount", "--fork", "bash", "-c", "\n".join(script)]
    done = subprocess.run(unshared, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    made = Study(root / said["WORKDIR"].lstrip("/"), SMALL).outputs()
    assert set(files) <= made.keys()
    assert made.items() <= small_run.outputs().items()
