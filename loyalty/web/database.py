"""One reading session for each request: every figure on a page is of the same moment."""

from flask import Flask, g
from sqlalchemy.orm import Session

from loyalty.web.services import services


def reading() -> Session:
    """The request's session, opened at its first use. For changes use `loyalty.db.session.write` instead."""
    session: Session | None = g.get("reading")
    if session is None:
        session = g.reading = Session(services().engine)
    return session


def _close(_fault: BaseException | None) -> None:
    session: Session | None = g.pop("reading", None)
    if session is not None:
        session.close()


def close_after_requests(app: Flask) -> None:
    app.teardown_appcontext(_close)
