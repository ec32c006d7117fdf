"""What the shop's own people set in the back office and no file: one row for each setting."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.db.base import Base, Document, Moment

shop_settings = sa.Table(
    "shop_settings",
    Base.metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("value", Document, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
)


def all_set(session: Session) -> dict[str, Any]:
    """Every setting that was ever set, by name; the rest has its default."""
    return {row.name: row.value for row in session.execute(sa.select(shop_settings.c.name, shop_settings.c.value))}


def put(session: Session, name: str, value: Any, now: datetime) -> None:
    """Sets one; call it inside `loyalty.db.session.write`."""
    row = {"value": value, "changed_at": now}
    done = session.execute(sa.update(shop_settings).where(shop_settings.c.name == name).values(**row))
    if done.rowcount == 0:  # type: ignore[attr-defined]
        session.execute(sa.insert(shop_settings), [{"name": name, **row}])
