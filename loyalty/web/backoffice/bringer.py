"""Who brought somebody, as staff type it: a number, a telephone, a name or the code of a link."""

from sqlalchemy.orm import Session

from loyalty.errors import Invalid
from loyalty.members.referrals import in_use, who_is_meant
from loyalty.web.backoffice.finding import ids_found

FIELD = "referred_by"


def bringer_of(session: Session, text: str) -> str | None:
    """The member's id; None for an empty field. Invalid when nobody fits, or several do."""
    typed = text.strip()
    if not typed:
        return None
    ids, _next = ids_found(session, typed, 2)
    found = in_use(session, ids[0]) if len(ids) == 1 else None
    if len(ids) > 1:
        raise Invalid("Several members fit this; type the number of the right one.", pointer=f"/{FIELD}")
    return found or who_is_meant(session, typed)
