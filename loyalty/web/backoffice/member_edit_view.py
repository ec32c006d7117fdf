"""Editing a member: the form's text from the record and back, and what two people changed at the same time."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from loyalty.checkout.edit_member import EDITED, MemberEdit
from loyalty.errors import Invalid
from loyalty.members.described import fields_in, tags_in

FIELDS = (*EDITED[:-1], "tags", "details", "notes")
LONGEST = 20_000


def as_text(record: Mapping[str, Any]) -> dict[str, str]:
    """The record as the form shows it, field by field."""
    text = {name: "" if record[name] is None else str(record[name]) for name in EDITED}
    text["tags"] = ", ".join(record["tags"])
    text["details"] = "\n".join(f"{name}: {value}" for name, value in record["details"].items())
    return text


def typed(form: Mapping[str, str], record: Mapping[str, str]) -> dict[str, str]:
    """What came back, without characters that no field can hold; a field that did not come stays as it is."""
    return {
        name: form.get(name, record[name]).replace("\x00", "").replace("\r\n", "\n").strip()[:LONGEST]
        for name in FIELDS
    }


def seen(form: Mapping[str, str]) -> dict[str, str]:
    """The record as it was when the form was opened; empty when that was not sent."""
    try:
        was = json.loads(form.get("was", ""))
    except ValueError:
        return {}
    return {name: str(was[name]) for name in FIELDS if name in was} if isinstance(was, dict) else {}


def edit_of(values: Mapping[str, str], record: Mapping[str, str]) -> MemberEdit:
    """The fields that differ from the record. Invalid for a birthday, tags or details that are none."""
    changed = {name for name in FIELDS if values[name] != record[name]}
    changes: dict[str, Any] = {name: values[name] for name in EDITED if name in changed}
    if "birthday" in changes:
        changes["birthday"] = _birthday(values["birthday"])
    return MemberEdit(
        changes,
        tags_in(values["tags"]) if "tags" in changed else None,
        fields_in(values["details"]) if "details" in changed else None,
    )


def _birthday(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("The birthday is no day; write it as 1990-04-30.", pointer="/birthday") from error


@dataclass(frozen=True)
class Clash:
    """A field that was changed here and there. `theirs` stands in the record now, `mine` was typed."""

    field: str
    before: str
    theirs: str
    mine: str


@dataclass(frozen=True)
class Merged:
    """`values` for the form: what only one side changed is taken over, what both changed stays as typed."""

    values: Mapping[str, str]
    clashes: tuple[Clash, ...]
    taken: tuple[str, ...]
    """Fields that only the other person changed."""


def merged(was: Mapping[str, str], now: Mapping[str, str], mine: Mapping[str, str]) -> Merged:
    """Three states of one record, field by field. Without `was` every difference is shown."""
    values, clashes, taken = dict(mine), list[Clash](), list[str]()
    for name in FIELDS:
        before = was.get(name)
        if mine[name] == now[name]:
            continue
        if before is not None and mine[name] == before:
            values[name] = now[name]
            taken.append(name)
        elif before is None or now[name] != before:
            clashes.append(Clash(name, before or "", now[name], mine[name]))
    return Merged(values, tuple(clashes), tuple(taken))
