"""A throw-away PostgreSQL for tests, from Debian's programs, on a socket in a temporary folder; never as root.

`LOYALTY_TEST_POSTGRES` (a URL whose user may create databases) uses a server that is there already.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.engine import make_url

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin: int(bin.parent.name))
READY_WITHIN_S = 30


def _user() -> str | None:
    """Who runs the cluster: ourselves, or with root's rights `postgres` or `nobody`."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of the cluster's own database."""
    if given := os.environ.get("LOYALTY_TEST_POSTGRES"):
        yield given
        return
    folder, user = Path(tempfile.mkdtemp(prefix="loyalty-pg-")), _user()
    if user:
        shutil.chown(folder, user)
    data, log, programs = folder / "data", folder / "log", PROGRAMS[-1]
    server: subprocess.Popen[bytes] | None = None
    try:
        _run([programs / "initdb", "-D", data, "-U", "loyalty", "-A", "trust", "-E", "UTF8", "--no-sync"], user)
        with log.open("wb") as output:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
                stdout=output, stderr=output, user=user, cwd=folder,
            )  # fmt: skip
        url = f"postgresql+psycopg://loyalty@/postgres?host={folder}"
        _wait(url, server, log)
        yield url
    finally:
        if server is not None:
            server.terminate()
            server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[object], user: str | None) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, user=user, cwd="/tmp")
    assert done.returncode == 0, done.stderr


def _connect(url: str) -> psycopg.Connection:
    address = make_url(url)
    return psycopg.connect(
        host=address.query.get("host") or address.host,
        port=address.port,
        user=address.username,
        password=address.password,
        dbname=address.database,
        autocommit=True,
    )


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + READY_WITHIN_S
    while True:
        try:
            _connect(url).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > end:
                raise AssertionError(log.read_text(errors="replace")) from None
            time.sleep(0.05)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[str]:
    with cluster() as url:
        yield url


@pytest.fixture
def fresh_postgres(postgres_cluster: str) -> Iterator[str]:
    """The URL of an empty database, gone after the test."""
    with _database(postgres_cluster) as url:
        yield url


@contextmanager
def _database(cluster_url: str) -> Iterator[str]:
    name = f"t{uuid4().hex[:12]}"
    with _connect(cluster_url) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield make_url(cluster_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with _connect(cluster_url) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


