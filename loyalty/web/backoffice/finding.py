"""Finding members while somebody types: by name, number, phone, e-mail, or a card's token read or copied."""

from sqlalchemy.orm import Session

from loyalty.contract.token import Token
from loyalty.db.prepared import Cursor
from loyalty.members.conventions import Conventions
from loyalty.members.identification import find_by_token
from loyalty.members.search import search
from loyalty.web.backoffice.members_rows import Row, rows_of
from loyalty.web.services import services
from loyalty.web.shop import Shop

SHOWN = 8
LONGEST = 120
_CARDS = ("card_uid", "barcode", "magstripe")


def conventions() -> Conventions:
    """How this shop writes numbers."""
    config = services().config
    return Conventions(number_check=config.number_check, phone_region=config.phone_region)


def ids_found(session: Session, text: str, limit: int, cursor: str | None = None) -> tuple[list[str], str | None]:
    """Ids of members that fit, those behind a card first, and the cursor of the next page. Invalid: a bad cursor."""
    page = search(session, text, limit, cursor)
    ids = [member.id for member in page.members]
    if cursor is None:
        holders = _card_holders(session, text)
        ids = list(dict.fromkeys([*holders, *ids]))
    return ids, page.next


def find(session: Session, shop: Shop, text: str, full_names: bool) -> tuple[Row, ...]:
    """The first few members that fit `text`."""
    wanted = text.replace("\x00", " ").strip()[:LONGEST]
    if not wanted:
        return ()
    ids, _next = ids_found(session, wanted, SHOWN)
    return rows_of(session, shop, ids[:SHOWN], full_names)


def _card_holders(session: Session, text: str) -> list[str]:
    """Whoever has a card with exactly this token."""
    if len(text) < 4:
        return []
    cursor = Cursor(session)
    found = (find_by_token(cursor, Token(kind, text), conventions()) for kind in _CARDS)
    return list(dict.fromkeys(one.member for one in found if one is not None and one.card is not None))
