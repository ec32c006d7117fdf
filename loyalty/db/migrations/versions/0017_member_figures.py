"""A million members in order of points or spend, and how many there are on each level, without looking at everybody.

The database keeps it itself, in the transaction of the change. A member stands under a coarse step of the figure, not
under the figure: a sale seldom crosses a step, so that it seldom writes here.
"""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import plain_text

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "member_figures",
        sa.Column("figure", plain_text(220), nullable=False),
        sa.Column("step", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("member", plain_text(255), nullable=False),
        sa.PrimaryKeyConstraint("figure", "step", "member", name="pk_member_figures"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "member_totals",
        sa.Column("name", plain_text(220), nullable=False),
        sa.Column("members", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_member_totals"),
    )
    op.create_index("ix_member_consents_purpose", "member_consents", ["purpose", "given", "member_id"])
    for insert in (
        f"INSERT INTO member_figures SELECT {_points('')}, member FROM accounts ORDER BY 1, 2, 3",
        f"INSERT INTO member_figures SELECT {_spend('')}, member FROM standings ORDER BY 1, 2, 3",
        f"INSERT INTO member_figures SELECT {_level('')}, member FROM standings WHERE tier IS NOT NULL",
        "INSERT INTO member_totals SELECT 'members', count(*) FROM members",
        "INSERT INTO member_totals SELECT 'level:' || tier, count(*) FROM standings WHERE tier IS NOT NULL GROUP BY 1",
    ):
        op.execute(insert)
    (_on_sqlite if op.get_bind().dialect.name == "sqlite" else _on_postgresql)()


def _step(value: str) -> str:
    """How many digits the figure has, and its first three in fives: 4,987 -> 4495. Nothing and less is 0."""
    text = f"CAST({value} AS TEXT)"
    first = f"CAST(substr({text} || '00', 1, 3) AS INTEGER) / 5 * 5"
    return f"CASE WHEN {value} <= 0 THEN 0 ELSE length({text}) * 1000 + {first} END"


def _points(row: str) -> str:
    return f"'points:' || {row}wallet, {_step(f'({row}active - {row}deficit)')}"


def _spend(row: str) -> str:
    return f"'spend', {_step(f'{row}spend')}"


def _level(row: str) -> str:
    return f"'level:' || {row}tier, 0"


def _put(key: str, row: str = "NEW.") -> str:
    return f"INSERT INTO member_figures (figure, step, member) VALUES ({key}, {row}member)"


def _take(key: str) -> str:
    return f"DELETE FROM member_figures WHERE (figure, step) = ({key}) AND member = OLD.member"


def _count(name: str, more: int) -> str:
    return (
        f"INSERT INTO member_totals (name, members) VALUES ({name}, {more})"
        f" ON CONFLICT (name) DO UPDATE SET members = member_totals.members + {more}"
    )


_NEW_LEVEL, _OLD_LEVEL = "'level:' || NEW.tier", "'level:' || OLD.tier"
_CHANGES: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    # table, when, of the row (SQLite's words; IS NOT is IS DISTINCT FROM elsewhere), name, what to do
    ("accounts", "INSERT", "", "figure_new", (_put(_points("NEW.")),)),
    ("accounts", "UPDATE OF active, deficit", f"{_step('(OLD.active - OLD.deficit)')} <>"
     f" {_step('(NEW.active - NEW.deficit)')}", "figure_moved", (_take(_points("OLD.")), _put(_points("NEW.")))),
    ("accounts", "DELETE", "", "figure_gone", (_take(_points("OLD.")),)),
    ("standings", "INSERT", "", "figure_new", (_put(_spend("NEW.")),)),
    ("standings", "UPDATE OF spend", f"{_step('OLD.spend')} <> {_step('NEW.spend')}", "figure_moved",
     (_take(_spend("OLD.")), _put(_spend("NEW.")))),
    ("standings", "DELETE", "", "figure_gone", (_take(_spend("OLD.")),)),
    ("standings", "INSERT", "NEW.tier IS NOT NULL", "level_new", (_put(_level("NEW.")), _count(_NEW_LEVEL, 1))),
    ("standings", "UPDATE OF tier", "OLD.tier IS NOT NULL AND NEW.tier IS NOT OLD.tier", "level_left",
     (_take(_level("OLD.")), _count(_OLD_LEVEL, -1))),
    ("standings", "UPDATE OF tier", "NEW.tier IS NOT NULL AND NEW.tier IS NOT OLD.tier", "level_reached",
     (_put(_level("NEW.")), _count(_NEW_LEVEL, 1))),
    ("standings", "DELETE", "OLD.tier IS NOT NULL", "level_gone", (_take(_level("OLD.")), _count(_OLD_LEVEL, -1))),
    ("members", "INSERT", "", "counted", (_count("'members'", 1),)),
    ("members", "DELETE", "", "uncounted", (_count("'members'", -1),)),
)  # fmt: skip


def _on_sqlite() -> None:
    for table, verb, when, name, acts in _CHANGES:
        condition = f" WHEN {when}" if when else ""
        op.execute(f"CREATE TRIGGER {table}_{name} AFTER {verb} ON {table}{condition} BEGIN {'; '.join(acts)}; END")


def _on_postgresql() -> None:
    for table, verb, when, name, acts in _CHANGES:
        condition = f" WHEN ({when.replace('IS NOT OLD.', 'IS DISTINCT FROM OLD.')})" if when else ""
        op.execute(
            f"CREATE FUNCTION {table}_{name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {'; '.join(acts)}; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_{name} AFTER {verb} ON {table} FOR EACH ROW{condition}"
            f" EXECUTE FUNCTION {table}_{name}()"
        )
