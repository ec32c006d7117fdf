"""Finding members by what somebody types: beginnings of number, name or e-mail, a phone or its last digits.

Every search walks one index from its first match; nothing is counted, and only a page is sorted.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from loyalty.errors import Invalid
from loyalty.members.names import folded
from loyalty.members.tables import Member, member_terms

LARGEST_PAGE = 100
_AFTER_ALL = "\U0010ffff"
_SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Page:
    members: list[Member]
    next: str | None
    """Cursor of the page after this; None on the last."""


@dataclass(frozen=True)
class _Meaning:
    """Any of `starts` (kind of beginning, beginning), and every one of `also` begins some word of the name."""

    starts: tuple[tuple[str, str], ...]
    also: tuple[str, ...] = ()


def search(session: Session, text: str = "", limit: int = 20, cursor: str | None = None) -> Page:
    """Members that fit, at most `limit` (1 to 100). Without text: all, the newest first."""
    limit = max(1, min(limit, LARGEST_PAGE))
    query = folded(text[:120])
    if not query:
        return _newest(session, limit, cursor)
    meaning = _meaning(query)
    behind = None if cursor is None else _place(cursor)
    found: list[Any] = []
    for start in sorted(meaning.starts):  # one after the other: each is walked in its index, together they are sorted
        if behind is None or start[0] >= behind[0]:
            statement = _walk(meaning, start, behind)
            found += session.execute(statement.limit(limit + 1 - len(found)))
        if len(found) > limit:
            break
    last = found[limit - 1] if len(found) > limit else None
    after = None if last is None else _SEPARATOR.join((last.kind, last.term, last[0].id))
    return Page([row[0] for row in found[:limit]], after)


def _walk(meaning: _Meaning, start: tuple[str, str], behind: tuple[str, str, str] | None) -> Select[Any]:
    """Members with a term that begins so, in the order of the terms."""
    at, other, word = member_terms.c, member_terms.alias("other"), member_terms.alias("word")
    earlier = or_(other.c.kind < at.kind, and_(other.c.kind == at.kind, other.c.term < at.term))
    statement = (
        select(Member, at.kind, at.term)
        .join(member_terms, at.member_id == Member.id)
        .where(_fits(member_terms, (start,)))
        .where(  # a member who fits at several places is listed at the first
            ~select(other.c.term)
            .where(other.c.member_id == at.member_id, _fits(other, meaning.starts), earlier)
            .exists()
        )
        .order_by(at.kind, at.term, at.member_id)
    )
    for beginning in meaning.also:
        fits = select(word.c.term).where(word.c.member_id == at.member_id, _fits(word, (("name", beginning),)))
        statement = statement.where(fits.exists())
    if behind is not None and behind[0] == start[0]:
        statement = statement.where(tuple_(at.term, at.member_id) > tuple_(*map(literal, behind[1:])))
    return statement


def _newest(session: Session, limit: int, cursor: str | None) -> Page:
    statement = select(Member).order_by(Member.id.desc()).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(Member.id < cursor)
    found = list(session.scalars(statement))
    return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)


def _meaning(query: str) -> _Meaning:
    if "@" in query:
        return _Meaning((("email", query),))
    digits = "".join(c for c in query if c.isdigit())
    if digits and all(c.isdigit() or c in "+-() ." for c in query):
        tail = (("tail", digits[::-1]),) if len(digits) >= 3 else ()
        return _Meaning((("number", digits), ("phone", digits), *tail))
    words = sorted(query.split(), key=len, reverse=True)
    starts = (("name", words[0]), *((kind, query) for kind in ("number", "email") if len(words) == 1))
    return _Meaning(starts, tuple(words[1:]))


def _fits(terms: FromClause, starts: tuple[tuple[str, str], ...]) -> ColumnElement[bool]:
    at = terms.c
    return or_(*(and_(at.kind == kind, at.term >= start, at.term < start + _AFTER_ALL) for kind, start in starts))


def _place(cursor: str) -> tuple[str, str, str]:
    """Kind, term and member of the last one of the page before."""
    kind, term, member = (*cursor.split(_SEPARATOR), "", "", "")[:3]
    if not member:
        raise Invalid("The cursor is not one that a page gave; start from the first page.", pointer="/cursor")
    return kind, term, member
