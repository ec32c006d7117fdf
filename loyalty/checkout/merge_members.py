"""Two records of one person become one: points, cards and vouchers pass over, history stays where it was booked.

The record that goes stays in the database, names the one that goes on, and can be brought back within 30 days.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from loyalty.checkout.enrol import note_birthday
from loyalty.checkout.member_view import programme_of
from loyalty.checkout.merged_records import LATE
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.ids import new_id
from loyalty.members.enrolment import get_member, refresh_terms
from loyalty.members.life_tables import member_merges
from loyalty.members.tables import Card, Member
from loyalty.points import due
from loyalty.points.plan import Plan
from loyalty.points.sql_engine import UNTAKEN, Ledger
from loyalty.points.step import Context
from loyalty.points.tables import bookings
from loyalty.points.tables_sale import OPEN_VOUCHER, vouchers

UNDO = timedelta(days=30)
_TAKEN_OVER = ("phone", "email", "birthday")
LONGEST_WHY = 200


@dataclass(frozen=True)
class Preview:
    """What would pass over. points: smallest units by wallet, pending ones too. taken: contact that the kept record
    lacks. level: the one that the kept record would have from now on, where it is a higher one.
    """

    keep: str
    merge: str
    points: Mapping[str, int]
    cards: int
    vouchers: int
    taken: Mapping[str, Any]
    level: str | None


def preview_merge(session: Session, keep: str, merge: str, now: datetime) -> Preview:
    """Conflict or Invalid with the reason when these two cannot be merged."""
    kept, gone = _both(session, keep, merge)
    ledger = Ledger(session)
    numbers = count(UNTAKEN).__next__
    plan = Plan(ledger.facts, numbers)
    due.run(plan, Context(numbers), merge, now)  # what has expired since the last step does not pass over
    accounts = plan.accounts(merge)
    if any(account.held for account in accounts):
        raise Conflict("Points of the record that goes are set aside for a reward; use or release them first.")
    if any(account.deficit for account in accounts):
        raise Conflict("The record that goes owes points; settle them first.")
    return Preview(
        keep=keep,
        merge=merge,
        points={account.wallet: account.balance for account in accounts if account.balance},
        cards=len(_cards(session, merge)),
        vouchers=len(_open_vouchers(session, merge)),
        taken={name: getattr(gone, name) for name in _TAKEN_OVER if getattr(gone, name) and not getattr(kept, name)},
        level=_higher_level(ledger, keep, merge, now),
    )


def merge_members(session: Session, keep: str, merge: str, staff: str, why: str, now: datetime) -> str:
    """Merges `merge` into `keep` and gives the merge's id. Conflict or Invalid with the reason when it cannot be."""
    if len(why) > LONGEST_WHY:
        raise Invalid(f"The reason is longer than {LONGEST_WHY} characters; shorten it.", pointer="/reason")
    seen = preview_merge(session, keep, merge, now)
    kept, gone = _both(session, keep, merge)
    id = new_id("mrg", now)
    ledger = Ledger(session)
    moved: dict[str, Any] = {"cards": _cards(session, merge), "vouchers": _open_vouchers(session, merge)}
    ledger.perform("merge", {"id": f"merge:{id}", "from": merge, "to": keep}, now)
    if seen.level is not None:
        before, going = ledger.facts.standing(keep), ledger.facts.standing(merge)
        moved["level"] = {"set": seen.level, "floor": before.floor if before else None,
                          "until": _text(before.floor_until if before else None)}  # fmt: skip
        until = going.floor_until if going and going.floor == seen.level else None
        _assign(ledger, f"merge:{id}:level", keep, seen.level, _text(until), now)
    _hand_over(session, moved, keep)
    moved["taken"] = {name: _text(value) for name, value in seen.taken.items()}
    for name in seen.taken:
        setattr(gone, name, None)
    session.flush()  # before the other has it: a telephone number belongs to one only
    for name, value in seen.taken.items():
        setattr(kept, name, value)
    gone.status, gone.merged_into = "merged", keep
    _changed(session, kept, now)
    _changed(session, gone, now)
    row = {"id": id, "kept_id": keep, "merged_id": merge, "merged_at": now, "staff": staff, "why": why,
           "moved": moved, "undo_until": now + UNDO, "undone_at": None, "undone_by": None}  # fmt: skip
    session.execute(sa.insert(member_merges), [row])
    return id


