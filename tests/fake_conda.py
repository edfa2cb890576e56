"""As much of conda as Snakemake calls, on top of py-rattler, with a channel in a folder.

The channel has a package of the right name and version for everything that is in envs/. They are
empty, but for python, which starts this one. So the solver, Snakemake's handling of environments
and every rule's choice of one are real, and the packages are not.
"""

import asyncio
import io
import json
import os
import sys
import tarfile
from pathlib import Path

import yaml

VERSION = "25.1.1"  # Snakemake wants at least 24.7.1
PLATFORM = "linux-64"


def make_channel(folder: Path, envs: list[Path]) -> None:
    """Packages for all that the environments ask for."""
    from rattler.index import index_fs

    (folder / "noarch").mkdir(parents=True)
    (folder / PLATFORM).mkdir()
    specs = {spec for env in envs for spec in yaml.safe_load(env.read_text())["dependencies"]}
    for spec in specs:
        name, version = spec.split("=")
        if name == "python":
            start = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
            _make_package(folder, name, f"{version}.9", {"bin/python": start})
        else:
            _make_package(folder, name, version, {f"share/{name}": version})
    asyncio.run(index_fs(folder))


def make_base(folder: Path, channel: Path) -> Path:
    """A folder that looks like conda's own; where its commands are."""
    commands = folder / "bin"
    commands.mkdir(parents=True)
    python = f'exec "{sys.executable}" "{__file__}" "{channel}"'
    (commands / "conda").write_text(f'#!/bin/sh\n{python} "$@"\n')
    (commands / "conda").chmod(0o755)
    (commands / "activate").write_text('export CONDA_PREFIX="$1" PATH="$1/bin:$PATH"\n')
    return commands


def _make_package(channel: Path, name: str, version: str, files: dict[str, str]) -> None:
    index = {"name": name, "version": version, "build": "0", "build_number": 0, "depends": []}
    paths = [{"_path": path, "path_type": "hardlink"} for path in files]
    info = {
        "info/index.json": json.dumps(index | {"subdir": PLATFORM}),
        "info/paths.json": json.dumps({"paths": paths, "paths_version": 1}),
        "info/files": "\n".join(files),
    }
    with tarfile.open(channel / PLATFORM / f"{name}-{version}-0.tar.bz2", "w:bz2") as package:
        for path, text in (info | files).items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(text.encode()), 0o755
            package.addfile(entry, io.BytesIO(text.encode()))


async def _create(channel: str, env_file: str, prefix: str) -> None:
    from rattler import Channel, MatchSpec, install, solve

    env = yaml.safe_load(Path(env_file).read_text())
    records = await solve(
        sources=[Channel(Path(channel).as_uri())],
        specs=[MatchSpec(spec, strict=True) for spec in env["dependencies"]],
        platforms=[PLATFORM, "noarch"],
    )
    await install(records, target_prefix=prefix, cache_dir=Path(channel).parent / "cache")


def main(channel: str, *arguments: str) -> None:
    match arguments:
        case ["--version"]:
            print("conda", VERSION)
        case ["info", "--json"]:
            base = Path(os.environ["PATH"].split(":")[0]).parent
            print(json.dumps({"conda_prefix": str(base), "platform": PLATFORM}))
        case ["config", "--get", "channel_priority", "--json"]:
            print(json.dumps({"get": {"channel_priority": "strict"}}))
        case ["env", "create", "--quiet", "--no-default-packages", "--file", file, *_, prefix]:
            asyncio.run(_create(channel, file, prefix))
            os._exit(0)  # rattler's threads crash now and then when Python ends in order
        case ["clean", *_]:
            pass
        case _:
            sys.exit(f"not known here: conda {' '.join(arguments)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
