"""A part of a transaction that is undone alone when it fails."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from loyalty.db.prepared import Cursor


@contextmanager
def undone_alone(session: Session) -> Iterator[None]:
    """What raises inside is undone, whatever way its statements went; the transaction around it goes on.

    SQLAlchemy makes a savepoint only when the session itself is about to say something: without asking for its
    connection, what a `Cursor` writes would stand before the savepoint and stay.
    """
    try:
        with session.begin_nested():
            session.connection()
            yield
    except BaseException:
        Cursor(session).remembered.clear()  # what was read meanwhile may have been undone
        raise
