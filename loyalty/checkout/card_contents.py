"""What is on each card, from what counters tell; a card that shows an older state than is known was copied.

A number on chip or stripe only goes up. A card that shows a lower one than was seen before is a copy, or an old state
brought back; one whose MAC does not fit was written by somebody else. Either is told to the cashier in one sentence,
stands on the hot list of all counters and waits among the work for staff, until a person has looked.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.checkout import staff_work
from loyalty.contract.card_report import PRINTED, READ, WRITTEN, CardReport, CardVerdict
from loyalty.contract.wire import to_json
from loyalty.db.prepared import Cursor
from loyalty.errors import Invalid, NotFound
from loyalty.members.card_tables import card_batches, card_contents, card_reports, face_designs, stock_cards
from loyalty.members.cards import USABLE, step_card
from loyalty.members.conventions import Conventions
from loyalty.members.identification import find_by_token
from loyalty.members.tables import Card
from loyalty.points.tables import bookings, transfers
from loyalty.points.tables_sale import purchases, tier_spells

SENTENCES = {
    "copied": "This card shows an older state than was seen before: it may be a copy; ask for another proof.",
    "bent": "What is written on this card was not written by this shop; ask for another proof.",
}
WARN_FROM = 0.8
"""Share of the rewrites that a medium bears from which its owner should get a new card."""


@dataclass(frozen=True)
class Content:
    """As told by counters; a card that none has told of yet has nothing on it."""

    card_id: str
    face_as_of: datetime | None = None
    face_digest: str | None = None
    face_design: int | None = None
    face_printed_at: datetime | None = None
    face_counter: str | None = None
    rewrites: int = 0
    rewrite_limit: int | None = None
    sequence: int | None = None
    mac: str | None = None
    sequence_at: datetime | None = None
    sequence_counter: str | None = None
    verdict: str = "ok"
    seen_at: datetime | None = None
    stale: bool = False
    """The face says what is no longer so, or an older design: it is printed anew at the next visit."""

    @property
    def worn(self) -> str:
        """fine; soon: a new card should be given; over: the medium bears no further print."""
        if self.rewrite_limit is None or self.rewrites < self.rewrite_limit * WARN_FROM:
            return "fine"
        return "over" if self.rewrites >= self.rewrite_limit else "soon"


def content_of(session: Session, card_id: str) -> Content:
    """What is known to be on the card."""
    row = session.execute(sa.select(card_contents).where(card_contents.c.card_id == card_id)).one_or_none()
    if row is None:
        return Content(card_id)
    return Content(**row._mapping, stale=_is_stale(session, row))


def note_report(
    session: Session, counter: str, report: CardReport, now: datetime, conventions: Conventions
) -> CardVerdict:
    """Keeps one report; the same id is answered with the same verdict. Invalid for a kind that there is not."""
    if report.kind not in (PRINTED, WRITTEN, READ):
        raise Invalid("A report's kind is printed, written or read.", pointer="/kind")
    told = session.execute(sa.select(card_reports).where(card_reports.c.id == report.id)).one_or_none()
    if told is not None:
        return _answer(report.id, content_of(session, told.card_id), told.verdict)
    card = _card_of(session, report, conventions)
    if card is None:
        return CardVerdict(report.id, "unknown")
    before = content_of(session, card.id)
    verdict = _judged(before, report)
    session.execute(sa.insert(card_reports), [_row(counter, report, card.id, verdict, now)])
    after = _after(before, counter, report, verdict)
    _keep(session, card.id, before, after)
    _tell_staff(session, card, before, counter, report, content_of(session, card.id), verdict, now)
    _retire_worn(session, card, content_of(session, card.id), counter, now)
    return _answer(report.id, content_of(session, card.id), verdict)


def in_order(session: Session, card_id: str) -> None:
    """A person has looked: the card is not suspected any more, and what it shows next is believed once."""
    if content_of(session, card_id).verdict == "ok":
        raise NotFound("Nothing is held against this card.")
    session.execute(
        sa.update(card_contents)
        .where(card_contents.c.card_id == card_id)
        .values(verdict="ok", sequence=None, sequence_at=None)
    )


def _card_of(session: Session, report: CardReport, conventions: Conventions) -> Card | None:
    if report.token is not None:
        found = find_by_token(Cursor(session), report.token, conventions)
        return session.get(Card, found.card) if found and found.card else None
    usable = session.scalars(
        sa.select(Card).where(Card.member_id == report.member, Card.status.in_(USABLE)).limit(2)
    ).all()
    return usable[0] if len(usable) == 1 else None


def _judged(before: Content, report: CardReport) -> str:
    """ok, copied or bent. Reports may come late: only what was read after the last known number counts against it."""
    if report.kind != READ or (before.sequence_at and report.occurred_at < before.sequence_at):
        return "ok"
    if report.bent or (report.sequence is None and before.sequence is not None):
        return "bent"
    behind = report.sequence is not None and before.sequence is not None and report.sequence < before.sequence
    return "copied" if behind else "ok"


def _after(before: Content, counter: str, report: CardReport, verdict: str) -> dict[str, Any]:
    values: dict[str, Any] = {"seen_at": max(report.occurred_at, before.seen_at or report.occurred_at)}
    if verdict != "ok":
        values["verdict"] = verdict
    if report.kind == PRINTED:
        values["rewrites"] = before.rewrites + 1
        values["rewrite_limit"] = before.rewrite_limit or report.rewrite_limit
        if before.face_as_of is None or (report.face_as_of or before.face_as_of) >= before.face_as_of:
            values |= {"face_as_of": report.face_as_of, "face_digest": report.face_digest,
                       "face_design": report.face_design, "face_printed_at": report.occurred_at,
                       "face_counter": counter}  # fmt: skip
    if report.sequence is not None and (before.sequence is None or report.sequence >= before.sequence):
        values |= {"sequence": report.sequence, "mac": report.mac, "sequence_at": report.occurred_at,
                   "sequence_counter": counter}  # fmt: skip
    return values


def _keep(session: Session, card_id: str, before: Content, values: dict[str, Any]) -> None:
    if session.scalar(sa.select(card_contents.c.card_id).where(card_contents.c.card_id == card_id)) is None:
        row = {name: None for name in card_contents.c.keys()}  # noqa: SIM118 - a collection of columns, not a dict
        session.execute(sa.insert(card_contents), [row | {"card_id": card_id, "rewrites": 0, "verdict": "ok"} | values])
    else:
        session.execute(sa.update(card_contents).where(card_contents.c.card_id == card_id).values(**values))


def _row(counter: str, report: CardReport, card_id: str, verdict: str, now: datetime) -> dict[str, Any]:
    body = {key: value for key, value in to_json(report).items() if value is not None and key not in ("id", "token")}
    return {"id": report.id, "card_id": card_id, "counter": counter, "kind": report.kind, "body": body,
            "occurred_at": report.occurred_at, "recorded_at": now, "verdict": verdict}  # fmt: skip


def _tell_staff(
    session: Session, card: Card, before: Content, counter: str, report: CardReport, after: Content, verdict: str,
    now: datetime,
) -> None:  # fmt: skip
    """Once for each card that falls under suspicion or is worn, not at every reading."""
    troubles = []
    if verdict != "ok" and before.verdict == "ok":
        troubles.append(("copied_card", SENTENCES[verdict]))
    if after.worn != "fine" and after.worn != before.worn:
        sentence = f"The card was printed {after.rewrites} times of {after.rewrite_limit}; give its owner a new one."
        troubles.append(("worn_card", sentence))
    for kind, sentence in troubles:
        token = report.token
        trouble = staff_work.Trouble(
            kind, sentence, report.occurred_at, report.id, counter, card.member_id, token, {"card": card.id}
        )
        staff_work.note(Cursor(session), trouble, now)


def _retire_worn(session: Session, card: Card, content: Content, counter: str, now: datetime) -> None:
    """A medium that bears no further print, by its maker's own word, goes out of use; a printer's guess only warns."""
    promised = session.scalar(
        sa.select(card_batches.c.rewrite_limit)
        .join(stock_cards, stock_cards.c.batch_id == card_batches.c.id)
        .where(stock_cards.c.id == card.id)
    )
    if promised is None or content.rewrites < promised or card.status not in USABLE:
        return
    reason = f"printed {content.rewrites} times, as often as its maker promises"
    step_card(session, card.id, "retire", now, staff=counter[:120], reason=reason)


def _answer(id: str, content: Content, verdict: str) -> CardVerdict:
    return CardVerdict(id, verdict, SENTENCES.get(verdict, ""), content.worn)


def _changed_by_night(session: Session, member: sa.ScalarSelect[Any], since: datetime) -> bool:
    """Points that expired or were given by the calendar, a level that went up or down: nobody was there."""
    moved = sa.select(transfers.c.recorded_at).where(transfers.c.member == member).order_by(transfers.c.number.desc())
    spell = sa.select(tier_spells.c.at).where(tier_spells.c.member == member).order_by(tier_spells.c.number.desc())
    return any((last := session.scalar(each.limit(1))) is not None and last > since for each in (moved, spell))


def _is_stale(session: Session, row: sa.Row[Any]) -> bool:
    """Was anything booked for the member, or a design put in force, since the face was drawn? Or did a night do it?"""
    if row.face_as_of is None:
        return False
    member = sa.select(Card.member_id).where(Card.id == row.card_id).scalar_subquery()
    sold = sa.select(bookings.c.recorded_at).join(purchases, purchases.c.id == bookings.c.id)
    others = sa.select(bookings.c.recorded_at).where(bookings.c.member == member, bookings.c.verb != "purchase")
    for booked in (sold.where(purchases.c.member == member), others):
        if session.scalar(booked.where(bookings.c.recorded_at > row.face_as_of).limit(1)) is not None:
            return True
    if _changed_by_night(session, member, row.face_as_of):
        return True
    newest = session.scalar(sa.select(sa.func.max(face_designs.c.version))) or 0
    return (row.face_design or 0) != newest
