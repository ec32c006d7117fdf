"""A draft as its pages show it: the entries of a section in words, the open form, what is wrong, and the text."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import g
from flask_security import current_user

from loyalty.errors import Invalid
from loyalty.ops.programme_drafts import Draft
from loyalty.points.calendar import zone_of
from loyalty.points.programme import Programme
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.yaml_core import Path, load
from loyalty.web.backoffice.editor.acting import name_faults, name_of, renamed
from loyalty.web.backoffice.editor.changes import Change, Rename, value_at
from loyalty.web.backoffice.editor.fault_words import fault_words
from loyalty.web.backoffice.editor.fields import Filled, Form, Inputs, differences, fields_of, read_part, shown
from loyalty.web.backoffice.editor.sections import Section
from loyalty.web.backoffice.editor.sentences import sentences
from loyalty.web.backoffice.editor.splice import edited
from loyalty.web.backoffice.programme_faults import Draft as Text
from loyalty.web.backoffice.programme_faults import Fault, path_of, read_draft
from loyalty.web.database import reading
from loyalty.web.shop import shop


@dataclass(frozen=True)
class Item:
    """One entry of a section. `number` from 1."""

    number: int
    name: str
    said: str
    off: bool


@dataclass(frozen=True)
class Opened:
    """A draft that was read; `programme` and `document` are None while its text has faults."""

    draft: Draft
    text: Text

    @property
    def programme(self) -> Programme | None:
        return self.text.programme

    @property
    def document(self) -> Mapping[str, Any]:
        return self.text.document or {}

    @property
    def mine(self) -> bool:
        return bool(self.draft.staff == current_user.email)

    @property
    def may_change(self) -> bool:
        return self.mine and self.draft.may_change

    def items(self, section: Section) -> list[Item]:
        said = sentences(section.key, self.programme) if self.programme else []
        found = []
        for number, _key in enumerate(section.keys(self.document), 1):
            entry = value_at(self.document, section.entry(self.document, number) or ())
            off = isinstance(entry, Mapping) and entry.get("enabled") is False
            found.append(Item(number, name_of(section, self.document, number), said[number - 1], off))
        return found


def read(text: str) -> Text:
    """A text with its faults, as the latest version's wallets demand."""
    latest = SqlFacts(reading()).latest()
    return read_draft(text, latest.programme if latest else None)


def opened(draft: Draft) -> Opened:
    """The draft, with its own money and days on the page from now on."""
    found = Opened(draft, read(draft.text))
    if found.programme is not None:
        speak_of(found.programme)
    return found


def speak_of(programme: Programme) -> None:
    """The rest of this page writes money and days as this programme has them."""
    g.shop = replace(
        shop(), currency=programme.currency or "USD", digits=programme.digits, zone=zone_of(programme.timezone),
        programme=programme,
    )  # fmt: skip


@dataclass(frozen=True)
class Saving:
    """What a typed form would make of the draft. `text` is the new one; `filled` the form with what is wrong."""

    changes: tuple[Change, ...]
    text: Text
    filled: Filled

    @property
    def sound(self) -> bool:
        return self.text.document is not None and not self.filled.wrong and not self.filled.rest


def filled_form(found: Opened, section: Section, number: int) -> Filled | None:
    """The form of an entry as the draft has it; None when there is no such entry."""
    path = section.entry(found.document, number)
    if path is None:
        return None
    form = section.form_of(number)
    return Filled(form, shown(form, section.part(found.document, path, number)))


def saving(found: Opened, section: Section, number: int, inputs: Inputs) -> Saving | None:
    """What the typed form of an entry comes to; nothing is stored. None when there is no such entry."""
    path = section.entry(found.document, number)
    if path is None:
        return None
    form = section.form_of(number)
    old = section.part(found.document, path, number)
    new, wrong = read_part(form, old, inputs)
    if section.keyed:
        wrong |= name_faults(section, found.document, old, new)
    wrong = {name: fault_words(reason) for name, reason in wrong.items()}
    changes = [] if wrong else [*_changes(section, path, old, new), *renamed(section, found.document, old, new)]
    path = (*path[:-1], new["name"]) if section.keyed and not wrong else path
    text = read(edited(found.draft.text, changes)) if changes and not wrong else found.text
    rest = []
    for fault in text.faults:
        name = _field_of(text, fault, path, section, form) if not wrong else None
        if name:
            wrong.setdefault(name, fault_words(fault.reason))
        else:
            rest.append(f"{fault.place}: {fault_words(fault.reason)}" if fault.place else fault_words(fault.reason))
    return Saving(tuple(changes), text, Filled(form, {**shown(form, {}), **inputs}, wrong, tuple(rest)))


def _changes(section: Section, path: Path, old: Any, new: Any) -> list[Change]:
    if not section.keyed:
        return list(differences(old, new, path))
    found = list(differences(old["criteria"], new["criteria"], path))
    return found if old["name"] == new["name"] else [*found, Rename(path, new["name"])]


def _field_of(text: Text, fault: Fault, path: Path, section: Section, form: Form) -> str | None:
    """The field that a fault of the text is about."""
    place = _path(text, fault)
    if place is None or place[: len(path)] != path:
        return None
    below = ("criteria",) * section.keyed + place[len(path) :]
    missing = fault.reason.split("'")[1] if "' is missing" in fault.reason else ""
    below = (*below, missing) if missing else below
    fields = sorted(fields_of(form), key=lambda each: -len(each.path))
    twice = "is used twice" in fault.reason
    return next((each.name for each in fields if each.meant_by(("name",) if twice else below)), None)


def _path(text: Text, fault: Fault) -> Path | None:
    try:
        return path_of(load(text.text).value, fault.place)
    except Invalid:
        return None
