"""Editing a member: each wrong field is named, what was typed stays, and two people never overwrite each other."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from loyalty.checkout.edit_member import edit_member, record_of
from loyalty.db.audit import masked
from loyalty.db.session import write
from loyalty.errors import LoyaltyError
from loyalty.members.described import tags_known
from loyalty.members.enrolment import get_member
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.backoffice.enrol import fault_words
from loyalty.web.backoffice.finding import conventions
from loyalty.web.backoffice.member_edit_view import FIELDS, as_text, edit_of, typed
from loyalty.web.database import reading
from loyalty.web.i18n import LANGUAGES, tag
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.texts import _
from loyalty.web.two_at_once import as_seen, merged, seen, show_crossing

blueprint = Blueprint("member_edit", __name__, url_prefix="/members/<id>/edit")


class _OnlyTrying(Exception):
    """Ends the transaction of an attempt that serves only to find further faults."""


class _Changed(Exception):
    """Somebody else saved the member after the form was opened."""


@blueprint.get("")
@allows("member.edit")
def page(id: str) -> str:
    member = get_member(reading(), id)
    text = as_text(record_of(reading(), member))
    return _form(id, text, text, member.version)


@blueprint.post("")
@allows("member.edit")
def save(id: str) -> Response | tuple[str, int]:
    """Changes what differs. 412 with both states side by side when somebody else was quicker."""
    member = get_member(reading(), id)
    record = as_text(record_of(reading(), member))
    mine = typed(request.form, record)
    seen_version = _number(request.form.get("version", ""), member.version)
    try:
        if seen_version != member.version:
            raise _Changed
        wrong = _try_all(id, mine, record, seen_version)
    except _Changed:
        reading().rollback()  # what the other person saved is to be seen
        member = get_member(reading(), id)
        record = as_text(record_of(reading(), member))
        both = merged(seen(request.form, FIELDS), record, mine)
        show_crossing(both, field_words())
        return _form(id, both.values, record, member.version), 412
    if wrong:
        return _form(id, mine, record, seen_version, wrong=wrong, was=seen(request.form, FIELDS)), 422
    say(_("The changes are saved."))
    return redirect(url_for("member.page", id=id), code=303)


def _try_all(id: str, mine: Mapping[str, str], record: Mapping[str, str], version: int) -> Mapping[str, str]:
    """Saves, or one sentence for every wrong field: each fault is put back and the rest tried again."""
    values, wrong = dict(mine), dict[str, str]()
    for _attempt in FIELDS:
        try:
            with write(services().engine) as session:
                before = _told(record_of(session, get_member(session, id)))
                edit = edit_of(values, record)
                if not wrong and not edit.changes and edit.tags is None and edit.fields is None:
                    return {}
                member = edit_member(session, id, edit, services().now(), conventions(), version)
                if wrong:
                    raise _OnlyTrying
                tell(session, "member.edit", f"member:{id}", before=before, after=_told(record_of(session, member)))
                return {}
        except _OnlyTrying:
            break
        except LoyaltyError as fault:
            if fault.code == "precondition_failed":
                raise _Changed from fault
            name = (fault.pointer or "").strip("/").split("/")[0]
            name = name if name in FIELDS else "form"
            wrong.setdefault(name, fault_words(name, fault))
            if name == "form" or values[name] == record[name]:
                break
            values[name] = record[name]
    return {name: wrong[name] for name in (*FIELDS, "form") if name in wrong}


def _told(record: Mapping[str, Any]) -> dict[str, Any]:
    """For the log, which masks what it knows to be personal; the shop's own fields may be anything."""
    return {**record, "details": {name: masked(value) for name, value in record["details"].items()}}


def _form(
    id: str,
    values: Mapping[str, str],
    record: Mapping[str, str],
    version: int,
    *,
    wrong: Mapping[str, str] | None = None,
    was: Mapping[str, str] | None = None,
) -> str:
    member = get_member(reading(), id)
    return render_template(
        "member_edit.html",
        member=member,
        form=values,
        wrong=wrong or {},
        version=version,
        was=as_seen(was or record),
        member_languages={tag(code): name for code, name in LANGUAGES.items()},
        tags_known=tags_known(reading()),
        words=field_words(),
    )


def field_words() -> Mapping[str, str]:
    """The fields of a member's record, in the page's language."""
    return {
        "name": _("Name"),
        "family_name": _("Family name"),
        "given_name": _("Given name"),
        "phone": _("Telephone"),
        "email": _("E-mail"),
        "birthday": _("Birthday"),
        "language": _("Language"),
        "tags": _("Tags"),
        "details": _("Further details"),
        "notes": _("Notes"),
        "form": _("Form"),
    }


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise
