"""A log folded aside: others write meanwhile, and what the disk does not have yet stays in the log."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from loyalty.db.fold_aside import FoldAside
from loyalty.db.session import _group_of, folded_aside, open_engine, write

EVERY = 100
PAGES = 150
"""More than `EVERY`, which the writer leaves in the log."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "shop.sqlite"


@pytest.fixture
def engine(file: Path):
    engine = open_engine(f"sqlite:///{file}")
    with write(engine) as session:
        session.execute(sa.text("CREATE TABLE notes (id INTEGER PRIMARY KEY, text BLOB)"))
    yield engine
    engine.dispose()


def note(engine: Engine, many: int, size: int = 10) -> None:
    with write(engine) as session:
        numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many})"
        session.execute(sa.text(f"INSERT INTO notes (text) {numbers} SELECT zeroblob({size}) FROM n"))


def notes_in(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return int(connection.execute("SELECT count(*) FROM notes").fetchone()[0])


def test_what_the_disk_lost_of_the_file_is_in_the_log_still(engine: Engine, file: Path, tmp_path: Path):
    cut = tmp_path / "cut.sqlite"

    def power_fails(_descriptor: int) -> None:
        """The pages are still on their way; a till sells on, so that SQLite would begin its log anew if it could."""
        if not Path(f"{cut}-wal").exists():
            for _ in range(3):
                note(engine, 1)
            shutil.copy(f"{file}-wal", f"{cut}-wal")

    aside = FoldAside(_group_of(engine), str(file), EVERY, power_fails)
    with aside:
        note(engine, PAGES, 4000)
        shutil.copy(file, cut)  # as the disk has it: nothing was folded yet
        aside()
    assert notes_in(cut) == PAGES + 3
    assert notes_in(file) == PAGES + 3


def test_the_log_is_used_again_although_somebody_sells_all_the_time(engine: Engine, file: Path, tmp_path: Path):
    log = Path(f"{file}-wal")
    lengths = []
    with FoldAside(_group_of(engine), str(file), EVERY, lambda _: note(engine, 1)) as fold:
        for _ in range(6):
            note(engine, PAGES * 2, 4000)  # three of them are too long a log
            fold()
            lengths.append(log.stat().st_size)
    assert max(lengths) < 1.1 * lengths[2], "the later ones stand where the first ones were"
    assert notes_in(file) == PAGES * 12 + 7


def test_at_the_end_the_file_has_everything(engine: Engine, file: Path, tmp_path: Path):
    with folded_aside(engine):
        note(engine, 1_100, 4000)
    copy = tmp_path / "copy.sqlite"
    shutil.copy(file, copy)  # without its log
    assert notes_in(copy) == 1_100


def test_a_disk_that_fails_leaves_the_log_alone(engine: Engine, file: Path):
    def fails(_descriptor: int) -> None:
        raise OSError("I/O error")

    aside = FoldAside(_group_of(engine), str(file), EVERY, fails)
    with pytest.raises(OSError, match="I/O error"), aside:
        note(engine, PAGES, 4000)
        aside()
    length = Path(f"{file}-wal").stat().st_size
    note(engine, 1)
    assert Path(f"{file}-wal").stat().st_size > length, "written behind, not over it"


def test_a_short_log_is_left_to_the_writer(engine: Engine, file: Path):
    with folded_aside(engine) as fold:
        note(engine, 1)
        before = file.read_bytes()
        fold()
        assert file.read_bytes() == before
