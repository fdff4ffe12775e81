"""The portal's own source, as the tests of the repository read it."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PORTAL = ROOT / "portal"


def modules(folder: str = "") -> list[Path]:
    """Returns the Python files of one part of the portal (all of it without a name)."""
    return sorted((PORTAL / folder).rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """Returns one file, parsed."""
    return ast.parse(path.read_text("utf8"), str(path))


def place(path: Path, node: ast.AST | None = None) -> str:
    """Says where something stands: portal/x.py:12."""
    line = f":{getattr(node, 'lineno', '')}" if node else ""
    return f"{path.relative_to(ROOT).as_posix()}{line}"


def dotted(node: ast.AST) -> str:
    """Returns a dotted name as written (`app.event_processor.enqueue`), or nothing."""
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else f".{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def names_used(path: Path) -> Iterator[tuple[str, ast.AST]]:
    """Lists every dotted name that a file uses or imports, with its place."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute | ast.Name):
            yield dotted(node), node
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield f"{node.module or ''}.{alias.name}", node


def imported(path: Path) -> Iterator[str]:
    """Lists the modules that a file imports, wherever in it."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def calls(path: Path) -> Iterator[tuple[str, ast.AST]]:
    """Lists the dotted name of everything that a file calls."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield dotted(node.func), node


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    """Lists every function and method of a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, Function):
            yield node


def public_functions(path: Path) -> list[Function]:
    """Lists the functions that a module offers."""
    return [
        node
        for node in tree(path).body
        if isinstance(node, Function) and not node.name.startswith("_")
    ]


def definitions(path: Path) -> Iterator[Function | ast.ClassDef]:
    """Lists every class, function and method of a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, Function | ast.ClassDef):
            yield node


def names_handed_on(package: Path) -> set[str]:
    """Returns the names that a package's `__init__.py` imports from its own modules."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree(package))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def arguments(node: Function) -> list[str]:
    """Returns the names of a function's positional arguments."""
    return [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]


def listed(name: str) -> set[str]:
    """Returns the first words of a checked-in list, without its comments."""
    lines = (ROOT / "tests" / "repository" / name).read_text("utf8").splitlines()
    return {line.split()[0] for line in lines if line.split("#")[0].strip()}


@lru_cache(maxsize=1)
def kept_files() -> list[Path]:
    """Lists every file that git keeps, or would with `git add`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in said.split("\0") if name and (ROOT / name).is_file()]
