"""The audit log: what was changed is told, masked, and cannot be changed itself without being found."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.db.audit import Entry, check, entries, masked, note
from loyalty.db.session import read, write

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)


def tell(engine: Engine, count: int = 3) -> None:
    for index in range(count):
        with write(engine) as session:
            note(
                session, "staff:ann@shop.example", "card.block", f"card:{index}", NOW + timedelta(minutes=index),
                before={"status": "active", "phone": "+852 9123 4567", "colour": "red"},
                after={"status": "blocked", "phone": None, "colour": "red"}, why="lost in the bus",
            )  # fmt: skip


def problems(engine: Engine) -> list[tuple[int, str]]:
    with read(engine) as session:
        return list(check(session))


def tamper(engine: Engine, *statements: str) -> None:
    with write(engine) as session:
        if engine.dialect.name == "sqlite":
            for verb in ("update", "delete"):
                session.execute(sa.text(f"DROP TRIGGER audit_entries_no_{verb}"))
        else:
            session.execute(sa.text("DROP TRIGGER audit_entries_append_only ON audit_entries"))
        for statement in statements:
            session.execute(sa.text(statement))


def test_a_change_is_told_with_what_changed_and_masked(engine: Engine) -> None:
    tell(engine)
    with read(engine) as session:
        latest, *_rest = entries(session)
    assert latest == Entry(
        3, NOW + timedelta(minutes=2), "staff:ann@shop.example", "card.block", "card:2",
        {"status": "active", "phone": "…67"}, {"status": "blocked", "phone": None}, "lost in the bus", latest.hash,
    )  # fmt: skip
    assert problems(engine) == []


def test_an_undone_change_leaves_no_entry(engine: Engine) -> None:
    tell(engine, 1)
    with pytest.raises(RuntimeError), write(engine) as session:
        note(session, "key:k", "member.edit", "member:m", NOW)
        raise RuntimeError
    tell(engine, 1)
    with read(engine) as session:
        assert [entry.number for entry in entries(session)] == [2, 1]
    assert problems(engine) == []


def test_secrets_and_persons_inside_documents_are_masked_too(engine: Engine) -> None:
    with write(engine) as session:
        new = {"password": "geheim-geheim", "who": {"name": "Chan Tai Man"}}
        note(session, "command:x", "a.b", "c:d", NOW, after=new)
    with read(engine) as session:
        assert entries(session)[0].after == {"password": "…", "who": {"name": "…an"}}
    assert (masked("short"), masked("陳大文")) == ("…", "…")


@pytest.mark.parametrize(
    ("statement", "number", "words"),
    [
        ("UPDATE audit_entries SET why = 'found' WHERE number = 2", 2, "was changed"),
        ("UPDATE audit_entries SET actor = 'staff:bob@shop.example' WHERE number = 1", 1, "was changed"),
        ("DELETE FROM audit_entries WHERE number = 2", 3, "missing"),
        ("DELETE FROM audit_entries WHERE number = 1", 2, "missing"),
        ("DELETE FROM audit_entries WHERE number = 3", 2, "should end with entry 3"),
    ],
)
def test_what_was_tampered_with_is_found_and_named(engine: Engine, statement: str, number: int, words: str) -> None:
    tell(engine)
    tamper(engine, statement)
    (found,) = problems(engine)
    assert found[0] == number and words in found[1]


def test_entries_are_found_by_what_they_are_about(engine: Engine) -> None:
    tell(engine)
    with write(engine) as session:
        note(session, "key:k", "programme.put", "programme:2", NOW)
    with read(engine) as session:
        assert [entry.number for entry in entries(session, action="card.")] == [3, 2, 1]
        assert [entry.number for entry in entries(session, action="card.", below=3, limit=1)] == [2]
        assert [entry.number for entry in entries(session, actor="key:k")] == [4]
        assert [entry.number for entry in entries(session, subject="card:0")] == [1]
        assert [entry.number for entry in entries(session, since=NOW + timedelta(minutes=1))] == [3, 2]
        assert entries(session, until=NOW) == []
