"""Reads scenario files: documents or lists of them, YAML or JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loyalty.errors import Invalid
from loyalty.points.reading import Node
from loyalty.points.yaml_core import load, load_all

_SCENARIO = (
    *("scenario", "source", "note", "features", "programme", "programme_file", "members", "steps", "expect_error"),
)
_BESIDE_THE_VERB = ("at", "expect", "expect_error", "note", "source")


@dataclass(frozen=True)
class ScenarioStep:
    """`verb` None: only the clock runs. `expects`: each checked after the step."""

    number: int  # from 1
    at: str | None
    verb: str | None
    body: Any
    expects: Sequence[Mapping[str, Any]] = ()
    expect_error: str | None = None


@dataclass(frozen=True)
class Scenario:
    name: str
    programme: Any
    members: Mapping[str, Any]
    steps: Sequence[ScenarioStep]
    expect_error: str | None = None  # the programme must be refused with it
    file: str = ""
    source: str = ""
    features: Sequence[str] = field(default=())


def read_file(path: Path) -> list[Scenario]:
    """Every scenario of a file. Invalid names the place in it; OSError where the file cannot be read."""
    return _read(path.read_text(encoding="utf-8"), path, None)


def read_text(text: str, programme: Any = None) -> list[Scenario]:
    """Every scenario of a text; no file is opened. Invalid names the place in it.

    With `programme`, a document, each of them runs on that one instead of its own (which may be missing then), but
    for those that expect their programme to be refused.
    """
    return _read(text, None, programme)


def _read(text: str, path: Path | None, programme: Any) -> list[Scenario]:
    found = []
    for document in load_all(text):
        node = Node(document.value, (), document)
        for each in node.items() if isinstance(document.value, list) else [node]:
            found.append(_scenario(each, path, programme))
    return found


def _scenario(node: Node, path: Path | None, instead: Any) -> Scenario:
    keys = node.map(*_SCENARIO, needs=("scenario",))
    programme = instead if instead is not None and "expect_error" not in keys else _own(node, keys, path)
    members = keys["members"].entries() if "members" in keys else {}
    return Scenario(
        name=keys["scenario"].name(),
        programme=programme,
        members={name: each.value or {} for name, each in members.items()} or {"alice": {}},
        steps=[_step(each, index + 1) for index, each in enumerate(keys["steps"].items())] if "steps" in keys else [],
        expect_error=keys["expect_error"].text() if "expect_error" in keys else None,
        file=str(path or ""),
        source=keys["source"].text() if "source" in keys else "",
        features=keys["features"].texts() if "features" in keys else (),
    )


def _own(node: Node, keys: Mapping[str, Node], path: Path | None) -> Any:
    """The programme that the scenario itself brings."""
    if ("programme" in keys) == ("programme_file" in keys):
        node.fail("a programme or a programme_file is wanted")
    if "programme" in keys:
        return keys["programme"].value
    if path is None:
        keys["programme_file"].fail("there are no files here; write the programme into the scenario")
    return _programme(path, keys["programme_file"])


def _programme(path: Path, node: Node) -> Any:
    file = path.parent / node.text()
    try:
        return load(file.read_text(encoding="utf-8")).value
    except OSError as error:
        raise Invalid(f"The programme file {file} cannot be read: {error.strerror}.") from None


def _step(node: Node, number: int) -> ScenarioStep:
    entries = node.entries()
    verbs = [key for key in entries if key not in _BESIDE_THE_VERB]
    if len(verbs) > 1:
        node.fail(f"a step has one verb, not {' and '.join(verbs)}")
    verb = verbs[0] if verbs else None
    expects = list(entries["expect"].one_or_list()) if "expect" in entries else []
    for each in expects:
        each.entries()
    return ScenarioStep(
        number=number,
        at=entries["at"].text() if "at" in entries else None,
        verb=verb,
        body=(entries[verb].value or {}) if verb else None,
        expects=[each.value for each in expects],
        expect_error=entries["expect_error"].text() if "expect_error" in entries else None,
    )
