"""The form of a prospect: what was typed, as details, and what is wrong with it in the page's language."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.errors import Conflict, Invalid, LoyaltyError
from loyalty.members.prospects import ProspectDetails
from loyalty.members.tables import Member
from loyalty.web.backoffice.bringer import FIELD, bringer_of
from loyalty.web.texts import _

FIELDS = ("name", "phone", "email", "consent_how", "language", "buys_at", FIELD, "next_contact_on", "notes")


def typed(form: Mapping[str, str]) -> dict[str, str]:
    return {name: form.get(name, "").replace("\x00", "").strip()[:10_000] for name in FIELDS}


def details_from(session: Session, values: Mapping[str, str]) -> ProspectDetails:
    """Invalid with the field in its pointer."""
    day: date | None = None
    if values["next_contact_on"]:
        try:
            day = date.fromisoformat(values["next_contact_on"])
        except ValueError as error:
            raise Invalid("This is no day; write it as 2026-12-31.", pointer="/next_contact_on") from error
    rest = {name: values[name] for name in ("name", "phone", "email", "consent_how", "buys_at", "notes")}
    brought_by = bringer_of(session, values[FIELD])
    return ProspectDetails(**rest, language=values["language"] or "en", brought_by=brought_by, next_contact_on=day)


def as_typed(session: Session, row: sa.Row[Any]) -> dict[str, str]:
    """A prospect as the form shows it: who brought them by number."""
    number = session.scalar(sa.select(Member.number).where(Member.id == row.brought_by)) if row.brought_by else None
    values = {name: getattr(row, name) for name in FIELDS if name != FIELD} | {FIELD: number}
    return {name: "" if values[name] is None else str(values[name]) for name in FIELDS}


def field_of(fault: LoyaltyError) -> str:
    name = (fault.pointer or "").strip("/").split("/")[0]
    return name if name in FIELDS else "name"


def fault_words(fault: LoyaltyError) -> str:
    name = field_of(fault)
    if isinstance(fault, Conflict) and name in ("phone", "email"):
        return _("A member or another prospect has this already; go on with that one.")
    return {
        "name": _("Type the name: 1 to 120 characters."),
        "phone": _("This is no telephone number; write it as +852 6123 4567."),
        "email": _("This is no e-mail address; write it as name@example.com."),
        "consent_how": _("Write down how they agreed to be contacted, or leave telephone and e-mail out."),
        "buys_at": _("Use at most 120 characters."),
        FIELD: _("No single other member fits this; type the number of the member who brought them."),
        "next_contact_on": _("This is no day; write it as 2026-12-31."),
        "notes": _("Use at most 4,000 characters."),
    }.get(name, str(fault))


def labels() -> dict[str, str]:
    return {
        "name": _("Name"), "phone": _("Telephone"), "email": _("E-mail"), "language": _("Language"),
        "consent_how": _("How they agreed to be contacted"), "buys_at": _("Buys today at"),
        FIELD: _("Brought by"), "next_contact_on": _("Speak again on"), "notes": _("Notes"), "status": _("State"),
    }  # fmt: skip
