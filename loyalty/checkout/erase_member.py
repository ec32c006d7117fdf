"""A person is erased; the ledger stays as it was booked, and still verifies."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.checkout.erased_cards import forget_cards
from loyalty.checkout.tables import outcomes, staff_work
from loyalty.db.audit import PERSONAL
from loyalty.errors import Conflict
from loyalty.members.card_tables import card_reports
from loyalty.members.cards import GONE, step_card
from loyalty.members.care_tables import care_cases, care_events, care_tasks, survey_answers
from loyalty.members.described import put_fields, put_tags
from loyalty.members.enrolment import get_member, refresh_terms
from loyalty.members.life_tables import household_members, member_erasures, member_merges
from loyalty.members.message_tables import message_stops, messages
from loyalty.members.names import masked_name
from loyalty.members.pins import member_pins
from loyalty.members.portal_tables import portal_codes, portal_passes, portal_sessions, receipt_claims
from loyalty.members.record_tables import point_requests
from loyalty.members.referral_tables import prospects, referral_codes, referrals
from loyalty.members.tables import Card, Member
from loyalty.members.wallet_tables import wallet_passes, wallet_phones
from loyalty.members.watch_tables import odd_findings, staff_members
from loyalty.points.tables import NO_SALE, bookings, point_members, standings
from loyalty.points.tables_sale import purchases

ERASED_NAME = "–"
"""What stands where the name stood."""
AT_ONCE = 500
"""Answers of one statement: a database takes only so many values."""
_FIGURE = re.compile(r"-?[0-9]+(\.[0-9]+)?|[0-9]{4}-[0-9]{2}-[0-9]{2}(T.*)?")
_FOR_PROGRAMS = frozenset(
    {"id", "purchase", "status", "type", "kind", "code", "language", "wallet", "rule", "currency", "unit"}
    | {"tier", "tier_before", "tier_after"}
)

_CARE: tuple[tuple[sa.Table, Mapping[str, Any]], ...] = (
    (care_cases, {"subject": ERASED_NAME}),
    (care_events, {"words": ""}),
    (care_tasks, {"what": ERASED_NAME}),
    (survey_answers, {"words": "", "member_id": None}),
    (referrals, {"phone": None}),
    (prospects, {"consent_how": "", "consent_at": None, "buys_at": "", "notes": ""}),
    (odd_findings, {"note": ""}),
)
"""Words that staff wrote about the person, or the person themselves; marks stay, and count for nobody."""
_imported = sa.table("import_rows", sa.column("subject"), sa.column("before"))
"""What imports found before they changed a member; the table itself is the imports' own."""


def answers_naming(session: Session, id: str) -> list[str]:
    """Ids of kept answers in which the member's record stands, or one merged into it. Looks at every answer: ask
    before writing begins.
    """
    text = sa.cast(outcomes.c.answer, sa.Text)
    named = [text.contains(f'"{one}"', autoescape=True) for one in (id, *_merged_into(session, id))]
    return list(session.scalars(sa.select(outcomes.c.id).where(sa.or_(*named))))


def _merged_into(session: Session, id: str) -> list[str]:
    """Records that were merged into this one, and into those."""
    direct = sa.select(Member.id).where(Member.merged_into == id, Member.status == "merged").order_by(Member.id)
    return [one for each in session.scalars(direct).all() for one in (each, *_merged_into(session, each))]


def erase_member(session: Session, id: str, staff: str, why: str, now: datetime, answers: Sequence[str]) -> Member:
    """Takes the person out of the record: sales and points stay under a number that names nobody any more.

    `answers` as `answers_naming` gave them. Conflict when it was done already. What is erased cannot be brought back;
    nor can a merge with it be undone.
    """
    member = get_member(session, id)
    if member.status == "erased":
        raise Conflict("This member was erased already.")
    merged = _merged_into(session, id)
    words = {word for one in (*merged, id) for word in _personal_words(session, get_member(session, one))}
    _blot_out(session, (*merged, id), {*answers, *_booked(session, (*merged, id))}, words)
    for one in (*merged, id):
        _erase(session, get_member(session, one), now)
        row = {"member_id": one, "erased_at": now, "staff": staff, "why": why}
        session.execute(sa.insert(member_erasures), [row])
    return member


