"""One throw-away PostgreSQL for all workers of a run, from Debian's programs, on a socket in a temporary folder.

Never as root. `LOYALTY_TEST_POSTGRES` (a URL whose user may create databases) uses a server that is there already.
"""

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy.engine import make_url

from loyalty.db.session import open_engine
from loyalty.db.upgrade import upgrade
from tests.made_once import forget, made_once

if TYPE_CHECKING:
    import psycopg

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin: int(bin.parent.name))
READY_WITHIN_S = 120
SETTINGS = "fsync=off full_page_writes=off synchronous_commit=off autovacuum=off jit=off listen_addresses="
"""Nothing here outlives the tests, so nothing is made to last, and nothing is tidied behind their backs."""
COPYING = " STRATEGY FILE_COPY" if PROGRAMS and int(PROGRAMS[-1].parent.name) >= 15 else ""
"""Hundreds of small files are copied faster than written again by way of the log; older servers know nothing else."""
UPGRADED = f"upgraded_{os.environ.get('PYTEST_XDIST_TESTRUNUID', uuid4().hex)[:12]}"
"""The same for all workers of a run, another one for the next run."""


def _user() -> str | None:
    """Who runs the cluster: ourselves, or with root's rights `postgres` or `nobody`."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def cluster(shared: Path) -> Iterator[str]:
    """The URL of the cluster's own database. The first worker starts it, the last one to leave stops it."""
    place = shared / "postgresql"
    with (shared / "postgresql.users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        url = (made_once(place, _start) / "url").read_text()
        yield url
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # somebody else is still at it
        _stop(place)
        forget(place)


def _start(place: Path) -> None:
    url = os.environ.get("LOYALTY_TEST_POSTGRES") or _start_server(place)
    (place / "url").write_text(url)
    engine = open_engine(_create(url, UPGRADED))
    upgrade(engine)
    engine.dispose()


def _start_server(place: Path) -> str:
    folder, user = Path(tempfile.mkdtemp(prefix="loyalty-pg-")), _user()
    (place / "folder").write_text(str(folder))
    if user:
        shutil.chown(folder, user)
    settings = " ".join(f"-c {setting}" for setting in [*SETTINGS.split(), f"unix_socket_directories={folder}"])
    data, log = folder / "data", folder / "log"
    _run([PROGRAMS[-1] / "initdb", "-D", data, "-U", "loyalty", "-A", "trust", "-E", "UTF8", "--no-sync"], user)
    _run([PROGRAMS[-1] / "pg_ctl", "-D", data, "-l", log, "-o", settings, "-t", READY_WITHIN_S, "-w", "start"], user)
    return f"postgresql+psycopg://loyalty@/postgres?host={folder}"


def _stop(place: Path) -> None:
    if not (place / "folder").exists():
        _drop((place / "url").read_text(), UPGRADED)
        return
    folder = Path((place / "folder").read_text())
    _run([PROGRAMS[-1] / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop"], _user())
    shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[object], user: str | None) -> None:
    """What it says goes to a file: a server left running would hold a pipe open."""
    with tempfile.TemporaryFile("w+") as said:
        words = [str(part) for part in command]
        quiet = subprocess.DEVNULL
        done = subprocess.run(words, stdin=quiet, stdout=said, stderr=said, user=user, cwd="/tmp", timeout=90)
        said.seek(0)
        assert done.returncode == 0, said.read()


def connect(url: str) -> "psycopg.Connection":
    """To the database of this URL, each statement a transaction of its own."""
    import psycopg  # not everybody has it

    address = make_url(url)
    return psycopg.connect(
        host=address.query.get("host") or address.host,
        port=address.port,
        user=address.username,
        password=address.password,
        dbname=address.database,
        autocommit=True,
    )


@pytest.fixture(scope="session")
def postgres_cluster(shared: Path) -> Iterator[str]:
    with cluster(shared) as url:
        yield url


@pytest.fixture
def fresh_postgres(postgres_cluster: str) -> Iterator[str]:
    """The URL of an empty database, gone after the test."""
    with database(postgres_cluster) as url:
        yield url


@contextmanager
def database(cluster_url: str, template: str = "template1") -> Iterator[str]:
    """The URL of a copy of `template` (UPGRADED: with all tables), gone at the end."""
    name = f"t{uuid4().hex[:12]}"
    yield _create(cluster_url, name, template)
    _drop(cluster_url, name)


def _create(cluster_url: str, name: str, template: str = "template1") -> str:
    with connect(cluster_url) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}{COPYING}")
    return make_url(cluster_url).set(database=name).render_as_string(hide_password=False)


def _drop(cluster_url: str, name: str) -> None:
    with connect(cluster_url) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
