"""Looks which passes say something else than before, and tells the wallets' companies of them, where that is on."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from h2.exceptions import ProtocolError
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.config import PassFiles
from loyalty.db.session import read, write
from loyalty.errors import ConfigError
from loyalty.members.tables import Member
from loyalty.passes import book
from loyalty.passes.book import Held
from loyalty.passes.certificates import signer_of
from loyalty.passes.content import PassContent
from loyalty.passes.google import SERVICE, account_of
from loyalty.passes.google_line import google_line
from loyalty.passes.push import PushLine, PushService, push_line

AT_ONCE = 100
"""Passes of one turn."""
LOOK_AGAIN = timedelta(days=1)
"""Levels end and points die without a movement of points."""
APPLE_SERVICE = PushService()
ContentOf = Callable[[Session, Member, datetime], PassContent | None]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ways:
    """`content_of`: what a member's pass says. The services are Apple's and Google's, or what stands in for them."""

    files: PassFiles
    content_of: ContentOf
    apple: PushService = APPLE_SERVICE
    google: str = SERVICE


def tell_changes(engine: Engine, ways: Ways, now: datetime) -> int:
    """How many passes somebody was told of. A line that breaks is tried again at the next turn."""
    told = 0
    for kind, wanted, tell in (
        (book.APPLE, ways.files.apple_push, _tell_phones),
        (book.GOOGLE, ways.files.google_updates, _tell_google),
    ):
        if not wanted:
            continue
        try:
            refresh(engine, kind, ways.content_of, now)
            with read(engine) as session:
                due = book.untold(session, kind, AT_ONCE)
            told += tell(engine, ways, due, now) if due else 0
        except (OSError, ProtocolError, ConfigError) as fault:
            _log.warning("changes of %s passes could not be told: %s", kind, fault)
    return told


def refresh(engine: Engine, kind: str, content_of: ContentOf, now: datetime) -> int:
    """Compares passes with the ledger where something may be new; how many it looked at."""
    with read(engine) as session:
        held = book.stale(session, kind, now - LOOK_AGAIN, AT_ONCE)
        found = [(each, content) for each in held if (content := _content(session, each, content_of, now))]
    if found:
        with write(engine) as session:
            for each, content in found:
                book.note_content(session, each, content, now)
    return len(found)


def _content(session: Session, held: Held, content_of: ContentOf, now: datetime) -> PassContent | None:
    member = book.holder(session, held)
    return content_of(session, member, now) if member else None


def _tell_phones(engine: Engine, ways: Ways, due: Sequence[Held], now: datetime) -> int:
    signer = signer_of(ways.files)
    if signer is None:
        return 0
    with read(engine) as session:
        phones = {each: book.phones_of(session, each.serial) for each in due}
    heard = [each for each in due if phones[each]]
    with write(engine) as session:
        for each in due:
            if not phones[each]:
                book.note_told(session, each, "", now)
    if heard:
        with push_line(signer, ways.apple) as line:
            for each in heard:
                _tell_each(engine, line, each, phones[each], now)
    return len(heard)


def _tell_each(engine: Engine, line: PushLine, held: Held, phones: dict[str, str], now: datetime) -> None:
    answers = {device: line.tell(push_token) for device, push_token in phones.items()}
    said = "; ".join(sorted({each.said for each in answers.values() if each.said}))
    with write(engine) as session:
        for device, answer in answers.items():
            if answer.gone:
                book.unregister(session, held.serial, device)
        book.note_told(session, held, said, now)


def _tell_google(engine: Engine, ways: Ways, due: Sequence[Held], now: datetime) -> int:
    account = account_of(ways.files)
    if account is None:
        return 0
    line = google_line(account, now, ways.google)
    for each in due:
        with read(engine) as session:
            content = _content(session, each, ways.content_of, now)
        said = line.send(content, each.serial) if content else "nobody has it any more"
        with write(engine) as session:
            book.note_told(session, each, said, now)
    return len(due)
