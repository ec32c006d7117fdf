"""Who of an audience is in which group: drawn by lot from a seed that is kept, so that anybody can draw it again."""

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.campaigns.campaign_plan import HELD
from loyalty.campaigns.campaign_rules import tag
from loyalty.campaigns.campaign_tables import campaign_members
from loyalty.members.life_tables import member_merges
from loyalty.members.persons import who_goes_on
from loyalty.points.tables import point_members

AT_ONCE = 400


def draw(members: Sequence[str], holdout: int, arms: Sequence[str], seed: int) -> dict[str, str]:
    """Member -> arm. The same members and seed give the same groups; `holdout` percent, rounded, are held out."""
    order = sorted(members)
    random.Random(seed).shuffle(order)
    held = (len(order) * holdout + 50) // 100
    groups = {member: HELD for member in order[:held]}
    groups |= {member: arms[place % len(arms)] for place, member in enumerate(order[held:])}
    return groups


def keep_groups(session: Session, campaign_id: str, groups: dict[str, str]) -> None:
    """Writes the draw down and marks those who are to get something for the engine."""
    rows = [{"campaign_id": campaign_id, "member_id": member, "arm": arm} for member, arm in sorted(groups.items())]
    if rows:
        session.execute(sa.insert(campaign_members), rows)
    marks = {member: tag(campaign_id, arm) for member, arm in groups.items() if arm != HELD}
    for begin in range(0, len(rows), AT_ONCE):
        some = [row["member_id"] for row in rows[begin : begin + AT_ONCE] if row["member_id"] in marks]
        _mark(session, some, lambda id, had: (*had, marks[id]))


def unmark(session: Session, campaign_id: str) -> None:
    """From now on the campaign's rules fit nobody, whatever version of the programme is in force."""
    prefix = f"{campaign_id}:"
    ids = list(session.scalars(sa.select(campaign_members.c.member_id).where(_of(campaign_id))))
    for begin in range(0, len(ids), AT_ONCE):
        _mark(session, ids[begin : begin + AT_ONCE],
              lambda _id, had: tuple(name for name in had if not name.startswith(prefix)))  # fmt: skip


def groups_of(session: Session, campaign_id: str) -> dict[str, str]:
    """Member -> arm, as drawn. Merged records are one member, the one that goes on: in its own group, or in the other
    record's when it was in none or held out. Whoever got something under either number is not held out.
    """
    at, person = campaign_members.c, who_goes_on(session)
    drawn = {id: arm for id, arm in session.execute(sa.select(at.member_id, at.arm).where(_of(campaign_id)))}
    found: dict[str, str] = {}
    for id in sorted(drawn, key=lambda id: (person(id) != id, id)):  # those that go on come first
        if found.setdefault(person(id), drawn[id]) == HELD:
            found[person(id)] = drawn[id]
    return found


def sizes(session: Session, campaign_id: str) -> dict[str, int]:
    """Members by arm."""
    return dict(Counter(groups_of(session, campaign_id).values()))


def marks_to_change(session: Session, campaign_id: str) -> dict[str, tuple[str, ...]]:
    """Of a running campaign: records that were merged or parted since the draw, with the fixed segments they should
    have, so that they get what their group gets.
    """
    at, merge, prefix = point_members.c, member_merges.c, f"{campaign_id}:"
    touched = {id for pair in session.execute(sa.select(merge.kept_id, merge.merged_id)) for id in pair}
    if not touched:
        return {}
    groups, found = groups_of(session, campaign_id), {}
    for begin in range(0, len(touched), AT_ONCE):
        some = sorted(touched)[begin : begin + AT_ONCE]
        for id, had in session.execute(sa.select(at.id, at.segments).where(at.id.in_(some))):
            own = (tag(campaign_id, groups[id]),) if groups.get(id, HELD) != HELD else ()
            if tuple(name for name in had if name.startswith(prefix)) != own:
                found[id] = (*(name for name in had if not name.startswith(prefix)), *own)
    return found


def mark_anew(session: Session, campaign_id: str) -> None:
    """Puts what `marks_to_change` finds."""
    wanted = marks_to_change(session, campaign_id)
    for begin in range(0, len(wanted), AT_ONCE):
        _mark(session, sorted(wanted)[begin : begin + AT_ONCE], lambda id, _had: wanted[id])


def _mark(session: Session, ids: Sequence[str], change: Any) -> None:
    at = point_members.c
    found = session.execute(sa.select(at.id, at.segments).where(at.id.in_(ids))).all()
    rows = [{"who": id, "names": new} for id, had in found if (new := change(id, tuple(had))) != tuple(had)]
    if rows:
        put = sa.update(point_members).where(at.id == sa.bindparam("who")).values(segments=sa.bindparam("names"))
        session.connection().execute(put, rows)


def _of(campaign_id: str) -> sa.ColumnElement[bool]:
    return campaign_members.c.campaign_id == campaign_id
