"""How Flask-Security reads and writes staff: it reads by a session of its own and writes through the one writer."""

from typing import Any

import sqlalchemy as sa
from flask_security import SQLAlchemySessionUserDatastore
from sqlalchemy import Engine
from sqlalchemy.orm import scoped_session, sessionmaker

from loyalty.db.session import write
from loyalty.web.accounts import Passkey, Role, User


class StaffStore(SQLAlchemySessionUserDatastore):
    """SQLite has one writer in the process (`loyalty.db.session`); a second connection that commits would be another.

    So nothing is flushed here: at `commit` what changed is carried over into a transaction of the writer.
    """

    def __init__(self, engine: Engine) -> None:
        self.people = scoped_session(sessionmaker(engine, expire_on_commit=False, autoflush=False))
        self.engine = engine
        super().__init__(self.people, User, Role, Passkey)

    def commit(self) -> None:
        """One transaction for everything that was put or deleted; nothing at all when nothing was."""
        mine = self.people()
        new, gone = list(mine.new), [(type(each), each.id) for each in mine.deleted]
        changes = [(type(each), each.id, values) for each in mine.dirty if (values := _changed_columns(each))]
        if new or gone or changes:
            with write(self.engine) as session:
                for kind, id in gone:
                    session.delete(session.get_one(kind, id))
                for each in new:
                    session.merge(each)
                for kind, id, values in changes:
                    session.execute(sa.update(kind).where(kind.id == id).values(values))
        mine.rollback()

    def close(self) -> None:
        """At the end of a request."""
        self.people.remove()


def _changed_columns(row: Any) -> dict[str, Any]:
    """The columns of `row` that have new values; what hangs on it is carried over by itself."""
    state = sa.inspect(row)
    columns = [each.key for each in state.mapper.column_attrs]
    return {key: getattr(row, key) for key in columns if state.attrs[key].history.has_changes()}
