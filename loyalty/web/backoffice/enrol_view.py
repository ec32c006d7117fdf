"""A new member: what was typed, what is wrong with it field by field, and who might be the same person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from loyalty.errors import Conflict, Invalid, LoyaltyError
from loyalty.members.enrolment import LANGUAGES, NewMember
from loyalty.members.names import folded
from loyalty.members.search import search
from loyalty.members.tokens import phone_number

FIELDS = ("name", "phone", "email", "birthday", "language", "card_kind", "card", "referred_by", "notes")


@dataclass(frozen=True)
class Typed:
    """The form as it was sent back: text of every field, and one sentence for each field that is wrong."""

    values: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


def typed(form: Mapping[str, str]) -> Typed:
    """Without control characters that no field can hold."""
    return Typed({name: form.get(name, "").replace("\x00", "").strip()[:10_000] for name in FIELDS})


def new_member(form: Typed) -> NewMember:
    """The values for the use case; Invalid for a birthday or language that is none."""
    return NewMember(
        name=form["name"],
        phone=form["phone"] or None,
        email=form["email"] or None,
        birthday=_birthday(form["birthday"]),
        language=form["language"] if form["language"] in LANGUAGES else LANGUAGES[0],
        notes=form["notes"],
    )


def _birthday(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("The birthday is no day; write it as 1990-04-30.", pointer="/birthday") from error


def field_of(fault: LoyaltyError) -> str:
    """The field that a refusal is about; `form` when it is about the whole."""
    name = (fault.pointer or "").strip("/").split("/")[0]
    name = {"token": "card", "kind": "card", "cards": "card"}.get(name, name)
    return name if name in FIELDS else "form"


@dataclass(frozen=True)
class Twin:
    """A member who may be the same person. `by` tells what they have in common: phone, email or name."""

    id: str
    number: str
    name: str
    by: str


def twins(session: Session, form: Typed, region: str) -> tuple[Twin, ...]:
    """At most five, those with the same phone or e-mail first."""
    found: dict[str, Twin] = {}
    for by, text in (("phone", _phone(form["phone"], region)), ("email", form["email"]), ("name", form["name"])):
        if len(text) < 2:
            continue
        for member in search(session, text, 5).members:
            if by != "name" or folded(member.name) == folded(text):
                found.setdefault(member.id, Twin(member.id, member.number, member.name, by))
    return tuple(found.values())[:5]


def _phone(text: str, region: str) -> str:
    """The whole number, or nothing while it is still being typed."""
    try:
        return phone_number(text, region).lstrip("+") if len(text) >= 6 else ""
    except (Invalid, Conflict):
        return ""
