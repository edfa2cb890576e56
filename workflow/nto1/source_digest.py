"""What code means, as a digest: comments, docstrings and layout don't change it, other edits do.

A file's code depends on the modules that it imports, and these on others. Packages around an
imported module are not counted; those that are imported from are. Who imports a function that looks
through a package depends on what it finds there. What a method imports counts if some file among
them uses a method of this name.
"""

import ast
import hashlib
import json
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

DATA = (".mplstyle",)  # what a module may read from a file beside it that is called like it


def digest_of(files: Iterable[Path], top: Path, without: Collection[Path] = ()) -> str:
    """Of what these files and all that they import from packages in the folder ``top`` mean."""
    found = sorted(imported(files, top, without))
    parts = [f"{file.name} {_meaning(file)}" for file in found]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def imported(files: Iterable[Path], top: Path, without: Collection[Path] = ()) -> set[Path]:
    """These files and all that they import, directly or not, from packages in ``top``; but not what
    only files of ``without`` import, nor these."""
    found: set[Path] = set()
    to_do, used = set(files), {""}
    waiting: dict[str, set[Path]] = {}
    while to_do:
        file = to_do.pop()
        found.add(file)
        if file.suffix == ".py":
            to_do.update(map(file.with_suffix, DATA))
            used |= _attributes(file)
            for method, path in _imports(file, top):
                waiting.setdefault(method, set()).add(path)
            to_do.update(*(waiting[method] for method in used & waiting.keys()))
        to_do -= {*found, *without}
    return {file for file in found if file.exists()}


def remembered(files: Iterable[Path], folder: Path, compute: Callable[[], dict]) -> dict:
    """What ``compute`` returns, which takes a second, or what it returned for the same bytes."""
    content = b"".join(bytes(file) + file.read_bytes() for file in sorted(files))
    path = folder / f"nto1-digests-{hashlib.sha256(content).hexdigest()[:16]}.json"
    with suppress(OSError, ValueError):
        return json.loads(path.read_text("utf-8"))
    computed = compute()
    with suppress(OSError):
        path.write_text(json.dumps(computed), "utf-8")
    return computed


@lru_cache(None)
def _attributes(file: Path) -> set[str]:
    return {node.attr for node in ast.walk(_parsed(file)) if isinstance(node, ast.Attribute)}


@lru_cache(None)
def _imports(file: Path, top: Path) -> tuple[tuple[str, Path], ...]:
    return tuple(_find_imports(file, top))


def _find_imports(file: Path, top: Path) -> Iterator[tuple[str, Path]]:
    """What a module imports, each with the method in which that is done, or with an empty name. A
    package that goes through its own modules imports them all."""
    if any(isinstance(n, ast.For) and "iter_modules" in _names(n) for n in _parsed(file).body):
        yield from (("", module) for module in file.parent.glob("*.py"))
    methods: dict[ast.AST, str] = {}
    for_types: set[ast.AST] = set()
    for node in ast.walk(_parsed(file)):
        if isinstance(node, ast.ClassDef):
            functions = [part for part in node.body if isinstance(part, ast.FunctionDef)]
            methods |= {
                part: function.name for function in functions for part in ast.walk(function)
            }
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in _names(node.test):
            for_types.update(ast.walk(node))
    for node in ast.walk(_parsed(file)):
        if node in for_types:
            continue
        for names in _named_by(node):
            for module in next(filter(None, (_files_of(name, top) for name in names)), []):
                yield methods.get(node, ""), module
                for path in _found_by(module, names[0].rpartition(".")[2], top):
                    yield methods.get(node, ""), path


def _named_by(node: ast.AST) -> list[list[str]]:
    """The modules that a statement imports: of each, what it may be called, likely names first."""
    match node:
        case ast.Import(names=aliases):
            return [[alias.name] for alias in aliases]
        case ast.ImportFrom(module=str(module), names=aliases):
            return [_candidates(module, alias.name) for alias in aliases]
        case ast.Call(func=ast.Name("import_module"), args=[ast.Constant(str(name))]):
            return [[name]]
    return []


def _found_by(module: Path, name: str, top: Path) -> Iterator[Path]:
    """What a module's function finds in packages that the module imports, if it, or one that it
    calls, looks through them with ``offered_in``: the modules that have what it asks for."""
    functions = [node for node in _parsed(module).body if isinstance(node, ast.FunctionDef)]
    finders = [node for node in functions if "offered_in" in _names(node)]
    names = {node.name for node in finders}
    if any(node.name == name and names & {name, *_names(node)} for node in functions):
        parts = [part for node in finders for part in ast.walk(node)]
        wanted = {part.value for part in parts if isinstance(part, ast.Constant)}
        for _, package in _imports(module, top):
            if package.name == "__init__.py":
                yield from (
                    file for file in package.parent.glob("*.py") if wanted & _assigned(file)
                )


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _assigned(file: Path) -> set[str]:
    """Names at the top of a module."""
    nodes = [node for node in _parsed(file).body if isinstance(node, ast.Assign | ast.AnnAssign)]
    return {name for node in nodes for name in _names(node)}


def _candidates(module: str, name: str) -> list[str]:
    """The modules that ``from module import name`` may mean, the most likely first."""
    offered = sys.modules[__package__]._MODULE_OF if module == __package__ else {}
    if name in offered:
        return [f"{module}.{offered[name]}"]
    return [f"{module}.{name}", module]


def _files_of(module: str, top: Path) -> list[Path]:
    """The file, if it is one of ours."""
    path = top.joinpath(*module.split("."))
    return [file for file in (path.with_suffix(".py"), path / "__init__.py") if file.exists()][:1]


@lru_cache(None)
def _parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_bytes())


@lru_cache(None)
def _meaning(file: Path) -> str:
    """A digest of it."""
    if file.suffix != ".py":
        return hashlib.sha256(file.read_bytes()).hexdigest()
    tree = _parsed(file)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            body[:] = [part for part in body if not _is_unused_text(part)]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


def _is_unused_text(node: ast.AST) -> bool:
    """Such as a docstring."""
    match node:
        case ast.Expr(ast.Constant(str())):
            return True
    return False
