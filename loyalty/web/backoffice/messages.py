"""Messages: what was sent to whom and why not to others, writing to a segment or a member, letters, what came back."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from loyalty.campaigns.segments import all_segments
from loyalty.campaigns.segments import segment as get_segment
from loyalty.db.session import write
from loyalty.errors import Invalid, LoyaltyError, NotFound
from loyalty.members.enrolment import get_member
from loyalty.members.message_tables import messages
from loyalty.members.tables import Member
from loyalty.messages.bounces import apply_bounce, read_bounce
from loyalty.messages.post import address_of, forecast, send
from loyalty.messages.rules import rules_of
from loyalty.messages.sender import finish, leaving
from loyalty.messages.templates import Template, all_templates, template
from loyalty.printing.letter import Letter, labels_pdf, letters_pdf
from loyalty.web.access import allows, permitted
from loyalty.web.audit import tell
from loyalty.web.backoffice import messages_view as view
from loyalty.web.database import reading
from loyalty.web.notices import say
from loyalty.web.numbers import day_text, whole
from loyalty.web.services import services
from loyalty.web.shop import shop
from loyalty.web.texts import _

blueprint = Blueprint("messages", __name__, url_prefix="/messages")

AT_ONCE = 100
"""Messages put into the outbox in one transaction, so that tills go on in between."""
MOST_LETTERS = 200
"""Pages of one file."""


@blueprint.get("")
@allows("message.view")
def index() -> str:
    wish = view.wish_of(request.args)
    at = messages.c
    letters = sa.select(sa.func.count(), sa.func.max(at.id)).where(at.status == "waiting", at.channel == "letter")
    return render_template(
        "messages.html", wish=wish, outbox=view.outbox(reading(), wish), templates=all_templates(reading()),
        view=view, contact=permitted("member.contact"), letters=reading().execute(letters).one(),
        config=services().config,
    )  # fmt: skip


@blueprint.get("/new")
@allows("message.send")
def new() -> str:
    """Whom, what, and how many would get it; nothing is sent yet."""
    return _compose()


@blueprint.post("/new")
@allows("message.send")
def post() -> AnyResponse | tuple[str, int]:
    """Puts the messages into the outbox, some at a time; a second press reaches nobody twice."""
    try:
        words = template(reading(), request.form.get("template", ""))
        ids = _chosen(words)
        occasion = request.form.get("occasion", "")[:40] or services().now().isoformat()
    except LoyaltyError as fault:
        return _compose(str(fault)), 422
    counts = {"waiting": 0, "withheld": 0}
    while some := list(islice(ids, AT_ONCE)):
        with write(services().engine) as session:
            for member, context in view.contexts(session, shop(), some):
                kind, now = f"by_hand:{occasion}", services().now()
                fate = send(session, member, kind, words, context, now, by=current_user.email)
                counts["withheld" if fate.status == "withheld" else "waiting"] += 1
    with write(services().engine) as session:
        tell(session, "message.send", f"template:{words.id}", after={"template": words.name, **counts})
    say(_("%(sent)s messages are on their way, %(held)s are withheld.",
          sent=whole(counts["waiting"]), held=whole(counts["withheld"])))  # fmt: skip
    return redirect(url_for("messages.index", template=words.id), code=303)


@blueprint.post("/letters")
@allows("message.send")
def letters() -> AnyResponse:
    """Those that wait, up to the last that the page knew of: letters or labels as PDF, or that they are posted."""
    until, now = request.form.get("until", "")[:40], services().now()
    with write(services().engine) as session:
        rows = leaving(session, "letter", now, rules_of(session, now), until=until, limit=MOST_LETTERS)
        if rows and "printed" in request.form:
            finish(session, [row.id for row in rows], now)
            tell(session, "message.letters", "messages:letters", after={"printed": len(rows)})
        sheets = [_sheet(session.get_one(Member, row.member_id), row, session) for row in rows]
    if not rows:
        raise NotFound("No letter waits; reload the page.")
    if "printed" in request.form:
        say(_("%(number)s letters count as sent.", number=whole(len(rows))))
        return redirect(url_for("messages.index"), code=303)
    labels = "labels" in request.form
    pdf, name = (labels_pdf(sheets), "labels.pdf") if labels else (letters_pdf(sheets), "letters.pdf")
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _sheet(member: Member, row: sa.Row[Any], session: Session) -> Letter:
    address = address_of(session, member, "letter")
    return Letter(member.name, address, row.subject, row.body, row.language, shop().name, day_text(shop().today))


@blueprint.post("/returned")
@allows("message.send")
def returned() -> AnyResponse:
    """Reads a mail server's report; an address that is gone gets nothing more."""
    file = request.files.get("report")
    if file is None:
        raise NotFound("No report came along; choose its file (.eml) and send it again.")
    bounce = read_bounce(file.read())
    with write(services().engine) as session:
        status = apply_bounce(session, bounce, services().now())
        tell(session, "message.returned", f"message:{bounce.message}", after={"status": status})
    say(_("The report is read: %(status)s.", status=view.status_word(status)))
    return redirect(url_for("messages.index"), code=303)


def _chosen(words: Template) -> Iterator[str]:
    """Ids of the audience of the form. Invalid when it is too many, or the template is out of use."""
    if words.retired:
        raise Invalid("This template is out of use; choose another.")
    segment, member = (request.values.get(name, "").replace("\x00", "")[:40] for name in ("segment", "member"))
    if not (segment or member):
        raise Invalid("Choose whom the message is for.")
    statement = view.audience(reading(), shop(), "" if segment == "all" else segment, member)
    ids = list(reading().scalars(statement.limit(view.MOST + 1)))
    if len(ids) > view.MOST:
        raise Invalid(f"These are more than {view.MOST} members; choose a smaller segment.")
    return iter(ids)


def _compose(fault: str = "") -> str:
    wanted, member = request.values.get("template", ""), request.values.get("member", "").replace("\x00", "")[:40]
    known = all_templates(reading())
    words = next((each for each in known if each.id == wanted), None)
    segment = request.values.get("segment", "")
    counts: dict[str, int] = {}
    total = 0
    if words and (segment or member) and not fault:
        try:
            ids = list(_chosen(words))
            total, people = len(ids), sa.select(Member).where(Member.id.in_(ids[: view.LOOKED_AT]))
            counts = forecast(reading(), reading().scalars(people), words, shop().now)
        except LoyaltyError as refused:
            fault = str(refused)
    return render_template(
        "message_new.html", templates=known, template=words, segments=all_segments(reading()) if shop().programme
        else [], segment=segment, member=get_member(reading(), member) if member else None, counts=counts, total=total,
        fault=fault, view=view, previews=view.previews(words, shop()) if words else [], occasion=shop().now.isoformat(),
        called=get_segment(reading(), segment).name if segment.startswith("seg_") else "",
    )  # fmt: skip
