"""What the pages of messages show: the outbox with every reason, whom a message would reach, how it would look."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.campaigns.segments import members_query
from loyalty.members.message_tables import message_templates, messages
from loyalty.members.names import masked_name
from loyalty.members.tables import Member
from loyalty.messages.mail import Parcel, html_of, text_of
from loyalty.messages.templates import LANGUAGES, Template, fill
from loyalty.points.tables import accounts, standings
from loyalty.web.numbers import amount
from loyalty.web.shop import Shop
from loyalty.web.texts import N_, _

PAGE = 50
MOST = 20_000
"""Members that one press of a button may write to."""
LOOKED_AT = 1_000
"""Members whose reasons are counted before sending; with more, the page says so."""

CHANNEL_WORDS = {
    "email": N_("E-mail"), "sms": N_("Text message"), "letter": N_("Letter"), "hint": N_("Hint at the counter"),
}  # fmt: skip
PURPOSE_WORDS = {"offer": N_("Offer: needs a yes"), "service": N_("Service: about their own points")}
STATUS_WORDS = {
    "waiting": N_("Waiting"), "sending": N_("On its way"), "sent": N_("Sent"), "withheld": N_("Not sent"),
    "bounced": N_("Came back"), "failed": N_("Failed"), "unsure": N_("Perhaps arrived"),
}  # fmt: skip
REASON_WORDS = {
    "": N_("gets it"),
    "no_consent": N_("has not agreed"),
    "refused": N_("has said no"),
    "under_age": N_("under age, without a guardian’s consent"),
    "too_often": N_("got enough offers lately"),
    "no_address": N_("no address for this channel"),
    "address_gone": N_("the address takes nothing any more"),
    "erased": N_("erased"),
    "closed": N_("no member any more"),
    "merged": N_("merged with another record"),
    "over": N_("its campaign was over"),
    "not_taken": N_("the other side did not take it"),
    "line_broke": N_("the line broke while it was sent"),
}


@dataclass(frozen=True)
class Wish:
    """What the list shows; empty: everything."""

    status: str = ""
    template: str = ""
    below: str = ""


@dataclass(frozen=True)
class Outbox:
    """rows: one page, the latest first. counts: by status; reasons: of those not sent. older: pass as `below`."""

    rows: Sequence[Any]
    counts: Mapping[str, int]
    reasons: Mapping[str, int]
    older: str


def wish_of(arguments: Mapping[str, str]) -> Wish:
    status = arguments.get("status", "")
    rest = (arguments.get(name, "").replace("\x00", "")[:40] for name in ("template", "below"))
    return Wish(status if status in STATUS_WORDS else "", *rest)


def outbox(session: Session, wish: Wish) -> Outbox:
    at, member, words = messages.c, Member.__table__.c, message_templates.c
    mine = [at.template_id == wish.template] if wish.template else []
    counts = session.execute(sa.select(at.status, sa.func.count()).where(*mine).group_by(at.status))
    lost = sa.select(at.reason, sa.func.count()).where(*mine, at.reason != "").group_by(at.reason)
    statement = (
        sa.select(messages, member.name, member.number, words.name.label("template"))
        .join(Member, member.id == at.member_id)
        .join(message_templates, words.id == at.template_id)
        .where(*mine)
        .order_by(at.id.desc())
        .limit(PAGE + 1)
    )
    if wish.status:
        statement = statement.where(at.status == wish.status)
    if wish.below:
        statement = statement.where(at.id < wish.below)
    rows = session.execute(statement).all()
    older = rows[PAGE - 1].id if len(rows) > PAGE else ""
    reasons = {row[0]: row[1] for row in session.execute(lost.order_by(sa.func.count().desc()))}
    return Outbox(rows[:PAGE], {row[0]: row[1] for row in counts}, reasons, older)


def shown_name(row: Any, contact: bool) -> str:
    """The whole name for those who may see contacts."""
    return str(row.name) if contact else masked_name(row.name)


def audience(session: Session, shop: Shop, segment: str, member: str) -> sa.Select[Any]:
    """Ids of whom a message is meant for: one member, a segment, or everybody who is active."""
    if member:
        return sa.select(Member.id).where(Member.id == member)
    if segment:
        return members_query(session, segment, shop.now)
    return sa.select(Member.id).where(Member.status == "active")


def contexts(session: Session, shop: Shop, ids: Sequence[str]) -> Iterator[tuple[Member, dict[str, str]]]:
    """Each member with the words that fill a template's places."""
    people = {each.id: each for each in session.scalars(sa.select(Member).where(Member.id.in_(ids)))}
    held = accounts.c
    mine = sa.select(held.member, held.active).where(held.member.in_(ids), held.wallet == shop.main_wallet)
    points = {row.member: row.active for row in session.execute(mine)}
    at = standings.c
    reached = sa.select(at.member, at.tier).where(at.member.in_(ids))
    levels = {row.member: row.tier for row in session.execute(reached)}
    wallet = shop.wallet(shop.main_wallet)
    for id in ids:
        if id in people:
            said = {"shop": shop.name, "points": amount(points.get(id) or 0, wallet),
                    "level": str(levels.get(id) or "")}  # fmt: skip
            yield people[id], said


