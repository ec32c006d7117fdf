"""Sizes, names and words of the house (CONTRIBUTING.md), executed. The lists of offenders may only shrink."""

import os
import re
import tomllib
from pathlib import Path

import pytest

from tests.source_files import files_of, lines_of, module_of, text_of

ROOT = Path(__file__).resolve().parent.parent
SOURCE = (".py", ".js", ".css", ".html", ".toml", ".sh")
PRODUCT = ("loyalty/", "simulators/", "firmware_profiles/")

FILE_HARD, FILE_WISHED = 500, 250
# files longer than wished, with their present size: a number may go down, never up, and no file may come in
LONG_FILES: dict[str, int] = {}

FUNCTION_HARD, FUNCTION_WISHED = 60, 40
# "file:function" longer than wished, with its present size; the same rule
LONG_FUNCTIONS: dict[str, int] = {}

BAD_NAMES = {"util", "utils", "helper", "helpers", "misc", "common", "manager", "managers"}
BAD_WORDS = {
    "unfinished work": r"\b(TODO|FIXME|XXX|NotImplementedError)\b",
    "an address of a package registry": r"pypi\.org|pythonhosted\.org|npmjs\.(org|com)|crates\.io",
    "an address shops cannot reach offline": r"\bcdn\.|cdnjs|jsdelivr|unpkg|fonts\.(googleapis|gstatic)",
    "a path of one machine": r"/work/(?!work_)|/root/|/home/\w",
}
ANY_BAD_WORD = re.compile("|".join(BAD_WORDS.values()))
# this file must name what it forbids; vendored files are other people's words
MAY_SAY_ANYTHING = re.compile(r"^tests/test_tidy\.py$|/vendor/|^LICENSE$")


def long_files(root: Path, listed: dict[str, int]) -> list[str]:
    sizes = {name: lines_of(root / name) for name in sources(root)}
    return outgrown(sizes, listed, FILE_HARD, FILE_WISHED)


def long_functions(root: Path, listed: dict[str, int]) -> list[str]:
    sizes = {
        f"{name}:{function}": size
        for name in sources(root)
        if name.endswith(".py")
        for function, size in module_of(root / name).functions
    }
    return outgrown(sizes, listed, FUNCTION_HARD, FUNCTION_WISHED)


def outgrown(sizes: dict[str, int], listed: dict[str, int], hard: int, wished: int) -> list[str]:
    """What is too long, and what the list of offenders need not name any more."""
    found = []
    for name, size in sizes.items():
        limit = min(hard, listed.get(name, wished))
        if size > limit:
            found.append(f"{name}: {size} lines, at most {limit}")
    stale = [name for name in listed if sizes.get(name, 0) <= wished]
    return found + [f"{name}: no longer too long, take it off the list" for name in stale]


def bad_names(root: Path) -> list[str]:
    parts = {(name, part) for name in sources(root) for part in Path(name).with_suffix("").parts}
    return [f"{name}: '{part}' says nothing" for name, part in sorted(parts) if part.lower() in BAD_NAMES]


def bad_words(root: Path) -> list[str]:
    found = []
    for name in files_of(root):
        if MAY_SAY_ANYTHING.search(name):
            continue
        text = text_of(root / name) or ""
        if not ANY_BAD_WORD.search(text):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            for what, words in BAD_WORDS.items():
                if re.search(words, line):
                    found.append(f"{name}:{number}: {what}")
    return found


def without_docstring(root: Path) -> list[str]:
    modules = [name for name in files_of(root) if name.endswith(".py") and name.startswith(PRODUCT)]
    return [name for name in modules if not module_of(root / name).docstring]


def folders_without_init(root: Path) -> list[str]:
    files = set(files_of(root))
    folders = {str(Path(name).parent) for name in files if name.endswith(".py") and name.startswith(PRODUCT)}
    return sorted(folder for folder in folders if f"{folder}/__init__.py" not in files)


def loose_locks(root: Path) -> list[str]:
    """Lock files that name an address or leave a requirement without version or hash."""
    found = []
    for path in sorted((root / "requirements").glob("*.txt")):
        text = re.sub(r"#.*", "", path.read_text()).replace("\\\n", " ")
        if "://" in text or re.search(r"^--?(index|extra|find|trusted|[if]\b)", text, re.MULTILINE):
            found.append(f"{path.name}: names an address")
        for requirement in re.findall(r"^\w.*", text, re.MULTILINE):
            if "==" not in requirement or "--hash=sha256:" not in requirement:
                found.append(f"{path.name}: {requirement.split()[0]} is not pinned by version and hash")
    return found