def _erase(session: Session, member: Member, now: datetime) -> None:
    for card in session.scalars(sa.select(Card).where(Card.member_id == member.id)).all():
        forget_cards(session, [(card.kind, card.token)], now)
        _forget_tasks(session, card.token)
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
    # the passes themselves stay, nameless: phones and Google still have to hear that they are over
    passes = sa.select(wallet_passes.c.serial).where(wallet_passes.c.member_id == member)
    session.execute(sa.delete(wallet_phones).where(wallet_phones.c.serial.in_(passes)))
    for table in (portal_passes, portal_sessions, portal_codes, receipt_claims, staff_members):
        session.execute(sa.delete(table).where(table.c.member_id == member))
    session.execute(sa.delete(referral_codes).where(referral_codes.c.member_id == member))
    blank: Mapping[str, Any] = {"subject": "", "body": "", "error": ""}
    session.execute(sa.update(messages).where(messages.c.member_id == member).values(blank))
    session.execute(sa.delete(message_stops).where(message_stops.c.member_id == member))
    forgotten: dict[str, Any] = {"birthday": None, "segments": []}
    session.execute(sa.update(point_members).where(point_members.c.id == member).values(forgotten))
    session.execute(sa.update(standings).where(standings.c.member == member).values(birthday_at=None))
    session.execute(sa.update(staff_work).where(staff_work.c.member == member).values(token=None, body=None))
    session.execute(sa.update(point_requests).where(point_requests.c.member_id == member).values(note=""))
    session.execute(sa.update(_imported).where(_imported.c.subject == member).values(before=sa.null()))
    for table, blank in _CARE:
        session.execute(sa.update(table).where(table.c.member_id == member).values(blank))
    merges = sa.or_(member_merges.c.kept_id == member, member_merges.c.merged_id == member)
    session.execute(sa.update(member_merges).where(merges).values(moved={}, why=""))


def _forget_tasks(session: Session, token: str) -> None:
    """Sales with the card from when nobody had it yet."""
    values: dict[str, Any] = {"token": None, "body": None}
    session.execute(sa.update(staff_work).where(staff_work.c.token == token).values(values))


def _personal_words(session: Session, member: Member) -> set[str]:
    """Texts by which the person could be told, as they may stand inside kept answers."""
    names = {member.name, masked_name(member.name), member.family_name, member.given_name}
    words = names | {member.phone, member.email, member.birthday.isoformat() if member.birthday else None}
    words |= set(session.scalars(sa.select(Card.token).where(Card.member_id == member.id)))
    return {word for word in words if word and len(word) > 1 and word != ERASED_NAME}


def _booked(session: Session, members: Sequence[str]) -> list[str]:
    """Sales and other bookings of theirs: what was answered after `answers_naming` looked is among these."""
    sales = sa.select(purchases.c.id).where(purchases.c.member.in_(members))
    others = sa.select(bookings.c.id).where(bookings.c.member.in_(members), NO_SALE)
    return [*session.scalars(sales), *session.scalars(others)]


def _blot_out(session: Session, members: Sequence[str], answers: Collection[str], words: set[str]) -> None:
    """Takes the words out of kept answers and out of what counters reported of the cards."""
    at = outcomes.c
    ids = sorted(answers)
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        for row in session.execute(sa.select(at.id, at.answer).where(at.id.in_(some))).all():
            if (blotted := without_words(row.answer, words)) != row.answer:
                session.execute(sa.update(outcomes).where(at.id == row.id).values(answer=blotted))
    cards = sa.select(Card.id).where(Card.member_id.in_(members))
    report = card_reports.c
    for row in session.execute(sa.select(report.id, report.body).where(report.card_id.in_(cards))).all():
        values = {"body": without_words(row.body, words)}
        session.execute(sa.update(card_reports).where(report.id == row.id).values(values))


def without_words(document: Any, words: Iterable[str]) -> Any:
    """The JSON document with every one of `words` replaced wherever a text holds it, the longest first.

    Figures, days and what programs go by stay: a card `1200` must not change what a sale of 1200 was answered.
    """
    several = [_as_a_word(word) for word in sorted(words, key=len, reverse=True)]
    return _blotted(document, re.compile("|".join(several)), "") if several else document


def _as_a_word(word: str) -> str:
    """An Ed is not in every `booked`; in Chinese nothing stands between words."""
    before = r"(?<![0-9A-Za-z])" if word[0].isascii() and word[0].isalnum() else ""
    after = r"(?![0-9A-Za-z])" if word[-1].isascii() and word[-1].isalnum() else ""
    return f"{before}{re.escape(word)}{after}"


def _blotted(document: Any, words: re.Pattern[str], name: str) -> Any:
    """`name`: of the field in which the document stands."""
    if isinstance(document, Mapping):
        return {key: _blotted(each, words, key) for key, each in document.items()}
    if isinstance(document, list):
        return [_blotted(each, words, name) for each in document]
    if not isinstance(document, str) or name in _FOR_PROGRAMS:
        return document
    if name not in PERSONAL and _FIGURE.fullmatch(document):
        return document
    return words.sub(ERASED_NAME, document)
