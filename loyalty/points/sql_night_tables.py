"""What the set-based night works on: tables of one chunk that live as long as its transaction, and a few functions.

The functions mean the same on SQLite and PostgreSQL. `sha256_hex` is lent to SQLite by `loyalty.db.session`.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from loyalty.db.base import Moment
from loyalty.points.tables import ID, KEY, NAME

_passing = sa.MetaData()

night = sa.Table(
    "night_members",
    _passing,
    sa.Column("member", ID, primary_key=True),
    sa.Column("arrival", sa.BigInteger, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("review_on", sa.Date),
    sa.Column("birthday_at", Moment),
    sa.Column("started", sa.Boolean, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("figure", sa.BigInteger),  # of the level being looked at
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
"""The members of the chunk that the statements can settle; whoever needs the engine is taken out again."""

opened = sa.Table(
    "night_open",
    _passing,
    sa.Column("member", ID, primary_key=True),
    sa.Column("lot", KEY, primary_key=True, autoincrement=False),
    sa.Column("wallet", NAME, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("active_at", Moment, nullable=False),
    sa.Column("expires_at", Moment),
    sa.Column("remaining", sa.BigInteger, nullable=False),
    sa.Column("cost", sa.BigInteger, nullable=False),
    sa.Column("earned", sa.BigInteger, nullable=False),
    sa.Column("follows_activity", sa.Boolean, nullable=False),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
"""What is left in the members' lots as the chunk begins. Asked for once: what a night costs is mostly how often it
looks into the large tables."""

dying = sa.Table(
    "night_lots",
    _passing,
    sa.Column("number", KEY, primary_key=True, autoincrement=False),  # of the transfer to be: in this order
    sa.Column("lot", sa.BigInteger, nullable=False),
    sa.Column("member", ID, nullable=False),
    sa.Column("wallet", NAME, nullable=False),
    sa.Column("moment", Moment, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("cost", sa.BigInteger, nullable=False),
    sa.Column("place", sa.BigInteger, nullable=False),  # among the dying lots of its account: 1, 2, …
    prefixes=["TEMPORARY"],
)

midnights = sa.Table(
    "night_midnights",
    _passing,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("moment", Moment, nullable=False),
    prefixes=["TEMPORARY"],
)
"""First moments of the days on which members of the chunk are to be reviewed."""


TABLES = tuple(_passing.sorted_tables)


class sha256_hex(FunctionElement[str]):
    """The SHA-256 of a text in UTF-8, as 64 hex digits."""

    type = sa.Text()
    inherit_cache = True


class as_json(FunctionElement[Any]):
    """A text of JSON as a column of documents keeps it."""

    type = sa.JSON()
    inherit_cache = True


class rfc3339_text(FunctionElement[str]):
    """A moment as `loyalty.clock.rfc3339` writes it."""

    type = sa.Text()
    inherit_cache = True


class earliest(FunctionElement[Any]):
    """The first of some moments; NULL counts as never."""

    type = Moment()
    inherit_cache = True


class is_plain(FunctionElement[bool]):
    """Whether JSON writes a text as it is: printable ASCII without quotes, backslashes (and closing brackets)."""

    type = sa.Boolean()
    inherit_cache = True


_NOT_PLAIN = "[^ !#-[^-~]"


@compiles(is_plain)
def _globs(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> str:
    return f"({compiler.process(element.clauses, **kw)} NOT GLOB '*{_NOT_PLAIN}*')"


@compiles(is_plain, "postgresql")
def _matches(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> str:
    return f"({compiler.process(element.clauses, **kw)} !~ '{_NOT_PLAIN}')"


@compiles(sha256_hex)
def _sha256_lent(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> str:
    return f"sha256_hex({compiler.process(element.clauses, **kw)})"


@compiles(sha256_hex, "postgresql")
def _sha256_own(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> str:
    return f"encode(sha256(convert_to({compiler.process(element.clauses, **kw)}, 'UTF8')), 'hex')"


@compiles(as_json)
def _json_as_text(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


@compiles(as_json, "postgresql")
def _json_parsed(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **kw)} AS JSON)"


@compiles(rfc3339_text)
def _text_as_kept(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


@compiles(rfc3339_text, "postgresql")
def _text_written(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> str:
    moment = compiler.process(element.clauses, **kw)
    return f"""to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


@compiles(earliest)
def _least_text(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> str:
    moments = [f"coalesce({compiler.process(each, **kw)}, '~')" for each in element.clauses]
    return f"nullif(min({', '.join(moments)}), '~')"


@compiles(earliest, "postgresql")
def _least(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> str:
    return f"least({compiler.process(element.clauses, **kw)})"
