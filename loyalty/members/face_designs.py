"""The designs of the card's face that a shop ever used; the latest counts. What a design may be, printing says."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from loyalty.errors import NotFound
from loyalty.members.card_tables import face_designs


def current(session: Session) -> tuple[int, Any]:
    """Version and document; 0 and None for the face that comes with the product."""
    row = session.execute(sa.select(face_designs).order_by(face_designs.c.version.desc()).limit(1)).one_or_none()
    return (row.version, row.design) if row else (0, None)


def put(session: Session, design: Any, now: datetime, staff: str | None, note: str = "") -> int:
    """In force from now on; the new version. None goes back to the face that comes with the product."""
    version = current(session)[0] + 1
    row = {"version": version, "design": design, "made_at": now, "staff": staff, "note": note}
    session.execute(sa.insert(face_designs), [row])
    return version


def design(session: Session, version: int) -> Any:
    """The document of one version; 0 is the product's own face. NotFound when there is none."""
    if version == 0:
        return None
    row = session.execute(sa.select(face_designs.c.design).where(face_designs.c.version == version)).one_or_none()
    if row is None:
        raise NotFound(f"There is no version {version} of the card's face; look at the list again.")
    return row.design


def versions(session: Session, limit: int = 20) -> list[sa.Row[Any]]:
    """The latest first: version, made_at, staff, note."""
    found = sa.select(face_designs).order_by(face_designs.c.version.desc()).limit(limit)
    return list(session.execute(found))
