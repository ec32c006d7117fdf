"""Keeps segments: made, changed, fixed and taken away. Each inside `loyalty.db.session.write`."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.campaigns.segment_tables import segment_members, segments
from loyalty.campaigns.segments import Segment, all_segments, chosen, members_query, names, segment
from loyalty.campaigns.segments_rules import Rules
from loyalty.errors import Conflict, Invalid
from loyalty.ids import new_id

MOST_SEGMENTS = 500


def make_segment(session: Session, name: str, rules: Rules, staff: str, now: datetime, note: str = "") -> Segment:
    """A dynamic one. Conflict when the name is taken; Invalid for rules that cannot be asked."""
    name = _free_name(session, name)
    if len(all_segments(session)) >= MOST_SEGMENTS:
        raise Invalid(f"There are {MOST_SEGMENTS} segments already; take one away that nobody uses.")
    row = {
        "id": new_id("seg", now), "name": name, "note": note[:400], "kind": "dynamic", "version": 1,
        "rules": rules.as_document(), "made_by": staff, "made_at": now, "changed_at": now,
    }  # fmt: skip
    session.execute(sa.insert(segments), [row])
    chosen(session, rules, now)  # refuses names that do not exist
    return segment(session, str(row["id"]))


def change_segment(
    session: Session, id: str, version: int, name: str, rules: Rules, now: datetime, note: str = ""
) -> Segment:
    """Another name or other rules; a static one becomes dynamic. Conflict when somebody else changed it meanwhile."""
    before = segment(session, id)
    if before.version != version:
        raise Conflict(f"Somebody else changed the segment {before.name!r} meanwhile; look at it again.")
    name = _free_name(session, name, id)
    _rename(session, before, name, now)
    _put(session, id, name=name, note=note[:400], rules=rules.as_document(), kind="dynamic", fixed_at=None,
         version=version + 1, changed_at=now)  # fmt: skip
    session.execute(sa.delete(segment_members).where(segment_members.c.segment_id == id))
    members_query(session, id, now)
    return segment(session, id)


def fix_segment(session: Session, id: str, now: datetime) -> Segment:
    """Makes it static: whoever fits now, until it is fixed anew or changed."""
    before = segment(session, id)
    session.execute(sa.delete(segment_members).where(segment_members.c.segment_id == id))
    rows = chosen(session, before.rules, now).subquery()
    fresh = sa.select(sa.literal(id), rows.c.id)
    session.execute(sa.insert(segment_members).from_select(["segment_id", "member_id"], fresh))
    _put(session, id, kind="static", fixed_at=now, version=before.version + 1, changed_at=now)
    return segment(session, id)


def loosen_segment(session: Session, id: str, now: datetime) -> Segment:
    """Makes it dynamic again."""
    before = segment(session, id)
    session.execute(sa.delete(segment_members).where(segment_members.c.segment_id == id))
    _put(session, id, kind="dynamic", fixed_at=None, version=before.version + 1, changed_at=now)
    return segment(session, id)


def drop_segment(session: Session, id: str) -> Segment:
    """Takes it away; Conflict while another segment names it."""
    gone = segment(session, id)
    users = [each.name for each in all_segments(session) if gone.name in names(each.rules) and each.id != id]
    if users:
        raise Conflict(f"The segment {users[0]!r} names {gone.name!r}; take it out there first.")
    session.execute(sa.delete(segment_members).where(segment_members.c.segment_id == id))
    session.execute(sa.delete(segments).where(segments.c.id == id))
    return gone


def put_back(session: Session, id: str, name: str, rules: Rules, staff: str, now: datetime, note: str = "") -> Segment:
    """A segment that was taken away, under its old id; it follows its rules. Conflict when it is there, or its name."""
    if session.scalar(sa.select(segments.c.id).where(segments.c.id == id)):
        raise Conflict("The segment is there already.")
    made = make_segment(session, name, rules, staff, now, note)
    session.execute(sa.update(segments).where(segments.c.id == made.id).values(id=id))
    return segment(session, id)


def _put(session: Session, id: str, **values: Any) -> None:
    session.execute(sa.update(segments).where(segments.c.id == id).values(**values))


def _free_name(session: Session, name: str, but: str = "") -> str:
    name = " ".join(name.replace("\x00", " ").split())[:60]
    if not name:
        raise Invalid("Give the segment a name.")
    if any(each.name == name and each.id != but for each in all_segments(session)):
        raise Conflict(f"There is a segment called {name!r} already; choose another name.")
    return name


def _rename(session: Session, before: Segment, name: str, now: datetime) -> None:
    """Segments that name this one go with it."""
    if name == before.name:
        return
    for each in all_segments(session):
        if before.name in names(each.rules):
            document = each.rules.as_document()
            for rule in document["rules"]:
                if rule["fact"] == "segment":
                    rule["value"] = [name if value == before.name else value for value in rule["value"]]
            _put(session, each.id, rules=document, version=each.version + 1, changed_at=now)
