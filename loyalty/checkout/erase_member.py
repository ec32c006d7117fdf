"""A person is erased; the ledger stays as it was booked, and still verifies."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.checkout.tables import outcomes, staff_work
from loyalty.errors import Conflict
from loyalty.members.card_tables import card_reports
from loyalty.members.cards import GONE, step_card
from loyalty.members.described import put_fields, put_tags
from loyalty.members.enrolment import get_member, refresh_terms
from loyalty.members.life_tables import household_members, member_erasures, member_merges
from loyalty.members.names import masked_name
from loyalty.members.pins import member_pins
from loyalty.members.record_tables import point_requests
from loyalty.members.tables import Card, Member
from loyalty.points.tables import point_members, standings

ERASED_NAME = "–"
"""What stands where the name stood."""


def answers_naming(session: Session, id: str) -> list[str]:
    """Ids of kept answers in which the member's record stands. Looks at every answer: ask before writing begins."""
    text = sa.cast(outcomes.c.answer, sa.Text)
    return list(session.scalars(sa.select(outcomes.c.id).where(text.contains(f'"{id}"', autoescape=True))))


def erase_member(session: Session, id: str, staff: str, why: str, now: datetime, answers: Sequence[str]) -> Member:
    """Takes the person out of the record: sales and points stay under a number that names nobody any more.

    `answers` as `answers_naming` gave them. Conflict when it was done already. What is erased cannot be brought back;
    nor can a merge with it be undone.
    """
    member = get_member(session, id)
    if member.status == "erased":
        raise Conflict("This member was erased already.")
    merged = list(session.scalars(sa.select(Member.id).where(Member.merged_into == id, Member.status == "merged")))
    words = {word for one in (*merged, id) for word in _personal_words(session, get_member(session, one))}
    _blot_out(session, (*merged, id), answers, words)
    for one in (*merged, id):
        _erase(session, get_member(session, one), now)
        row = {"member_id": one, "erased_at": now, "staff": staff, "why": why}
        session.execute(sa.insert(member_erasures), [row])
    return member


def _erase(session: Session, member: Member, now: datetime) -> None:
    for card in session.scalars(sa.select(Card).where(Card.member_id == member.id)).all():
        if card.status not in GONE:
            step_card(session, card.id, "retire", now, reason="erased")
        card.token = f"erased:{card.id}"
    member.name, member.notes, member.language = ERASED_NAME, "", "en"
    member.family_name = member.given_name = member.phone = member.email = member.birthday = None
    member.status, member.updated_at = "erased", now
    member.version += 1
    session.flush()
    refresh_terms(session, member)
    put_tags(session, member.id, ())
    put_fields(session, member.id, {})
    _forget(session, member.id)


def _forget(session: Session, member: str) -> None:
    """What other tables say of the person. Rows of the ledger, its bookings and its kept answers hold the id only."""
    session.execute(sa.delete(member_pins).where(member_pins.c.member_id == member))
    session.execute(sa.delete(household_members).where(household_members.c.member_id == member))
    forgotten: dict[str, Any] = {"birthday": None, "segments": []}
    session.execute(sa.update(point_members).where(point_members.c.id == member).values(forgotten))
    session.execute(sa.update(standings).where(standings.c.member == member).values(birthday_at=None))
    session.execute(sa.update(staff_work).where(staff_work.c.member == member).values(token=None, body=None))
    session.execute(sa.update(point_requests).where(point_requests.c.member_id == member).values(note=""))
    merges = sa.or_(member_merges.c.kept_id == member, member_merges.c.merged_id == member)
    session.execute(sa.update(member_merges).where(merges).values(moved={}, why=""))


def _personal_words(session: Session, member: Member) -> set[str]:
    """Texts by which the person could be told, as they may stand inside kept answers."""
    names = {member.name, masked_name(member.name), member.family_name, member.given_name}
    words = names | {member.phone, member.email, member.birthday.isoformat() if member.birthday else None}
    words |= set(session.scalars(sa.select(Card.token).where(Card.member_id == member.id)))
    return {word for word in words if word and len(word) > 1 and word != ERASED_NAME}


def _blot_out(session: Session, members: Sequence[str], answers: Sequence[str], words: set[str]) -> None:
    """Takes the words out of kept answers and out of what counters reported of the cards."""
    at = outcomes.c
    for row in session.execute(sa.select(at.id, at.answer).where(at.id.in_(answers))).all():
        session.execute(sa.update(outcomes).where(at.id == row.id).values(answer=without_words(row.answer, words)))
    cards = sa.select(Card.id).where(Card.member_id.in_(members))
    report = card_reports.c
    for row in session.execute(sa.select(report.id, report.body).where(report.card_id.in_(cards))).all():
        values = {"body": without_words(row.body, words)}
        session.execute(sa.update(card_reports).where(report.id == row.id).values(values))


def without_words(document: Any, words: set[str]) -> Any:
    """The JSON document with every one of `words` replaced wherever a text holds it, the longest first."""
    if isinstance(document, Mapping):
        return {name: without_words(each, words) for name, each in document.items()}
    if isinstance(document, list):
        return [without_words(each, words) for each in document]
    if not isinstance(document, str):
        return document
    for word in sorted(words, key=len, reverse=True):
        document = document.replace(word, ERASED_NAME)
    return document
