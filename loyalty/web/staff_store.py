"""How Flask-Security reads and writes staff: it reads by a session of its own and writes through the one writer."""

from typing import Any

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
        changed: list[Any] = [*mine.new, *(each for each in mine.dirty if mine.is_modified(each))]
        gone = [(type(each), each.id) for each in mine.deleted]
        if changed or gone:
            with write(self.engine) as session:
                for kind, id in gone:
                    session.delete(session.get_one(kind, id))
                for each in changed:
                    session.merge(each)
        mine.rollback()

    def close(self) -> None:
        """At the end of a request."""
        self.people.remove()
