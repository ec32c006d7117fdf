"""All that is kept of a person, as plain JSON, for them to take away."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.checkout.tables import staff_work
from loyalty.clock import rfc3339
from loyalty.members.care_tables import care_cases, care_events, care_tasks, survey_answers
from loyalty.members.described import fields_of, tags_of
from loyalty.members.enrolment import get_member
from loyalty.members.life_tables import household_events, member_merges
from loyalty.members.message_tables import messages
from loyalty.members.portal_tables import portal_sessions
from loyalty.members.record_tables import member_consents, point_requests
from loyalty.members.referral_tables import prospects, referral_codes, referrals
from loyalty.members.tables import Card, card_events
from loyalty.members.wallet_tables import wallet_passes
from loyalty.members.watch_tables import odd_findings, staff_members, staff_sales
from loyalty.points.tables import accounts, holds, lots, standings, transfers
from loyalty.points.tables_sale import purchase_lines, purchases, tier_spells, topups, vouchers

_RECORD = (
    "id", "number", "name", "family_name", "given_name", "phone", "email", "birthday", "language", "joined_at",
    "notes", "status", "merged_into",
)  # fmt: skip
_ROWS: Mapping[str, tuple[sa.Table, str]] = {
    "consents": (member_consents, "member_id"),
    "purchases": (purchases, "member"),
    "points_moved": (transfers, "member"),
    "accounts": (accounts, "member"),
    "lots": (lots, "member"),
    "level": (standings, "member"),
    "levels_before": (tier_spells, "member"),
    "vouchers": (vouchers, "member"),
    "topups": (topups, "member"),
    "holds": (holds, "member"),
    "points_by_hand": (point_requests, "member_id"),
    "household": (household_events, "member_id"),
    "phones_signed_in": (portal_sessions, "member_id"),
    "wallet_passes": (wallet_passes, "member_id"),
    "tasks": (staff_work, "member"),
    "cases": (care_cases, "member_id"),
    "care": (care_events, "member_id"),
    "care_tasks": (care_tasks, "member_id"),
    "survey_answers": (survey_answers, "member_id"),
    "messages": (messages, "member_id"),
    "brought_by": (referrals, "member_id"),
    "link_to_bring_friends": (referral_codes, "member_id"),
    "before_joining": (prospects, "member_id"),
    "looked_odd": (odd_findings, "member_id"),
    "own_card_at_work": (staff_members, "member_id"),
    "own_sales_at_work": (staff_sales, "member_id"),
}
_NOT_THEIRS = {
    *("moves", "previous_hash", "hash", "head", "digest", "takes", "arrival", "version"),
    *("token_hash", "handle"),
}


def personal_data(session: Session, member: str) -> dict[str, Any]:
    """Everything that names the member, as plain JSON: texts, numbers, lists and maps."""
    found = get_member(session, member)
    data: dict[str, Any] = {
        "member": _plain({name: getattr(found, name) for name in _RECORD})
        | {"tags": list(tags_of(session, member)), "fields": fields_of(session, member)}
    }
    data["cards"] = _cards(session, member)
    for name, (table, key) in _ROWS.items():
        data[name] = _rows(session, sa.select(table).where(table.c[key] == member))
    lines = sa.select(purchase_lines).join(purchases, purchases.c.id == purchase_lines.c.purchase)
    data["purchase_lines"] = _rows(session, lines.where(purchases.c.member == member))
    came = sa.select(referrals.c.recorded_at, referrals.c.how, referrals.c.status)  # who they are is theirs to tell
    data["friends_brought"] = _rows(session, came.where(referrals.c.brought_by == member))
    at = member_merges.c
    merges = sa.select(at.id, at.kept_id, at.merged_id, at.merged_at, at.why, at.undone_at)
    data["merges"] = _rows(session, merges.where(sa.or_(at.kept_id == member, at.merged_id == member)))
    return data


def _cards(session: Session, member: str) -> list[dict[str, Any]]:
    found = []
    for card in session.scalars(sa.select(Card).where(Card.member_id == member).order_by(Card.issued_at, Card.id)):
        events = sa.select(card_events.c.event, card_events.c.at, card_events.c.reason)
        row = {"kind": card.kind, "token": card.token, "status": card.status, "issued_at": card.issued_at}
        found.append(_plain(row) | {"events": _rows(session, events.where(card_events.c.card_id == card.id))})
    return found


def _rows(session: Session, statement: sa.Select[Any]) -> list[dict[str, Any]]:
    return [_plain(row) for row in session.execute(statement).mappings()]


def _plain(row: Any) -> dict[str, Any]:
    return {name: _value(value) for name, value in row.items() if name not in _NOT_THEIRS}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, Mapping):
        return {str(name): _value(each) for name, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_value(each) for each in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else str(value)
