"""What a person changes in the back office goes into the audit log, in the transaction of the change."""

from collections.abc import Mapping
from typing import Any

from flask_security import current_user
from sqlalchemy.orm import Session

from loyalty.db import audit
from loyalty.web.services import services


def tell(
    session: Session,
    action: str,
    subject: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    why: str = "",
) -> None:
    """One entry of the person of this request; see `loyalty.db.audit.note`."""
    actor = f"staff:{current_user.email}"
    audit.note(session, actor, action, subject, services().now(), before=before, after=after, why=why)