def undo_merge(session: Session, id: str, staff: str, now: datetime) -> Row[Any]:
    """Brings the record back with what is left of its points, its cards and vouchers. Conflict when it is too late."""
    found = get_merge(session, id)
    if found.undone_at is not None:
        raise Conflict("This merge was undone already.")
    if now > found.undo_until:
        raise Conflict("A merge can be undone for 30 days, which are over.")
    kept, gone = get_member(session, found.kept_id), get_member(session, found.merged_id)
    if kept.status != "active" or gone.status != "merged":
        raise Conflict("One of the two was merged or erased since; undo the later merge first.")
    ledger = Ledger(session)
    for place, booking in enumerate([f"merge:{id}", *_passed_over_late(session, id)]):
        ledger.perform("unmerge", {"id": f"merge:{id}:undo{f':{place}' if place else ''}", "of": booking}, now)
    _hand_over(session, found.moved, gone.id, only_from=kept.id)
    if level := found.moved.get("level"):
        standing = ledger.facts.standing(kept.id)
        if standing is not None and standing.floor == level["set"]:
            _assign(ledger, f"merge:{id}:undo:level", kept.id, level["floor"], level["until"], now)
    given_back = _contact_back(kept, found.moved["taken"])
    session.flush()
    for name, value in given_back.items():
        setattr(gone, name, value)
    gone.status, gone.merged_into = "active", None
    _changed(session, kept, now)
    _changed(session, gone, now)
    done = {"undone_at": now, "undone_by": staff}
    session.execute(sa.update(member_merges).where(member_merges.c.id == id).values(done))
    return get_merge(session, id)


def get_merge(session: Session, id: str) -> Row[Any]:
    """NotFound when there is none."""
    row = session.execute(sa.select(member_merges).where(member_merges.c.id == id)).one_or_none()
    if row is None:
        raise NotFound("There is no such merge; look at the member's page again.")
    return row


def merges_of(session: Session, member: str) -> list[Row[Any]]:
    """Merges that this record kept or in which it went, the latest first."""
    at = member_merges.c
    mine = sa.or_(at.kept_id == member, at.merged_id == member)
    return list(session.execute(sa.select(member_merges).where(mine).order_by(at.id.desc()).limit(50)))


def _both(session: Session, keep: str, merge: str) -> tuple[Member, Member]:
    if keep == merge:
        raise Invalid("Choose two different records.", pointer="/merge")
    kept, gone = get_member(session, keep), get_member(session, merge)
    for member in (kept, gone):
        if member.status != "active":
            raise Conflict(f"The record {member.number} is {member.status}; only active ones can be merged.")
    return kept, gone


def _cards(session: Session, member: str) -> list[str]:
    return list(session.scalars(sa.select(Card.id).where(Card.member_id == member).order_by(Card.id)))


def _open_vouchers(session: Session, member: str) -> list[str]:
    return list(session.scalars(sa.select(vouchers.c.id).where(vouchers.c.member == member, OPEN_VOUCHER)))


def _hand_over(session: Session, moved: Mapping[str, Any], to: str, only_from: str | None = None) -> None:
    """Cards and vouchers named in `moved` become `to`'s; `only_from`: those that this member still has."""
    cards, at = Card.__table__, vouchers.c
    mine = Card.__table__.c.member_id == only_from if only_from else sa.true()
    session.execute(sa.update(cards).where(cards.c.id.in_(moved["cards"]), mine).values(member_id=to))  # type: ignore[arg-type]
    still = (at.member == only_from, OPEN_VOUCHER) if only_from else ()
    session.execute(sa.update(vouchers).where(at.id.in_(moved["vouchers"]), *still).values(member=to))
    session.expire_all()


def _passed_over_late(session: Session, id: str) -> list[str]:
    """Bookings by which points that came back under the old record passed over after the merge."""
    at = bookings.c
    late = sa.select(at.id).where(at.id.startswith(f"merge:{id}{LATE}", autoescape=True), at.verb == "merge")
    return [one for one in session.scalars(late.order_by(at.id))]


def _higher_level(ledger: Ledger, keep: str, merge: str, now: datetime) -> str | None:
    tiers = programme_of(ledger.facts, now).programme.tiers
    ranks = {level.name: level.rank for level in tiers.levels} if tiers else {}
    mine, theirs = ledger.facts.standing(keep), ledger.facts.standing(merge)
    level = theirs.tier if theirs else None
    if level is None or ranks.get(level, -1) <= ranks.get((mine.tier if mine else None) or "", -1):
        return None
    return level


def _assign(ledger: Ledger, id: str, member: str, level: str | None, until: str | None, now: datetime) -> None:
    body = {"id": id, "member": member, "tier": level, "reason": "merge"}
    ledger.perform("assign_tier", body | ({"until": until} if until else {}), now)


def _contact_back(kept: Member, taken: Mapping[str, str]) -> dict[str, Any]:
    """Takes from the kept record what it took over and still has."""
    back: dict[str, Any] = {}
    for name, text in taken.items():
        if _text(getattr(kept, name)) == text:
            back[name] = getattr(kept, name)
            setattr(kept, name, None)
    return back


def _changed(session: Session, member: Member, now: datetime) -> None:
    member.version += 1
    member.updated_at = now
    session.flush()
    refresh_terms(session, member)
    note_birthday(session, member, now)


def _text(value: Any) -> str | None:
    return value.isoformat() if isinstance(value, date) else value