def sample_words(shop: Shop) -> dict[str, str]:
    """Somebody invented, for previews and tests."""
    level = shop.levels[-1].name if shop.levels else ""
    points = amount(120, shop.wallet(shop.main_wallet))
    return {"name": "陳大文 Chan Tai Man", "number": "1234567", "shop": shop.name, "points": points, "level": level,
            "survey": "https://club.example/answer/…"}  # fmt: skip


def sample(template: Template, language: str, shop: Shop, address: str = "") -> Parcel:
    """The template in one language, filled in for somebody invented."""
    _language, words = template.text(language)
    known = sample_words(shop)
    return Parcel(
        "msg_preview", address, known["name"], language, fill(words.get("subject", ""), known),
        fill(words["body"], known), shop.name, template.look, "#" if template.purpose == "offer" else "",
    )  # fmt: skip


def previews(template: Template, shop: Shop) -> list[tuple[str, str, str]]:
    """Language, text and HTML (empty for other channels) of every language that was written."""
    found = []
    for language in (each for each in LANGUAGES if each in template.texts):
        parcel = sample(template, language, shop)
        mail = template.channel == "email"
        found.append((language, text_of(parcel) if mail else parcel.body, html_of(parcel) if mail else ""))
    return found


def flat(words: Template) -> dict[str, str]:
    """Every field of a template's form by its name."""
    found = {"name": words.name, "channel": words.channel, "purpose": words.purpose, "look": words.look}
    for language in LANGUAGES:
        for part in ("subject", "body"):
            found[f"{part}-{language}"] = words.texts.get(language, {}).get(part, "")
    return found


def field_words() -> dict[str, str]:
    found = {"name": _("Name of the template"), "channel": _("Channel"), "purpose": _("Purpose"),
             "look": _("Look of the e-mail")}  # fmt: skip
    for language in LANGUAGES:
        found |= {
            f"subject-{language}": f"{_('Subject')} · {language}",
            f"body-{language}": f"{_('Text')} · {language}",
        }
    return found


def read_form(form: Mapping[str, str], id: str, version: int) -> Template:
    """A template as typed; languages whose text is left empty are not in it."""
    typed = {name: form.get(name, "").replace("\x00", "").strip() for name in ("name", "channel", "purpose", "look")}
    texts = {}
    for language in LANGUAGES:
        subject, body = (form.get(f"{part}-{language}", "").replace("\x00", "") for part in ("subject", "body"))
        if body.strip() or subject.strip():
            texts[language] = {"subject": " ".join(subject.split()), "body": body.replace("\r\n", "\n").strip()}
    return Template(id, typed["name"], typed["channel"], typed["purpose"], typed["look"] or "plain", texts, version)


def reason_word(reason: str) -> str:
    return _(REASON_WORDS.get(reason, reason))


def status_word(status: str) -> str:
    return _(STATUS_WORDS.get(status, status))


def channel_word(channel: str) -> str:
    return _(CHANNEL_WORDS.get(channel, channel))
