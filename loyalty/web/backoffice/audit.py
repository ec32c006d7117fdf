"""The audit log: who changed what, when, from what to what. It only reads; `loyalty db verify` checks the chain."""

from datetime import date
from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for

from loyalty.members.enrolment import get_member
from loyalty.web.access import allows, permitted
from loyalty.web.backoffice.audit_view import Row, Wish, actors, families, member_changes, read_log
from loyalty.web.backoffice.audit_words import action_word, actor_word, family_word
from loyalty.web.backoffice.record_words import field_word
from loyalty.web.database import reading
from loyalty.web.shop import shop

blueprint = Blueprint("audit", __name__, url_prefix="/audit")


@blueprint.get("")
@allows("audit.view")
def page() -> str:
    wish = _wish()
    below = request.args.get("below", type=int)
    log = read_log(reading(), wish, shop().zone, below)
    if request.headers.get("HX-Request") == "true":
        return render_template("_audit_rows.html", log=log, wish=wish, **_WORDS)
    known = {"actors": actors(reading()), "families": families(reading())}
    return render_template("audit.html", log=log, wish=wish, **known, **_WORDS)


@blueprint.get("/members/<id>")
@allows("audit.view")
def of_member(id: str) -> str:
    """The latest changes to a member: a part of the member's page."""
    member = get_member(reading(), id)
    return render_template("_changes.html", member=member, rows=member_changes(reading(), member.id), **_WORDS)


def link_of(row: Row) -> str | None:
    """Address of what an entry is about; None where there is no page or this person may not see it."""
    pages: dict[str, tuple[str, str, dict[str, Any]]] = {
        "member": ("member.page", "member.view", {"id": row.member}),
        "card": ("member.page", "member.view", {"id": row.member}),
        "work": ("work.task", "work.view", {"id": row.id}),
        "staff": ("staff.index", "staff.manage", {}),
        "key": ("keys.index", "keys.manage", {}),
    }
    if row.kind == "programme" and row.id.isdigit():
        pages["programme"] = ("programme.version", "programme.view", {"number": int(row.id)})
    endpoint, action, values = pages.get(row.kind, ("", "", {}))
    if endpoint not in current_app.view_functions or not permitted(action) or None in values.values():
        return None
    return url_for(endpoint, **values)


def _wish() -> Wish:
    asked = request.args
    texts = {name: asked.get(name, "").strip()[:255] for name in ("actor", "family", "subject")}
    return Wish(**texts, since=_day("since"), until=_day("until"))


def _day(name: str) -> date | None:
    """A day of the form; something that is no day counts as not asked for."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


_WORDS: dict[str, Any] = {
    "action_word": action_word,
    "actor_word": actor_word,
    "family_word": family_word,
    "field_word": field_word,
    "link_of": link_of,
}
