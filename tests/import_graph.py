"""Reads Python files with `ast` and tells who imports whom; executes nothing."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Import:
    importer: str
    """Dotted name of the module that imports, a package under its own name."""
    imported: str
    """Dotted name of a module of the tree, or of what is imported from outside it."""
    line: int
    inside_function: bool


def modules_of(root: Path, packages: tuple[str, ...]) -> dict[str, Path]:
    """Dotted name -> file, for every module below `root` in the packages named; absent packages are fine."""
    files = (file for package in packages for file in sorted((root / package).rglob("*.py")))
    return {_dotted(file.relative_to(root)): file for file in files}


def imports_of(modules: dict[str, Path]) -> list[Import]:
    """All imports of all modules, those for type checking and those inside functions included."""
    names = {name.rsplit(".", depth)[0] for name in modules for depth in range(name.count(".") + 1)}
    return [found for name, file in modules.items() for found in _imports_in(name, file, names)]


def cycle_in(imports: list[Import], modules: dict[str, Path]) -> list[str]:
    """The modules of one import cycle, first and last the same; empty when there is none."""
    edges: dict[str, list[str]] = {name: [] for name in modules}
    for each in imports:
        if each.imported in modules and each.imported != each.importer:
            edges[each.importer].append(each.imported)
    done: set[str] = set()
    for start in edges:
        if cycle := _walk(start, edges, done, []):
            return cycle
    return []


def _walk(name: str, edges: dict[str, list[str]], done: set[str], path: list[str]) -> list[str]:
    if name in path:
        return [*path[path.index(name) :], name]
    if name in done:
        return []
    for target in edges[name]:
        if cycle := _walk(target, edges, done, [*path, name]):
            return cycle
    done.add(name)
    return []


def _imports_in(name: str, file: Path, names: set[str]) -> Iterator[Import]:
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    for node, inside in _statements(ast.parse(file.read_text(encoding="utf-8"), str(file)), False):
        for target in _targets(node, package, names):
            yield Import(name, target, node.lineno, inside)


def _statements(node: ast.AST, inside: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr | ast.expr_context):  # most of a file, and nothing is imported in one
            continue
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, inside
        function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        yield from _statements(child, inside or function)


def _targets(node: ast.Import | ast.ImportFrom, package: str, names: set[str]) -> list[str]:
    """`from a import b` means the module a.b where there is one, else a."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = node.module or ""
    if node.level:
        above = package.split(".")[: len(package.split(".")) - node.level + 1]
        base = ".".join([*above, *filter(None, [node.module])])
    full = [f"{base}.{alias.name}" for alias in node.names]
    return [name if name in names else base for name in full]


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
