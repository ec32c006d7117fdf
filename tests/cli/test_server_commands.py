"""serve, apikey, db and nightly as people and scripts run them: real processes, real sockets."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.typed import Command, command
from tests.shop import PROGRAMME
from tests.waits import first_line

__all__ = ["command"]


@contextmanager
def serving(data_dir: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a server and its process; asked to end at last."""
    environment = {**os.environ, "LOYALTY_DATA_DIR": str(data_dir)}
    server = subprocess.Popen(
        [sys.executable, "-m", "loyalty.cli.main", "serve", "--bind", "127.0.0.1:0", *options],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
    )  # fmt: skip
    assert server.stdout is not None
    try:
        line = first_line(server)
        assert "ready at http://127.0.0.1:" in line, line
        yield line.split("ready at ")[1].split()[0], server
    finally:
        if server.poll() is None:
            server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
        server.stdout.close()


def ask(url: str, key: str, method: str, path: str, body: bytes | None = None) -> Any:
    request = urllib.request.Request(
        f"{url}/api/v1{path}", data=body, method=method, headers={"Authorization": f"Bearer {key}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_a_server_from_first_start_to_last_breath(tmp_path: Path, command: Command) -> None:
    with serving(tmp_path) as (url, server):
        made = json.loads(command("apikey", "create", "--scope", "all", "--json").stdout)
        assert set(made) == {"id", "key"}
        ask(url, made["key"], "PUT", "/programme", PROGRAMME.encode())
        if (status := Path(f"/proc/{server.pid}/status")).exists():  # Linux: what it writes is for its user only
            assert "Umask:\t0077" in status.read_text()
        ann = ask(url, made["key"], "POST", "/members", b'{"name": "Ann"}')
        sale = json.dumps({"id": "s1", "member": ann["id"], "amount": "12.00"}).encode()
        assert ask(url, made["key"], "POST", "/purchases", sale)["earned"] == {"points": 12}
        assert "0 steps" in command("nightly").stdout
        second = command("serve", "--bind", "127.0.0.1:0")
        assert second.returncode == 2
        assert f"pid {server.pid}" in second.stderr
        verified = command("db", "verify", "--json")
        assert json.loads(verified.stdout) == {"ok": True, "accounts": 1, "transfers": 1, "lots": 1, "problems": []}
        server.kill()
        server.wait(30)
        server.returncode = 0
    assert (tmp_path / "serve.lock").exists()
    with serving(tmp_path) as (url, _):  # after a kill nothing is in the way, and nothing is lost
        assert ask(url, made["key"], "GET", f"/members/{ann['id']}")["wallets"]["points"]["available"] == 12
    assert not (tmp_path / "serve.lock").exists()


def test_a_port_in_use_is_one_sentence(command: Command) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = command("serve", "--bind", address)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: The address {address} cannot be used")
    assert "Traceback" not in done.stderr


def test_several_workers_need_postgresql(command: Command) -> None:
    done = command("serve", "--workers", "2")
    assert (done.returncode, done.stdout) == (2, "")
    assert "PostgreSQL" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("serve", "--bind", "nonsense"), 2, "HOST:PORT"),
        (("serve", "--database", "mysql://x/y"), 2, "database"),
        (("serve", "--config", "nothing.toml"), 2, "nothing.toml"),
        (("apikey", "create"), 2, "--scope"),
        (("apikey", "create", "--scope", "everything"), 2, "is not one of"),
        (("nightly", "--until", "tomorrow"), 1, "--until"),
        (("db", "verify"), 1, "db upgrade"),
        (("db", "restore", "nothing.sqlite"), 1, "no backup"),
    ],
)
def test_wrong_use_is_one_sentence(command: Command, arguments: tuple[str, ...], code: int, words: str) -> None:
    done = command(*arguments)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_data_directory_that_cannot_be_is_one_sentence(tmp_path: Path, command: Command) -> None:
    (tmp_path / "file").write_text("no folder")
    done = command("serve", "--data-dir", str(tmp_path / "file" / "data"))
    assert done.returncode == 2
    assert "cannot be written" in done.stderr


def test_a_database_without_a_server(tmp_path: Path, command: Command) -> None:
    assert "Brought up to date" in command("db", "upgrade").stdout
    assert command("db", "upgrade").stdout == "The database is up to date.\n"
    assert command("apikey", "create", "--scope", "read").stdout.startswith("lk_live_")
    assert command("apikey", "create", "--scope", "read", "--test").stdout.startswith("lk_test_")
    saved = tmp_path / "saved.sqlite"
    assert command("db", "backup", str(saved)).returncode == 0
    assert "exists already" in command("db", "backup", str(saved)).stderr
    assert "Restored" in command("db", "restore", str(saved)).stdout
    assert command("db", "verify").returncode == 0
    assert command("db", "rebuild-figures").stdout == "1 figures made anew from balances, spend and levels.\n"


@pytest.mark.postgres
@pytest.mark.slow
def test_several_workers_share_one_postgresql(tmp_path: Path, command: Command, fresh_postgres: str) -> None:
    database = ("--database", fresh_postgres)
    with serving(tmp_path, "--workers", "2", *database) as (url, _):
        key = json.loads(command("apikey", "create", "--scope", "all", "--json", *database).stdout)["key"]
        ask(url, key, "PUT", "/programme", PROGRAMME.encode())
        ann = ask(url, key, "POST", "/members", b'{"name": "Ann"}')["id"]
        for number in range(10):
            body = json.dumps({"id": f"s{number}", "member": ann, "amount": "1"}).encode()
            ask(url, key, "POST", "/purchases", body)
        assert ask(url, key, "GET", f"/members/{ann}")["wallets"]["points"]["available"] == 10
    assert json.loads(command("db", "verify", "--json", *database).stdout)["ok"]
