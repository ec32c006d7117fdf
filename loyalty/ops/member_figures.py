"""The figures that the database keeps of everybody by triggers (migration 0017): checked, and made anew, all at once.

They order the list of members and count levels; no balance hangs on them. What they should be is written down here a
second time, so that triggers which went wrong are found.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

MOST = 100
"""Rows named of each kind."""


def _step(value: str) -> str:
    """How many digits the figure has, and its first three in fives: 4,987 -> 4495. Nothing and less is 0."""
    text = f"CAST({value} AS TEXT)"
    first = f"CAST(substr({text} || '00', 1, 3) AS INTEGER) / 5 * 5"
    return f"CASE WHEN {value} <= 0 THEN 0 ELSE length({text}) * 1000 + {first} END"


_FIGURES = " UNION ALL ".join((
    f"SELECT 'points:' || wallet AS figure, {_step('(active - deficit)')} AS step, member FROM accounts",
    f"SELECT 'spend', {_step('spend')}, member FROM standings",
    "SELECT 'level:' || tier, 0, member FROM standings WHERE tier IS NOT NULL",
))  # fmt: skip
_TOTALS = (
    "SELECT 'members' AS name, count(*) AS members FROM members UNION ALL"
    " SELECT 'level:' || tier, count(*) FROM standings WHERE tier IS NOT NULL GROUP BY 1"
)
_KEPT = "SELECT figure, step, member FROM member_figures"
_KEPT_TOTALS = "SELECT name, members FROM member_totals WHERE members <> 0"


def check(session: Session) -> Iterator[tuple[str, str, str]]:
    """Table, row and sentence of what is kept and should not be, or should be and is not."""
    for kept, should, table, what in (
        (_KEPT, _FIGURES, "member_figures", "{0} of {2} stands under step {1}"),
        (_KEPT_TOTALS, f"SELECT name, members FROM ({_TOTALS}) AS made WHERE members <> 0", "member_totals",
         "{0} is written as {1}"),
    ):  # fmt: skip
        for row in _but_not(session, kept, should):
            yield table, _name(row), f"{what.format(*row)}, which is wrong; loyalty db rebuild-figures mends it."
        for row in _but_not(session, should, kept):
            yield table, _name(row), f"It is missing: {what.format(*row)} should hold."


def _but_not(session: Session, these: str, those: str) -> list[sa.Row[tuple[object, ...]]]:
    """Each in brackets of its own: SQLite takes UNION and EXCEPT as they come."""
    rows = f"SELECT * FROM ({these}) AS these EXCEPT SELECT * FROM ({those}) AS those"
    return list(session.execute(sa.text(f"SELECT * FROM ({rows}) AS found LIMIT {MOST}")))


def _name(row: sa.Row[tuple[object, ...]]) -> str:
    return f"{row[0]}:{row[-1]}" if len(row) > 2 else str(row[0])


def rebuild(session: Session) -> int:
    """Makes both tables anew from accounts, standings and members; how many rows they have. Others wait meanwhile."""
    for statement in (
        "DELETE FROM member_figures",
        f"INSERT INTO member_figures (figure, step, member) {_FIGURES} ORDER BY 1, 2, 3",
        "DELETE FROM member_totals",
        f"INSERT INTO member_totals (name, members) {_TOTALS}",
    ):
        session.execute(sa.text(statement))
    rows = "SELECT (SELECT count(*) FROM member_figures) + (SELECT count(*) FROM member_totals)"
    return int(session.scalar(sa.text(rows)) or 0)
