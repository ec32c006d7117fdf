"""Editing a member: the form's text from the record and back."""

from collections.abc import Mapping
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
