"""Who holds a pass and what is to be told, on both kinds of database."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from loyalty.db.session import read, write
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import NewMember, create_member
from loyalty.passes import book
from tests.passes.test_apple import CHAN

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_a_pass_and_its_phones_are_kept(engine: Engine) -> None:
    with write(engine) as session:
        member = create_member(session, NewMember("陳大文"), NOW, Conventions()).id
        held = book.pass_for(session, member, book.APPLE, CHAN, NOW)
        assert book.pass_for(session, member, book.APPLE, CHAN, NOW + timedelta(days=1)) == held
        for number in range(book.MOST_PHONES + 2):
            at = NOW + timedelta(minutes=number)
            assert book.register(session, held.serial, f"phone-{number:02}", "aa", at)
        assert not book.register(session, held.serial, "phone-05", "bb", NOW)
    with read(engine) as session:
        phones = book.phones_of(session, held.serial)
        assert len(phones) == book.MOST_PHONES and "phone-00" not in phones and phones["phone-05"] == "bb"
        assert book.stale(session, book.APPLE, NOW, 9) == [] == book.untold(session, book.APPLE, 9)
        assert [each.serial for each in book.stale(session, book.APPLE, NOW + timedelta(days=2), 9)] == [held.serial]
        assert book.token_of(held.serial, "a") != book.token_of(held.serial, "b")
