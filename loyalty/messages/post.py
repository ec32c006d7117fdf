"""The single door: whatever is to be said to a member goes through `send`, and stays in the outbox with its fate."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.ids import new_id
from loyalty.members.message_tables import messages
from loyalty.members.record_tables import member_fields
from loyalty.members.tables import Member
from loyalty.messages.allowed import ADDRESS_FIELD, Verdict, verdict
from loyalty.messages.rules import Rules, rules_of
from loyalty.messages.templates import Template, fill


@dataclass(frozen=True)
class Posted:
    """status: waiting, or withheld with its reason; or what became of it when it was asked for before."""

    id: str
    status: str
    reason: str


def send(
    session: Session, member: Member, kind: str, template: Template, context: Mapping[str, str], now: datetime, *,
    by: str, key: str = "", rules: Rules | None = None,
) -> Posted:  # fmt: skip
    """Puts one message into the outbox, or writes down why it is withheld. Call it inside `loyalty.db.session.write`.

    kind: the occasion, `campaign:<id>` or `by_hand` for example; the same kind and template reach a member once, or
    once per `key` where it may happen again. `context` fills the places of the text (templates.PLACES); name and
    number are filled in by themselves. `by`: whose doing it is.
    """
    key = f"{kind}|{template.id}|{member.id}|{key}"[:200]
    at = messages.c
    if done := session.execute(sa.select(at.id, at.status, at.reason).where(at.key == key)).first():
        return Posted(done.id, done.status, done.reason)
    rules = rules or rules_of(session, now)
    address = address_of(session, member, template.channel)
    said = verdict(session, member, template.channel, template.purpose, address, now, rules)
    row = _row(member, kind, template, context, now) | _fate(said, now) | {"key": key, "made_by": by}
    session.execute(sa.insert(messages), [row])
    return Posted(row["id"], row["status"], row["reason"])


def forecast(session: Session, members: Iterable[Member], template: Template, now: datetime) -> dict[str, int]:
    """How many of `members` would get it, by reason (empty: they get it), if it were sent now. Writes nothing."""
    rules, found = rules_of(session, now), dict[str, int]()
    for member in members:
        address = address_of(session, member, template.channel)
        reason = verdict(session, member, template.channel, template.purpose, address, now, rules).reason
        found[reason] = found.get(reason, 0) + 1
    return found


def address_of(session: Session, member: Member, channel: str) -> str:
    """Where a message goes today; empty when nothing is known."""
    if channel == "letter":
        at = member_fields.c
        mine = sa.select(at.value).where(at.member_id == member.id, at.name == ADDRESS_FIELD)
        return session.scalar(mine) or ""
    return {"email": member.email, "sms": member.phone}.get(channel) or ""


def _row(member: Member, kind: str, template: Template, context: Mapping[str, str], now: datetime) -> dict[str, Any]:
    language, words = template.text(member.language)
    known = {**context, "name": member.name, "number": member.number}
    return {
        "id": new_id("msg", now), "member_id": member.id, "template_id": template.id,
        "template_version": template.version, "channel": template.channel, "purpose": template.purpose,
        "kind": kind[:60], "language": language, "subject": fill(words.get("subject", ""), known),
        "body": fill(words["body"], known), "error": "", "tries": 0, "made_at": now,
    }  # fmt: skip


def _fate(said: Verdict, now: datetime) -> dict[str, Any]:
    if said.allowed:
        return {"status": "waiting", "reason": "", "not_before": said.not_before, "ended_at": None}
    return {"status": "withheld", "reason": said.reason, "not_before": now, "ended_at": now, "subject": "", "body": ""}
