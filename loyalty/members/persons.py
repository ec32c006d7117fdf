"""Records that were merged are one person: whose they are today, without touching what was written down under them.

Read and not moved, so that a merge that is undone leaves everything as it was.
"""

from collections.abc import Callable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.members.tables import Member


def who_goes_on(session: Session) -> Callable[[str], str]:
    """From a member's id to that of the record that goes on for this person today; itself where nothing was merged."""
    merged = sa.select(Member.id, Member.merged_into).where(Member.merged_into.is_not(None), Member.status == "merged")
    into = {id: str(kept) for id, kept in session.execute(merged)}

    def found(member: str) -> str:
        while member in into:
            member = into[member]
        return member

    return found


def records_of(session: Session, member: str) -> Sequence[str]:
    """The record and all that were merged into it, also through others."""
    known, fresh = [member], [member]
    while fresh:
        below = sa.select(Member.id).where(Member.merged_into.in_(fresh), Member.status == "merged")
        fresh = [id for id in session.scalars(below) if id not in known]
        known += fresh
    return known
