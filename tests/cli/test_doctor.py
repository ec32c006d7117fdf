"""`loyalty doctor`: each fault is found, named and comes with the step that mends it; a sound machine passes."""

import json
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from loyalty.cli import checks_machine as machine
from loyalty.cli.checks_data import clock, data_checks, verified
from loyalty.cli.database import own_database, settings
from loyalty.cli.db import db
from loyalty.cli.doctor import doctor
from loyalty.config import Config
from loyalty.db.audit import note
from loyalty.db.session import write
from loyalty.ops.last_done import remember
from loyalty.points import yaml_core
from loyalty.points.sql_engine import Ledger
from loyalty.web.accounts import create_staff
from tests.shop import PROGRAMME

NOW = datetime.now(UTC)


@pytest.fixture
def ready(tmp_path: Path) -> Config:
    """A server's data with a programme and an administrator, verified and saved."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    config = settings(None, data_dir=folder, bind=f"127.0.0.1:{free_port()}")
    with own_database(config, "test") as engine, write(engine) as session:
        Ledger(session).put_programme(yaml_core.load(PROGRAMME).value, NOW - timedelta(days=1))
        create_staff(session, "ada@shop.example", "calm water 12", "administrator", NOW)
    for command in (["verify"], ["backup", str(tmp_path / "saved.sqlite")]):
        assert CliRunner().invoke(db, [*command, "--data-dir", str(folder)]).exit_code == 0
    return config


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def examined(config: Config, monkeypatch: pytest.MonkeyPatch) -> tuple[int, dict[str, Any]]:
    """Exit code, and the checks by name."""
    monkeypatch.setenv("LOYALTY_BIND", config.bind)
    monkeypatch.chdir(config.data_dir)
    done = CliRunner().invoke(doctor, ["--json", "--data-dir", str(config.data_dir)])
    answer = json.loads(done.stdout)
    assert answer["ok"] == (done.exit_code == 0)
    return done.exit_code, {check["name"]: check for check in answer["checks"]}


def test_a_sound_shop_passes_and_nothing_is_asked_for(ready: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    code, checks = examined(ready, monkeypatch)
    wrong = {name for name, check in checks.items() if check["state"] == "bad"}
    assert wrong <= {"fonts", "disk space"}  # the machine of the tests may lack both
    assert code == bool(wrong)
    for name in ("data directory", "private files", "port", "database", "clock", "verify", "backup", "programme"):
        assert checks[name]["state"] == "ok", checks[name]


def test_each_fault_is_named_with_its_remedy(ready: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    (ready.data_dir / "secret.key").write_text("x")
    os.chmod(ready.data_dir / "secret.key", 0o644)
    os.chmod(ready.data_dir, 0o777)
    remember(ready.data_dir, "backup", NOW - timedelta(days=3), file="old.sqlite")
    with own_database(ready, "test") as engine, write(engine) as session:
        note(session, "key:k", "member.edit", "member:m", datetime.now(UTC) + timedelta(hours=1))
    with socket.socket() as other:
        other.bind((ready.host, ready.port))
        other.listen()
        code, checks = examined(ready, monkeypatch)
    assert code == 1
    for name, remedy in {
        "data directory": "chmod 700",
        "private files": "chmod 600",
        "backup": "loyalty db backup",
        "clock": "timedatectl",
        "port": "another port",
    }.items():
        assert checks[name]["state"] == "bad" and remedy in checks[name]["remedy"], checks[name]


def test_an_empty_directory_is_no_fault_and_stays_empty(tmp_path: Path) -> None:
    done = CliRunner().invoke(doctor, ["--data-dir", str(tmp_path)])
    assert "loyalty serve makes it" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_people_or_rules_is_not_ready(tmp_path: Path) -> None:
    config = settings(None, data_dir=tmp_path)
    with own_database(config, "test"):
        pass
    found = {check.name: check for check in data_checks(config, NOW)}
    assert found["administrator"].remedy.startswith("loyalty staff add")
    assert found["programme"].remedy.startswith("loyalty programme put")
    assert found["backup"].state == "bad" and found["verify"].state == "note"


def test_a_ledger_that_did_not_hold_stays_bad_until_it_is_verified(tmp_path: Path) -> None:
    remember(tmp_path, "verify", NOW, ok=False)
    assert verified(tmp_path, NOW).state == "bad"
    remember(tmp_path, "verify", NOW, ok=True)
    assert verified(tmp_path, NOW).state == "ok"
    assert verified(tmp_path, NOW + timedelta(days=9)).state == "note"


@pytest.mark.parametrize(
    ("version", "state"),
    [((3, 34, 1), "bad"), ((3, 40, 1), "note"), ((3, 51, 2), "note"), ((3, 51, 3), "ok"), ((3, 52, 0), "ok")],
)
def test_versions_of_sqlite(version: tuple[int, ...], state: str) -> None:
    assert machine.sqlite(version).state == state


def test_a_clock_that_was_never_set_is_found() -> None:
    assert clock(datetime(1970, 1, 2, tzinfo=UTC)).state == "bad"
