"""The files of a checkout, their text, and the sizes of the functions in them."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

NOT_SOURCE = {"__pycache__", "dist", "build", "node_modules"}


def files_of(root: Path) -> list[str]:
    """Paths below `root` that are, or may soon be, committed; where git cannot say, all but hidden and built ones."""
    command = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return sorted(_walk(root))
    if done.returncode:  # no repository, or one that belongs to somebody else
        return sorted(_walk(root))
    return sorted(name for name in done.stdout.split("\0") if name and (root / name).is_file())


def _walk(root: Path) -> Iterator[str]:
    for path in root.rglob("*"):
        relative = path.relative_to(root)
        folders = relative.parts[:-1]
        built = any(part in NOT_SOURCE or (part.startswith(".") and part != ".ci") for part in folders)
        if path.is_file() and not built:
            yield str(relative)


def text_of(path: Path) -> str | None:
    """The text of a file; None where it is not text."""
    data = path.read_bytes()
    try:
        return None if b"\0" in data else data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def lines_of(path: Path) -> int:
    return len((text_of(path) or "").splitlines())


@dataclass(frozen=True)
class Module:
    """What the rules ask of a module: its docstring, each function's dotted name and lines, decorators not counted."""

    docstring: str | None
    functions: tuple[tuple[str, int], ...]


def module_of(path: Path) -> Module:
    return _module_of(path.read_text(encoding="utf-8"))


@cache
def _module_of(text: str) -> Module:
    """Reading a thousand modules takes seconds, and several rules ask."""
    tree = ast.parse(text)
    return Module(ast.get_docstring(tree), tuple(_functions(tree, "")))


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, int]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr | ast.expr_context):  # most of a file, and no function is defined in one
            continue
        name = prefix
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{prefix}{child.name}."
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield name.rstrip("."), (child.end_lineno or child.lineno) - child.lineno + 1
        yield from _functions(child, name)