def sources(root: Path) -> list[str]:
    return [name for name in files_of(root) if name.endswith(SOURCE) and "/vendor/" not in name]


def required(text: str) -> set[str]:
    """Names in a requirements file, comments and options aside."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return {line for line in lines if line and not line.startswith("-")}


@pytest.mark.parametrize("check", [bad_names, bad_words, without_docstring, folders_without_init, loose_locks])
def test_the_house_is_tidy(check):
    found = check(ROOT)
    assert not found, "\n".join(found)


def test_no_file_grows_too_long():
    found = long_files(ROOT, LONG_FILES)
    assert not found, "\n".join(found)


def test_no_function_grows_too_long():
    found = long_functions(ROOT, LONG_FUNCTIONS)
    assert not found, "\n".join(found)


def test_the_package_asks_for_what_the_locks_hold():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {"base": project["dependencies"], **project["optional-dependencies"]}
    held = {path.stem: required(path.read_text()) for path in (ROOT / "requirements").glob("*.in")}
    held["dev"] |= held.pop("build") - {"setuptools"}
    assert {group: set(names) for group, names in asked.items()} == held


@pytest.mark.parametrize("script", ["run", "test", ".ci/run", "requirements/lock"])
def test_scripts_can_be_started(script):
    assert os.access(ROOT / script, os.X_OK)


# The checks themselves: each must see what it is there to see.


def test_growth_is_seen_and_only_shrinking_is_allowed():
    sizes = {"a": 240, "b": 300, "c": 510, "d": 280}
    listed = {"a": 260, "c": 600, "d": 280, "gone": 300}
    assert outgrown(sizes, listed, 500, 250) == [
        "b: 300 lines, at most 250",
        "c: 510 lines, at most 500",
        "a: no longer too long, take it off the list",
        "gone: no longer too long, take it off the list",
    ]


def test_a_long_file_and_a_long_function_are_seen(tree):
    tree("loyalty/a.py", "class A:\n    async def f(self):\n" + "        x = 1\n" * 260)
    assert long_files(tree.root, {}) == ["loyalty/a.py: 262 lines, at most 250"]
    assert long_functions(tree.root, {}) == ["loyalty/a.py:A.f: 261 lines, at most 40"]


def test_empty_names_are_seen(tree):
    tree("loyalty/Utils/a.py", "")
    tree("tests/helpers.py", "")
    tree("loyalty/commonwealth.py", "")
    assert [line.partition(":")[0] for line in bad_names(tree.root)] == ["loyalty/Utils/a.py", "tests/helpers.py"]


@pytest.mark.parametrize(
    "line",
    [
        "# TODO later",
        "raise NotImplementedError",
        "https://pypi.org/simple",
        '<script src="https://cdn.example.com/a.js">',
        "open('/work/data')",
    ],
)
def test_bad_words_are_seen(tree, line):
    tree("docs/page.md", f"fine\n{line}\n")
    tree("loyalty/web/static/vendor/other.js", line)
    assert [found.rpartition(":")[0] for found in bad_words(tree.root)] == ["docs/page.md:2"]


def test_missing_docstrings_and_inits_are_seen(tree):
    tree("loyalty/points/a.py", "x = 1\n")
    assert without_docstring(tree.root) == ["loyalty/points/a.py"]
    assert folders_without_init(tree.root) == ["loyalty/points"]


def test_loose_locks_are_seen(tree):
    tree(
        "requirements/a.txt",
        "good==1 \\\n    --hash=sha256:00\n    # via x\nloose==1\nnewest>=2 \\\n    --hash=sha256:00\n",
    )
    tree("requirements/b.txt", "--index-url https://example.org\n")
    assert loose_locks(tree.root) == [
        "a.txt: loose==1 is not pinned by version and hash",
        "a.txt: newest>=2 is not pinned by version and hash",
        "b.txt: names an address",
    ]


def test_git_is_asked_and_can_be_done_without(tree, monkeypatch):
    tree("loyalty/a.py", "")
    tree(".venv/lib/b.py", "")
    tree(".ci/run", "")
    assert files_of(tree.root) == [".ci/run", "loyalty/a.py"]
    monkeypatch.setenv("PATH", "/nowhere")
    assert files_of(tree.root) == [".ci/run", "loyalty/a.py"]


class Tree:
    """A small checkout to be judged."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text)


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path)
