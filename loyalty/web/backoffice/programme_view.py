"""The programme's versions as pages show them, and how many members stand on each level."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.errors import NotFound
from loyalty.ops.put_programme import source_of
from loyalty.points.holders import of_members
from loyalty.points.sql_facts import SqlFacts
from loyalty.points.store import ProgrammeVersion
from loyalty.points.tables import standings
from loyalty.points.tables_sale import programme_sources, programme_versions
from loyalty.web.backoffice.programme_difference import written_out


@dataclass(frozen=True)
class Version:
    """state: past, present, planned, never (replaced before it started). `staff` is empty where a program put it."""

    number: int
    at: datetime
    """From this moment on it is in force."""
    until: datetime | None
    """The moment from which another is; None for the last."""
    state: str
    staff: str
    put_at: datetime | None

    def can_be_withdrawn(self, latest: int) -> bool:
        return self.state == "planned" and self.number == latest and self.number > 1


def version_list(session: Session, now: datetime) -> tuple[Version, ...]:
    """All versions, the latest first."""
    row, source = programme_versions.c, programme_sources.c
    rows = session.execute(
        sa.select(row.number, row.at, source.staff, source.put_at)
        .select_from(programme_versions.outerjoin(programme_sources, row.number == source.number))
        .order_by(row.number)
    ).all()
    starts = [at for _, at, _, _ in rows]
    present = SqlFacts(session).version(now)
    found = []
    for place, (number, at, staff, put_at) in enumerate(rows):
        until = starts[place + 1] if place + 1 < len(starts) else None
        if until == at:
            state = "never"
        elif present is not None and number == present.number:
            state = "present"
        else:
            state = "planned" if at > now else "past"
        found.append(Version(number, at, until, state, staff or "", put_at))
    return tuple(reversed(found))


def version_of(session: Session, number: int) -> ProgrammeVersion:
    """One version by its number. NotFound for one that there is not."""
    versions = SqlFacts(session).versions(0)
    if not 1 <= number <= len(versions):
        raise NotFound(f"There is no version {number} of the programme.")
    return versions[number - 1]


def text_of(session: Session, version: ProgrammeVersion) -> str:
    """As it was typed; written out from the document where a program put it."""
    source = source_of(session, version.number)
    return source.text if source and source.text else written_out(version.document)


def members_by_level(session: Session) -> dict[str, int]:
    """How many members have each level now."""
    held = sa.select(standings.c.tier, sa.func.count()).where(of_members(standings.c.member))
    rows = session.execute(held.group_by(standings.c.tier))
    return {level: int(count) for level, count in rows if level}
