"""What the database keeps by itself of everybody, with triggers (migration 0017): read here, never written."""

import sqlalchemy as sa
from sqlalchemy import Column, Table

from loyalty.db.base import Base, plain_text

DERIVED = {"derived": True}
"""Marks a table that triggers fill: whoever copies a database copies what it is made from."""

member_figures = Table(
    "member_figures",
    Base.metadata,
    Column("figure", plain_text(220), primary_key=True),
    Column("step", sa.Integer, primary_key=True, autoincrement=False),
    Column("member", plain_text(255), primary_key=True),
    info=DERIVED,
    sqlite_with_rowid=False,
)
"""Members under a coarse step of a figure. figure: `points:<wallet>` (what can be spent), `spend` (of a lifetime), or
`level:<name>`, which has the one step 0. step: how many digits and the first three of them in fives, 4,987 -> 4495.
"""

member_totals = Table(
    "member_totals",
    Base.metadata,
    Column("name", plain_text(220), primary_key=True),
    Column("members", sa.BigInteger, nullable=False),
    info=DERIVED,
)
"""How many members there are: `members`, `level:<name>`."""
