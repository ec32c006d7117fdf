"""Databases and their copies hold every member: only the owner of the program may read them."""

import stat

from loyalty.counter.store import Store
from loyalty.db.session import open_engine, write
from loyalty.db.upgrade import upgrade
from loyalty.ops.backup import backup, restore


def rights(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_database_its_log_its_copy_and_what_a_restore_sets_aside(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'shop.sqlite'}")
    upgrade(engine)
    with write(engine):
        assert rights(tmp_path / "shop.sqlite-wal") == 0o600
    backup(engine, tmp_path / "copy.sqlite")
    kept = [restore(engine, tmp_path / "copy.sqlite") for _ in range(2)]
    assert [path.name for path in kept] == ["shop.sqlite.before-restore", "shop.sqlite.before-restore.2"]
    for path in (tmp_path / "shop.sqlite", tmp_path / "copy.sqlite", *kept):
        assert rights(path) == 0o600, path
    engine.dispose()


def test_the_counters_own_file(tmp_path):
    Store(tmp_path / "counter").close()
    assert rights(tmp_path / "counter" / "counter.sqlite") == 0o600
