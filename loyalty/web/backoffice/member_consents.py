"""What a member agreed to and when, with its proof: each yes and each no is a row that stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import Blueprint, abort, redirect, request, url_for
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from loyalty.db.session import write
from loyalty.ids import new_id
from loyalty.members.enrolment import get_member
from loyalty.members.record_tables import member_consents
from loyalty.web.access import allows
from loyalty.web.audit import tell
from loyalty.web.notices import say
from loyalty.web.services import services
from loyalty.web.texts import _

blueprint = Blueprint("member_consents", __name__, url_prefix="/members/<id>/consents")

PURPOSES = ("email", "messages", "post", "profiling", "guardian")
CHANNELS = ("counter", "paper", "telephone", "web", "mail")


@dataclass(frozen=True)
class Consent:
    """The latest word on a purpose."""

    purpose: str
    given: bool
    channel: str
    text_version: str
    how: str
    at: datetime
    staff: str | None


def consents_of(session: Session, member: str) -> dict[str, Consent]:
    """By purpose; purposes about which nothing was ever said are missing."""
    at = member_consents.c
    rows = session.execute(sa.select(member_consents).where(at.member_id == member).order_by(at.id))
    return {
        row.purpose: Consent(row.purpose, row.given, row.channel, row.text_version, row.how, row.at, row.staff)
        for row in rows
    }


@blueprint.post("")
@allows("member.edit")
def put(id: str) -> Response:
    """Writes down a yes or a no."""
    typed = {name: request.form.get(name, "").replace("\x00", "").strip() for name in ("purpose", "channel", "given")}
    version = request.form.get("text_version", "").replace("\x00", "").strip()[:60]
    how = request.form.get("how", "").replace("\x00", "").strip()[:400]
    if typed["purpose"] not in PURPOSES or typed["channel"] not in CHANNELS or typed["given"] not in ("yes", "no"):
        abort(400)
    now, given = services().now(), typed["given"] == "yes"
    with write(services().engine) as session:
        get_member(session, id)
        before = consents_of(session, id).get(typed["purpose"])
        row = {
            "id": new_id("cns", now), "member_id": id, "purpose": typed["purpose"], "given": given,
            "channel": typed["channel"], "text_version": version, "how": how, "at": now, "staff": current_user.email,
        }  # fmt: skip
        session.execute(sa.insert(member_consents), [row])
        name = f"consent_{typed['purpose']}"
        tell(session, "member.consent", f"member:{id}", before={name: before.given if before else None},
             after={name: given, "channel": typed["channel"], "text_version": version}, why=how)  # fmt: skip
    say(_("The consent is written down.") if given else _("The refusal is written down."))
    return redirect(url_for("member.page", id=id), code=303)


def purpose_word(purpose: str) -> str:
    """What somebody agreed to, in the page's language."""
    return {
        "email": _("Offers by e-mail"),
        "messages": _("Offers by text message"),
        "post": _("Offers by post"),
        "profiling": _("Offers from own purchases"),
        "guardian": _("Messages while under age, said by a guardian"),
    }.get(purpose, purpose)


def channel_words() -> Mapping[str, str]:
    """How somebody said it."""
    return {
        "counter": _("at the counter"),
        "paper": _("on paper"),
        "telephone": _("by telephone"),
        "web": _("on the web"),
        "mail": _("by e-mail"),
    }
