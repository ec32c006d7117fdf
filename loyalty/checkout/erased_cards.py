"""Cards of persons who were erased, told of by a counter later: the sale is kept, the card's number is not."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from loyalty.contract.card_report import hot_name
from loyalty.db.prepared import Cursor, Prepared
from loyalty.members.life_tables import erased_credentials

GONE = "–"
"""What stands where the card's number stood."""
_known = Prepared(
    sa.select(erased_credentials.c.erased_at).where(erased_credentials.c.digest == bindparam("digest"))
)


def forget_cards(session: Session, tokens: Iterable[tuple[str, str]], now: datetime) -> None:
    """From now on these credentials, (kind, value), are written down nowhere."""
    names = {hot_name(kind, value) for kind, value in tokens}
    for name in sorted(names):
        if Cursor(session).row(_known, digest=name) is None:
            session.execute(sa.insert(erased_credentials), [{"digest": name, "erased_at": now}])


def is_erased(cursor: Cursor, kind: str, value: str) -> bool:
    return cursor.row(_known, digest=hot_name(kind, value)) is not None


def without_erased(cursor: Cursor, document: Any) -> Any:
    """The JSON document of a command, with the number taken out of every credential of an erased person."""
    erased = {pair for pair in _credentials(document) if is_erased(cursor, *pair)}
    return _blanked(document, erased) if erased else document


def _credentials(document: Any) -> Iterator[tuple[str, str]]:
    """Every `{"kind": …, "value": …}` in it."""
    if isinstance(document, Mapping):
        if (pair := _pair(document)) is not None:
            yield pair
        for each in document.values():
            yield from _credentials(each)
    elif isinstance(document, list):
        for each in document:
            yield from _credentials(each)


def _pair(document: Mapping[str, Any]) -> tuple[str, str] | None:
    kind, value = document.get("kind"), document.get("value")
    return (kind, value) if isinstance(kind, str) and isinstance(value, str) else None


def _blanked(document: Any, erased: set[tuple[str, str]]) -> Any:
    if isinstance(document, Mapping):
        if _pair(document) in erased:
            return {**document, "value": GONE}
        return {key: _blanked(each, erased) for key, each in document.items()}
    return [_blanked(each, erased) for each in document] if isinstance(document, list) else document
