"""Members are found by what people type, on both databases alike, page by page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loyalty.contract.token import Token
from loyalty.db.prepared import Cursor
from loyalty.db.session import read, write
from loyalty.errors import CardBlocked, Conflict, Invalid, LoyaltyError, UnknownMember
from loyalty.members.cards import add_card, cards_of, replace_card, step_card
from loyalty.members.conventions import Conventions
from loyalty.members.enrolment import NewMember, change_member, create_member
from loyalty.members.identification import find_by_token, identify
from loyalty.members.search import search
from loyalty.members.tables import card_events

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
HERE = Conventions()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Five people, written and committed."""
    with write(engine) as writing:
        for name, phone, email, number in (
            ("陳大文", "61234567", "tai.man@example.com", "1001"),
            ("陳小文", "61234999", None, "1002"),
            ("Mary Ann Lee", "+886912345678", "mary@example.com", "2001"),
            ("Łukasz O'Neill", None, "lukasz@example.com", "2002"),
            ("Zoë Lee", None, None, "MARY9"),
        ):
            create_member(writing, NewMember(name, number=number, phone=phone, email=email), NOW, HERE)
    with read(engine) as reading:
        yield reading


FOUND: dict[str, set[str]] = {
    "陳": {"1001", "1002"}, "大文": {"1001"}, "文": {"1001", "1002"}, "陈": set(),
    "lee": {"2001", "MARY9"}, "ann lee": {"2001"}, "LEE mary": {"2001"}, "zoe": {"MARY9"},
    "o'ne": {"2002"}, "mary": {"2001", "MARY9"}, "mary@": {"2001"}, "tai.man": {"1001"},
    "100": {"1001", "1002"}, "6123": {"1001", "1002"}, "852612": {"1001", "1002"}, "4567": {"1001"},
    "999": {"1002"}, "+886 912": {"2001"}, "nobody": set(), "%": set(), "_": set(), "'": set(),
    "": {"1001", "1002", "2001", "2002", "MARY9"},
}  # fmt: skip


def test_found_by(session: Session) -> None:
    found = {text: {member.number for member in search(session, text).members} for text in FOUND}
    assert found == FOUND


def test_pages_together_are_the_whole(session: Session) -> None:
    for text in ("", "lee", "e", "陳"):
        whole = [member.id for member in search(session, text, 100).members]
        pieces: list[str] = []
        page = search(session, text, 1)
        while page.next is not None:
            pieces += [member.id for member in page.members]
            page = search(session, text, 1, page.next)
        assert pieces + [member.id for member in page.members] == whole, text


def test_a_cursor_of_somebody_else_is_refused(session: Session) -> None:
    with pytest.raises(Invalid, match="cursor"):
        search(session, "lee", cursor="nonsense")


def test_a_changed_name_is_found_by_the_new_one_only(engine: Engine, session: Session) -> None:
    found = search(session, "zoe").members[0]
    id, version = found.id, found.version
    session.rollback()
    with write(engine) as writing:
        change_member(writing, id, {"name": "Yara Kim"}, NOW, HERE, version=version)
        with pytest.raises(LoyaltyError, match="meanwhile"):
            change_member(writing, id, {"name": "X"}, NOW, HERE, version=version)
    assert search(session, "zoe").members == []
    assert [member.number for member in search(session, "kim").members] == ["MARY9"]


def test_a_card_from_issue_to_retirement(engine: Engine, session: Session) -> None:
    owner = search(session, "1001").members[0].id
    other = search(session, "1002").members[0].id
    session.rollback()
    token = Token("card_uid", "04:A2:B3:C4")
    with write(engine) as writing:
        card = add_card(writing, owner, "card_uid", "04a2b3c4", NOW, HERE, status="issued")
        with pytest.raises(Conflict, match="1001"):
            add_card(writing, other, "card_uid", "04A2B3C4", NOW, HERE)
        cursor = Cursor(writing)
        assert identify(cursor, token, HERE).member == owner
        step_card(writing, card.id, "lose", NOW + timedelta(hours=1), staff="mo", reason="left in a taxi")
        with pytest.raises(CardBlocked, match="lost"):
            identify(cursor, token, HERE)
        known = find_by_token(cursor, token, HERE)
        assert known is not None
        assert not known.usable
        new = replace_card(writing, card.id, "card_uid", "04A2B3C4", NOW + timedelta(hours=2), HERE)
        assert identify(cursor, token, HERE).card == new.id  # the same chip in a new life
        step_card(writing, new.id, "retire", NOW + timedelta(hours=3))
        with pytest.raises(Invalid, match="retired"):
            step_card(writing, new.id, "activate", NOW)
        add_card(writing, other, "card_uid", "04A2B3C4", NOW + timedelta(hours=4), HERE)
        assert identify(cursor, token, HERE).member == other
        assert [one.status for one in cards_of(writing, owner)] == ["replaced", "retired"]
        events = writing.execute(
            sa.select(card_events.c.event, card_events.c.reason).where(card_events.c.card_id == card.id)
            .order_by(card_events.c.at)
        ).all()  # fmt: skip
        assert [tuple(event) for event in events] == [("issued", None), ("lost", "left in a taxi"), ("replaced", None)]


def test_a_member_is_known_without_a_card_of_their_own(session: Session) -> None:
    owner = search(session, "1001").members[0].id
    for kind, value in (
        ("number", "1001"), ("barcode", "1001"), ("phone", "6123 4567"), ("phone", "+85261234567"),
        ("magstripe", ";1001=2612?"), ("magstripe", "1001"),
    ):  # fmt: skip
        assert identify(Cursor(session), Token(kind, value), HERE).member == owner, (kind, value)


def test_nobody_is_told_in_a_sentence(session: Session) -> None:
    for token in (Token("card_uid", "04FFFFFF"), Token("card_uid", "ZZ"), Token("phone", "1"), Token("barcode", "7")):
        with pytest.raises(UnknownMember, match="Nobody has"):
            identify(Cursor(session), token, HERE)
