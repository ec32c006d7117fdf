"""One writer at a time, what raises leaves nothing behind, and a database that cannot be opened says so."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from loyalty.db.prepared import Cursor, Prepared
from loyalty.db.savepoint import undone_alone
from loyalty.db.session import open_engine, probe, read, write
from loyalty.db.single import InstanceLock, holder_of
from loyalty.errors import ConfigError
from loyalty.points.tables import counts
from tests.waits import first_line

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)


def value(engine: Engine) -> int:
    with read(engine) as session:
        return session.scalar(sa.select(counts.c.value).where(counts.c.name == "numbers")) or 0


def test_a_block_that_raises_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), write(engine) as session:
        session.execute(sa.update(counts).values(value=99))
        raise ZeroDivisionError
    assert value(engine) == 1


@pytest.mark.parametrize("past_the_session", [True, False])
def test_a_part_that_raises_is_undone_alone(engine: Engine, past_the_session: bool) -> None:
    """Also where its first word goes past SQLAlchemy's session, and what came before stays."""
    with write(engine) as session:
        session.execute(sa.update(counts).values(value=7))
        with pytest.raises(ZeroDivisionError), undone_alone(session):
            if past_the_session:
                Cursor(session).remembered["seen"] = 99
                Cursor(session).change(Prepared(sa.update(counts).values(value=99)))
            else:
                session.execute(sa.update(counts).values(value=99))
            raise ZeroDivisionError
        assert Cursor(session).remembered == {}
    assert value(engine) == 7


def test_reading_sees_one_state_while_others_write(sqlite_engine: Engine) -> None:
    with read(sqlite_engine) as session:
        before = session.scalar(sa.select(counts.c.value).where(counts.c.name == "numbers"))
        with write(sqlite_engine) as other:
            other.execute(sa.update(counts).values(value=50))
        assert session.scalar(sa.select(counts.c.value).where(counts.c.name == "numbers")) == before
    assert value(sqlite_engine) == 50


def test_sqlite_is_set_to_lose_nothing(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "wal_autocheckpoint")
        }
    assert settings == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1, "wal_autocheckpoint": 0,
    }  # fmt: skip


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "sqlite://", "oracle://x"])
def test_a_wrong_url_is_one_sentence(url: str) -> None:
    with pytest.raises(ConfigError, match="database"):
        open_engine(url)


def test_a_database_in_a_read_only_place_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "not-a-folder").write_text("x")
    with pytest.raises((ConfigError, NotADirectoryError, FileExistsError)):
        probe(open_engine(f"sqlite:///{tmp_path / 'not-a-folder' / 'x.sqlite'}"))
    garbage = tmp_path / "garbage.sqlite"
    garbage.write_bytes(os.urandom(8192))
    with pytest.raises(ConfigError, match="cannot be opened"):
        probe(open_engine(f"sqlite:///{garbage}"))


def test_the_second_server_on_a_data_directory_is_told_who_has_it(tmp_path: Path) -> None:
    with InstanceLock(tmp_path), pytest.raises(ConfigError, match=f"pid {os.getpid()}"):
        InstanceLock(tmp_path).take()
    assert not (tmp_path / "serve.lock").exists()


def test_a_lock_left_by_a_killed_process_stops_nobody(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", "import sys,time;from pathlib import Path;from loyalty.db.single import InstanceLock;"
         "lock=InstanceLock(Path(sys.argv[1])).take();print('held',flush=True);time.sleep(60)", str(tmp_path)],
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout is not None
    assert first_line(holder) == b"held\n"
    with pytest.raises(ConfigError, match=f"pid {holder.pid}"):
        InstanceLock(tmp_path).take()
    holder.kill()
    holder.wait(30)
    holder.stdout.close()
    assert holder_of(tmp_path) == {"pid": holder.pid, "program": "loyalty serve"}
    with InstanceLock(tmp_path):
        assert (holder_of(tmp_path) or {})["pid"] == os.getpid()


def test_a_row_of_the_driver_raises_the_errors_of_sqlalchemy(engine: Engine) -> None:
    from loyalty.db.prepared import Cursor, Prepared

    twice = Prepared(sa.insert(counts).values(name=sa.bindparam("name"), value=sa.bindparam("value")).inline())
    with pytest.raises(DBAPIError), write(engine) as session:
        Cursor(session).run(twice, [{"name": "numbers", "value": 1}])
