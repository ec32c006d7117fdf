"""A part of the document as a form: its fields, what stands in them, and the part that was typed.

A field that was not touched leaves its value alone, in whatever shape it was written.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from loyalty.errors import Invalid
from loyalty.points.yaml_core import Path
from loyalty.web.backoffice.editor.changes import Change, Cut, Put, changed, value_at
from loyalty.web.backoffice.editor.kinds import ABSENT, Kind

MAY_VANISH = ("when", "time", "date", "basket", "not", "benefits", "gifts")
"""Maps that say nothing when they are empty."""


@dataclass(frozen=True)
class Field:
    """`path` below the part. `owns`: keys of the part that are one value together, for fields without a path."""

    path: tuple[str, ...]
    kind: Kind
    label: str
    hint: str = ""
    owns: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Of its inputs, a suffix aside; also the id."""
        return "v-" + ("-".join(self.path) or self.owns[0])

    def held(self, part: Any) -> Any:
        """Its value in the part."""
        if self.owns:
            return {key: part[key] for key in self.owns if key in part}
        return value_at(part, self.path, ABSENT)

    def meant_by(self, path: Path) -> bool:
        """Is a fault at `path` below the part about this field?"""
        return path[: len(self.path)] == self.path if self.path else bool(path) and path[0] in self.owns


@dataclass(frozen=True)
class Group:
    """Fields under a heading; `folded` until one of them says something."""

    heading: str
    fields: tuple[Field, ...]
    folded: bool = False


Form = tuple[Group, ...]
Inputs = Mapping[str, list[str]]
"""The texts of a form's inputs by name."""


@dataclass(frozen=True)
class Filled:
    """A form with what stands in it. `wrong`: reasons by field name; the pointer of an input within it comes first."""

    form: Form
    inputs: Inputs
    wrong: Mapping[str, str] = field(default_factory=dict)
    rest: tuple[str, ...] = ()
    """Faults that no field is about."""

    def opened(self, group: Group, blank: Inputs) -> bool:
        """Should a folded group stand open? `blank`: the same form of an empty part."""
        names = [each.name for each in group.fields]
        return not group.folded or any(
            texts != blank.get(name, []) for name, texts in self.inputs.items() if name.startswith(tuple(names))
        ) or any(name in self.wrong for name in names)  # fmt: skip


def fields_of(form: Form) -> Iterator[Field]:
    for group in form:
        yield from group.fields


def shown(form: Form, part: Any) -> dict[str, list[str]]:
    """What stands in the inputs for a part of the document."""
    return {
        f"{each.name}{suffix}": texts
        for each in fields_of(form)
        for suffix, texts in each.kind.shown(each.held(part)).items()
    }


def typed(form: Form, get: Callable[[str], list[str]], names: Iterator[str]) -> dict[str, list[str]]:
    """The texts of a form that was sent; `get` and `names` are those of the request's form."""
    known = tuple(each.name for each in fields_of(form))
    return {name: get(name) for name in names if name.startswith(known)}


def read_part(form: Form, part: Any, inputs: Inputs) -> tuple[Any, dict[str, str]]:
    """The part as it was typed, and what is wrong with single fields, by name."""
    wrong: dict[str, str] = {}
    new = part
    for each in fields_of(form):
        texts = {name[len(each.name) :]: value for name, value in inputs.items() if _belongs(each.name, name)}
        before = each.kind.shown(each.held(part))
        if all(_clean(texts.get(suffix, [])) == _clean(value) for suffix, value in before.items()):
            continue
        try:
            new = _set(new, each, each.kind.value(texts))
        except Invalid as error:
            wrong[each.name] = str(error)
    return new, wrong


def differences(old: Any, new: Any, path: Path) -> Iterator[Change]:
    """The fewest changes that make `new` of `old`, deepest first, so that the words around them stay."""
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        if old != new or type(old) is not type(new):
            yield Put(path, new)
        return
    for key in new:
        if key not in old:
            yield Put((*path, key), new[key])
        else:
            yield from differences(old[key], new[key], (*path, key))
    for key in old:
        if key not in new:
            yield Cut((*path, key))


def _belongs(field_name: str, input_name: str) -> bool:
    return input_name == field_name or input_name.startswith(f"{field_name}-")


def _clean(texts: list[str]) -> list[str]:
    return [text.replace("\r\n", "\n").strip() for text in texts if text.strip()]


def _set(part: Any, each: Field, value: Any) -> Any:
    if each.owns:
        for key in each.owns:
            part = changed(part, Put((key,), value[key]) if key in value else Cut((key,)))
        return part
    if value is not ABSENT:
        return changed(part, Put(each.path, value))
    part = changed(part, Cut(each.path))
    for length in range(len(each.path) - 1, 0, -1):
        above = each.path[:length]
        if above[-1] in MAY_VANISH and value_at(part, above) == {}:
            part = changed(part, Cut(above))
    return part
